/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which earlier builds of the hypervisor stay. */
#include <errno.h>
#include <string.h>

#include "boot/keep.h"
#include "unit.h"

/* Four builds, newest last; each has what belongs to it. */
static const char *const versions[] = {"4.20.1+1", "4.20.2+5", "4.20.2+40", "4.20.3+127"};

static void make_builds(const struct unit_tree *tree)
{
	_cleanup_str_ struct str list = {0};

	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		static const char *const forms[] = {"boot/xen-%s.gz",
						    "boot/xen-%s.config",
						    "boot/flask/xenpolicy-%s"};

		for (size_t k = 0; k < ARRAY_SIZE(forms); k++) {
			const char *blank = strchr(forms[k], '%');
			_cleanup_free_ char *path =
				mem_textf("%.*s%s%s", (int)(blank - forms[k]), forms[k],
					  versions[i], blank + strlen("%s"));

			unit_file(tree, path, "x");
		}
		str_addf(&list, "/boot/xen-%s.gz\n", versions[i]);
	}
	unit_file(tree, KEEP_LIST, list.text);
}

static void prune(const struct unit_tree *tree, const char *running, size_t limit,
		  size_t count)
{
	struct facts facts = {.xen.version = running ? mem_text(running) : NULL};
	_cleanup_str_list_ struct str_list removed = {0};
	_cleanup_err_ struct err err = {0};
	int rc = keep_prune(&tree->fs, &facts, limit, &removed, &err);

	facts_clear(&facts);
	if (rc < 0)
		print_error("%s\n", err.text);
	assert_int_equal(rc, 0);
	assert_int_equal(removed.count, count);
}

static bool has_build(const struct unit_tree *tree, const char *version)
{
	_cleanup_free_ char *path = mem_textf("boot/xen-%s.gz", version);
	_cleanup_free_ char *config = mem_textf("boot/xen-%s.config", version);
	_cleanup_free_ char *policy = mem_textf("boot/flask/xenpolicy-%s", version);
	bool has_image = fs_exists(&tree->fs, path);

	assert_int_equal(fs_exists(&tree->fs, config), has_image);
	assert_int_equal(fs_exists(&tree->fs, policy), has_image);
	return has_image;
}

static void assert_list(const struct unit_tree *tree, const char *text)
{
	_cleanup_str_ struct str list = {0};

	assert_int_equal(fs_read(&tree->fs, KEEP_LIST, 4096, &list, NULL), 0);
	assert_string_equal(str_text(&list), text);
}

static void without_a_list_nothing_is_done(void **state)
{
	prune(*state, NULL, 0, 0);
}

static void the_oldest_go_with_all_that_they_have(void **state)
{
	struct unit_tree *tree = *state;

	make_builds(tree);
	prune(tree, NULL, 2, 2);
	assert_false(has_build(tree, "4.20.1+1"));
	assert_false(has_build(tree, "4.20.2+5"));
	assert_true(has_build(tree, "4.20.2+40"));
	assert_true(has_build(tree, "4.20.3+127"));
	assert_list(tree, "/boot/xen-4.20.3+127.gz\n/boot/xen-4.20.2+40.gz\n");
	prune(tree, NULL, 2, 0);
}

static void none_is_left_if_none_shall_be(void **state)
{
	struct unit_tree *tree = *state;

	make_builds(tree);
	prune(tree, NULL, 0, 4);
	assert_int_equal(unit_count(tree, "boot/flask"), 0);
	assert_false(fs_exists(&tree->fs, KEEP_LIST));
}

static void what_runs_stays(void **state)
{
	struct unit_tree *tree = *state;

	make_builds(tree);
	prune(tree, "4.20.1+1", 1, 2);
	assert_true(has_build(tree, "4.20.1+1"));
	assert_true(has_build(tree, "4.20.3+127"));
	assert_list(tree, "/boot/xen-4.20.3+127.gz\n/boot/xen-4.20.1+1.gz\n");
}

