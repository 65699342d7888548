/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Doing a plan, undoing it, and what is done after an interruption. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "host/apply.h"
#include "unit.h"

static const struct apply_options silent = {.no_commands = true};

static struct node *file_of(struct node *node, const char *text)
{
	if (!text)
		return node;
	*node = (struct node){
		.kind = NODE_FILE,
		.access = {.mode = 0644, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID}};
	str_add(&node->bytes, text);
	return node;
}

/* NULL stands for absent. */
static void add_change(struct plan *plan, const char *path, const char *old,
		       const char *new)
{
	struct change *change;

	plan->change = mem_grow(plan->change, plan->count, sizeof(*plan->change));
	change = &plan->change[plan->count++];
	*change = (struct change){.resource = mem_text("test"), .path = mem_text(path)};
	(void)file_of(&change->old, old);
	(void)file_of(&change->new, new);
}

static void add_directory(struct plan *plan, const char *path)
{
	add_change(plan, path, NULL, NULL);
	plan->change[plan->count - 1].new = (struct node){
		.kind = NODE_DIRECTORY,
		.access = {.mode = 0755, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID}};
}

static void assert_file(const struct unit_tree *tree, const char *path, const char *text)
{
	_cleanup_str_ struct str found = {0};
	int rc = fs_read(&tree->fs, path, 1 << 20, &found, NULL);

	if (!text) {
		assert_int_equal(rc, -ENOENT);
		return;
	}
	assert_int_equal(rc, 0);
	assert_string_equal(str_text(&found), text);
}

static enum journal_state state_of(const struct unit_tree *tree, unsigned int id)
{
	enum journal_state state = JOURNAL_OPEN;

	assert_int_equal(journal_read_state(&tree->fs, id, &state, NULL), 0);
	return state;
}

static void open_journal(const struct unit_tree *tree, struct journal *journal)
{
	assert_int_equal(journal_open(&tree->fs, journal, NULL), 0);
}

/* A tree with "a" and a plan that changes it, removes "b" and makes "d/c". */
static void make_example(const struct unit_tree *tree, struct plan *plan)
{
	unit_file(tree, "a", "old\n");
	unit_file(tree, "b", "gone\n");
	add_change(plan, "a", "old\n", "new\n");
	add_change(plan, "b", "gone\n", NULL);
	add_directory(plan, "d");
	add_change(plan, "d/c", NULL, "made\n");
}

static void assert_is_new(const struct unit_tree *tree)
{
	assert_file(tree, "a", "new\n");
	assert_file(tree, "b", NULL);
	assert_file(tree, "d/c", "made\n");
}

static void assert_is_old(const struct unit_tree *tree)
{
	assert_file(tree, "a", "old\n");
	assert_file(tree, "b", "gone\n");
	assert_false(fs_exists(&tree->fs, "d"));
	assert_int_equal(unit_count(tree, "."), 3);
}

/* Applies the example as transaction 1, of which the journal is open. */
static void apply_example(const struct unit_tree *tree, struct journal *journal)
{
	_cleanup_plan_ struct plan plan = {0};

	make_example(tree, &plan);
	open_journal(tree, journal);
	assert_int_equal(apply_plan(journal, &plan, &silent, NULL, NULL), 0);
}

static int undo(struct journal *journal, unsigned int id, bool keep_changed,
		struct err *err)
{
	const struct apply_options options = {.no_commands = true,
					      .keep_changed = keep_changed};
	_cleanup_journal_entry_ struct journal_entry entry = {0};

	assert_int_equal(journal_read(journal->fs, id, &entry, NULL), 0);
	return apply_undo(journal, &entry, &options, NULL, err);
}

static void a_plan_is_done_and_undone(void **state)
{
	_cleanup_journal_ struct journal journal = {.lock = -1};

	apply_example(*state, &journal);
	assert_is_new(*state);
	assert_int_equal(state_of(*state, 1), JOURNAL_DONE);
	assert_int_equal(undo(&journal, 1, false, NULL), 0);
	assert_is_old(*state);
	assert_int_equal(state_of(*state, 1), JOURNAL_UNDONE);
}

