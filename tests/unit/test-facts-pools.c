/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about thin pools: what lvs(8) reports. */
#include <string.h>

#include "host/facts-parts.h"
#include "unit.h"

#define ROW(name, data, metadata, monitored)                                    \
	"{\"vg_name\":\"vg0\", \"lv_name\":\"" name "\", \"lv_profile\":\"\", " \
	"\"lv_size\":\"1073741824\", \"data_percent\":\"" data                  \
	"\", \"metadata_percent\":\"" metadata "\", \"vg_free\":\"5242879\", "  \
	"\"seg_monitor\":\"" monitored "\"}"
#define REPORT(rows) "{\"report\": [{\"lv\": [" rows "]}]}"

static bool parse(const char *json, struct facts *facts)
{
	return facts_parse_thin_pools(json, strlen(json), facts);
}

static void a_pool_is_read_from_a_report(void **state)
{
	static const char json[] =
		REPORT("{\"vg_name\":\"vg0\", \"lv_name\":\"pool\", "
		       "\"lv_profile\":\"thin-generic\","
		       " \"lv_size\":\"419430400\", \"data_percent\":\"0.00\","
		       " \"metadata_percent\":\"10.25\", \"vg_free\":\"0\","
		       " \"seg_monitor\":\"monitored\"}");
	_cleanup_facts_ struct facts facts = {0};
	const struct facts_thin_pool *pool;

	(void)state;
	assert_true(parse(json, &facts));
	assert_int_equal(facts.thin_pool_count, 1);
	pool = facts.thin_pool;
	assert_string_equal(pool->group, "vg0");
	assert_string_equal(pool->name, "pool");
	assert_string_equal(pool->profile, "thin-generic");
	assert_int_equal(pool->size_mib, 400);
	assert_int_equal(pool->data_percent, 0);
	assert_int_equal(pool->metadata_percent, 11);
	assert_int_equal(pool->group_free_mib, 0);
	assert_int_equal(pool->is_monitored, FACTS_YES);
}

static void what_is_above_a_percent_counts_as_the_next(void **state)
{
	_cleanup_facts_ struct facts facts = {0};

	(void)state;
	assert_true(parse(REPORT(ROW("a", "80.00", "80.01", "not monitored") "," ROW(
				  "b", "100.00", "99.99", "")),
			  &facts));
	assert_int_equal(facts.thin_pool_count, 2);
	assert_int_equal(facts.thin_pool[0].data_percent, 80);
	assert_int_equal(facts.thin_pool[0].metadata_percent, 81);
	assert_int_equal(facts.thin_pool[0].is_monitored, FACTS_NO);
	assert_null(facts.thin_pool[0].profile);
	assert_int_equal(facts.thin_pool[0].group_free_mib, 4);
	assert_int_equal(facts.thin_pool[1].data_percent, 100);
	assert_int_equal(facts.thin_pool[1].metadata_percent, 100);
	assert_int_equal(facts.thin_pool[1].is_monitored, FACTS_NO);
}

static void what_is_no_number_is_unknown(void **state)
{
	_cleanup_facts_ struct facts facts = {0};

	(void)state;
	assert_true(parse(REPORT(ROW("a", "", "x", "pending") "," ROW(
				  "b", "100.01", "1.x",
				  "") ", {\"vg_name\": \"v\", \"lv_name\": \"c\"}"),
			  &facts));
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(facts.thin_pool[i].data_percent, FACTS_NO_NUMBER);
		assert_int_equal(facts.thin_pool[i].metadata_percent, FACTS_NO_NUMBER);
	}
	assert_int_equal(facts.thin_pool[0].is_monitored, FACTS_UNKNOWN);
	assert_int_equal(facts.thin_pool[2].is_monitored, FACTS_UNKNOWN);
	assert_int_equal(facts.thin_pool[2].size_mib, FACTS_NO_NUMBER);
	assert_int_equal(facts.thin_pool[2].group_free_mib, FACTS_NO_NUMBER);
}

static void a_malformed_report_adds_nothing(void **state)
{
	static const char *const wrong[] = {
		"",
		"{",
		"[]",
		"{\"report\": []}",
		"{\"report\": [{\"vg\": []}]}",
		REPORT("1"),
		REPORT("{\"vg_name\": \"vg0\"}"),
		REPORT(ROW("a", "1.00", "1.00", "") "," ROW("../b", "", "", "")),
	};
	_cleanup_facts_ struct facts facts = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(parse(wrong[i], &facts));
	assert_int_equal(facts.thin_pool_count, 0);
	assert_true(parse(REPORT(""), &facts));
	assert_int_equal(facts.thin_pool_count, 0);
}

static void a_process_of_that_name_is_dmeventd(void **state)
{
	struct unit_tree *tree = *state;

	assert_false(facts_has_dmeventd(&tree->fs));
	unit_file(tree, "run/dmeventd.pid", "12\n");
	assert_false(facts_has_dmeventd(&tree->fs));
	unit_file(tree, "proc/12/comm", "dmeventd\n");
	assert_true(facts_has_dmeventd(&tree->fs));
	unit_file(tree, "proc/12/comm", "sh\n");
	assert_false(facts_has_dmeventd(&tree->fs));
	unit_file(tree, "run/dmeventd.pid", "../12\n");
	assert_false(facts_has_dmeventd(&tree->fs));
}

static void another_root_has_none_that_are_known(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_facts_ struct facts facts = {0};

	unit_file(tree, "sys/block/dm-0/dm/uuid", "LVM-abc-tpool\n");
	facts_read_thin_pools(&tree->fs, &facts);
	assert_int_equal(facts.thin_pool_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pool_is_read_from_a_report),
		cmocka_unit_test(what_is_above_a_percent_counts_as_the_next),
		cmocka_unit_test(what_is_no_number_is_unknown),
		cmocka_unit_test(a_malformed_report_adds_nothing),
		unit_test_in_tree(a_process_of_that_name_is_dmeventd),
		unit_test_in_tree(another_root_has_none_that_are_known),
	};

	return cmocka_run_group_tests_name("facts-pools", tests, NULL, NULL);
}
