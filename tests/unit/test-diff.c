/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between two texts. */
#include <string.h>

#include "base/diff.h"
#include "unit.h"

static void assert_diff(const char *old, const char *new, const char *wanted)
{
	_cleanup_str_ struct str found = {0};

	diff_lines(old, new, "", &found);
	assert_string_equal(str_text(&found), wanted);
}

static void equal_texts_have_no_difference(void **state)
{
	(void)state;
	assert_diff("", "", "");
	assert_diff("a\nb\n", "a\nb\n", "");
}

static void a_text_is_all_new_or_all_gone_beside_an_empty_one(void **state)
{
	(void)state;
	assert_diff("", "a\nb\n", "+ a\n+ b\n");
	assert_diff("a\nb\n", "", "- a\n- b\n");
}

static void only_lines_that_differ_are_shown(void **state)
{
	(void)state;
	assert_diff("a\nb\nc\n", "a\nx\nc\n", "- b\n+ x\n");
	assert_diff("a\nb\nc\nz\n", "b\nc\ne\nz\n", "- a\n+ e\n");
}

static void lines_in_common_are_kept_apart(void **state)
{
	(void)state;
	assert_diff("1\na\n2\nb\n3\n", "x\na\ny\nb\nz\n",
		    "- 1\n+ x\n- 2\n+ y\n- 3\n+ z\n");
}

static void a_last_line_without_an_end_is_a_line(void **state)
{
	(void)state;
	assert_diff("a", "b", "- a\n+ b\n");
	assert_diff("a\nb", "a\nb\nc", "+ c\n");
}

static void an_empty_line_is_a_line(void **state)
{
	(void)state;
	assert_diff("a\n\n", "a\n", "- \n");
}

static void control_characters_are_not_shown(void **state)
{
	(void)state;
	assert_diff("", "\033[2Jx\ty\x7f\r\n", "+ ?[2Jx\ty??\n");
}

static void the_text_is_added_to_and_indented(void **state)
{
	_cleanup_str_ struct str found = {0};

	(void)state;
	str_add(&found, "before\n");
	diff_lines("a\n", "b\n", "\t", &found);
	assert_string_equal(found.text, "before\n\t- a\n\t+ b\n");
}

static void add_numbers(struct str *text, int first, int last, const char *sign)
{
	for (int i = first; i <= last; i++)
		str_addf(text, "%s%d\n", sign, i);
}

static void a_change_in_thousands_of_lines_is_small(void **state)
{
	_cleanup_str_ struct str old = {0}, new = {0};

	(void)state;
	add_numbers(&old, 1, 5000, "");
	add_numbers(&new, 1, 2500, "");
	str_add(&new, "x\n");
	add_numbers(&new, 2501, 5000, "");
	assert_diff(old.text, new.text, "+ x\n");
}

static void thousands_of_lines_that_all_differ_are_all_shown(void **state)
{
	_cleanup_str_ struct str old = {0}, new = {0}, wanted = {0};

	(void)state;
	add_numbers(&old, 1, 3000, "");
	add_numbers(&new, 4001, 7000, "");
	add_numbers(&wanted, 1, 3000, "- ");
	add_numbers(&wanted, 4001, 7000, "+ ");
	assert_diff(old.text, new.text, wanted.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_texts_have_no_difference),
		cmocka_unit_test(a_text_is_all_new_or_all_gone_beside_an_empty_one),
		cmocka_unit_test(only_lines_that_differ_are_shown),
		cmocka_unit_test(lines_in_common_are_kept_apart),
		cmocka_unit_test(a_last_line_without_an_end_is_a_line),
		cmocka_unit_test(an_empty_line_is_a_line),
		cmocka_unit_test(control_characters_are_not_shown),
		cmocka_unit_test(the_text_is_added_to_and_indented),
		cmocka_unit_test(a_change_in_thousands_of_lines_is_small),
		cmocka_unit_test(thousands_of_lines_that_all_differ_are_all_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