static void an_empty_plan_makes_no_journal(void **state)
{
	const struct unit_tree *tree = *state;
	struct journal journal = {.fs = &tree->fs, .lock = -1};
	const struct plan plan = {0};

	assert_int_equal(apply_plan(&journal, &plan, &silent, NULL, NULL), 0);
	assert_int_equal(unit_count(tree, "."), 0);
}

static void what_changed_since_the_plan_is_not_touched(void **state)
{
	_cleanup_journal_ struct journal journal = {.lock = -1};
	_cleanup_plan_ struct plan plan = {0};
	_cleanup_err_ struct err err = {0};

	make_example(*state, &plan);
	unit_file(*state, "b", "theirs\n");
	open_journal(*state, &journal);
	assert_int_equal(apply_plan(&journal, &plan, &silent, NULL, &err), -EBUSY);
	assert_string_equal(err.text, "'b' was changed while this ran");
	assert_file(*state, "a", "old\n");
}

static void a_failure_undoes_what_was_done(void **state)
{
	_cleanup_journal_ struct journal journal = {.lock = -1};
	_cleanup_plan_ struct plan plan = {0};
	_cleanup_err_ struct err err = {0};

	make_example(*state, &plan);
	add_change(&plan, "no/where", NULL, "x");
	open_journal(*state, &journal);
	assert_int_equal(apply_plan(&journal, &plan, &silent, NULL, &err), -ENOENT);
	assert_string_equal(err.text,
			    "test: write 'no/where': open 'no': No such file or "
			    "directory; nothing was changed");
	assert_is_old(*state);
	assert_int_equal(state_of(*state, 1), JOURNAL_UNDONE);
}

static void an_undo_over_a_changed_file_is_refused_whole(void **state)
{
	_cleanup_journal_ struct journal journal = {.lock = -1};
	_cleanup_err_ struct err err = {0};

	apply_example(*state, &journal);
	unit_file(*state, "d/c", "mine\n");
	assert_int_equal(undo(&journal, 1, false, &err), -EBUSY);
	assert_string_equal(err.text,
			    "transaction 1: 'd/c' was changed since; 'xenhost rollback "
			    "--keep-changed' leaves it as it is");
	assert_string_equal(err.detail, "\t- made\n\t+ mine\n");
	assert_file(*state, "a", "new\n");
	assert_int_equal(state_of(*state, 1), JOURNAL_DONE);
}

static void an_undo_may_leave_changed_files_alone(void **state)
{
	_cleanup_journal_ struct journal journal = {.lock = -1};

	apply_example(*state, &journal);
	unit_file(*state, "d/c", "mine\n");
	unit_link(*state, "b", "/nowhere");
	assert_int_equal(undo(&journal, 1, true, NULL), 0);
	assert_file(*state, "a", "old\n");
	assert_file(*state, "d/c", "mine\n");
	assert_int_equal(state_of(*state, 1), JOURNAL_UNDONE);
}

static void an_undo_names_the_transaction_that_came_later(void **state)
{
	_cleanup_journal_ struct journal journal = {.lock = -1};
	_cleanup_plan_ struct plan second = {0};
	_cleanup_err_ struct err err = {0};

	apply_example(*state, &journal);
	add_change(&second, "a", "new\n", "newer\n");
	assert_int_equal(apply_plan(&journal, &second, &silent, NULL, NULL), 0);
	assert_int_equal(undo(&journal, 1, false, &err), -EBUSY);
	assert_string_equal(err.text,
			    "transaction 1: 'a' was changed since by transaction "
			    "2; undo that first");
	assert_int_equal(undo(&journal, 2, false, NULL), 0);
	assert_int_equal(undo(&journal, 1, false, NULL), 0);
	assert_is_old(*state);
}

