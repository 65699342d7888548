/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Edits of other people's files: what is reverted is what was there, byte for byte. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/edit.h"
#include "unit.h"

static void assert_reverts_to(const struct str *edited, const char *text)
{
	_cleanup_str_ struct str reverted = {0};

	edit_revert(str_text(edited), &reverted);
	assert_string_equal(str_text(&reverted), text);
}

static void assert_set(const char *old, const struct edit_syntax *syntax,
		       const char *name, const char *line, const char *new)
{
	_cleanup_str_ struct str text = {0};

	str_add(&text, old);
	edit_set(&text, syntax, name, line, NULL);
	assert_string_equal(str_text(&text), new);
	assert_reverts_to(&text, old);
}

static void assert_appended(const char *old, const char *new)
{
	_cleanup_str_ struct str text = {0};

	str_add(&text, old);
	assert_int_equal(edit_append_words(&text, "A", NULL, "new", NULL), 0);
	assert_string_equal(str_text(&text), new);
	assert_reverts_to(&text, old);
}

static void assert_not_appended(const char *old, const char *why)
{
	_cleanup_str_ struct str text = {0};
	_cleanup_err_ struct err err = {0};

	str_add(&text, old);
	assert_int_equal(edit_append_words(&text, "A", NULL, "new", &err), -EINVAL);
	assert_string_equal(err.text, why);
	assert_string_equal(str_text(&text), old);
}

static void a_setting_is_replaced_below_its_old_line(void **state)
{
	(void)state;
	assert_set("# c\nA=1\nB=2\n", &edit_shell, "A", "A=3",
		   "# c\n# xenhost replaced: A=1\nA=3\nB=2\n");
}

static void the_last_of_several_lines_is_replaced(void **state)
{
	(void)state;
	assert_set("A=1\nA=2\n", &edit_shell, "A", "A=3",
		   "A=1\n# xenhost replaced: A=2\nA=3\n");
}

static void an_equal_setting_is_left_alone(void **state)
{
	(void)state;
	assert_set("A=1\n", &edit_shell, "A", "A=1", "A=1\n");
}

static void an_absent_setting_is_added(void **state)
{
	(void)state;
	assert_set("B=1\n", &edit_shell, "A", "A=3", "B=1\n# xenhost added:\nA=3\n");
	assert_set("", &edit_shell, "A", "A=3", "# xenhost added:\nA=3\n");
}

static void a_text_without_end_gets_it_back_after_an_addition(void **state)
{
	(void)state;
	assert_set("B=1", &edit_shell, "A", "A=3",
		   "B=1\n# xenhost added, the line above had no end:\nA=3\n");
}

static void a_replaced_last_line_keeps_having_no_end(void **state)
{
	(void)state;
	assert_set("B=1\nA=2", &edit_shell, "A", "A=3",
		   "B=1\n# xenhost replaced: A=2\nA=3");
}

static void a_line_behind_an_open_one_is_not_glued_to_it(void **state)
{
	_cleanup_str_ struct str text = {0};

	(void)state;
	str_add(&text, "B=1");
	edit_add(&text, "A=3");
	str_add(&text, "C=1\n");
	assert_reverts_to(&text, "B=1\nC=1\n");
}

static void a_setting_that_is_set_again_has_one_mark(void **state)
{
	_cleanup_str_ struct str text = {0};

	(void)state;
	str_add(&text, "A=1\n");
	edit_set(&text, &edit_shell, "A", "A=2", NULL);
	edit_set(&text, &edit_shell, "A", "A=3", NULL);
	assert_string_equal(str_text(&text), "# xenhost replaced: A=1\nA=3\n");
	assert_reverts_to(&text, "A=1\n");
}

static void words_that_are_appended_twice_revert(void **state)
{
	_cleanup_str_ struct str text = {0};

	(void)state;
	str_add(&text, "A=\"x\"\n");
	assert_int_equal(edit_append_words(&text, "A", NULL, "y", NULL), 0);
	assert_int_equal(edit_append_words(&text, "A", NULL, "z", NULL), 0);
	assert_string_equal(str_text(&text),
			    "# xenhost replaced: A=\"x\"\nA=\"x y z\"\n");
	assert_reverts_to(&text, "A=\"x\"\n");
}

static void a_value_of_several_lines_is_replaced_whole(void **state)
{
	(void)state;
	assert_set("A=\"x \\\ny\"\nB=1\n", &edit_shell, "A", "A=3",
		   "# xenhost disabled: A=\"x \\\n# xenhost disabled: y\"\n"
		   "# xenhost added:\nA=3\nB=1\n");
}

