/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making a plan: what resources ask for becomes changes, and nothing is written. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/edit.h"
#include "host/planner.h"
#include "unit.h"

static const struct resource test = {.name = "test"};

/* A planner of a test's own, with nothing but a root. */
struct bench {
	struct desc desc;
	struct plan plan;
	struct planner planner;
};

static void bench_open(struct bench *bench, const struct unit_tree *tree)
{
	*bench = (struct bench){0};
	bench->planner = (struct planner){
		.desc = &bench->desc, .fs = &tree->fs, .plan = &bench->plan};
}

static void bench_close(struct bench *bench)
{
	plan_clear(&bench->plan);
}

#define _cleanup_bench_ _cleanup_(bench_close)

static int own(struct bench *bench, const char *path, const char *text, struct err *err)
{
	return planner_own(&bench->planner, &test, path, text, COMMAND_GRUB, err);
}

static int put(struct bench *bench, const char *path, const char *text, struct err *err)
{
	return planner_write(&bench->planner, &test, path, text, COMMAND_UDEV, err);
}

static void assert_plan(const struct bench *bench, const char *text)
{
	_cleanup_str_ struct str found = {0};

	plan_render(&bench->plan, bench->planner.fs, &found);
	assert_string_equal(str_text(&found), text);
}

/* What the menu's generator copied is old by then. */
static void copies_follow_the_initial_ram_file_system(void **state)
{
	_cleanup_bench_ struct bench bench;

	bench_open(&bench, *state);
	assert_int_equal(
		planner_own(&bench.planner, &test, "/a", "x\n", COMMAND_INITRAMFS, NULL),
		0);
	assert_false(bench.plan.has_command[COMMAND_GRUB]);
	bench.desc.boot.chainload.value = true;
	assert_int_equal(
		planner_own(&bench.planner, &test, "/b", "x\n", COMMAND_INITRAMFS, NULL),
		0);
	assert_true(bench.plan.has_command[COMMAND_GRUB]);
}

static void a_new_file_brings_its_directories(void **state)
{
	_cleanup_bench_ struct bench bench;

	bench_open(&bench, *state);
	assert_int_equal(put(&bench, "/a/b/c", "x\n", NULL), 0);
	assert_plan(&bench, "create a/ (test)\ncreate a/b/ (test)\ncreate a/b/c (test)\n"
			    "    + x\n");
	assert_true(bench.plan.has_command[COMMAND_UDEV]);
}

static void nothing_is_written(void **state)
{
	_cleanup_bench_ struct bench bench;

	bench_open(&bench, *state);
	assert_int_equal(put(&bench, "a/b", "x\n", NULL), 0);
	assert_int_equal(unit_count(*state, "."), 0);
}

static void what_is_so_already_is_no_change(void **state)
{
	_cleanup_bench_ struct bench bench;

	bench_open(&bench, *state);
	unit_file(*state, "a", "x\n");
	assert_int_equal(put(&bench, "a", "x\n", NULL), 0);
	assert_true(plan_is_empty(&bench.plan));
	assert_false(bench.plan.has_command[COMMAND_UDEV]);
}

static void mode_and_owner_of_a_file_stay(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_free_ char *path = mem_textf("%s/a", tree->path);
	_cleanup_bench_ struct bench bench;

	bench_open(&bench, tree);
	unit_file(tree, "a", "x\n");
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(put(&bench, "a", "y\n", NULL), 0);
	assert_int_equal(put(&bench, "a", "z\n", NULL), 0);
	assert_int_equal(bench.plan.count, 1);
	assert_int_equal(bench.plan.change[0].new.access.mode, 0640);
	assert_int_equal(bench.plan.change[0].new.access.uid,
			 bench.plan.change[0].old.access.uid);
}

