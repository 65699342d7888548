/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text: strings that grow, strict numbers, near names. */
#include <string.h>

#include "base/str.h"
#include "unit.h"

static void a_zeroed_string_is_empty_text(void **state)
{
	struct str str = {0};

	(void)state;
	assert_string_equal(str_text(&str), "");
}

static void a_string_grows_past_every_limit(void **state)
{
	_cleanup_str_ struct str str = {0};

	(void)state;
	for (size_t i = 0; i < 100000; i++)
		str_addf(&str, "%c", 'a' + (char)(i % 26));
	assert_int_equal(str.length, 100000);
	assert_int_equal(strlen(str.text), 100000);
	assert_int_equal(str.text[99999], 'a' + 99999 % 26);
}

static void bytes_may_be_nul(void **state)
{
	_cleanup_str_ struct str str = {0};

	(void)state;
	str_add_bytes(&str, "a\0b", 3);
	assert_int_equal(str.length, 3);
	assert_memory_equal(str.text, "a\0b", 4);
}

static void take_leaves_an_empty_string(void **state)
{
	_cleanup_str_ struct str str = {0};
	_cleanup_free_ char *text = NULL, *nothing = NULL;

	(void)state;
	str_add(&str, "text");
	text = str_take(&str);
	nothing = str_take(&str);
	assert_string_equal(text, "text");
	assert_string_equal(nothing, "");
}

static void cut_never_lengthens(void **state)
{
	_cleanup_str_ struct str str = {0};

	(void)state;
	str_cut(&str, 5);
	str_add(&str, "abc");
	str_cut(&str, 5);
	assert_string_equal(str_text(&str), "abc");
	str_cut(&str, 1);
	assert_string_equal(str_text(&str), "a");
}

static void a_list_sorts_by_bytes(void **state)
{
	_cleanup_str_list_ struct str_list list = {0};

	(void)state;
	str_list_sort(&list);
	str_list_add(&list, "b");
	str_list_add(&list, "a");
	str_list_add(&list, "B");
	str_list_sort(&list);
	assert_string_equal(list.item[0], "B");
	assert_string_equal(list.item[1], "a");
	assert_string_equal(list.item[2], "b");
}

static void the_last_line_needs_no_newline(void **state)
{
	const char *cursor = "one\n\nthree", *line;
	size_t length;

	(void)state;
	assert_true(str_next_line(&cursor, &line, &length));
	assert_int_equal(length, 3);
	assert_true(str_next_line(&cursor, &line, &length));
	assert_int_equal(length, 0);
	assert_true(str_next_line(&cursor, &line, &length));
	assert_memory_equal(line, "three", 5);
	assert_false(str_next_line(&cursor, &line, &length));
}

static void numbers_are_decimal_and_nothing_else(void **state)
{
	static const char *const wrong[] = {"",	  "010", "+1",	 "-1",
					    " 1", "1 ",	 "0x1f", "18446744073709551616"};
	uint64_t number = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(str_to_number(wrong[i], UINT64_MAX, &number));
	assert_int_equal(number, 7);
	assert_true(str_to_number("0", 0, &number));
	assert_int_equal(number, 0);
	assert_true(str_to_number("18446744073709551615", UINT64_MAX, &number));
	assert_true(number == UINT64_MAX);
}

static void a_number_above_its_maximum_is_refused(void **state)
{
	uint64_t number = 7;

	(void)state;
	assert_true(str_to_number("255", 255, &number));
	assert_false(str_to_number("256", 255, &number));
	assert_false(str_to_number("7", 5, &number));
	assert_int_equal(number, 255);
}

static void hex_takes_both_forms(void **state)
{
	uint64_t number;

	(void)state;
	assert_true(str_to_hex("0x8086", 0xffff, &number));
	assert_int_equal(number, 0x8086);
	assert_true(str_to_hex("00fF", 0xffff, &number));
	assert_int_equal(number, 0xff);
	assert_false(str_to_hex("0x", 0xffff, &number));
	assert_false(str_to_hex("g", 0xffff, &number));
	assert_false(str_to_hex("10000", 0xffff, &number));
}

static void distance_counts_edits_and_swaps(void **state)
{
	(void)state;
	assert_int_equal(str_distance("memory", "memory"), 0);
	assert_int_equal(str_distance("memroy", "memory"), 1);
	assert_int_equal(str_distance("", "abc"), 3);
	assert_int_equal(str_distance("abc", ""), 3);
	assert_int_equal(str_distance("kitten", "sitting"), 3);
}

static void nearest_is_near_or_nothing(void **state)
{
	_cleanup_str_list_ struct str_list names = {0};

	(void)state;
	str_list_add(&names, "memory");
	str_list_add(&names, "max-memory");
	assert_string_equal(str_nearest("memmory", &names), "memory");
	assert_null(str_nearest("bridge", &names));
	assert_null(str_nearest("", &names));
}

static void a_one_letter_word_is_near_to_nothing(void **state)
{
	_cleanup_str_list_ struct str_list names = {0};

	(void)state;
	str_list_add(&names, "a");
	assert_null(str_nearest("x", &names));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_zeroed_string_is_empty_text),
		cmocka_unit_test(a_string_grows_past_every_limit),
		cmocka_unit_test(bytes_may_be_nul),
		cmocka_unit_test(take_leaves_an_empty_string),
		cmocka_unit_test(cut_never_lengthens),
		cmocka_unit_test(a_list_sorts_by_bytes),
		cmocka_unit_test(the_last_line_needs_no_newline),
		cmocka_unit_test(numbers_are_decimal_and_nothing_else),
		cmocka_unit_test(a_number_above_its_maximum_is_refused),
		cmocka_unit_test(hex_takes_both_forms),
		cmocka_unit_test(distance_counts_edits_and_swaps),
		cmocka_unit_test(nearest_is_near_or_nothing),
		cmocka_unit_test(a_one_letter_word_is_near_to_nothing),
	};

	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
