/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record of transactions: what is written is read back, and damage is found. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/journal.h"
#include "unit.h"

#define ENTRY JOURNAL_DIR "/journal/1"

static void open_journal(const struct unit_tree *tree, struct journal *journal)
{
	assert_int_equal(journal_open(&tree->fs, journal, NULL), 0);
}

/* One change of each kind. */
static void make_plan(struct plan *plan)
{
	const struct fs_access access = {.mode = 02750, .uid = 5, .gid = FS_KEEP_GID};
	struct change *change;

	plan->change = mem_grow(plan->change, 0, sizeof(*plan->change));
	plan->change = mem_grow(plan->change, 1, sizeof(*plan->change));
	plan->count = 2;
	change = &plan->change[0];
	*change = (struct change){.resource = mem_text("test"), .path = mem_text("a/b")};
	change->old = (struct node){.kind = NODE_FILE, .access = access};
	str_add_bytes(&change->old.bytes, "x\0y", 3);
	change->new = (struct node){.kind = NODE_LINK};
	str_add(&change->new.bytes, "../to");
	change = &plan->change[1];
	*change = (struct change){.resource = mem_text("test"), .path = mem_text("d")};
	change->new = (struct node){.kind = NODE_DIRECTORY, .access = access};
	plan->has_command[COMMAND_GRUB] = true;
}

static unsigned int begin(struct journal *journal)
{
	_cleanup_plan_ struct plan plan = {0};
	unsigned int id = 0;

	make_plan(&plan);
	assert_int_equal(journal_begin(journal, &plan, &id, NULL), 0);
	return id;
}

/* A tree with transaction 1. */
static void make_entry(const struct unit_tree *tree)
{
	_cleanup_journal_ struct journal journal = {.lock = -1};

	open_journal(tree, &journal);
	assert_int_equal(begin(&journal), 1);
}

static void assert_unreadable(const struct unit_tree *tree, int rc, const char *text)
{
	_cleanup_journal_entry_ struct journal_entry entry = {0};
	_cleanup_err_ struct err err = {0};

	assert_int_equal(journal_read(&tree->fs, 1, &entry, &err), rc);
	assert_string_equal(err.text, text);
}

static void an_entry_is_read_back(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_journal_entry_ struct journal_entry entry = {0};
	const struct change *change;

	make_entry(tree);
	assert_int_equal(journal_read(&tree->fs, 1, &entry, NULL), 0);
	assert_int_equal(entry.id, 1);
	assert_int_equal(entry.state, JOURNAL_OPEN);
	assert_true(entry.time > 1700000000);
	assert_int_equal(entry.plan.count, 2);
	assert_true(entry.plan.has_command[COMMAND_GRUB]);
	assert_false(entry.plan.has_command[COMMAND_UDEV]);
	change = &entry.plan.change[0];
	assert_string_equal(change->path, "a/b");
	assert_string_equal(change->resource, "test");
	assert_int_equal(change->old.kind, NODE_FILE);
	assert_int_equal(change->old.access.mode, 02750);
	assert_int_equal(change->old.access.uid, 5);
	assert_int_equal(change->old.access.gid, FS_KEEP_GID);
	assert_int_equal(change->old.bytes.length, 3);
	assert_memory_equal(change->old.bytes.text, "x\0y", 3);
	assert_int_equal(change->new.kind, NODE_LINK);
	assert_string_equal(str_text(&change->new.bytes), "../to");
	assert_int_equal(entry.plan.change[1].old.kind, NODE_ABSENT);
	assert_int_equal(entry.plan.change[1].new.kind, NODE_DIRECTORY);
}

static void each_state_is_read_back(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_journal_ struct journal journal = {.lock = -1};
	static const enum journal_state states[] = {JOURNAL_UNDONE, JOURNAL_UNDOING,
						    JOURNAL_DONE, JOURNAL_OPEN};

	open_journal(tree, &journal);
	assert_int_equal(begin(&journal), 1);
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		enum journal_state found;

		assert_int_equal(journal_set_state(&journal, 1, states[i], NULL), 0);
		assert_int_equal(journal_read_state(&tree->fs, 1, &found, NULL), 0);
		assert_int_equal(found, states[i]);
	}
}