static void a_later_resource_reads_what_is_planned(void **state)
{
	_cleanup_bench_ struct bench bench;
	_cleanup_str_ struct str text = {0};
	_cleanup_str_list_ struct str_list names = {0};

	bench_open(&bench, *state);
	unit_file(*state, "d/old", PLANNER_MARK);
	assert_int_equal(put(&bench, "d/new", "x\n", NULL), 0);
	assert_int_equal(own(&bench, "d/old", NULL, NULL), 0);
	assert_int_equal(planner_read(&bench.planner, "/d/new", &text, NULL), 0);
	assert_string_equal(str_text(&text), "x\n");
	assert_int_equal(planner_read(&bench.planner, "d/old", &text, NULL), -ENOENT);
	assert_false(planner_has(&bench.planner, "d/old"));
	planner_list(&bench.planner, "d", &names);
	assert_int_equal(names.count, 1);
	assert_string_equal(names.item[0], "new");
}

static void both_commands_of_one_file_are_run(void **state)
{
	_cleanup_bench_ struct bench bench;

	bench_open(&bench, *state);
	assert_int_equal(put(&bench, "a", "x\n", NULL), 0);
	assert_int_equal(
		planner_write(&bench.planner, &test, "a", "y\n", COMMAND_GRUB, NULL), 0);
	assert_true(bench.plan.has_command[COMMAND_UDEV]);
	assert_true(bench.plan.has_command[COMMAND_GRUB]);
}

static void a_change_that_is_taken_back_leaves_nothing(void **state)
{
	_cleanup_bench_ struct bench bench;

	bench_open(&bench, *state);
	assert_int_equal(put(&bench, "x", "x\n", NULL), 0);
	assert_int_equal(own(&bench, "a/b/c", "x\n", NULL), 0);
	assert_int_equal(own(&bench, "a/b/c", NULL, NULL), 0);
	assert_plan(&bench, "create x (test)\n    + x\n");
	assert_false(bench.plan.has_command[COMMAND_GRUB]);
	assert_true(bench.plan.has_command[COMMAND_UDEV]);
}

static void a_file_of_somebody_else_is_not_owned(void **state)
{
	_cleanup_bench_ struct bench bench;
	_cleanup_err_ struct err err = {0};

	bench_open(&bench, *state);
	unit_file(*state, "a", "theirs\n");
	assert_int_equal(own(&bench, "a", "x\n", &err), -EEXIST);
	assert_string_equal(err.text,
			    "write 'a': it is there and not xenhost's; move it away");
	assert_int_equal(own(&bench, "a", NULL, &err), 0);
	assert_true(plan_is_empty(&bench.plan));
}

static void an_owned_script_can_run_and_is_removed(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_bench_ struct bench bench;

	bench_open(&bench, tree);
	assert_int_equal(planner_own_script(&bench.planner, &test, "s", "exit 0\n", NULL),
			 0);
	assert_string_equal(str_text(&bench.plan.change[0].new.bytes),
			    PLANNER_MARK_SCRIPT "exit 0\n");
	assert_int_equal(bench.plan.change[0].new.access.mode, 0755);
	plan_clear(&bench.plan);
	unit_file(tree, "s", PLANNER_MARK_SCRIPT "exit 0\n");
	assert_int_equal(planner_own_script(&bench.planner, &test, "s", NULL, NULL), 0);
	assert_plan(&bench, "remove s (test)\n"
			    "    - #!/bin/sh\n"
			    "    - " PLANNER_MARK "    - exit 0\n");
}

static void an_owned_link_is_removed_itself(void **state)
{
	_cleanup_bench_ struct bench bench;

	bench_open(&bench, *state);
	unit_file(*state, "file", PLANNER_MARK);
	unit_link(*state, "link", "file");
	assert_int_equal(own(&bench, "link", NULL, NULL), 0);
	assert_int_equal(bench.plan.change[0].old.kind, NODE_LINK);
	assert_string_equal(str_text(&bench.plan.change[0].old.bytes), "file");
}

