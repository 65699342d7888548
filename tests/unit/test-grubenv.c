/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's environment block, as GRUB reads it. */
#include <errno.h>
#include <string.h>

#include "boot/grubenv.h"
#include "unit.h"

#define HEAD "# GRUB Environment Block\n"

/* The variables as "NAME=VALUE|". */
static void assert_parsed(const char *text, const char *wanted)
{
	_cleanup_grubenv_ struct grubenv env = {0};
	_cleanup_str_ struct str found = {0};

	assert_int_equal(grubenv_parse(text, strlen(text), &env, NULL), 0);
	for (size_t i = 0; i < env.name.count; i++)
		str_addf(&found, "%s=%s|", env.name.item[i], env.value.item[i]);
	assert_string_equal(str_text(&found), wanted);
}

static void variables_up_to_the_fill(void **state)
{
	(void)state;
	assert_parsed(HEAD "saved_entry=xen\nnext_entry=a>b\n#####",
		      "saved_entry=xen|next_entry=a>b|");
	assert_parsed(HEAD "########", "");
}

static void a_backslash_hides_a_newline_and_itself(void **state)
{
	(void)state;
	assert_parsed(HEAD "a=1\\\n2\\\\3\nb=\n##", "a=1\n2\\3|b=|");
}

static void what_is_cut_off_is_nothing(void **state)
{
	(void)state;
	assert_parsed(HEAD "a=1\nb=2", "a=1|");
	assert_parsed(HEAD "a=1\nb", "a=1|");
	assert_parsed(HEAD "a=1\nb=\\", "a=1|");
	assert_parsed(HEAD "a=1\nb=\\\n", "a=1|");
}

static void a_comment_is_passed_over_and_kept(void **state)
{
	const char *text = HEAD "# WARNING: x=1\na=1\n####";
	_cleanup_grubenv_ struct grubenv env = {0};
	_cleanup_str_ struct str again = {0};

	(void)state;
	assert_parsed(text, "a=1|");
	assert_int_equal(grubenv_parse(text, strlen(text), &env, NULL), 0);
	assert_int_equal(grubenv_render(&env, &again, NULL), 0);
	assert_string_equal(str_text(&again), text);
}

static void other_files_are_refused(void **state)
{
	const char *const texts[] = {"", HEAD, "# GRUB Environment Block", "a=1\n",
				     "# GRUB Environment Blocks\n"};
	_cleanup_grubenv_ struct grubenv env = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_err_ struct err err = {0};

		assert_int_equal(grubenv_parse(texts[i], strlen(texts[i]), &env, &err),
				 -EBADMSG);
		assert_string_equal(err.text, "it is no environment block of GRUB");
	}
}

static void the_last_of_a_name_counts(void **state)
{
	const char *text = HEAD "a=1\nb=2\na=3\n";
	_cleanup_grubenv_ struct grubenv env = {0};

	(void)state;
	assert_int_equal(grubenv_parse(text, strlen(text), &env, NULL), 0);
	assert_string_equal(grubenv_get(&env, "a"), "3");
	assert_null(grubenv_get(&env, "c"));
	grubenv_set(&env, "a", "4");
	assert_int_equal(env.name.count, 2);
	assert_string_equal(grubenv_get(&env, "a"), "4");
	grubenv_set(&env, "a", NULL);
	grubenv_set(&env, "c", NULL);
	assert_int_equal(env.name.count, 1);
	grubenv_set(&env, "c", "");
	assert_string_equal(grubenv_get(&env, "c"), "");
}

static void a_file_keeps_its_size_and_access(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_grubenv_ struct grubenv env = {0}, again = {0};
	struct stat st;

	unit_file(tree, "boot/grubenv", HEAD "a=1\n#############");
	assert_int_equal(fchmodat(tree->fs.root, "boot/grubenv", 0600, 0), 0);
	assert_int_equal(grubenv_read(&tree->fs, "boot/grubenv", &env, NULL), 0);
	grubenv_set(&env, "b", "\\x\n");
	assert_int_equal(grubenv_write(&tree->fs, "boot/grubenv", &env, NULL), 0);
	assert_int_equal(fs_stat(&tree->fs, "boot/grubenv", &st, NULL), 0);
	assert_int_equal(st.st_size, strlen(HEAD "a=1\n#############"));
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(grubenv_read(&tree->fs, "boot/grubenv", &again, NULL), 0);
	assert_string_equal(grubenv_get(&again, "b"), "\\x\n");
	assert_string_equal(grubenv_get(&again, "a"), "1");
}

static void an_absent_file_is_made_of_1024_bytes(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_grubenv_ struct grubenv env = {0};
	struct stat st;

	unit_dir(tree, "boot");
	assert_int_equal(grubenv_read(&tree->fs, "boot/grubenv", &env, NULL), 0);
	assert_int_equal(env.name.count, 0);
	grubenv_set(&env, "next_entry", "xen");
	assert_int_equal(grubenv_write(&tree->fs, "boot/grubenv", &env, NULL), 0);
	assert_int_equal(fs_stat(&tree->fs, "boot/grubenv", &st, NULL), 0);
	assert_int_equal(st.st_size, 1024);
}

static void what_does_not_fit_is_refused(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_grubenv_ struct grubenv env = {0};
	_cleanup_err_ struct err err = {0};
	char value[1024 - sizeof(HEAD "a=\n") + 3] = {0};

	unit_dir(tree, "boot");
	memset(value, 'x', sizeof(value) - 2);
	grubenv_set(&env, "a", value);
	assert_int_equal(grubenv_write(&tree->fs, "boot/grubenv", &env, NULL), 0);
	value[sizeof(value) - 2] = 'x';
	grubenv_set(&env, "a", value);
	assert_int_equal(grubenv_write(&tree->fs, "boot/grubenv", &env, &err), -ENOSPC);
	assert_string_equal(err.text, "'boot/grubenv': the variables need 1025 bytes, "
				      "and the block has 1024");
	assert_int_equal(unit_count(tree, "boot"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variables_up_to_the_fill),
		cmocka_unit_test(a_backslash_hides_a_newline_and_itself),
		cmocka_unit_test(what_is_cut_off_is_nothing),
		cmocka_unit_test(a_comment_is_passed_over_and_kept),
		cmocka_unit_test(other_files_are_refused),
		cmocka_unit_test(the_last_of_a_name_counts),
		unit_test_in_tree(a_file_keeps_its_size_and_access),
		unit_test_in_tree(an_absent_file_is_made_of_1024_bytes),
		unit_test_in_tree(what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
