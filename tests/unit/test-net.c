/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/edit.h"
#include "resources/net-interfaces.h"
#include "resources/net-netplan.h"
#include "resources/net-networkd.h"
#include "resources/net-sysconfig.h"
#include "resources/net.h"
#include "resources/resources.h"

static const struct resource *const only_net[] = {&resource_net, NULL};

/* Plans a description for a machine with these interfaces; "" if nothing is wrong. */
static char *plan_error(const struct unit_tree *tree, const char *text,
			struct facts_nic *nics, size_t nic_count, struct facts *facts)
{
	_cleanup_desc_ struct desc desc = {0};
	_cleanup_plan_ struct plan plan = {0};
	_cleanup_err_ struct err err = {0};

	facts->nic = nics;
	facts->nic_count = nic_count;
	if (desc_parse("host.conf", text, strlen(text), &desc, &err) < 0 ||
	    planner_run(only_net, &desc, facts, &tree->fs, &plan, &err) < 0)
		return TAKE_PTR(err.text);
	return mem_text("");
}

static void assert_error(const struct unit_tree *tree, const char *text,
			 const char *expected)
{
	struct facts_nic nics[] = {
		{.name = (char[]){"eth0"}, .mac = (char[]){"00:16:3e:00:00:01"}},
		{.name = (char[]){"eth1"}},
		{.name = (char[]){"wlan0"}, .is_wireless = true},
	};
	struct facts facts = {0};
	_cleanup_free_ char *error =
		plan_error(tree, text, nics, ARRAY_SIZE(nics), &facts);

	assert_string_equal(error, expected);
}

static void write_bridge_utils(const struct unit_tree *tree)
{
	unit_file(tree, "etc/network/if-pre-up.d/bridge", "#!/bin/sh\n");
}

static void write_interfaces(const struct unit_tree *tree)
{
	write_bridge_utils(tree);
	unit_file(tree, "etc/network/interfaces",
		  "iface eth0 inet dhcp\niface bond0 inet dhcp\n\tbond-slaves eth1\n");
}

static void wireless_port_is_refused(void **state)
{
	write_interfaces(*state);
	assert_error(*state, "[bridge \"br0\"]\nports = wlan0\n",
		     "host.conf:2:9: 'wlan0' is wireless and cannot be a port of a "
		     "bridge");
}

static void port_that_the_machine_has_not_is_refused(void **state)
{
	write_interfaces(*state);
	assert_error(*state, "[bridge \"br0\"]\nports = eth0 eth7\naddress = none\n",
		     "host.conf:2:14: this machine has no interface 'eth7', but eth0, "
		     "eth1, wlan0");
}

static void port_that_the_stack_makes_is_taken(void **state)
{
	write_interfaces(*state);
	assert_error(*state, "[bridge \"br0\"]\nports = bond0\n", "");
}

static void bridge_with_the_name_of_a_card_is_refused(void **state)
{
	write_interfaces(*state);
	assert_error(*state, "[bridge \"eth1\"]\nports = eth0\n",
		     "host.conf:1:1: 'eth1' is an interface of this machine: a bridge "
		     "needs a name of its own");
}

static void bridge_in_a_bridge_is_refused(void **state)
{
	write_interfaces(*state);
	assert_error(*state,
		     "[bridge \"br0\"]\nports = br1\n[bridge \"br1\"]\nports = eth0\n",
		     "host.conf:2:9: 'br1' is a bridge and cannot be a port of another");
}

static void vlan_with_too_long_a_name_is_refused(void **state)
{
	struct facts facts = {0};
	_cleanup_free_ char *error =
		plan_error(*state, "[bridge \"br0\"]\nports = enp0s31f6u1\nvlan = 4000\n",
			   NULL, 0, &facts);

	assert_string_equal(error,
			    "host.conf:3:8: the VLAN's name 'enp0s31f6u1.4000' has "
			    "more than 15 bytes");
}

static void dummy_with_an_address_in_a_bridge_with_one_is_refused(void **state)
{
	write_interfaces(*state);
	assert_error(*state,
		     "[dummy \"dummy0\"]\naddress = 172.16.16.1/24\n"
		     "[bridge \"br0\"]\nports = dummy0\naddress = dhcp\n",
		     "host.conf:2:11: 'dummy0' is a port of 'br0', which has an address "
		     "of its own");
}