static void numbers_go_up_and_are_listed_in_order(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_journal_ struct journal journal = {.lock = -1};
	_cleanup_free_ unsigned int *ids = NULL;
	size_t count = 0;

	open_journal(tree, &journal);
	unit_dir(tree, JOURNAL_DIR "/journal/9");
	unit_dir(tree, JOURNAL_DIR "/journal/x");
	unit_dir(tree, JOURNAL_DIR "/journal/0");
	assert_int_equal(begin(&journal), 10);
	assert_int_equal(begin(&journal), 11);
	assert_int_equal(journal_list(&tree->fs, &ids, &count, NULL), 0);
	assert_int_equal(count, 3);
	assert_int_equal(ids[0], 9);
	assert_int_equal(ids[2], 11);
}

static void a_full_journal_is_told(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_journal_ struct journal journal = {.lock = -1};
	_cleanup_plan_ struct plan plan = {0};
	_cleanup_err_ struct err err = {0};
	unsigned int id;

	make_plan(&plan);
	open_journal(tree, &journal);
	unit_dir(tree, JOURNAL_DIR "/journal/99999999");
	assert_int_equal(journal_begin(&journal, &plan, &id, &err), -EOVERFLOW);
	assert_string_equal(err.text, "journal: it has number 99999999: it is full");
}

static void an_absent_journal_is_empty(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_free_ unsigned int *ids = NULL;
	size_t count = 9;
	bool exists = true;

	assert_int_equal(journal_list(&tree->fs, &ids, &count, NULL), 0);
	assert_int_equal(count, 0);
	assert_int_equal(journal_exists(&tree->fs, &exists, NULL), 0);
	assert_false(exists);
}

static void what_a_stopped_run_recorded_is_removed(void **state)
{
	const struct unit_tree *tree = *state;

	unit_file(tree, JOURNAL_DIR "/journal/.new/old-7", "half");
	unit_file(tree, JOURNAL_DIR "/journal/.new/.old-8.xenhost-new", "half");
	make_entry(tree);
	assert_int_equal(unit_count(tree, JOURNAL_DIR "/journal"), 1);
	assert_int_equal(unit_count(tree, ENTRY), 4);
}

static void only_one_opens_it(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_journal_ struct journal first = {.lock = -1}, second = {.lock = -1};
	_cleanup_err_ struct err err = {0};

	open_journal(tree, &first);
	assert_int_equal(journal_open(&tree->fs, &second, &err), -EBUSY);
	assert_string_equal(err.text, "journal: another xenhost is at work");
	journal_close(&first);
	assert_int_equal(journal_open(&tree->fs, &second, NULL), 0);
}

