/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The MAC addresses: ours, and xen-tools', whose values its own code has made. */
#include <string.h>

#include "base/inet.h"
#include "guest/mac.h"
#include "unit.h"

static void the_first_one_comes_from_the_name_alone(void **state)
{
	char mac[MAC_TEXT];

	(void)state;
	mac_make("web", 0, mac);
	assert_string_equal(mac, "00:16:3e:4b:5e:57");
}

static void further_ones_have_their_number(void **state)
{
	char mac[MAC_TEXT];

	(void)state;
	mac_make("web", 1, mac);
	assert_string_equal(mac, "00:16:3e:5b:cf:3c");
}

static void the_old_ones_are_those_of_xen_tools(void **state)
{
	char mac[MAC_TEXT];

	(void)state;
	mac_make_old("web", "10.0.0.5", 0, "bookworm", mac);
	assert_string_equal(mac, "00:16:3e:3c:f5:36");
	mac_make_old("web", "", 1, "bookworm", mac);
	assert_string_equal(mac, "00:16:3e:33:f4:59");
	mac_make_old("db", "10.0.0.5,10.0.0.6", 0, "sid", mac);
	assert_string_equal(mac, "00:16:3e:95:d6:94");
}

static void random_ones_differ_and_can_be_used(void **state)
{
	char a[MAC_TEXT], b[MAC_TEXT], c[MAC_TEXT];

	(void)state;
	mac_make_random(a);
	mac_make_random(b);
	mac_make_random(c);
	assert_true(inet_is_station(a) && strncmp(a, "00:16:3e:", 9) == 0);
	assert_true(strcmp(a, b) != 0 || strcmp(b, c) != 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_one_comes_from_the_name_alone),
		cmocka_unit_test(further_ones_have_their_number),
		cmocka_unit_test(the_old_ones_are_those_of_xen_tools),
		cmocka_unit_test(random_ones_differ_and_can_be_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