static void left_overs_of_a_stack_that_is_off_are_told(void **state)
{
	struct facts_stack stacks[] = {
		{.name = (char[]){"ifupdown"}, .is_enabled = false},
		{.name = (char[]){"networkd"}, .is_enabled = true},
	};
	struct facts facts = {.stack = stacks, .stack_count = ARRAY_SIZE(stacks)};
	_cleanup_free_ char *error = NULL;

	write_interfaces(*state);
	error = plan_error(*state, "[bridge \"br0\"]\nports = eth0\n", NULL, 0, &facts);
	assert_string_equal(error,
			    "host.conf:2:9: 'etc/network/interfaces' of ifupdown "
			    "configures 'eth0', but systemd-networkd is in use here; say "
			    "which with 'stack' in [network]");
}

static void left_overs_beside_a_stack_that_is_on_do_not_count(void **state)
{
	struct facts_stack stacks[] = {
		{.name = (char[]){"ifupdown"}, .is_enabled = true},
		{.name = (char[]){"networkd"}, .is_enabled = false},
	};
	struct facts facts = {.stack = stacks, .stack_count = ARRAY_SIZE(stacks)};
	_cleanup_free_ char *error = NULL;

	write_interfaces(*state);
	unit_file(*state, "etc/systemd/network/a.network", "[Match]\nName=eth0\n");
	error = plan_error(*state, "[bridge \"br0\"]\nports = eth0\n", NULL, 0, &facts);
	assert_string_equal(error, "");
}

static void assert_match(const char *text, enum networkd_match expected)
{
	const struct networkd_link link = {
		.name = "enp1s0", .mac = "00:16:3e:00:00:01", .kind = NULL};
	_cleanup_ini_ struct ini ini = {0};

	ini_parse(text, true, &ini);
	assert_int_equal(networkd_matches(&ini, &link), expected);
}

static void networkd_matches_as_its_page_says(void **state)
{
	(void)state;
	assert_match("[Match]\nName=eth0 en*\n", NETWORKD_YES);
	assert_match("[Match]\nName=!eth0 en*\n", NETWORKD_NO);
	assert_match("[Match]\nName=!eth0\n", NETWORKD_YES);
	assert_match("[Match]\nMACAddress=00:16:3E:00:00:01\n", NETWORKD_YES);
	assert_match("[Match]\nMACAddress=00:16:3e:00:00:02\n", NETWORKD_NO);
	assert_match("[Match]\nType=ether\nKind=!*\n", NETWORKD_YES);
	assert_match("[Match]\nKind=veth\nPath=x\n", NETWORKD_NO);
	assert_match("[Match]\nDriver=e1000e\n", NETWORKD_MAYBE);
	assert_match("[Match]\nName=enp1s0\nHost=a\n", NETWORKD_MAYBE);
	assert_match("[Network]\nDHCP=yes\n", NETWORKD_YES);
}

static void ini_lines_are_joined_as_systemd_does(void **state)
{
	_cleanup_ini_ struct ini ini = {0};

	(void)state;
	ini_parse("[A]\nk = a \\\n# not this\n  b\n;k=c\n[A]\nbad\nother=\n", true, &ini);
	assert_int_equal(ini.count, 2);
	assert_string_equal(ini_get(&ini, "A", "k"), "a    b");
	assert_string_equal(ini_get(&ini, "A", "other"), "");
	assert_null(ini_get(&ini, "A", "bad"));
}

static void ini_lines_of_keyfiles_end_with_their_line(void **state)
{
	_cleanup_ini_ struct ini ini = {0};

	(void)state;
	ini_parse("[A]\nk=a\\\n;k=b\n", false, &ini);
	assert_string_equal(ini_get(&ini, "A", "k"), "a\\");
	assert_string_equal(ini_get(&ini, "A", ";k"), "b");
}

