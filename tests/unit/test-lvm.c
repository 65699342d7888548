/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volume groups: what names are, and what lvs reports. */
#include <errno.h>
#include <string.h>

#include "guest/lvm.h"
#include "unit.h"

/* As lvs of 2.03.16 prints it. */
static const char report[] =
	"  {\n      \"report\": [\n          {\n              \"lv\": [\n"
	"{\"vg_name\":\"vg0\", \"lv_name\":\"[pool_tdata]\", \"pool_lv\":\"\", "
	"\"lv_attr\":\"Twi-ao----\", \"lv_tags\":\"\", \"lv_size\":\"419430400\", "
	"\"data_percent\":\"\", \"metadata_percent\":\"\"},\n"
	"{\"vg_name\":\"vg0\", \"lv_name\":\"pool\", \"pool_lv\":\"\", "
	"\"lv_attr\":\"twi-aotz--\", \"lv_tags\":\"\", \"lv_size\":\"419430400\", "
	"\"data_percent\":\"12.34\", \"metadata_percent\":\"0.98\"},\n"
	"{\"vg_name\":\"vg0\", \"lv_name\":\"web-disk\", \"pool_lv\":\"pool\", "
	"\"lv_attr\":\"Vwi-a-tz--\", \"lv_tags\":\"xenhost,xenhost-work-1\", "
	"\"lv_size\":\"134217728\", \"data_percent\":\"3.10\", "
	"\"metadata_percent\":\"\"}\n]\n}\n]\n}\n";

static void a_report_is_read(void **state)
{
	_cleanup_lvm_volumes_ struct lvm_volumes volumes = {0};

	(void)state;
	assert_int_equal(lvm_parse(report, strlen(report), &volumes, NULL), 0);
	assert_int_equal(volumes.count, 2);
	assert_string_equal(volumes.item[0].name, "pool");
	assert_true(volumes.item[0].is_zeroing);
	assert_true(volumes.item[0].data > 12.3 && volumes.item[0].data < 12.4);
	assert_string_equal(volumes.item[1].vg, "vg0");
	assert_string_equal(volumes.item[1].pool, "pool");
	assert_string_equal(volumes.item[1].attr, "Vwi-a-tz--");
	assert_string_equal(volumes.item[1].tags, "xenhost,xenhost-work-1");
	assert_int_equal(volumes.item[1].size, 128 << 20);
	assert_true(volumes.item[1].metadata < 0);
}

static void a_pool_that_does_not_zero(void **state)
{
	static const char text[] =
		"{\"report\":[{\"lv\":[{\"vg_name\":\"vg0\",\"lv_name\":\"pool\","
		"\"lv_attr\":\"twi-aot---\",\"lv_size\":\"4194304\"}]}]}";
	_cleanup_lvm_volumes_ struct lvm_volumes volumes = {0};

	(void)state;
	assert_int_equal(lvm_parse(text, strlen(text), &volumes, NULL), 0);
	assert_int_equal(volumes.count, 1);
	assert_false(volumes.item[0].is_zeroing);
}

static void an_empty_report_has_no_volumes(void **state)
{
	static const char empty[] = "{\"report\":[{\"lv\":[]}]}";
	_cleanup_lvm_volumes_ struct lvm_volumes volumes = {0};

	(void)state;
	assert_int_equal(lvm_parse(empty, strlen(empty), &volumes, NULL), 0);
	assert_int_equal(volumes.count, 0);
}

static void what_is_no_report_is_an_error(void **state)
{
	static const char *const wrong[] = {
		"",
		"{",
		"[]",
		"{\"report\":[]}",
		"{\"report\":[{\"vg\":[]}]}",
		"{\"report\":[{\"lv\":{}}]}",
		"{\"report\":[{\"lv\":[{}]}]}",
		"{\"report\":[{\"lv\":[{\"vg_name\":\"a\",\"lv_name\":\"b\","
		"\"lv_attr\":\"-\",\"lv_size\":\"4.00g\"}]}]}",
		"{\"report\":[{\"lv\":[{\"vg_name\":\"a\",\"lv_name\":\"\","
		"\"lv_attr\":\"-\",\"lv_size\":\"4\"}]}]}",
		"{\"report\":[{\"lv\":[{\"vg_name\":\"a\",\"lv_name\":\"b\","
		"\"lv_attr\":\"\",\"lv_size\":\"4\"}]}]}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct lvm_volumes volumes = {0};

		assert_int_equal(lvm_parse(wrong[i], strlen(wrong[i]), &volumes, NULL),
				 -EPROTO);
		assert_null(volumes.item);
	}
}

static void names(void **state)
{
	static const char *const right[] = {"vg0", "a-b", "web.example.org-disk",
					    "_x",  "1",	  "a+b"};
	static const char *const wrong[] = {"",	   "-a",  ".",	  "..",	 "a b",
					    "a/b", "a\n", "a\"b", "[x]", "\303\244"};
	char longest[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(right); i++)
		assert_true(lvm_is_name(right[i]));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(lvm_is_name(wrong[i]));
	memset(longest, 'x', sizeof(longest));
	longest[127] = '\0';
	assert_false(lvm_is_name(longest));
	longest[126] = '\0';
	assert_true(lvm_is_name(longest));
}

static void a_name_that_is_none_is_not_given_to_lvm(void **state)
{
	(void)state;
	assert_int_equal(lvm_remove_tagged("vg0", "tag", NULL), -EINVAL);
	assert_int_equal(lvm_remove_tagged("vg0/a\" || lv_name=~\"", "tag", NULL),
			 -EINVAL);
	assert_int_equal(lvm_remove_tagged("vg0/a", "", NULL), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_is_read),
		cmocka_unit_test(a_pool_that_does_not_zero),
		cmocka_unit_test(an_empty_report_has_no_volumes),
		cmocka_unit_test(what_is_no_report_is_an_error),
		cmocka_unit_test(names),
		cmocka_unit_test(a_name_that_is_none_is_not_given_to_lvm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
