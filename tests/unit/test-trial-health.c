/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a boot is healthy: what programs and the kernel's tables say. */
#include <stdlib.h>
#include <string.h>

#include "boot/trial-health.h"
#include "unit.h"

static void the_memory_of_dom0(void **state)
{
	static const char head[] =
		"Name                     ID   Mem VCPUs\tState\tTime(s)\n";
	_cleanup_free_ char *list =
		mem_textf("%sDomain-0                0  1100     2     r-----      12.3\n"
			  "guest                   1   512     1     -b----       0.1\n",
			  head);

	(void)state;
	assert_int_equal(health_dom0_mib(list), 1100);
	assert_int_equal(health_dom0_mib(head), 0);
	assert_int_equal(health_dom0_mib(""), 0);
	assert_int_equal(health_dom0_mib("Domain-0 1 1100 2\n"), 0);
	assert_int_equal(health_dom0_mib("Domain-0 0 many 2\n"), 0);
}

static void failed_units_that_are_ours(void **state)
{
	_cleanup_free_ char *failed =
		health_failed_units("cups.service loaded failed failed Printing\n"
				    "xenstored.service loaded failed failed The store\n"
				    "xenhost-dom0.service loaded failed failed dom0\n");
	_cleanup_free_ char *others = health_failed_units("cups.service loaded failed\n"
							  "xendomains.service x\n");

	(void)state;
	assert_string_equal(failed, "xenstored.service, xenhost-dom0.service");
	assert_null(others);
	assert_null(health_failed_units(""));
}

static const char addresses[] =
	"1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever\n"
	"2: eth0    inet6 fe80::1/64 scope link \\       valid_lft forever\n"
	"3: xenbr0    inet 192.0.2.1/24 brd 192.0.2.255 scope global xenbr0\\       "
	"valid\n"
	"3: xenbr0    inet6 2001:db8::1/64 scope global \\       valid_lft forever\n"
	"4: xenbr1    inet6 2001:db8:1::1/64 scope global tentative \\  valid\n"
	"5: eth1.5@eth1    inet 198.51.100.2/24 scope global eth1.5\\       valid\n";

static void interfaces_with_an_address(void **state)
{
	_cleanup_str_list_ struct str_list names = {0};

	(void)state;
	health_addressed(addresses, &names);
	assert_int_equal(names.count, 2);
	assert_string_equal(names.item[0], "xenbr0");
	assert_string_equal(names.item[1], "eth1.5");
}

static void an_address_of_an_interface(void **state)
{
	(void)state;
	assert_true(health_has_address(addresses, "xenbr0", "192.0.2.1/24"));
	assert_true(health_has_address(addresses, "xenbr0", "2001:DB8:0::1/64"));
	assert_true(health_has_address(addresses, "eth0", "fe80::1/64"));
	assert_false(health_has_address(addresses, "xenbr0", "192.0.2.1/25"));
	assert_false(health_has_address(addresses, "xenbr0", "192.0.2.2/24"));
	assert_false(health_has_address(addresses, "eth0", "192.0.2.1/24"));
	assert_false(health_has_address(addresses, "xenbr1", "2001:db8:1::1/64"));
	assert_false(health_has_address("", "xenbr0", "192.0.2.1/24"));
}

#define ROUTES "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\n"

static void gateways_of_default_routes(void **state)
{
	_cleanup_str_list_ struct str_list gateways = {0};

	(void)state;
	assert_true(health_gateways(
		ROUTES "xenbr0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
		       "xenbr0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
		       "ppp0\t00000000\t00000000\t0001\t0\t0\t9\t00000000\t0\t0\t0\n",
		&gateways));
	assert_int_equal(gateways.count, 1);
	assert_string_equal(gateways.item[0], "192.0.2.1");
	assert_false(health_gateways(ROUTES, &gateways));
	assert_false(health_gateways(
		ROUTES "*\t00000000\t010200C0\t0200\t0\t0\t0\t00000000\t0\t0\t0\n"
		       "eth0\t000200C0\t010200C0\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0\n",
		&gateways));
	assert_int_equal(gateways.count, 1);
}

static void a_neighbour_that_answered(void **state)
{
	static const char arp[] =
		"IP address       HW type     Flags       HW address            Mask\n"
		"192.0.2.1        0x1         0x2         52:55:0a:00:02:02     *\n"
		"192.0.2.2        0x1         0x0         00:00:00:00:00:00     *\n";

	(void)state;
	assert_true(health_has_neighbour(arp, "192.0.2.1"));
	assert_false(health_has_neighbour(arp, "192.0.2.2"));
	assert_false(health_has_neighbour(arp, "192.0.2.3"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_memory_of_dom0),
		cmocka_unit_test(failed_units_that_are_ours),
		cmocka_unit_test(interfaces_with_an_address),
		cmocka_unit_test(an_address_of_an_interface),
		cmocka_unit_test(gateways_of_default_routes),
		cmocka_unit_test(a_neighbour_that_answered),
	};

	return cmocka_run_group_tests_name("trial-health", tests, NULL, NULL);
}
