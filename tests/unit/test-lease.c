/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pool of addresses: found, taken, given back. */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#include "guest/lease.h"
#include "unit.h"

#define POOL "etc/xen-tools/ips.txt"

static const struct fs *noting;
static char noted[64];
static bool was_free;

/* What is noted, and whether the address was still free then. */
int work_note(struct work *work, enum work_kind kind, const char *object, struct err *err)
{
	_cleanup_str_ struct str text = {0};

	(void)work;
	(void)err;
	assert_int_equal(kind, WORK_LEASE);
	strncpy(noted, object, sizeof(noted) - 1);
	assert_int_equal(fs_read(noting, POOL, 4096, &text, NULL), 0);
	was_free = !strstr(str_text(&text), "used by web");
	return 0;
}

static void assert_pool(const struct unit_tree *tree, const char *wanted)
{
	_cleanup_str_ struct str text = {0};

	assert_int_equal(fs_read(&tree->fs, POOL, 4096, &text, NULL), 0);
	assert_string_equal(str_text(&text), wanted);
}

static int take(const struct unit_tree *tree, const char *address, struct err *err)
{
	noting = &tree->fs;
	return lease_take(&tree->fs, POOL, address, "web", NULL, err);
}

static void the_first_free_one_is_found(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_free_ char *address = NULL;

	unit_file(tree, POOL, "# pool\n\n192.0.2.1: used\n192.0.2.2/24\n192.0.2.3");
	assert_int_equal(lease_find(&tree->fs, POOL, &address, NULL), 0);
	assert_string_equal(address, "192.0.2.2/24");
}

static void without_a_free_one_it_fails(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_err_ struct err err = {0};
	_cleanup_free_ char *address = NULL;

	unit_file(tree, POOL, "192.0.2.1: used\n");
	assert_int_equal(lease_find(&tree->fs, POOL, &address, &err), -ENOENT);
	assert_string_equal(err.text, "no address of '" POOL "' is free");
}

static void it_is_noted_and_then_taken(void **state)
{
	const struct unit_tree *tree = *state;

	unit_file(tree, POOL, "# pool\n192.0.2.1: used\n192.0.2.2\n2001:db8::1/64");
	assert_int_equal(take(tree, "192.0.2.2/24", NULL), 0);
	assert_string_equal(noted, POOL " 192.0.2.2");
	assert_true(was_free);
	assert_int_equal(take(tree, "2001:db8::1/64", NULL), 0);
	assert_pool(tree, "# pool\n192.0.2.1: used\n192.0.2.2: used by web\n"
			  "2001:db8::1/64: used by web");
}

static void what_is_taken_is_not_taken_again(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_err_ struct err err = {0};

	unit_file(tree, POOL, "192.0.2.1: used by db\n");
	assert_int_equal(take(tree, "192.0.2.1", &err), -EAGAIN);
	assert_string_equal(err.text, "address '192.0.2.1' is not free any more");
	assert_pool(tree, "192.0.2.1: used by db\n");
}

static void a_guest_gives_its_own_back(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_str_list_ struct str_list addresses = {0};

	str_list_add(&addresses, "192.0.2.3");
	unit_file(tree, POOL,
		  "192.0.2.1: used by web\n192.0.2.2: used by web2\n192.0.2.3: used\n"
		  "192.0.2.4: used\n");
	assert_int_equal(lease_free(&tree->fs, POOL, "web", &addresses, NULL), 0);
	assert_pool(tree, "192.0.2.1\n192.0.2.2: used by web2\n192.0.2.3\n"
			  "192.0.2.4: used\n");
}

static void no_pool_has_no_leases(void **state)
{
	const struct unit_tree *tree = *state;
	const struct str_list none = {0};

	assert_int_equal(lease_free(&tree->fs, POOL, "web", &none, NULL), 0);
}

/* Of as many processes as one wants, one gets the address. */
static void two_never_get_the_same(void **state)
{
	const struct unit_tree *tree = *state;
	int winners = 0;

	unit_file(tree, POOL, "192.0.2.1\n");
	for (int i = 0; i < 20; i++) {
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0)
			_exit(take(tree, "192.0.2.1", NULL) == 0 ? 0 : 1);
	}
	for (int i = 0; i < 20; i++) {
		int status = -1;

		assert_true(wait(&status) > 0);
		winners += status == 0;
	}
	assert_int_equal(winners, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(the_first_free_one_is_found),
		unit_test_in_tree(without_a_free_one_it_fails),
		unit_test_in_tree(it_is_noted_and_then_taken),
		unit_test_in_tree(what_is_taken_is_not_taken_again),
		unit_test_in_tree(a_guest_gives_its_own_back),
		unit_test_in_tree(no_pool_has_no_leases),
		unit_test_in_tree(two_never_get_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