static void an_older_transaction_with_other_paths_is_undone(void **state)
{
	_cleanup_journal_ struct journal journal = {.lock = -1};
	_cleanup_plan_ struct plan second = {0};

	apply_example(*state, &journal);
	add_change(&second, "x", NULL, "x\n");
	assert_int_equal(apply_plan(&journal, &second, &silent, NULL, NULL), 0);
	assert_int_equal(undo(&journal, 1, false, NULL), 0);
	assert_file(*state, "a", "old\n");
	assert_file(*state, "x", "x\n");
}

static void a_made_directory_with_something_in_it_stays(void **state)
{
	_cleanup_journal_ struct journal journal = {.lock = -1};

	apply_example(*state, &journal);
	unit_file(*state, "d/theirs", "x\n");
	assert_int_equal(undo(&journal, 1, false, NULL), 0);
	assert_file(*state, "d/c", NULL);
	assert_file(*state, "d/theirs", "x\n");
}

static void a_removed_directory_is_no_obstacle(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_journal_ struct journal journal = {.lock = -1};
	_cleanup_plan_ struct plan plan = {0};

	add_directory(&plan, "d");
	open_journal(tree, &journal);
	assert_int_equal(apply_plan(&journal, &plan, &silent, NULL, NULL), 0);
	assert_int_equal(fs_remove(&tree->fs, "d", NULL), 0);
	assert_int_equal(undo(&journal, 1, false, NULL), 0);
}

static void modes_and_link_targets_come_back(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_free_ char *path = mem_textf("%s/a", tree->path);
	_cleanup_journal_ struct journal journal = {.lock = -1};
	_cleanup_plan_ struct plan plan = {0};
	_cleanup_free_ char *target = NULL;
	struct stat st;

	unit_file(tree, "a", "old\n");
	assert_int_equal(chmod(path, 04751), 0);
	unit_link(tree, "l", "from");
	add_change(&plan, "a", "old\n", NULL);
	plan.change[0].old.access.mode = 04751;
	add_change(&plan, "l", "from", "to");
	plan.change[1].old.kind = plan.change[1].new.kind = NODE_LINK;
	open_journal(tree, &journal);
	assert_int_equal(apply_plan(&journal, &plan, &silent, NULL, NULL), 0);
	assert_int_equal(undo(&journal, 1, false, NULL), 0);
	assert_int_equal(fs_stat(&tree->fs, "a", &st, NULL), 0);
	assert_int_equal(st.st_mode & 07777, 04751);
	assert_int_equal(fs_readlink(&tree->fs, "l", &target, NULL), 0);
	assert_string_equal(target, "from");
}

/* ---- interruptions ---- */

static void an_interrupted_transaction_is_undone(void **state)
{
	_cleanup_journal_ struct journal journal = {.lock = -1};
	_cleanup_plan_ struct plan plan = {0};
	unsigned int id;
	size_t count = 0;

	make_example(*state, &plan);
	open_journal(*state, &journal);
	assert_int_equal(journal_begin(&journal, &plan, &id, NULL), 0);
	unit_file(*state, "a", "new\n");
	unit_file(*state, "d/.c.xenhost-new", "ma");
	assert_int_equal(apply_recover(&journal, &silent, NULL, &count, NULL), 0);
	assert_int_equal(count, 1);
	assert_is_old(*state);
	assert_int_equal(state_of(*state, 1), JOURNAL_UNDONE);
}

static void an_interrupted_undo_is_continued(void **state)
{
	_cleanup_journal_ struct journal journal = {.lock = -1};

	apply_example(*state, &journal);
	assert_int_equal(journal_set_state(&journal, 1, JOURNAL_UNDOING, NULL), 0);
	unit_file(*state, "b", "gone\n");
	assert_int_equal(apply_recover(&journal, &silent, NULL, NULL, NULL), 0);
	assert_is_old(*state);
}

static void done_and_undone_are_not_recovered(void **state)
{
	_cleanup_journal_ struct journal journal = {.lock = -1};
	size_t count = 9;

	apply_example(*state, &journal);
	assert_int_equal(apply_recover(&journal, &silent, NULL, &count, NULL), 0);
	assert_int_equal(count, 0);
	assert_is_new(*state);
}