static void a_list_of_several_lines_is_replaced_whole(void **state)
{
	(void)state;
	assert_set("d {\n\tf = [ \"a]\", # ]\n\t\"b\" ]\n}\n", &edit_equals, "f",
		   "\tf = [ ]",
		   "d {\n# xenhost disabled: \tf = [ \"a]\", # ]\n"
		   "# xenhost disabled: \t\"b\" ]\n# xenhost added:\n\tf = [ ]\n}\n");
}

static void a_value_that_never_ends_is_replaced_by_its_line(void **state)
{
	(void)state;
	assert_set("A=\"x\nB=1\n", &edit_shell, "A", "A=3",
		   "# xenhost replaced: A=\"x\nA=3\nB=1\n");
}

static void a_value_that_goes_on_into_a_mark_ends_at_its_line(void **state)
{
	_cleanup_str_ struct str text = {0};

	(void)state;
	str_add(&text, "A=x\\");
	edit_add(&text, "B=1");
	edit_set(&text, &edit_shell, "A", "A=2", NULL);
	assert_reverts_to(&text, "A=x\\");
}

static void carriage_returns_come_back(void **state)
{
	(void)state;
	assert_set("A=1\r\nB=2\r\n", &edit_shell, "A", "A=3",
		   "# xenhost replaced: A=1\r\nA=3\nB=2\r\n");
}

static void marks_that_an_editor_gave_carriage_returns_are_known(void **state)
{
	_cleanup_str_ struct str text = {0};

	(void)state;
	str_add(&text, "B=1\r\n# xenhost added:\r\nA=3\r\n");
	assert_reverts_to(&text, "B=1\r\n");
}

static void a_mark_whose_line_was_deleted_takes_no_other_mark(void **state)
{
	_cleanup_str_ struct str text = {0};

	(void)state;
	str_add(&text, "# xenhost replaced: A=1\n# xenhost disabled: B=1\nC=1\n");
	assert_reverts_to(&text, "A=1\nB=1\nC=1\n");
}

static void forged_marks_leave_no_mark(void **state)
{
	_cleanup_str_ struct str text = {0};

	(void)state;
	str_add(&text, "# xenhost disabled: # xenhost replaced: # xenhost disabled: A\n"
		       "# xenhost disabled: # xenhost added:\nB\n");
	assert_reverts_to(&text, "A\nB\n");
}

static bool is_getty(const char *line, const void *data)
{
	(void)data;
	return str_starts(line, "T0:");
}

static void a_disabled_line_comes_back(void **state)
{
	_cleanup_str_ struct str text = {0};

	(void)state;
	str_add(&text, "1:x\nT0:y\n2:z");
	edit_disable(&text, is_getty, NULL);
	assert_string_equal(str_text(&text), "1:x\n# xenhost disabled: T0:y\n2:z");
	assert_reverts_to(&text, "1:x\nT0:y\n2:z");
}

static void what_is_ours_is_not_disabled(void **state)
{
	_cleanup_str_ struct str text = {0};

	(void)state;
	edit_add(&text, "T0:new");
	edit_disable(&text, is_getty, NULL);
	assert_string_equal(str_text(&text), "# xenhost added:\nT0:new\n");
}

static void a_line_is_added_to_its_section(void **state)
{
	_cleanup_str_ struct str text = {0};

	(void)state;
	str_add(&text, "devices {\n}\n");
	edit_set(&text, &edit_equals, "f", "\tf = 1", "devices {");
	assert_string_equal(str_text(&text), "devices {\n# xenhost added:\n\tf = 1\n}\n");
	assert_reverts_to(&text, "devices {\n}\n");
}

static void an_absent_section_is_added(void **state)
{
	_cleanup_str_ struct str text = {0};

	(void)state;
	str_add(&text, "x {\n}");
	edit_set(&text, &edit_equals, "f", "\tf = 1", "devices {");
	edit_set(&text, &edit_equals, "g", "\tg = 1", "devices {");
	assert_reverts_to(&text, "x {\n}");
}

static void words_are_added_inside_double_quotes(void **state)
{
	(void)state;
	assert_appended("A=\"x y\" # c\n",
			"# xenhost replaced: A=\"x y\" # c\nA=\"x y new\" # c\n");
}

static void words_are_added_to_an_empty_value(void **state)
{
	(void)state;
	assert_appended("A=\n", "# xenhost replaced: A=\nA=\"new\"\n");
	assert_appended("A=\"\"\n", "# xenhost replaced: A=\"\"\nA=\"new\"\n");
	assert_appended("A=''\n", "# xenhost replaced: A=''\nA=\"new\"\n");
}