static void a_file_that_is_a_directory_is_refused(void **state)
{
	_cleanup_bench_ struct bench bench;
	_cleanup_err_ struct err err = {0};

	bench_open(&bench, *state);
	unit_dir(*state, "d");
	assert_int_equal(put(&bench, "d", "x\n", &err), -EISDIR);
	assert_string_equal(err.text, "write 'd': Is a directory");
}

static void a_directory_that_is_a_file_is_refused(void **state)
{
	_cleanup_bench_ struct bench bench;
	_cleanup_err_ struct err err = {0};

	bench_open(&bench, *state);
	unit_file(*state, "d", "");
	assert_int_equal(put(&bench, "d/a", "x\n", &err), -ENOTDIR);
	assert_string_equal(err.text, "write 'd/a': 'd': Not a directory");
}

static void a_directory_that_is_planned_as_a_file_is_refused(void **state)
{
	_cleanup_bench_ struct bench bench;
	_cleanup_err_ struct err err = {0};

	bench_open(&bench, *state);
	assert_int_equal(put(&bench, "d", "x\n", NULL), 0);
	assert_int_equal(put(&bench, "d/a", "x\n", &err), -ENOTDIR);
}

static void a_link_to_nothing_is_refused(void **state)
{
	_cleanup_bench_ struct bench bench;
	_cleanup_err_ struct err err = {0};

	bench_open(&bench, *state);
	unit_link(*state, "a", "/nowhere");
	assert_int_equal(put(&bench, "a", "x\n", &err), -EINVAL);
	assert_string_equal(err.text, "'a' is a link to nothing");
}

static void a_file_with_a_nul_is_refused(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_bench_ struct bench bench;
	_cleanup_str_ struct str read = {0};
	_cleanup_err_ struct err err = {0};
	struct str *text;

	bench_open(&bench, tree);
	assert_int_equal(fs_replace(&tree->fs, "a", "x\0y\n", 4,
				    &(struct fs_access){.mode = 0644,
							.uid = FS_KEEP_UID,
							.gid = FS_KEEP_GID},
				    NULL, NULL),
			 0);
	assert_int_equal(
		planner_edit(&bench.planner, &test, "a", COMMAND_NONE, &text, &err),
		-EINVAL);
	assert_string_equal(err.text, "read 'a': it has a NUL byte: no text");
	assert_int_equal(planner_read(&bench.planner, "a", &read, NULL), -EINVAL);
}

static void a_name_that_is_not_utf8_is_refused(void **state)
{
	_cleanup_bench_ struct bench bench;
	_cleanup_err_ struct err err = {0};

	bench_open(&bench, *state);
	assert_int_equal(put(&bench, "a\xff", "x\n", &err), -EILSEQ);
	assert_true(plan_is_empty(&bench.plan));
}

static void a_link_is_planned_and_changed(void **state)
{
	_cleanup_bench_ struct bench bench;

	bench_open(&bench, *state);
	unit_link(*state, "b", "old");
	assert_int_equal(planner_link(&bench.planner, &test, "a/l", "../t", NULL,
				      COMMAND_NONE, NULL),
			 0);
	assert_int_equal(
		planner_link(&bench.planner, &test, "b", "new", NULL, COMMAND_NONE, NULL),
		0);
	assert_plan(&bench, "create a/ (test)\ncreate a/l -> ../t (test)\n"
			    "change b -> new (test)\n");
}

static void only_our_link_is_removed(void **state)
{
	_cleanup_bench_ struct bench bench;

	bench_open(&bench, *state);
	unit_link(*state, "theirs", "else");
	unit_link(*state, "ours", "t");
	assert_int_equal(planner_link(&bench.planner, &test, "theirs", NULL, "t",
				      COMMAND_NONE, NULL),
			 0);
	assert_int_equal(planner_link(&bench.planner, &test, "ours", NULL, "t",
				      COMMAND_NONE, NULL),
			 0);
	assert_plan(&bench, "remove ours (test)\n");
}

