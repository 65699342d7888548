/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links to the configurations of guests that start with the host. */
#include <errno.h>
#include <stdio.h>

#include "guest/autostart.h"
#include "unit.h"

static char noted[64];

/* What is noted; the link must not be there yet. */
int work_note(struct work *work, enum work_kind kind, const char *object, struct err *err)
{
	(void)work;
	(void)err;
	assert_int_equal(kind, WORK_FILE);
	(void)snprintf(noted, sizeof(noted), "%s", object);
	return 0;
}

#define AUTO "/etc/xen/auto"
#define CONFIG "/etc/xen/web.cfg"

static void a_link_is_made_and_removed(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_free_ char *target = NULL;

	unit_file(tree, CONFIG, "name = 'web'\n");
	assert_int_equal(autostart_add(&tree->fs, CONFIG, NULL, NULL), 0);
	assert_int_equal(autostart_add(&tree->fs, CONFIG, NULL, NULL), 0);
	assert_string_equal(noted, AUTO "/web.cfg");
	assert_int_equal(fs_readlink(&tree->fs, AUTO "/web.cfg", &target, NULL), 0);
	assert_string_equal(target, CONFIG);
	assert_int_equal(autostart_remove(&tree->fs, CONFIG, NULL), 0);
	assert_int_equal(unit_count(tree, AUTO), 0);
	assert_true(fs_exists(&tree->fs, CONFIG));
}

static void all_that_start_that_guest_are_removed(void **state)
{
	const struct unit_tree *tree = *state;

	unit_file(tree, CONFIG, "name = 'web'\n");
	unit_file(tree, "etc/xen/web2.cfg", "name = 'web2'\n");
	unit_dir(tree, AUTO);
	unit_link(tree, AUTO "/10-web", "../web.cfg");
	unit_link(tree, AUTO "/20-web2", "/etc/xen/web2.cfg");
	unit_file(tree, AUTO "/web.cfg", "name = 'web'\n");
	unit_file(tree, AUTO "/other", "name = 'other'\n");
	assert_int_equal(autostart_remove(&tree->fs, CONFIG, NULL), 0);
	assert_int_equal(unit_count(tree, AUTO), 2);
	assert_true(fs_exists(&tree->fs, AUTO "/20-web2"));
	assert_true(fs_exists(&tree->fs, AUTO "/other"));
}

static void what_has_its_name_is_not_replaced(void **state)
{
	const struct unit_tree *tree = *state;

	unit_file(tree, CONFIG, "name = 'web'\n");
	unit_dir(tree, AUTO);
	unit_link(tree, AUTO "/web.cfg", "/etc/xen/other.cfg");
	assert_int_equal(autostart_add(&tree->fs, CONFIG, NULL, NULL), -EEXIST);
}

static void a_configuration_that_is_there_itself_is_enough(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_str_list_ struct str_list paths = {0};

	unit_dir(tree, AUTO);
	unit_file(tree, AUTO "/web.cfg", "name = 'web'\n");
	assert_int_equal(autostart_add(&tree->fs, AUTO "/web.cfg", NULL, NULL), 0);
	assert_int_equal(autostart_find(&tree->fs, AUTO "/web.cfg", &paths, NULL), 0);
	assert_int_equal(paths.count, 0);
	assert_int_equal(unit_count(tree, AUTO), 1);
}

static void what_is_saved_is_a_file(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_free_ char *saved = NULL;

	unit_file(tree, "var/lib/xen/save/web", "memory");
	assert_null(autostart_saved(&tree->fs, "db"));
	assert_null(autostart_saved(&tree->fs, "."));
	saved = autostart_saved(&tree->fs, "web");
	assert_string_equal(saved, "/var/lib/xen/save/web");
}

static void no_directory_has_no_links(void **state)
{
	const struct unit_tree *tree = *state;

	assert_int_equal(autostart_remove(&tree->fs, CONFIG, NULL), 0);
}

static void xendomains_names_the_directory(void **state)
{
	const struct unit_tree *tree = *state;

	unit_file(tree, "etc/sysconfig/xendomains", "XENDOMAINS_AUTO=\"/srv/auto\"\n");
	unit_file(tree, CONFIG, "name = 'web'\n");
	unit_dir(tree, "srv");
	assert_int_equal(autostart_add(&tree->fs, CONFIG, NULL, NULL), 0);
	assert_true(fs_exists(&tree->fs, "/srv/auto/web.cfg"));
	assert_int_equal(autostart_remove(&tree->fs, CONFIG, NULL), 0);
	assert_false(fs_exists(&tree->fs, "/srv/auto/web.cfg"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(a_link_is_made_and_removed),
		unit_test_in_tree(all_that_start_that_guest_are_removed),
		unit_test_in_tree(what_has_its_name_is_not_replaced),
		unit_test_in_tree(a_configuration_that_is_there_itself_is_enough),
		unit_test_in_tree(what_is_saved_is_a_file),
		unit_test_in_tree(no_directory_has_no_links),
		unit_test_in_tree(xendomains_names_the_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