static void words_are_added_to_other_values_in_quotes_of_their_own(void **state)
{
	(void)state;
	assert_appended("A='x'\n", "# xenhost replaced: A='x'\nA='x'\" new\"\n");
	assert_appended("A=x\n", "# xenhost replaced: A=x\nA=x\" new\"\n");
	assert_appended("A=11\n", "# xenhost replaced: A=11\nA=11\" new\"\n");
	assert_appended("A=x#y\n", "# xenhost replaced: A=x#y\nA=x#y\" new\"\n");
	assert_appended("A=a\\\"\n", "# xenhost replaced: A=a\\\"\nA=a\\\"\" new\"\n");
	assert_appended("A=\"a\"\\\"\n",
			"# xenhost replaced: A=\"a\"\\\"\nA=\"a\"\\\"\" new\"\n");
}

static void words_are_added_to_the_value_of_another_name(void **state)
{
	_cleanup_str_ struct str text = {0};

	(void)state;
	str_add(&text, "B='x y' # c\n");
	assert_int_equal(edit_append_words(&text, "A", "B", "new", NULL), 0);
	assert_string_equal(str_text(&text),
			    "B='x y' # c\n# xenhost added:\nA='x y'\" new\" # c\n");
	assert_reverts_to(&text, "B='x y' # c\n");
}

static void a_value_that_does_not_end_is_refused(void **state)
{
	(void)state;
	assert_not_appended("A=\"x\ny\"\n", "the value of A does not end on its line");
	assert_not_appended("A=x\\", "the value of A does not end on its line");
}

static void a_value_from_a_command_is_refused(void **state)
{
	(void)state;
	assert_not_appended("A=\"$(f \"a b\")\"\n",
			    "the value of A comes from a command");
	assert_not_appended("A=`f a`\n", "the value of A comes from a command");
}

static void a_setting_is_not_a_longer_name(void **state)
{
	_cleanup_free_ char *found = NULL;

	(void)state;
	assert_null(edit_find("AB=1\n#A=1\nA B=1\n", &edit_shell, "A"));
	assert_null(edit_find("(ab 1)\n# (a 1)\n", &edit_sxp, "a"));
	found = edit_find("export A=1\n", &edit_shell, "A");
	assert_string_equal(found, "export A=1");
}

static void a_mark_sets_nothing(void **state)
{
	(void)state;
	assert_null(edit_find("# xenhost disabled: A=1\n", &edit_shell, "A"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_setting_is_replaced_below_its_old_line),
		cmocka_unit_test(the_last_of_several_lines_is_replaced),
		cmocka_unit_test(an_equal_setting_is_left_alone),
		cmocka_unit_test(an_absent_setting_is_added),
		cmocka_unit_test(a_text_without_end_gets_it_back_after_an_addition),
		cmocka_unit_test(a_replaced_last_line_keeps_having_no_end),
		cmocka_unit_test(a_line_behind_an_open_one_is_not_glued_to_it),
		cmocka_unit_test(a_setting_that_is_set_again_has_one_mark),
		cmocka_unit_test(words_that_are_appended_twice_revert),
		cmocka_unit_test(a_value_of_several_lines_is_replaced_whole),
		cmocka_unit_test(a_list_of_several_lines_is_replaced_whole),
		cmocka_unit_test(a_value_that_never_ends_is_replaced_by_its_line),
		cmocka_unit_test(a_value_that_goes_on_into_a_mark_ends_at_its_line),
		cmocka_unit_test(carriage_returns_come_back),
		cmocka_unit_test(marks_that_an_editor_gave_carriage_returns_are_known),
		cmocka_unit_test(a_mark_whose_line_was_deleted_takes_no_other_mark),
		cmocka_unit_test(forged_marks_leave_no_mark),
		cmocka_unit_test(a_disabled_line_comes_back),
		cmocka_unit_test(what_is_ours_is_not_disabled),
		cmocka_unit_test(a_line_is_added_to_its_section),
		cmocka_unit_test(an_absent_section_is_added),
		cmocka_unit_test(words_are_added_inside_double_quotes),
		cmocka_unit_test(words_are_added_to_an_empty_value),
		cmocka_unit_test(words_are_added_to_other_values_in_quotes_of_their_own),
		cmocka_unit_test(words_are_added_to_the_value_of_another_name),
		cmocka_unit_test(a_value_that_does_not_end_is_refused),
		cmocka_unit_test(a_value_from_a_command_is_refused),
		cmocka_unit_test(a_setting_is_not_a_longer_name),
		cmocka_unit_test(a_mark_sets_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
