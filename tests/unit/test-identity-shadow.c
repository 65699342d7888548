/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passwd and shadow: one field of one account changes, and nothing else. */
#include "guest/identity-shadow.h"
#include "unit.h"

static void assert_set(const char *before, const char *after)
{
	_cleanup_str_ struct str text = {0};

	str_add(&text, before);
	shadow_set(&text, "root", "HASH", "1:2:::");
	assert_string_equal(str_text(&text), after);
}

static void other_fields_and_lines_stay(void **state)
{
	(void)state;
	assert_set("daemon:*:1:\nroot:old:19700:0:99999:7:::\nwww:x:2:\n",
		   "daemon:*:1:\nroot:HASH:19700:0:99999:7:::\nwww:x:2:\n");
}

static void names_that_begin_alike_are_others(void **state)
{
	(void)state;
	assert_set("rootless:a:1\nroo:b:2\nxroot:c:3\nroot:d:4\n",
		   "rootless:a:1\nroo:b:2\nxroot:c:3\nroot:HASH:4\n");
}

static void every_line_of_the_account_changes(void **state)
{
	(void)state;
	assert_set("root::1\nroot:open:2\n", "root:HASH:1\nroot:HASH:2\n");
}

static void lines_without_all_fields_are_filled(void **state)
{
	(void)state;
	assert_set("root:", "root:HASH\n");
	assert_set("root:x", "root:HASH\n");
	assert_set("root\n", "root:HASH:1:2:::\nroot\n");
}

static void an_account_that_is_not_there_becomes_the_first_line(void **state)
{
	(void)state;
	assert_set("", "root:HASH:1:2:::\n");
	assert_set("daemon:*:1:", "root:HASH:1:2:::\ndaemon:*:1:\n");
}

static void all_lines_must_have_the_value(void **state)
{
	(void)state;
	assert_true(shadow_is("root:x:0\n", "root", "x"));
	assert_true(shadow_is("a:y:1\nroot:x", "root", "x"));
	assert_false(shadow_is("root:x:0\nroot::0\n", "root", "x"));
	assert_false(shadow_is("root:xx:0\n", "root", "x"));
	assert_false(shadow_is("root::0\n", "root", "x"));
	assert_false(shadow_is("rootx:x:0\n", "root", "x"));
	assert_false(shadow_is("", "root", "x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_fields_and_lines_stay),
		cmocka_unit_test(names_that_begin_alike_are_others),
		cmocka_unit_test(every_line_of_the_account_changes),
		cmocka_unit_test(lines_without_all_fields_are_filled),
		cmocka_unit_test(an_account_that_is_not_there_becomes_the_first_line),
		cmocka_unit_test(all_lines_must_have_the_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