static void a_file_that_is_neither_old_nor_new_stops_the_recovery(void **state)
{
	const struct apply_options keeping = {.no_commands = true, .keep_changed = true};
	_cleanup_journal_ struct journal journal = {.lock = -1};
	_cleanup_plan_ struct plan plan = {0};
	_cleanup_err_ struct err err = {0};
	unsigned int id;

	make_example(*state, &plan);
	open_journal(*state, &journal);
	assert_int_equal(journal_begin(&journal, &plan, &id, NULL), 0);
	unit_file(*state, "a", "mine\n");
	unit_file(*state, "d/c", "made\n");
	assert_int_equal(apply_recover(&journal, &silent, NULL, NULL, &err), -EBUSY);
	assert_file(*state, "d/c", "made\n");
	assert_int_equal(apply_recover(&journal, &keeping, NULL, NULL, NULL), 0);
	assert_file(*state, "a", "mine\n");
	assert_file(*state, "d/c", NULL);
}

/* ---- signals ---- */

struct sender {
	int signal, at;
};

static void send(const char *text, void *data)
{
	struct sender *sender = data;

	(void)text;
	if (sender->at-- == 0)
		(void)raise(sender->signal);
}

/* Applies the example in a child that gets a signal while it does change number `at`. */
static int apply_with_signal(const struct unit_tree *tree, int signal, int at,
			     bool is_ignored)
{
	struct sender sender = {signal, at};
	const struct apply_options options = {
		.no_commands = true, .say = send, .data = &sender};
	_cleanup_plan_ struct plan plan = {0};
	int status = -1;
	pid_t pid;

	make_example(tree, &plan);
	pid = fork();
	if (pid == 0) {
		/* Whatever this was started with: in the background of a script, ignored. */
		const struct sigaction action = {.sa_handler =
							 is_ignored ? SIG_IGN : SIG_DFL};
		struct journal journal;
		struct err err = {0};

		(void)sigaction(signal, &action, NULL);
		if (journal_open(&tree->fs, &journal, &err) < 0)
			_exit(9);
		_exit(apply_plan(&journal, &plan, &options, NULL, &err) < 0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void a_signal_undoes_and_ends_the_program(void **state)
{
	int status = apply_with_signal(*state, SIGINT, 2, false);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGINT);
	assert_is_old(*state);
	assert_int_equal(state_of(*state, 1), JOURNAL_UNDONE);
}

static void a_signal_during_the_last_change_undoes_too(void **state)
{
	int status = apply_with_signal(*state, SIGTERM, 3, false);

	assert_true(WIFSIGNALED(status));
	assert_is_old(*state);
}

static void an_ignored_signal_is_ignored(void **state)
{
	int status = apply_with_signal(*state, SIGHUP, 1, true);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_is_new(*state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(a_plan_is_done_and_undone),
		unit_test_in_tree(an_empty_plan_makes_no_journal),
		unit_test_in_tree(what_changed_since_the_plan_is_not_touched),
		unit_test_in_tree(a_failure_undoes_what_was_done),
		unit_test_in_tree(an_undo_over_a_changed_file_is_refused_whole),
		unit_test_in_tree(an_undo_may_leave_changed_files_alone),
		unit_test_in_tree(an_undo_names_the_transaction_that_came_later),
		unit_test_in_tree(an_older_transaction_with_other_paths_is_undone),
		unit_test_in_tree(a_made_directory_with_something_in_it_stays),
		unit_test_in_tree(a_removed_directory_is_no_obstacle),
		unit_test_in_tree(modes_and_link_targets_come_back),
		unit_test_in_tree(an_interrupted_transaction_is_undone),
		unit_test_in_tree(an_interrupted_undo_is_continued),
		unit_test_in_tree(done_and_undone_are_not_recovered),
		unit_test_in_tree(a_file_that_is_neither_old_nor_new_stops_the_recovery),
		unit_test_in_tree(a_signal_undoes_and_ends_the_program),
		unit_test_in_tree(a_signal_during_the_last_change_undoes_too),
		unit_test_in_tree(an_ignored_signal_is_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
