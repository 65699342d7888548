/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses for guests out of a list. */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#include "guest/lease.h"
#include "unit.h"

static char noted[64];
static bool was_free;
static const struct fs *noting;

/* What is noted, and whether the address was still free then. */
int work_note(struct work *work, enum work_kind kind, const char *object, struct err *err)
{
	(void)work;
	(void)err;
	assert_int_equal(kind, WORK_LEASE);
	strncpy(noted, object, sizeof(noted) - 1);
	was_free = !lease_is_used(noting, LEASE_FILE, strchr(object, ' ') + 1);
	return 0;
}

static void assert_file(const struct unit_tree *tree, const char *wanted)
{
	_cleanup_str_ struct str text = {0};

	assert_int_equal(fs_read(&tree->fs, LEASE_FILE, 4096, &text, NULL), 0);
	assert_string_equal(str_text(&text), wanted);
}

static int take(const struct unit_tree *tree, char **ret_address, struct err *err)
{
	noting = &tree->fs;
	return lease_take(&tree->fs, LEASE_FILE, NULL, ret_address, err);
}

static void the_first_free_one_is_taken(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_free_ char *address = NULL;

	unit_file(tree, LEASE_FILE,
		  "# pool\n\n192.0.2.1: used\n 192.0.2.2 \r\n192.0.2.3");
	assert_int_equal(take(tree, &address, NULL), 0);
	assert_string_equal(address, "192.0.2.2");
	assert_string_equal(noted, LEASE_FILE " 192.0.2.2");
	assert_true(was_free);
	assert_file(tree, "# pool\n\n192.0.2.1: used\n192.0.2.2: used\n192.0.2.3");
}

static void a_lease_is_given_back(void **state)
{
	const struct unit_tree *tree = *state;

	unit_file(tree, LEASE_FILE,
		  "192.0.2.1: used\n192.0.2.11: used\n2001:db8::1: used\n");
	assert_int_equal(lease_free(&tree->fs, LEASE_FILE, "192.0.2.1", NULL), 0);
	assert_int_equal(lease_free(&tree->fs, LEASE_FILE, "2001:db8::1", NULL), 0);
	assert_int_equal(lease_free(&tree->fs, LEASE_FILE, "192.0.2.9", NULL), 0);
	assert_file(tree, "192.0.2.1\n192.0.2.11: used\n2001:db8::1\n");
}

static void no_list_has_no_leases(void **state)
{
	const struct unit_tree *tree = *state;

	assert_int_equal(lease_free(&tree->fs, LEASE_FILE, "192.0.2.1", NULL), 0);
	assert_false(lease_is_used(&tree->fs, LEASE_FILE, "192.0.2.1"));
}

static void faults_are_told(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_err_ struct err err = {0};
	_cleanup_free_ char *address = NULL;

	unit_file(tree, LEASE_FILE, "192.0.2.1: used\n");
	assert_int_equal(take(tree, &address, &err), -ENOSPC);
	assert_string_equal(err.text, "'" LEASE_FILE "' has no free address");
	unit_file(tree, LEASE_FILE, "192.0.2.1: used\nweb\n");
	assert_int_equal(take(tree, &address, &err), -EINVAL);
	assert_string_equal(err.text, LEASE_FILE ":2: 'web' is no address");
	assert_null(address);
}

/* Each process takes one of as many addresses as there are processes. */
static void two_never_get_the_same(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_str_ struct str pool = {0}, wanted = {0};

	for (int i = 1; i <= 20; i++) {
		str_addf(&pool, "192.0.2.%d\n", i);
		str_addf(&wanted, "192.0.2.%d: used\n", i);
	}
	unit_file(tree, LEASE_FILE, str_text(&pool));
	for (int i = 0; i < 20; i++) {
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0) {
			char *address;

			_exit(take(tree, &address, NULL) == 0 ? 0 : 1);
		}
	}
	for (int i = 0; i < 20; i++) {
		int status = -1;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_file(tree, str_text(&wanted));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(the_first_free_one_is_taken),
		unit_test_in_tree(a_lease_is_given_back),
		unit_test_in_tree(no_list_has_no_leases),
		unit_test_in_tree(faults_are_told),
		unit_test_in_tree(two_never_get_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
