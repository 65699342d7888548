/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The domains that run: what xl list prints. */
#include <errno.h>

#include "guest/domains.h"
#include "unit.h"

#define HEAD \
	"Name                                        ID   Mem VCPUs\tState\tTime(s)\n"

static void names_and_numbers(void **state)
{
	_cleanup_domains_ struct domains domains = {0};

	(void)state;
	assert_int_equal(domains_parse(HEAD "Domain-0                                    "
					    " 0  2048     2     r-----     100.3\n"
					    "a guest with blanks                         "
					    "12   512     1     --p---       0.1\n"
					    "a-name-that-is-much-longer-than-the-column-"
					    "of-names 7   512     1     -b----    12.0\n",
				       &domains, NULL),
			 0);
	assert_int_equal(domains.count, 3);
	assert_int_equal(domains_find(&domains, "Domain-0")->id, 0);
	assert_int_equal(domains_find(&domains, "a guest with blanks")->id, 12);
	assert_true(domains_find(&domains, "a guest with blanks")->is_paused);
	assert_int_equal(
		domains_find(&domains,
			     "a-name-that-is-much-longer-than-the-column-of-names")
			->id,
		7);
	assert_null(domains_find(&domains, "a guest"));
}

static void what_is_no_list_is_refused(void **state)
{
	_cleanup_domains_ struct domains domains = {0};

	(void)state;
	assert_int_equal(domains_parse("", &domains, NULL), -EINVAL);
	assert_int_equal(domains_parse("xl: error\n", &domains, NULL), -EINVAL);
	assert_int_equal(domains_parse(HEAD "web 1\n", &domains, NULL), -EINVAL);
	assert_int_equal(domains_parse(HEAD "1\n", &domains, NULL), -EINVAL);
	assert_int_equal(domains_parse(HEAD "\n", &domains, NULL), -EINVAL);
	assert_int_equal(domains.count, 0);
}

static void another_root_has_none(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_domains_ struct domains domains = {0};

	unit_file(tree, "proc/xen/capabilities", "control_d\n");
	assert_int_equal(domains_read(&tree->fs, &domains, NULL), 0);
	assert_int_equal(domains.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_numbers),
		cmocka_unit_test(what_is_no_list_is_refused),
		unit_test_in_tree(another_root_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