static void sysconfig_values_lose_their_quotes(void **state)
{
	static const struct {
		const char *line, *value;
		bool is_whole;
	} cases[] = {
		{"A=b", "b", true},
		{"A='b c' # d", "b c", true},
		{"A=\"b\\\"c\"'d'e f", "b\"cde", true},
		{"export A=", "", true},
		{"A='b", "b", false},
		{"A=b\\", "b", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_sysconfig_ struct sysconfig sysconfig = {0};

		sysconfig_parse(cases[i].line, &sysconfig);
		assert_int_equal(sysconfig.count, 1);
		assert_string_equal(sysconfig_get(&sysconfig, "A"), cases[i].value);
		assert_int_equal(sysconfig.line[0].is_whole, cases[i].is_whole);
	}
}

static void sysconfig_lines_that_assign_nothing_are_left_out(void **state)
{
	_cleanup_sysconfig_ struct sysconfig sysconfig = {0};

	(void)state;
	sysconfig_parse("# A=b\nif x; then\n=b\nA =b\n", &sysconfig);
	assert_int_equal(sysconfig.count, 0);
}

static void netplan_keys_have_their_lines(void **state)
{
	_cleanup_netplan_ struct netplan netplan = {0};
	const struct netplan_definition *definition;

	(void)state;
	netplan_parse("a.yaml",
		      "network:\n  ethernets:\n    id0:\n      match: {name: eth0}\n"
		      "      addresses:\n      - 192.0.2.1/24\n      # more\n"
		      "      mtu: 9000\n  bridges:\n    br0: {interfaces: [id0]}",
		      &netplan);
	assert_null(netplan.trouble);
	assert_int_equal(netplan.count, 2);
	definition = &netplan.definition[0];
	assert_string_equal(definition->name, "eth0");
	assert_true(definition->is_block);
	assert_true(netplan_has_address(definition));
	assert_int_equal(netplan_get(definition, "addresses")->line, 4);
	assert_int_equal(netplan_get(definition, "addresses")->end, 7);
	assert_int_equal(netplan_get(definition, "mtu")->line, 7);
	assert_int_equal(netplan_get(definition, "mtu")->end, 8);
	assert_false(netplan.definition[1].is_block);
	assert_true(str_list_has(
		&netplan_get(&netplan.definition[1], "interfaces")->values, "id0"));
}

static void netplan_file_that_is_not_yaml_is_told(void **state)
{
	_cleanup_netplan_ struct netplan netplan = {0};

	(void)state;
	netplan_parse("a.yaml", "network:\n  a: [\n", &netplan);
	assert_true(str_starts(netplan.trouble, "'a.yaml': line 4: "));
	assert_int_equal(netplan.count, 0);
}

static void bridge_gets_the_mac_address_of_its_port(void **state)
{
	struct facts_nic nics[] = {
		{.name = (char[]){"eth0"}, .mac = (char[]){"00:16:3e:00:00:01"}}};
	const struct facts facts = {.nic = nics, .nic_count = 1};
	static const char text[] = "[bridge \"br0\"]\nports = eth0\n";
	_cleanup_desc_ struct desc desc = {0};
	_cleanup_plan_ struct plan plan = {0};
	_cleanup_str_ struct str shown = {0};
	struct unit_tree *tree = *state;

	unit_file(tree, "etc/sysconfig/network/ifcfg-eth0", "BOOTPROTO='dhcp'\n");
	assert_int_equal(desc_parse("host.conf", text, strlen(text), &desc, NULL), 0);
	assert_int_equal(planner_run(only_net, &desc, &facts, &tree->fs, &plan, NULL), 0);
	plan_render(&plan, &tree->fs, &shown);
	assert_non_null(strstr(shown.text, "LLADDR='00:16:3e:00:00:01'\n"));
	assert_null(strstr(shown.text, ".link"));
}

static void assert_renamed(const char *text, const char *expected)
{
	_cleanup_free_ char *renamed = net_rename(text, "eth0", "xenbr0");

	assert_string_equal(renamed, expected);
}

static void name_is_replaced_as_a_whole_word_only(void **state)
{
	(void)state;
	assert_renamed("ip route add default dev eth0",
		       "ip route add default dev xenbr0");
	assert_renamed("eth0:1 eth0.5 eth01 peth0 a-eth0", "xenbr0:1 eth0.5 eth01 peth0 "
							   "a-eth0");
	assert_renamed("echo 1 > /proc/sys/net/ipv4/conf/eth0/forwarding",
		       "echo 1 > /proc/sys/net/ipv4/conf/xenbr0/forwarding");
	assert_renamed("sysctl net.ipv4.conf.eth0.arp_filter=1",
		       "sysctl net.ipv4.conf.xenbr0.arp_filter=1");
	assert_renamed("", "");
}

static void assert_statement(const struct interfaces *interfaces, size_t i,
			     enum interfaces_kind kind, size_t line, size_t count,
			     const char *keyword, const char *value)
{
	const struct interfaces_statement *statement = &interfaces->statement[i];

	assert_int_equal(statement->kind, kind);
	assert_int_equal(statement->line, line);
	assert_int_equal(statement->line_count, count);
	assert_string_equal(statement->keyword, keyword);
	assert_string_equal(statement->value, value);
}

static void interfaces_statements_have_their_lines(void **state)
{
	_cleanup_interfaces_ struct interfaces interfaces = {0};

	(void)state;
	interfaces_parse("# a comment \\\nauto  eth0 \n\niface eth0 \\\n  inet static\n"
			 "  # not an option\n  address 192.0.2.1\\\n/24\n"
			 "allow-hotplug eth1\nstray 1\nmapping eth1\n script x",
			 &interfaces);
	assert_int_equal(interfaces.count, 7);
	assert_statement(&interfaces, 0, INTERFACES_AUTO, 1, 1, "auto", "eth0");
	assert_statement(&interfaces, 1, INTERFACES_IFACE, 3, 2, "iface",
			 "eth0   inet static");
	assert_statement(&interfaces, 2, INTERFACES_OPTION, 6, 2, "address",
			 "192.0.2.1/24");
	assert_statement(&interfaces, 3, INTERFACES_AUTO, 8, 1, "allow-hotplug", "eth1");
	assert_statement(&interfaces, 4, INTERFACES_OTHER, 9, 1, "stray", "1");
	assert_statement(&interfaces, 5, INTERFACES_MAPPING, 10, 1, "mapping", "eth1");
	assert_statement(&interfaces, 6, INTERFACES_OTHER, 11, 1, "script", "x");
}

static void files_that_name_each_other_are_read_once(void **state)
{
	const struct unit_tree *tree = *state;

	write_bridge_utils(tree);
	unit_file(tree, "etc/network/interfaces",
		  "source /etc/network/interfaces\nsource interfaces.d/*\n");
	unit_file(tree, "etc/network/interfaces.d/a",
		  "source ../interfaces.d/*\nsource /etc/network/interfaces.d/*\n"
		  "iface eth0 inet dhcp\n");
	assert_error(tree, "[bridge \"br0\"]\nports = eth0\n", "");
}

static void changed_lines_are_put_back(void **state)
{
	static const char text[] = "one\ntwo\nthree\nfour\n";
	const struct edit_change changes[] = {{.line = 3, .text = NULL},
					      {.line = 1, .text = (char[]){"2"}}};
	_cleanup_str_ struct str edited = {0}, back = {0};

	(void)state;
	str_add(&edited, text);
	edit_lines(&edited, changes, ARRAY_SIZE(changes));
	assert_string_equal(edited.text, "one\n# xenhost replaced: two\n2\nthree\n"
					 "# xenhost disabled: four\n");
	edit_revert(edited.text, &back);
	assert_string_equal(back.text, text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(wireless_port_is_refused),
		unit_test_in_tree(port_that_the_machine_has_not_is_refused),
		unit_test_in_tree(port_that_the_stack_makes_is_taken),
		unit_test_in_tree(bridge_with_the_name_of_a_card_is_refused),
		unit_test_in_tree(bridge_in_a_bridge_is_refused),
		unit_test_in_tree(vlan_with_too_long_a_name_is_refused),
		unit_test_in_tree(dummy_with_an_address_in_a_bridge_with_one_is_refused),
		unit_test_in_tree(left_overs_of_a_stack_that_is_off_are_told),
		unit_test_in_tree(left_overs_beside_a_stack_that_is_on_do_not_count),
		cmocka_unit_test(networkd_matches_as_its_page_says),
		cmocka_unit_test(ini_lines_are_joined_as_systemd_does),
		cmocka_unit_test(ini_lines_of_keyfiles_end_with_their_line),
		cmocka_unit_test(sysconfig_values_lose_their_quotes),
		cmocka_unit_test(sysconfig_lines_that_assign_nothing_are_left_out),
		cmocka_unit_test(netplan_keys_have_their_lines),
		cmocka_unit_test(netplan_file_that_is_not_yaml_is_told),
		unit_test_in_tree(bridge_gets_the_mac_address_of_its_port),
		cmocka_unit_test(name_is_replaced_as_a_whole_word_only),
		cmocka_unit_test(interfaces_statements_have_their_lines),
		unit_test_in_tree(files_that_name_each_other_are_read_once),
		cmocka_unit_test(changed_lines_are_put_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
