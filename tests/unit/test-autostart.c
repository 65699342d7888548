/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links to the configurations of guests that start with the host. */
#include <errno.h>

#include "guest/autostart.h"
#include "unit.h"

#define AUTO "/etc/xen/auto"
#define CONFIG "/etc/xen/web.cfg"

static void a_link_is_made_and_removed(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_free_ char *target = NULL;

	unit_file(tree, CONFIG, "name = 'web'\n");
	assert_int_equal(autostart_add(&tree->fs, AUTO, CONFIG, NULL), 0);
	assert_int_equal(autostart_add(&tree->fs, AUTO, CONFIG, NULL), 0);
	assert_int_equal(fs_readlink(&tree->fs, AUTO "/web.cfg", &target, NULL), 0);
	assert_string_equal(target, CONFIG);
	assert_int_equal(autostart_remove(&tree->fs, AUTO, CONFIG, NULL), 0);
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
	assert_int_equal(autostart_remove(&tree->fs, AUTO, CONFIG, NULL), 0);
	assert_int_equal(unit_count(tree, AUTO), 2);
	assert_true(fs_exists(&tree->fs, AUTO "/20-web2"));
	assert_true(fs_exists(&tree->fs, AUTO "/other"));
}

static void what_has_its_name_is_not_replaced(void **state)
{
	const struct unit_tree *tree = *state;

	unit_file(tree, CONFIG, "name = 'web'\n");
	unit_file(tree, AUTO "/web.cfg", "name = 'mine'\n");
	assert_int_equal(autostart_add(&tree->fs, AUTO, CONFIG, NULL), -EEXIST);
}

static void no_directory_has_no_links(void **state)
{
	const struct unit_tree *tree = *state;

	assert_int_equal(autostart_remove(&tree->fs, AUTO, CONFIG, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(a_link_is_made_and_removed),
		unit_test_in_tree(all_that_start_that_guest_are_removed),
		unit_test_in_tree(what_has_its_name_is_not_replaced),
		unit_test_in_tree(no_directory_has_no_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
