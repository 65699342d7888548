/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests in dom0's hosts(5). */
#include <errno.h>

#include "guest/hosts.h"
#include "unit.h"

static void assert_hosts(const struct unit_tree *tree, const char *wanted)
{
	_cleanup_str_ struct str text = {0};

	assert_int_equal(fs_read(&tree->fs, HOSTS_FILE, 4096, &text, NULL), 0);
	assert_string_equal(str_text(&text), wanted);
}

static int add(const struct unit_tree *tree, const char *name, const char *address)
{
	_cleanup_str_list_ struct str_list addresses = {0};

	str_list_add(&addresses, address);
	return hosts_add(&tree->fs, name, &addresses, NULL);
}

static void a_guest_is_added_and_removed(void **state)
{
	const struct unit_tree *tree = *state;

	unit_file(tree, "etc/hosts", "127.0.0.1 localhost\n192.0.2.1 web\n");
	assert_int_equal(add(tree, "web", "192.0.2.9/24"), 0);
	assert_int_equal(add(tree, "web2", "2001:db8::1"), 0);
	assert_hosts(tree, "127.0.0.1 localhost\n192.0.2.1 web\n"
			   "192.0.2.9 web # xenhost: web\n"
			   "2001:db8::1 web2 # xenhost: web2\n");
	assert_int_equal(hosts_remove(&tree->fs, "web", NULL), 0);
	assert_hosts(tree, "127.0.0.1 localhost\n192.0.2.1 web\n"
			   "2001:db8::1 web2 # xenhost: web2\n");
	assert_false(hosts_has(&tree->fs, "web"));
	assert_true(hosts_has(&tree->fs, "web2"));
}

static void adding_again_changes_nothing(void **state)
{
	const struct unit_tree *tree = *state;

	unit_file(tree, "etc/hosts", "127.0.0.1 localhost");
	assert_int_equal(add(tree, "web", "192.0.2.9"), 0);
	assert_int_equal(add(tree, "web", "192.0.2.9/24"), 0);
	assert_int_equal(add(tree, "web", "192.0.2.10"), 0);
	assert_hosts(tree, "127.0.0.1 localhost\n192.0.2.9 web # xenhost: web\n"
			   "192.0.2.10 web # xenhost: web\n");
}

static void what_is_no_address_is_refused(void **state)
{
	const struct unit_tree *tree = *state;

	unit_file(tree, "etc/hosts", "127.0.0.1 localhost\n");
	assert_int_equal(add(tree, "web", "192.0.2.1\n6.6.6.6 bank"), -EINVAL);
	assert_int_equal(add(tree, "web", "host"), -EINVAL);
	assert_hosts(tree, "127.0.0.1 localhost\n");
}

static void nothing_to_remove_writes_nothing(void **state)
{
	const struct unit_tree *tree = *state;

	unit_dir(tree, "etc");
	assert_int_equal(hosts_remove(&tree->fs, "web", NULL), 0);
	assert_false(fs_exists(&tree->fs, HOSTS_FILE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(a_guest_is_added_and_removed),
		unit_test_in_tree(adding_again_changes_nothing),
		unit_test_in_tree(what_is_no_address_is_refused),
		unit_test_in_tree(nothing_to_remove_writes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