static void a_link_over_a_file_is_refused(void **state)
{
	_cleanup_bench_ struct bench bench;
	_cleanup_err_ struct err err = {0};

	bench_open(&bench, *state);
	unit_file(*state, "a", "");
	assert_int_equal(
		planner_link(&bench.planner, &test, "a", "t", NULL, COMMAND_NONE, &err),
		-EEXIST);
	assert_string_equal(err.text, "link 'a': something else is there");
}

/* ---- whole runs ---- */

static int plan_badly(struct planner *planner, struct err *err)
{
	(void)planner;
	return err_say(err, EIO, "cause");
}

static int edit_twice(struct planner *planner, struct err *err)
{
	struct str *text, *again;
	int rc = planner_edit(planner, &test, "a", COMMAND_GRUB, &text, err);

	if (rc == 0)
		rc = planner_edit(planner, &test, "/a", COMMAND_GRUB, &again, err);
	if (rc == 0) {
		edit_add(text, "one");
		edit_add(again, "two");
	}
	return rc;
}

static int run(const struct unit_tree *tree, const struct resource *resource,
	       struct plan *plan, struct err *err)
{
	const struct resource *const resources[] = {resource, NULL};
	const struct facts facts = {0};
	const struct desc desc = {0};

	return planner_run(resources, &desc, &facts, &tree->fs, plan, err);
}

static void a_failure_names_its_resource(void **state)
{
	const struct resource failing = {.name = "failing", .plan = plan_badly};
	_cleanup_plan_ struct plan plan = {0};
	_cleanup_err_ struct err err = {0};

	assert_int_equal(run(*state, &failing, &plan, &err), -EIO);
	assert_string_equal(err.text, "failing: cause");
}

static void edits_of_a_file_are_shared_and_begin_with_its_own_lines(void **state)
{
	const struct resource editing = {.name = "editing", .plan = edit_twice};
	_cleanup_plan_ struct plan plan = {0};

	unit_file(*state, "a", "theirs\n# xenhost added:\nold\n");
	assert_int_equal(run(*state, &editing, &plan, NULL), 0);
	assert_int_equal(plan.count, 1);
	assert_string_equal(str_text(&plan.change[0].new.bytes),
			    "theirs\n# xenhost added:\none\n# xenhost added:\ntwo\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(a_new_file_brings_its_directories),
		unit_test_in_tree(copies_follow_the_initial_ram_file_system),
		unit_test_in_tree(nothing_is_written),
		unit_test_in_tree(what_is_so_already_is_no_change),
		unit_test_in_tree(mode_and_owner_of_a_file_stay),
		unit_test_in_tree(a_later_resource_reads_what_is_planned),
		unit_test_in_tree(both_commands_of_one_file_are_run),
		unit_test_in_tree(a_change_that_is_taken_back_leaves_nothing),
		unit_test_in_tree(a_file_of_somebody_else_is_not_owned),
		unit_test_in_tree(an_owned_script_can_run_and_is_removed),
		unit_test_in_tree(an_owned_link_is_removed_itself),
		unit_test_in_tree(a_file_that_is_a_directory_is_refused),
		unit_test_in_tree(a_directory_that_is_a_file_is_refused),
		unit_test_in_tree(a_directory_that_is_planned_as_a_file_is_refused),
		unit_test_in_tree(a_link_to_nothing_is_refused),
		unit_test_in_tree(a_file_with_a_nul_is_refused),
		unit_test_in_tree(a_name_that_is_not_utf8_is_refused),
		unit_test_in_tree(a_link_is_planned_and_changed),
		unit_test_in_tree(only_our_link_is_removed),
		unit_test_in_tree(a_link_over_a_file_is_refused),
		unit_test_in_tree(a_failure_names_its_resource),
		unit_test_in_tree(
			edits_of_a_file_are_shared_and_begin_with_its_own_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
