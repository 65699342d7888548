/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about the default route: which network interfaces it goes through. */
#include "host/facts-parts.h"
#include "unit.h"

#define ZEROS "00000000000000000000000000000000"
#define REST " 00000400 00000001 00000000 "

static void make_nic(const struct unit_tree *tree, const char *name)
{
	_cleanup_free_ char *link = mem_textf("sys/class/net/%s/device", name);

	unit_link(tree, link, "../../../0000:03:00.0");
}

/* The interfaces with a default route, in their order. */
static void assert_routes(const struct unit_tree *tree, const char *expected)
{
	_cleanup_facts_ struct facts facts = {0};
	_cleanup_str_ struct str text = {0};

	facts_read_nics(&tree->fs, &facts);
	facts_read_routes(&tree->fs, &facts);
	for (size_t i = 0; i < facts.nic_count; i++)
		if (facts.nic[i].has_default_route)
			str_addf(&text, "%s%s", text.length ? " " : "",
				 facts.nic[i].name);
	assert_string_equal(str_text(&text), expected);
}

static void make_routes(const struct unit_tree *tree, const char *name)
{
	_cleanup_free_ char *text = mem_textf(
		"Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
		"%s\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n",
		name);

	unit_file(tree, "proc/net/route", text);
}

static void an_interface_with_the_default_route_is_found(void **state)
{
	struct unit_tree *tree = *state;

	make_nic(tree, "eth0");
	make_nic(tree, "eth1");
	make_routes(tree, "eth1");
	assert_routes(tree, "eth1");
}

static void ports_of_a_bridge_over_a_bond_have_its_route(void **state)
{
	struct unit_tree *tree = *state;

	make_nic(tree, "eth0");
	make_nic(tree, "eth1");
	make_nic(tree, "eth2");
	unit_dir(tree, "sys/class/net/xenbr0/brif/bond0");
	unit_dir(tree, "sys/class/net/xenbr0/brif/vif1.0");
	unit_file(tree, "sys/class/net/bond0/bonding/slaves", "eth0 eth2\n");
	make_routes(tree, "xenbr0");
	assert_routes(tree, "eth0 eth2");
}

static void what_a_vlan_is_on_has_its_route(void **state)
{
	struct unit_tree *tree = *state;

	make_nic(tree, "eth0");
	unit_link(tree, "sys/class/net/eth0.5/lower_eth0", "../eth0");
	make_routes(tree, "eth0.5");
	assert_routes(tree, "eth0");
}

static void assert_default(const char *text, bool is_ipv6, const char *expected)
{
	_cleanup_str_list_ struct str_list names = {0};

	facts_default_routes(text, is_ipv6, &names);
	if (!expected) {
		assert_int_equal(names.count, 0);
		return;
	}
	assert_int_equal(names.count, 1);
	assert_string_equal(names.item[0], expected);
}

static void only_a_route_to_everything_that_is_up_is_default(void **state)
{
	(void)state;
	assert_default("e 00000000 0 0001 0 0 0 00000000 0 0 0", false, "e");
	assert_default("e 0000A8C0 0 0001 0 0 0 0000FFFF 0 0 0", false, NULL);
	assert_default("e 00000000 0 0001 0 0 0 00000080 0 0 0", false, NULL);
	assert_default("e 00000000 0 0002 0 0 0 00000000 0 0 0", false, NULL);
	assert_default("e 00000000 0 0201 0 0 0 00000000 0 0 0", false, NULL);
	assert_default("e 00000000 0 0001", false, NULL);
	assert_default(ZEROS " 00 " ZEROS " 00 fe80" REST "00000003 e", true, "e");
	assert_default(ZEROS " 00 " ZEROS " 00 " ZEROS REST "00200200 lo", true, NULL);
	assert_default("fe80 40 " ZEROS " 00 " ZEROS REST "00000001 e", true, NULL);
	assert_default("", true, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(an_interface_with_the_default_route_is_found),
		unit_test_in_tree(ports_of_a_bridge_over_a_bond_have_its_route),
		unit_test_in_tree(what_a_vlan_is_on_has_its_route),
		cmocka_unit_test(only_a_route_to_everything_that_is_up_is_default),
	};

	return cmocka_run_group_tests_name("facts-route", tests, NULL, NULL);
}
