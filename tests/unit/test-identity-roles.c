/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Roles and hooks: what they are handed, in which order, and what becomes of their failure. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "guest/identity.h"
#include "unit.h"

#define HOOKS "etc/xen-tools/hooks.d/"

/* A program below the tree. The caller frees its path. */
static char *make_program(const struct unit_tree *tree, const char *path, mode_t mode,
			  const char *script)
{
	_cleanup_free_ char *text = mem_textf("#!/bin/sh\n%s\n", script);
	char *full = mem_textf("%s/%s", tree->path, path);

	unit_file(tree, path, text);
	assert_int_equal(chmod(full, mode), 0);
	return full;
}

static void add_hook(const struct unit_tree *tree, const char *name, mode_t mode,
		     const char *script)
{
	_cleanup_free_ char *path = mem_textf(HOOKS "%s", name);
	_cleanup_free_ char *full = make_program(tree, path, mode, script);
}

static int open_log(void)
{
	int log = memfd_create("log", MFD_CLOEXEC);

	assert_true(log >= 0);
	return log;
}

static void assert_log(int log, const char *wanted)
{
	char text[4096];
	ssize_t length = pread(log, text, sizeof(text) - 1, 0);

	assert_true(length >= 0);
	text[length] = '\0';
	assert_string_equal(text, wanted);
}

/* The mount point is /mnt; nothing is there. */
static int run_roles(struct guest *guest, char **roles, size_t count, int log,
		     struct err *err)
{
	const struct str_list list = {.item = roles, .count = count};

	return identity_roles(guest, &list, "/mnt", log, err);
}

static void roles_get_the_mount_point_and_their_arguments(void **state)
{
	char *roles[] = {
		make_program(*state, "first", 0755, "echo 1 \"$#\" \"$@\""),
		make_program(*state, "second", 0755, "echo 2 \"$1\" >&2"),
	};
	char arguments[] = " a  b*\tc ";
	struct guest guest = {.role_arguments = arguments};
	_cleanup_close_ int log = open_log();

	assert_int_equal(run_roles(&guest, roles, 2, log, NULL), 0);
	assert_log(log, "1 4 /mnt a b* c\n2 /mnt\n");
	free(roles[0]);
	free(roles[1]);
}

/* guests.md, 1.13: xen-tools' variables, where the password is among them. */
static void roles_get_the_variables_but_no_password(void **state)
{
	char *role = make_program(*state, "role", 0755,
				  "echo \"$hostname $ip1 ${password-none}\"");
	char *variables[] = {mem_text("hostname=web"), mem_text("password=secret"),
			     mem_text("ip1=192.0.2.10")};
	struct guest guest = {.environment = {.item = variables, .count = 3}};
	_cleanup_close_ int log = open_log();

	assert_int_equal(run_roles(&guest, &role, 1, log, NULL), 0);
	assert_log(log, "web 192.0.2.10 none\n");
	free(role);
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
		free(variables[i]);
}

static void a_role_that_fails_is_an_error_and_the_last(void **state)
{
	char *roles[] = {
		make_program(*state, "bad", 0755, "echo no such user >&2; exit 4"),
		make_program(*state, "next", 0755, "echo next"),
	};
	_cleanup_free_ char *wanted =
		mem_textf("role '%s': exit status 4: no such user", roles[0]);
	struct guest guest = {0};
	_cleanup_close_ int log = open_log();
	_cleanup_err_ struct err err = {0};

	assert_int_equal(run_roles(&guest, roles, 2, log, &err), -EREMOTEIO);
	assert_string_equal(err.text, wanted);
	assert_log(log, "no such user\n");
	free(roles[0]);
	free(roles[1]);
}

/* xen-tools passes over what is not executable (guests.md, 1.11). */
static void a_role_that_is_not_executable_is_an_error_before_any_runs(void **state)
{
	char *roles[] = {
		make_program(*state, "good", 0755, "echo good"),
		make_program(*state, "bad", 0644, "echo bad"),
	};
	_cleanup_free_ char *wanted =
		mem_textf("role '%s': it is not executable", roles[1]);
	struct guest guest = {0};
	_cleanup_close_ int log = open_log();
	_cleanup_err_ struct err err = {0};

	assert_int_equal(run_roles(&guest, roles, 2, log, &err), -ENOENT);
	assert_string_equal(err.text, wanted);
	assert_log(log, "");
	free(roles[0]);
	free(roles[1]);
}

static void a_role_that_is_not_there_is_named(void **state)
{
	char role[] = "/nowhere/role";
	char *roles[] = {role};
	struct guest guest = {0};
	_cleanup_close_ int log = open_log();
	_cleanup_err_ struct err err = {0};

	(void)state;
	assert_int_equal(run_roles(&guest, roles, 1, log, &err), -ENOENT);
	assert_string_equal(err.text, "role '/nowhere/role': there is no such program");
}

static void hooks_run_in_their_order_and_only_hooks_do(void **state)
{
	struct unit_tree *tree = *state;
	char arguments[] = "of roles";
	struct guest guest = {.role_arguments = arguments};
	_cleanup_close_ int log = open_log();

	add_hook(tree, "50-second", 0755, "echo 50 $#");
	add_hook(tree, "05-first", 0755, "echo 05 $1");
	add_hook(tree, "60-not-executable", 0644, "echo 60");
	add_hook(tree, "70-copy~", 0755, "echo 70");
	add_hook(tree, "80-copy.dpkg-old", 0755, "echo 80");
	add_hook(tree, "README", 0755, "echo readme");
	assert_int_equal(identity_hooks(&guest, &tree->fs, "/mnt", log, NULL), 0);
	assert_log(log, "05 /mnt\n50 1\n");
}

static void a_hook_that_fails_is_an_error(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_free_ char *wanted =
		mem_textf("hook '%s/" HOOKS "10-bad': exit status 1", tree->path);
	struct guest guest = {0};
	_cleanup_close_ int log = open_log();
	_cleanup_err_ struct err err = {0};

	add_hook(tree, "10-bad", 0755, "exit 1");
	add_hook(tree, "20-next", 0755, "echo next");
	assert_int_equal(identity_hooks(&guest, &tree->fs, "/mnt", log, &err),
			 -EREMOTEIO);
	assert_string_equal(err.text, wanted);
	assert_log(log, "");
}

static void without_hooks_nothing_is_run(void **state)
{
	struct unit_tree *tree = *state;
	struct guest guest = {0};

	assert_int_equal(identity_hooks(&guest, &tree->fs, "/mnt", -1, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(roles_get_the_mount_point_and_their_arguments),
		unit_test_in_tree(roles_get_the_variables_but_no_password),
		unit_test_in_tree(a_role_that_fails_is_an_error_and_the_last),
		unit_test_in_tree(
			a_role_that_is_not_executable_is_an_error_before_any_runs),
		unit_test_in_tree(a_role_that_is_not_there_is_named),
		unit_test_in_tree(hooks_run_in_their_order_and_only_hooks_do),
		unit_test_in_tree(a_hook_that_fails_is_an_error),
		unit_test_in_tree(without_hooks_nothing_is_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
