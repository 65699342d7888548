/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of versions in file names. */
#include <string.h>

#include "base/mem.h"
#include "host/version.h"
#include "unit.h"

/* Each is newer than the one before it. */
static const char *const rising[] = {
	"",
	"4.4",
	"4.17-amd64",
	"4.20-rc1",
	"4.20~rc1",
	"4.20-rc2",
	"4.20.old",
	"4.20",
	"4.20-amd64",
	"4.20.2+7",
	"4.20.3+127",
	"4.20.3+127-0.deb12u1",
	"4.20.10",
	"4.21.0.pre",
	"4.21.0-rc10",
	"4.21.0",
	"6.1.0-9-amd64",
	"6.1.0-10-amd64",
	"6.1.0-37-amd64.old",
	"6.1.0-37-amd64",
	"6.1.0-37-cloud-amd64",
	"6.12.9",
	"10000000000000000000000000000",
};

static void versions_are_in_the_order_of_sort_v(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rising); i++)
		for (size_t k = 0; k < ARRAY_SIZE(rising); k++) {
			int order = version_compare(rising[i], rising[k]);

			if ((order > 0) != (i > k) || (order < 0) != (i < k))
				fail_msg("'%s' and '%s' compare as %d", rising[i],
					 rising[k], order);
		}
}

static void what_stands_before_the_number_counts_last(void **state)
{
	(void)state;
	assert_true(version_compare("dbg-4.20", "4.19") > 0);
	assert_true(version_compare("dbg-4.20", "4.21") < 0);
	assert_true(version_compare("dbg-4.20", "4.20") != 0);
	assert_true(version_compare("lts", "6.1") != 0);
}

static void zeros_in_front_do_not_count(void **state)
{
	(void)state;
	assert_true(version_compare("4.020", "4.19") > 0);
	assert_true(version_compare("4.020", "4.21") < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_in_the_order_of_sort_v),
		cmocka_unit_test(what_stands_before_the_number_counts_last),
		cmocka_unit_test(zeros_in_front_do_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