static void what_may_run_stays(void **state)
{
	struct unit_tree *tree = *state;

	/* Of which build of its version the running one is, names do not tell. */
	unit_file(tree, "boot/xen-4.20-amd64.gz", "x");
	unit_file(tree, "boot/xen-4.20.3+127-0.deb13u1.gz", "x");
	unit_file(tree, KEEP_LIST,
		  "/boot/xen-4.20-amd64.gz\n/boot/xen-4.20.3+127-0.deb13u1.gz\n");
	prune(tree, "4.20.3+127", 0, 0);
}

static void the_last_good_boot_stays(void **state)
{
	struct unit_tree *tree = *state;

	make_builds(tree);
	unit_file(tree, "var/lib/xenhost/boot/good.cfg",
		  "menuentry 'x' {\n\tmultiboot2 /xen-4.20.2+5.gz placeholder\n}\n");
	prune(tree, NULL, 1, 2);
	assert_true(has_build(tree, "4.20.2+5"));
	assert_true(has_build(tree, "4.20.3+127"));
}

static void what_a_package_has_is_not_kept_but_there(void **state)
{
	struct unit_tree *tree = *state;

	make_builds(tree);
	unit_file(tree, "var/lib/dpkg/info/xen-hypervisor-4.20-amd64.list",
		  "/.\n/boot\n/boot/xen-4.20.1+1.config\n/boot/xen-4.20.1+1.gz\n");
	prune(tree, NULL, 0, 3);
	assert_true(has_build(tree, "4.20.1+1"));
	assert_false(fs_exists(&tree->fs, KEEP_LIST));
}

static void names_that_no_package_gives_are_not_followed(void **state)
{
	struct unit_tree *tree = *state;

	unit_file(tree, "boot/vmlinuz-6.1", "x");
	unit_file(tree, "etc/passwd.gz", "x");
	unit_file(tree, "boot/xen-a.gz", "x");
	unit_link(tree, "boot/xen-link.gz", "xen-a.gz");
	unit_dir(tree, "boot/xen-dir.gz");
	unit_file(tree, KEEP_LIST,
		  "/boot/vmlinuz-6.1\n/boot/xen-/../../etc/passwd.gz\nboot/xen-a.gz\n"
		  "/boot/xen-link.gz\n/boot/xen-dir.gz\n/boot/xen-.gz\n\n/boot/"
		  "xen-gone.gz");
	prune(tree, NULL, 0, 0);
	assert_true(fs_exists(&tree->fs, "etc/passwd.gz"));
	assert_true(fs_exists(&tree->fs, "boot/vmlinuz-6.1"));
	assert_true(fs_exists(&tree->fs, "boot/xen-link.gz"));
	assert_true(fs_exists(&tree->fs, "boot/xen-a.gz"));
	assert_false(fs_exists(&tree->fs, KEEP_LIST));
}

static void a_path_that_is_there_twice_counts_once(void **state)
{
	struct unit_tree *tree = *state;

	unit_file(tree, "boot/xen-4.20.1+1.gz", "x");
	unit_file(tree, "boot/xen-4.20.2+5.gz", "x");
	unit_file(
		tree, KEEP_LIST,
		"/boot/xen-4.20.2+5.gz\n/boot/xen-4.20.2+5.gz\n/boot/xen-4.20.1+1.gz\n");
	prune(tree, NULL, 2, 0);
	assert_list(tree, "/boot/xen-4.20.2+5.gz\n/boot/xen-4.20.1+1.gz\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(without_a_list_nothing_is_done),
		unit_test_in_tree(the_oldest_go_with_all_that_they_have),
		unit_test_in_tree(none_is_left_if_none_shall_be),
		unit_test_in_tree(what_runs_stays),
		unit_test_in_tree(what_may_run_stays),
		unit_test_in_tree(the_last_good_boot_stays),
		unit_test_in_tree(what_a_package_has_is_not_kept_but_there),
		unit_test_in_tree(names_that_no_package_gives_are_not_followed),
		unit_test_in_tree(a_path_that_is_there_twice_counts_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
