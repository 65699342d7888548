/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names and addresses of the network as text. */
#include <string.h>
#include <sys/socket.h>

#include "base/inet.h"
#include "unit.h"

static void addresses_of_both_families_are_known(void **state)
{
	int family = 0;

	(void)state;
	assert_true(inet_is_address("192.0.2.1", &family));
	assert_int_equal(family, AF_INET);
	assert_true(inet_is_address("2001:db8::1", &family));
	assert_int_equal(family, AF_INET6);
	assert_true(inet_is_address("::ffff:192.0.2.1", &family));
}

static void what_some_readers_take_for_an_address_is_none(void **state)
{
	static const char *const bad[] = {"",
					  "192.0.2",
					  "192.0.2.1.2",
					  "192.0.2.256",
					  "192.0.2.01",
					  "0x7f.0.0.1",
					  "192.0.2.1 ",
					  " 192.0.2.1",
					  "fe80::1%eth0",
					  "2001:db8::1::2",
					  "localhost",
					  "1"};
	int family = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(inet_is_address(bad[i], &family));
	assert_int_equal(family, 7);
}

static void a_prefix_has_its_parts(void **state)
{
	unsigned int length = 0;
	size_t bytes = 0;
	int family = 0;

	(void)state;
	assert_true(inet_is_prefix("192.0.2.1/24", &family, &length, &bytes));
	assert_int_equal(family, AF_INET);
	assert_int_equal(length, 24);
	assert_int_equal(bytes, 9);
	assert_true(inet_is_prefix("2001:db8::/128", &family, &length, &bytes));
	assert_int_equal(family, AF_INET6);
	assert_int_equal(length, 128);
	assert_true(inet_is_prefix("0.0.0.0/0", &family, &length, &bytes));
	assert_int_equal(length, 0);
}

static void a_wrong_prefix_is_none(void **state)
{
	static const char *const bad[] = {
		"192.0.2.1",	 "192.0.2.1/",	 "192.0.2.1/33",
		"192.0.2.1/024", "192.0.2.1/-1", "/24",
		"192.0.2.1/24/", "::/129",	 "192.0.2.1/255.255.255.0"};
	unsigned int length;
	size_t bytes;
	int family;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(inet_is_prefix(bad[i], &family, &length, &bytes));
}

static void a_mac_address_is_six_bytes(void **state)
{
	(void)state;
	assert_true(inet_is_mac("00:16:3e:aB:Cd:ff"));
	assert_false(inet_is_mac(""));
	assert_false(inet_is_mac("00:16:3e:00:00"));
	assert_false(inet_is_mac("00:16:3e:00:00:0"));
	assert_false(inet_is_mac("00:16:3e:00:00:000"));
	assert_false(inet_is_mac("00:16:3e:00:00:00:00"));
	assert_false(inet_is_mac("00-16-3e-00-00-00"));
	assert_false(inet_is_mac("00:16:3e:00:00:0g"));
}

static void an_interface_has_at_most_fifteen_plain_bytes(void **state)
{
	(void)state;
	assert_true(inet_is_interface("eth0"));
	assert_true(inet_is_interface("eth0.100"));
	assert_true(inet_is_interface("abcdefghijklmno"));
	assert_false(inet_is_interface("abcdefghijklmnop"));
	assert_false(inet_is_interface(""));
	assert_false(inet_is_interface("."));
	assert_false(inet_is_interface(".."));
	assert_false(inet_is_interface("-a"));
	assert_false(inet_is_interface("a/b"));
	assert_false(inet_is_interface("a b"));
	assert_false(inet_is_interface("eth0:1"));
	assert_false(inet_is_interface("a\n"));
}

static void a_network_contains_what_shares_its_prefix(void **state)
{
	(void)state;
	assert_true(inet_contains("192.0.2.10/24", "192.0.2.1"));
	assert_true(inet_contains("192.0.2.10/25", "192.0.2.127"));
	assert_false(inet_contains("192.0.2.10/25", "192.0.2.128"));
	assert_true(inet_contains("192.0.2.10/32", "192.0.2.10"));
	assert_false(inet_contains("192.0.2.10/32", "192.0.2.11"));
	assert_true(inet_contains("192.0.2.10/0", "10.0.0.1"));
	assert_true(inet_contains("2001:db8::10/64", "2001:db8::1"));
	assert_false(inet_contains("2001:db8::10/64", "2001:db8:0:1::1"));
	assert_false(inet_contains("::/0", "192.0.2.1"));
}

static void an_address_is_the_same_however_it_is_written(void **state)
{
	(void)state;
	assert_true(inet_is_same("192.0.2.1/24", "192.0.2.1/32"));
	assert_true(inet_is_same("2001:db8::1/64", "2001:DB8:0:0::1/64"));
	assert_false(inet_is_same("192.0.2.1/24", "192.0.2.2/24"));
	assert_false(inet_is_same("2001:db8::1/64", "192.0.2.1/24"));
	assert_false(inet_is_same("192.0.2.1", "192.0.2.1"));
	assert_false(inet_is_same("fe80::1/64", "fe80::1/64"));
}

static void what_no_interface_can_have_has_a_fault(void **state)
{
	static const char *const good[] = {
		"192.0.2.1/24", "192.0.2.0/31",	    "192.0.2.1/31",  "192.0.2.0/32",
		"10.0.0.1/0",	"10.255.255.254/8", "2001:db8::/64", "fe80::1/64"};
	static const char *const bad[] = {
		"192.0.2.0/24", "192.0.2.255/24", "192.0.2.3/30",	"0.0.0.0/0",
		"127.0.0.1/8",	"224.0.0.1/4",	  "255.255.255.255/32", "::/0",
		"::1/128",	"ff02::1/64"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_null(inet_prefix_fault(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_non_null(inet_prefix_fault(bad[i]));
}

static void a_group_and_zero_are_no_station(void **state)
{
	(void)state;
	assert_true(inet_is_station("00:16:3e:00:00:01"));
	assert_true(inet_is_station("fe:ff:ff:ff:ff:ff"));
	assert_false(inet_is_station("ff:ff:ff:ff:ff:ff"));
	assert_false(inet_is_station("01:00:5e:00:00:01"));
	assert_false(inet_is_station("00:00:00:00:00:00"));
	assert_false(inet_is_station("00:16:3e:00:00"));
}

static void an_address_has_one_spelling(void **state)
{
	static const struct {
		const char *text, *wanted;
	} cases[] = {{"192.0.2.1/24", "192.0.2.1"},
		     {"2001:DB8:0::1/64", "2001:db8::1"},
		     {"2001:0db8:0:0:0:0:0:1", "2001:db8::1"},
		     {"web/1", "web"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *found =
			inet_canonical(cases[i].text, strcspn(cases[i].text, "/"));

		assert_string_equal(found, cases[i].wanted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_network_contains_what_shares_its_prefix),
		cmocka_unit_test(an_address_is_the_same_however_it_is_written),
		cmocka_unit_test(what_no_interface_can_have_has_a_fault),
		cmocka_unit_test(a_group_and_zero_are_no_station),
		cmocka_unit_test(addresses_of_both_families_are_known),
		cmocka_unit_test(what_some_readers_take_for_an_address_is_none),
		cmocka_unit_test(a_prefix_has_its_parts),
		cmocka_unit_test(a_wrong_prefix_is_none),
		cmocka_unit_test(a_mac_address_is_six_bytes),
		cmocka_unit_test(an_interface_has_at_most_fifteen_plain_bytes),
		cmocka_unit_test(an_address_has_one_spelling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