static void it_is_for_root_alone(void **state)
{
	const struct unit_tree *tree = *state;
	struct stat st;

	make_entry(tree);
	assert_int_equal(fs_stat(&tree->fs, JOURNAL_DIR, &st, NULL), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(fs_stat(&tree->fs, ENTRY "/old-0", &st, NULL), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(fs_stat(&tree->fs, "var/lib", &st, NULL), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
}

/* ---- damage, in each file ---- */

static void damaged_old_bytes_are_found(void **state)
{
	make_entry(*state);
	unit_file(*state, ENTRY "/old-0", "x");
	assert_unreadable(*state, -EIO, "transaction 1: '" ENTRY "/old-0' is damaged");
}

static void damaged_new_bytes_are_found(void **state)
{
	make_entry(*state);
	unit_file(*state, ENTRY "/new-0", "");
	assert_unreadable(*state, -EIO, "transaction 1: '" ENTRY "/new-0' is damaged");
}

static void absent_bytes_are_found(void **state)
{
	const struct unit_tree *tree = *state;

	make_entry(tree);
	assert_int_equal(fs_remove(&tree->fs, ENTRY "/old-0", NULL), 0);
	assert_unreadable(tree, -ENOENT,
			  "transaction 1: open '" ENTRY
			  "/old-0': No such file or directory");
}

static void a_damaged_state_is_found(void **state)
{
	const struct unit_tree *tree = *state;

	make_entry(tree);
	unit_file(tree, ENTRY "/state", "");
	assert_unreadable(tree, -EIO, "transaction 1: '" ENTRY "/state' is damaged");
	unit_file(tree, ENTRY "/state", "done\nopen\n");
	assert_unreadable(tree, -EIO, "transaction 1: '" ENTRY "/state' is damaged");
	assert_int_equal(fs_remove(&tree->fs, ENTRY "/state", NULL), 0);
	assert_unreadable(tree, -ENOENT,
			  "transaction 1: open '" ENTRY
			  "/state': No such file or directory");
}

static void a_damaged_plan_is_found(void **state)
{
	make_entry(*state);
	unit_file(*state, ENTRY "/plan.json", "{");
	assert_unreadable(*state, -EIO,
			  "transaction 1: '" ENTRY "/plan.json' is damaged");
}

static bool parses(const char *text)
{
	_cleanup_journal_entry_ struct journal_entry entry = {0};
	_cleanup_free_ uint64_t *digests = NULL;

	return journal_parse(text, strlen(text), &entry, &digests);
}

#define PLAN(change)                                                           \
	"{\"time\": 1, \"commands\": [], \"changes\": [{\"resource\": \"r\", " \
	"\"path\": \"p\", \"old\": {\"kind\": \"absent\"}, \"new\": " change "}]}"

static void a_plan_without_one_of_its_parts_is_refused(void **state)
{
	(void)state;
	assert_true(parses("{\"time\": 1, \"commands\": [], \"changes\": []}"));
	assert_false(parses("{\"commands\": [], \"changes\": []}"));
	assert_false(parses("{\"time\": 1, \"changes\": []}"));
	assert_false(parses("{\"time\": 1, \"commands\": []}"));
	assert_false(parses("{\"time\": 1, \"commands\": [\"x\"], \"changes\": []}"));
	assert_false(parses("{\"time\": 1, \"commands\": [1], \"changes\": []}"));
	assert_false(parses("{\"time\": 1, \"commands\": [\"none\"], \"changes\": []}"));
	assert_false(parses("[]"));
	assert_false(parses(""));
}

static void a_change_without_one_of_its_parts_is_refused(void **state)
{
	(void)state;
	assert_true(parses(PLAN("{\"kind\": \"link\", \"digest\": \"0a\"}")));
	assert_false(parses(PLAN("{\"kind\": \"link\"}")));
	assert_false(parses(PLAN("{\"kind\": \"fifo\"}")));
	assert_false(parses(PLAN("{}")));
	assert_false(parses(PLAN("7")));
}

static void access_that_is_absent_or_wrong_is_refused(void **state)
{
	(void)state;
	assert_true(parses(PLAN(
		"{\"kind\": \"directory\", \"mode\": 1, \"uid\": null, \"gid\": 0}")));
	assert_false(
		parses(PLAN("{\"kind\": \"directory\", \"uid\": null, \"gid\": 0}")));
	assert_false(parses(PLAN(
		"{\"kind\": \"directory\", \"mode\": 4096, \"uid\": 0, \"gid\": 0}")));
	assert_false(parses(
		PLAN("{\"kind\": \"directory\", \"mode\": -1, \"uid\": 0, \"gid\": 0}")));
	assert_false(parses(
		PLAN("{\"kind\": \"directory\", \"mode\": 1, \"uid\": -1, \"gid\": 0}")));
	assert_false(parses(PLAN("{\"kind\": \"directory\", \"mode\": 1, \"uid\": "
				 "4294967295, \"gid\": 0}")));
	assert_false(parses(PLAN("{\"kind\": \"directory\", \"mode\": 1, \"uid\": 0}")));
}

/* Records transactions until number `last`, each in this state. */
static void record(struct journal *journal, unsigned int last, enum journal_state state)
{
	_cleanup_plan_ struct plan plan = {0};
	unsigned int id = 0;

	while (id < last) {
		assert_int_equal(journal_begin(journal, &plan, &id, NULL), 0);
		assert_int_equal(journal_set_state(journal, id, state, NULL), 0);
	}
}

static void assert_ids(const struct journal *journal, unsigned int first, size_t wanted)
{
	_cleanup_free_ unsigned int *ids = NULL;
	size_t count = 0;

	assert_int_equal(journal_list(journal->fs, &ids, &count, NULL), 0);
	assert_int_equal(count, wanted);
	assert_int_equal(ids[0], first);
}

static void the_last_ones_are_kept(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_journal_ struct journal journal = {.lock = -1};

	assert_int_equal(journal_open(&tree->fs, &journal, NULL), 0);
	record(&journal, JOURNAL_KEEP, JOURNAL_DONE);
	assert_int_equal(journal_prune(&journal, NULL), 0);
	assert_ids(&journal, 1, JOURNAL_KEEP);
	record(&journal, JOURNAL_KEEP + 3, JOURNAL_UNDONE);
	assert_int_equal(journal_prune(&journal, NULL), 0);
	assert_ids(&journal, 4, JOURNAL_KEEP);
	assert_int_equal(unit_count(tree, "var/lib/xenhost/journal"), JOURNAL_KEEP);
}

static void what_is_interrupted_or_damaged_is_kept_and_does_not_count(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_journal_ struct journal journal = {.lock = -1};

	assert_int_equal(journal_open(&tree->fs, &journal, NULL), 0);
	record(&journal, JOURNAL_KEEP + 4, JOURNAL_DONE);
	assert_int_equal(journal_set_state(&journal, 1, JOURNAL_UNDOING, NULL), 0);
	assert_int_equal(journal_set_state(&journal, 2, JOURNAL_OPEN, NULL), 0);
	unit_file(tree, "var/lib/xenhost/journal/3/state", "lost\n");
	assert_int_equal(journal_prune(&journal, NULL), 0);
	assert_ids(&journal, 1, JOURNAL_KEEP + 3);
}

static void what_a_stopped_pruning_left_goes_with_the_next(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_journal_ struct journal journal = {.lock = -1};

	assert_int_equal(journal_open(&tree->fs, &journal, NULL), 0);
	record(&journal, 1, JOURNAL_DONE);
	unit_file(tree, "var/lib/xenhost/journal/.old/new-0", "half");
	assert_ids(&journal, 1, 1);
	assert_int_equal(journal_prune(&journal, NULL), 0);
	assert_int_equal(unit_count(tree, "var/lib/xenhost/journal"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(an_entry_is_read_back),
		unit_test_in_tree(each_state_is_read_back),
		unit_test_in_tree(numbers_go_up_and_are_listed_in_order),
		unit_test_in_tree(a_full_journal_is_told),
		unit_test_in_tree(an_absent_journal_is_empty),
		unit_test_in_tree(what_a_stopped_run_recorded_is_removed),
		unit_test_in_tree(only_one_opens_it),
		unit_test_in_tree(it_is_for_root_alone),
		unit_test_in_tree(damaged_old_bytes_are_found),
		unit_test_in_tree(damaged_new_bytes_are_found),
		unit_test_in_tree(absent_bytes_are_found),
		unit_test_in_tree(a_damaged_state_is_found),
		unit_test_in_tree(the_last_ones_are_kept),
		unit_test_in_tree(
			what_is_interrupted_or_damaged_is_kept_and_does_not_count),
		unit_test_in_tree(what_a_stopped_pruning_left_goes_with_the_next),
		unit_test_in_tree(a_damaged_plan_is_found),
		cmocka_unit_test(a_plan_without_one_of_its_parts_is_refused),
		cmocka_unit_test(a_change_without_one_of_its_parts_is_refused),
		cmocka_unit_test(access_that_is_absent_or_wrong_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
