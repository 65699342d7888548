/* SPDX-License-Identifier: GPL-2.0-or-later */
/* root's password: hashes that the guest can check, and passwords that are worth it. */
#include <crypt.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/identity-parts.h"
#include "unit.h"

#define SHADOW "etc/shadow"

/* The password field of root in the tree. The caller frees it. */
static char *hash_of(const struct unit_tree *tree)
{
	_cleanup_str_ struct str text = {0};
	const char *hash;

	assert_int_equal(fs_read(&tree->fs, SHADOW, 4096, &text, NULL), 0);
	assert_true(str_starts(str_text(&text), "root:"));
	hash = text.text + strlen("root:");
	return mem_text_part(hash, strcspn(hash, ":"));
}

static int write_password(const struct unit_tree *tree, struct guest *guest,
			  char **ret_password, struct err *err)
{
	struct identity id = {.guest = guest, .root = &tree->fs, .host = &tree->fs};
	int rc;

	if (!fs_exists(&tree->fs, SHADOW))
		unit_file(tree, SHADOW, "root:*:1::::::\n");
	if (!fs_exists(&tree->fs, "etc/passwd"))
		unit_file(tree, "etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
	rc = identity_password(&id, err);
	if (ret_password)
		*ret_password = TAKE_PTR(id.password);
	free(id.password);
	return rc;
}

static void assert_method(const struct unit_tree *tree, const char *method,
			  const char *prefix)
{
	char given[] = "correct horse";
	_cleanup_free_ char *name = method ? mem_text(method) : NULL, *hash = NULL;
	struct guest guest = {
		.password_kind = PASSWORD_GIVEN, .password = given, .hash_method = name};

	assert_int_equal(write_password(tree, &guest, NULL, NULL), 0);
	hash = hash_of(tree);
	assert_true(str_starts(hash, prefix));
	assert_string_equal(crypt(given, hash), hash);
}

static void the_method_is_the_one_that_was_asked_for(void **state)
{
	unit_file(*state, "etc/login.defs", "ENCRYPT_METHOD YESCRYPT\n");
	assert_method(*state, NULL, "$y$");
	assert_method(*state, "yescrypt", "$y$");
	assert_method(*state, "sha512", "$6$");
	assert_method(*state, "sha256", "$5$");
}

/* Debian 10 and CentOS 7: their libcrypt would let nobody in. */
static void a_guest_that_does_not_know_yescrypt_gets_sha512(void **state)
{
	unit_file(*state, "etc/login.defs",
		  "# yescrypt is for others\nENCRYPT_METHOD SHA512\n");
	assert_method(*state, "yescrypt", "$6$");
}

static void md5_is_refused(void **state)
{
	char method[] = "md5", given[] = "x";
	struct guest guest = {.password_kind = PASSWORD_GIVEN,
			      .password = given,
			      .hash_method = method};
	_cleanup_err_ struct err err = {0};

	assert_int_equal(write_password(*state, &guest, NULL, &err), -EINVAL);
	assert_string_equal(err.text,
			    "hash method 'md5': not yescrypt, sha512 or sha256");
}

static void two_hashes_of_one_password_differ(void **state)
{
	char given[] = "correct horse";
	struct guest guest = {.password_kind = PASSWORD_GIVEN, .password = given};
	_cleanup_free_ char *one = NULL, *two = NULL;

	assert_int_equal(write_password(*state, &guest, NULL, NULL), 0);
	one = hash_of(*state);
	assert_int_equal(write_password(*state, &guest, NULL, NULL), 0);
	two = hash_of(*state);
	assert_string_not_equal(one, two);
}

static void an_empty_password_is_refused(void **state)
{
	char given[] = "";
	struct guest guest = {.password_kind = PASSWORD_GIVEN, .password = given};
	_cleanup_err_ struct err err = {0};

	assert_int_equal(write_password(*state, &guest, NULL, &err), -EINVAL);
	assert_string_equal(err.text, "it is empty");
}

static void a_generated_password_opens_and_is_another_each_time(void **state)
{
	struct guest guest = {.password_kind = PASSWORD_GENERATE, .password_length = 12};
	_cleanup_free_ char *one = NULL, *two = NULL, *hash = NULL;

	assert_int_equal(write_password(*state, &guest, &one, NULL), 0);
	assert_int_equal(write_password(*state, &guest, &two, NULL), 0);
	hash = hash_of(*state);
	assert_string_equal(crypt(two, hash), hash);
	assert_int_equal(strlen(one), 12);
	assert_string_not_equal(one, two);
}

/*
 * 57 letters, 9198 of each expected: a remainder of random bytes that is not thrown away
 * makes some of them a ninth likelier or rarer.
 */
static void all_letters_are_as_likely(void **state)
{
	unsigned int seen[256] = {0}, count = 0;

	(void)state;
	for (int i = 0; i < 2048; i++) {
		_cleanup_free_ char *password = NULL;

		assert_int_equal(identity_make_password(256, &password, NULL), 0);
		for (const char *at = password; *at; at++)
			seen[(unsigned char)*at]++;
	}
	for (size_t i = 0; i < ARRAY_SIZE(seen); i++) {
		if (!seen[i])
			continue;
		count++;
		assert_in_range(seen[i], 8646, 9750);
	}
	assert_int_equal(count, 57);
}

static void lengths_have_limits(void **state)
{
	const struct {
		unsigned int length;
		int rc;
	} cases[] = {{7, -EINVAL}, {8, 0}, {256, 0}, {257, -EINVAL}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct guest guest = {.password_kind = PASSWORD_GENERATE,
				      .password_length = cases[i].length};

		assert_int_equal(write_password(*state, &guest, NULL, NULL), cases[i].rc);
	}
}

static void without_a_password_the_templates_own_is_locked(void **state)
{
	struct guest guest = {.password_kind = PASSWORD_NONE};
	_cleanup_free_ char *hash = NULL;

	unit_file(*state, SHADOW, "root:$6$salt$hash:1::::::\n");
	assert_int_equal(write_password(*state, &guest, NULL, NULL), 0);
	hash = hash_of(*state);
	assert_string_equal(hash, "*");
}

/* passwd(5): a password that is there instead of an "x" counts, also an empty one. */
static void a_password_in_passwd_opens_nothing(void **state)
{
	struct unit_tree *tree = *state;
	struct guest guest = {.password_kind = PASSWORD_NONE};
	_cleanup_str_ struct str text = {0};

	unit_file(tree, "etc/passwd", "root::0:0:root:/root:/bin/bash\n");
	assert_int_equal(write_password(tree, &guest, NULL, NULL), 0);
	assert_int_equal(fs_read(&tree->fs, "etc/passwd", 4096, &text, NULL), 0);
	assert_string_equal(text.text, "root:x:0:0:root:/root:/bin/bash\n");
}

static void shadow_is_never_readable_by_all(void **state)
{
	struct unit_tree *tree = *state;
	struct guest guest = {.password_kind = PASSWORD_NONE};
	struct stat st;

	unit_file(tree, SHADOW, "root::1::::::\n");
	assert_int_equal(write_password(tree, &guest, NULL, NULL), 0);
	assert_int_equal(fs_stat(&tree->fs, SHADOW, &st, NULL), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(the_method_is_the_one_that_was_asked_for),
		unit_test_in_tree(a_guest_that_does_not_know_yescrypt_gets_sha512),
		unit_test_in_tree(md5_is_refused),
		unit_test_in_tree(two_hashes_of_one_password_differ),
		unit_test_in_tree(an_empty_password_is_refused),
		unit_test_in_tree(a_generated_password_opens_and_is_another_each_time),
		unit_test_in_tree(all_letters_are_as_likely),
		unit_test_in_tree(lengths_have_limits),
		unit_test_in_tree(without_a_password_the_templates_own_is_locked),
		unit_test_in_tree(a_password_in_passwd_opens_nothing),
		unit_test_in_tree(shadow_is_never_readable_by_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
