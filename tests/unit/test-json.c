/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON: any bytes become valid text, and keys keep their order. */
#include "base/json.h"
#include "unit.h"

static void assert_text(const char *bytes, const char *expected)
{
	_cleanup_json_ json_t *value = json_text(bytes);

	assert_string_equal(json_string_value(value), expected);
}

static void null_is_null(void **state)
{
	_cleanup_json_ json_t *value = json_text(NULL);

	(void)state;
	assert_true(json_is_null(value));
}

static void utf8_stays(void **state)
{
	(void)state;
	assert_text("", "");
	assert_text("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
		    "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
}

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
	(void)state;
	assert_text("a\xff"
		    "b",
		    "a\xef\xbf\xbd"
		    "b");
	assert_text("\xc3", "\xef\xbf\xbd");
	assert_text("\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd");
	assert_text("\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd");
	assert_text("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

static void keys_keep_their_order(void **state)
{
	_cleanup_json_ json_t *object = json_object();
	_cleanup_str_ struct str text = {0};

	(void)state;
	json_put(object, "b", json_integer(1));
	json_put(object, "a", json_null());
	json_render(object, &text);
	assert_string_equal(text.text, "{\n  \"b\": 1,\n  \"a\": null\n}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(null_is_null),
		cmocka_unit_test(utf8_stays),
		cmocka_unit_test(bytes_that_are_not_utf8_are_replaced),
		cmocka_unit_test(keys_keep_their_order),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
