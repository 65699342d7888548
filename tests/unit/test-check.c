/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks that need a running host, or a bridge: with what its programs and files say. */
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "resources/resources.h"

#include "host/check.h"

/* What a resource finds, each as "ID: WHAT\n". The caller frees it. */
static char *find(const struct unit_tree *tree, const struct resource *resource,
		  const char *description, const char *xl_info, const char *xl_list)
{
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_facts_ struct facts facts = {0};
	_cleanup_desc_ struct desc desc = {0};
	_cleanup_str_ struct str text = {0};
	_cleanup_free_ char *info = mem_text(xl_info), *list = mem_text(xl_list);
	struct checker checker = {
		.desc = &desc,
		.facts = &facts,
		.fs = &tree->fs,
		.findings = &findings,
		.has_hardware = true,
		.output = {[CHECKER_XL_INFO] = info, [CHECKER_XL_LIST] = list},
	};

	assert_int_equal(
		desc_parse("host.conf", description, strlen(description), &desc, NULL),
		0);
	assert_int_equal(facts_read(&tree->fs, &facts, NULL), 0);
	resource->check(&checker);
	for (size_t i = 0; i < findings.count; i++)
		str_addf(&text, "%s: %s\n", findings.item[i].advice->id,
			 findings.item[i].what);
	return mem_text(str_text(&text));
}

static void assert_found(const struct unit_tree *tree, const struct resource *resource,
			 const char *description, const char *xl_info,
			 const char *xl_list, const char *wanted)
{
	_cleanup_free_ char *found = find(tree, resource, description, xl_info, xl_list);

	assert_string_equal(found, wanted);
}

/* ---- what apt says ---- */

static void an_archive_that_is_newer_is_told(void **state)
{
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_free_ char *policy =
		mem_text("  Version table:\n"
			 "     4.20.3-0+deb13u2 500\n"
			 " *** 4.20.3-0+deb13u1+xenhost1~deb13 100\n");
	struct checker checker = {
		.findings = &findings,
		.output = {[CHECKER_APT_POLICY] = policy},
	};

	(void)state;
	resource_archive.check(&checker);
	assert_int_equal(findings.count, 1);
	assert_string_equal(findings.item[0].advice->id, "xen.archive-newer");
	assert_string_equal(findings.item[0].what,
			    "the archive has Xen 4.20.3-0+deb13u2, installed is "
			    "4.20.3-0+deb13u1+xenhost1~deb13");
}

/* ---- what xl says ---- */

static void xl_tells_what_linux_under_xen_does_not_see(void **state)
{
	static const char hidden[] = "[pci]\nhide = 0000:03:00.0\n";

	assert_found(*state, &resource_running, hidden,
		     "virt_caps : pv hvm hvm_directio pv_directio hap\n", "", "");
	assert_found(*state, &resource_running, hidden, "virt_caps : pv hvm hap\n", "",
		     "pci.no-iommu: devices are hidden for guests, but there is no "
		     "IOMMU\n");
	assert_found(*state, &resource_running, "", "virt_caps : pv\n", "",
		     "cpu.no-virtualisation: the processor has neither vmx nor svm: no "
		     "HVM and PVH guests\n");
}

static void the_line_that_xen_runs_with_is_checked(void **state)
{
	assert_found(*state, &resource_dom0_memory, "",
		     "xen_commandline : placeholder dom0_mem=1024M\n", "",
		     "dom0.memory-no-max: Xen runs with a dom0_mem without max:\n");
	assert_found(*state, &resource_dom0_memory, "",
		     "xen_commandline : placeholder dom0_mem=1024M,max:1024M\n", "", "");
}

static void run_xen(const struct unit_tree *tree, const char *target_kb)
{
	unit_file(tree, "sys/hypervisor/type", "xen\n");
	unit_file(tree, "proc/xen/capabilities", "control_d\n");
	unit_file(tree, "sys/devices/system/xen_memory/xen_memory0/target_kb", target_kb);
}

static void automatic_memory_is_worked_out_from_the_machines(void **state)
{
	/* 1024 MiB and 5 % of 20480 MiB. */
	run_xen(*state, "2097152\n");
	assert_found(*state, &resource_dom0_memory, "", "total_memory : 20480\n", "", "");
	run_xen(*state, "8388608\n");
	assert_found(*state, &resource_dom0_memory, "", "total_memory : 20480\n", "",
		     "dom0.memory: dom0 has 8192 MiB, asked for are 2048 MiB\n");
	assert_found(*state, &resource_dom0_memory, "", "", "", "");
}

static void memory_that_may_balloon_is_as_asked_within_its_bounds(void **state)
{
	static const char fixed[] = "[dom0]\nmemory = 2G\n";
	static const char bounds[] = "[dom0]\nmemory = 2G\nmax-memory = 4G\n"
				     "[toolstack]\nautoballoon = on\n";

	run_xen(*state, "1048576\n");
	assert_found(*state, &resource_dom0_memory, fixed, "", "",
		     "dom0.memory: dom0 has 1024 MiB, asked for are 2048 MiB\n");
	assert_found(*state, &resource_dom0_memory, bounds, "", "", "");
	run_xen(*state, "4194304\n");
	assert_found(*state, &resource_dom0_memory, bounds, "", "", "");
	run_xen(*state, "5242880\n");
	assert_found(*state, &resource_dom0_memory, bounds, "", "",
		     "dom0.memory: dom0 has 5120 MiB, asked for are 2048 MiB\n");
}

static void guests_that_are_saved_need_room(void **state)
{
	static const char huge[] = "web 1 4294967295 1 -b---- 1.0\n";
	static const char small[] = "web 1 1 1 -b---- 1.0\n";
	static const char save[] = "[guests]\non-shutdown = save\n";
	_cleanup_free_ char *found = NULL;

	unit_dir(*state, "var/lib/xen/save");
	found = find(*state, &resource_guests, save, "", huge);
	assert_non_null(
		strstr(found, "guests.save-room: /var/lib/xen/save has room for"));
	assert_found(*state, &resource_guests, save, "", small, "");
	assert_found(*state, &resource_guests, "", "", huge, "");
}

/* ---- disks of guests ---- */

static void a_disk_whose_check_is_left_out_is_found(void **state)
{
	unit_file(*state, "etc/xen/a.cfg",
		  "name = 'a'\n"
		  "disk = [ 'phy:vg0/a,xvda,w!', '/b,raw,xvdb,access=r!', "
		  "'/c,raw,xvdc,w' ]\n");
	assert_found(
		*state, &resource_guest_disks, "", "", "",
		"guests.disk-unchecked: /dev/vg0/a has access w! in /etc/xen/a.cfg, "
		"which xl refuses\n"
		"guests.disk-unchecked: /b has access r! in /etc/xen/a.cfg, which xl "
		"refuses\n");
}

static void a_disk_that_is_written_and_shared_is_found(void **state)
{
	unit_file(*state, "etc/xen/a.cfg", "name = 'a'\ndisk = [ '/d,raw,xvda,r' ]\n");
	unit_file(*state, "etc/xen/b.cfg", "name = 'b'\ndisk = [ '/d,raw,xvda' ]\n");
	unit_file(*state, "etc/xen/vm/c", "name = 'c'\ndisk = [ '/d,raw,xvda,w' ]\n");
	assert_found(*state, &resource_guest_disks, "", "", "",
		     "guests.disk-shared: /d is for writing in /etc/xen/b.cfg, and for "
		     "reading in /etc/xen/a.cfg\n"
		     "guests.disk-shared: /d is for writing in /etc/xen/vm/c, and for "
		     "reading in /etc/xen/a.cfg\n");
}

static void the_other_name_of_a_shared_disk_is_told(void **state)
{
	unit_file(*state, "d", "");
	unit_link(*state, "e", "d");
	unit_file(*state, "etc/xen/a.cfg", "name = 'a'\ndisk = [ '/d,raw,xvda,w' ]\n");
	unit_file(*state, "etc/xen/auto/b", "name = 'b'\ndisk = [ '/e,raw,xvda,w' ]\n");
	assert_found(*state, &resource_guest_disks, "", "", "",
		     "guests.disk-shared: /d is for writing in /etc/xen/a.cfg, and for "
		     "writing in /etc/xen/auto/b as /e\n");
}

/* Read by all, empty, of another domain, or of one guest with two configurations. */
static void other_disks_may_be_in_two_configurations(void **state)
{
	unit_file(*state, "etc/xen/a.cfg",
		  "name = 'a'\ndisk = [ '/usr,raw,xvda,r', ',raw,hdc:cdrom,r', "
		  "'/cd,raw,hdd:cdrom,w', ',raw,xvdd,w', '/a,raw,xvde,w', "
		  "'/x,raw,xvdf,w' ]\n");
	unit_file(*state, "etc/xen/b.cfg",
		  "name = 'b'\ndisk = [ '/usr,raw,xvda,r', ',raw,hdc:cdrom,r', "
		  "'/cd,raw,hdd:cdrom,w', ',raw,xvdd,w', '/b,raw,xvde,w', "
		  "'/x,raw,xvdf,w,backend=store' ]\n");
	unit_file(*state, "etc/xen/rescue.cfg",
		  "name = 'a'\ndisk = [ '/a,raw,xvde,w' ]\n");
	unit_link(*state, "etc/xen/auto/b", "../b.cfg");
	assert_found(*state, &resource_guest_disks, "", "", "", "");
}

/* ---- ports of bridges ---- */

#define BRIDGE "[bridge \"xenbr0\"]\nports = eth0\naddress = none\n"
#define MANAGED                                                                         \
	"network.port-managed: NetworkManager is enabled and may take 'eth0' from its " \
	"bridge: disable it, or add interface-name:eth0 to its unmanaged-devices\n"

static void enable_networkmanager(const struct unit_tree *tree)
{
	unit_file(tree, "usr/sbin/NetworkManager", "");
	unit_link(tree,
		  "etc/systemd/system/multi-user.target.wants/NetworkManager.service",
		  "/lib/systemd/system/NetworkManager.service");
}

static void a_port_of_two_masters_is_found(void **state)
{
	enable_networkmanager(*state);
	unit_file(*state, "etc/network/interfaces", "iface eth0 inet manual\n");
	assert_found(*state, &resource_network_state, BRIDGE, "", "", MANAGED);
	assert_found(*state, &resource_network_state,
		     BRIDGE "[network]\nstack = ifupdown\n", "", "", MANAGED);
}

static void networkmanager_may_have_ports_of_its_own_bridges(void **state)
{
	enable_networkmanager(*state);
	assert_found(*state, &resource_network_state, BRIDGE, "", "", "");
	unit_file(*state, "etc/network/interfaces", "iface eth0 inet manual\n");
	assert_found(*state, &resource_network_state,
		     BRIDGE "[network]\nstack = networkmanager\n", "", "", "");
}

static void a_port_that_networkmanager_leaves_alone_is_fine(void **state)
{
	enable_networkmanager(*state);
	unit_file(*state, "etc/network/interfaces", "iface eth0 inet manual\n");
	unit_file(*state, "etc/NetworkManager/conf.d/xen.conf",
		  "[keyfile]\nunmanaged-devices=interface-name:eth*\n");
	assert_found(*state, &resource_network_state, BRIDGE, "", "", "");
}

static void the_plugin_of_debian_leaves_what_interfaces_names(void **state)
{
	enable_networkmanager(*state);
	unit_file(*state, "etc/network/interfaces.d/xen", "iface eth0 inet manual\n");
	unit_file(*state, "etc/NetworkManager/NetworkManager.conf",
		  "[main]\nplugins=ifupdown,keyfile\n[ifupdown]\nmanaged=false\n");
	assert_found(*state, &resource_network_state, BRIDGE, "", "", "");
	unit_file(*state, "etc/NetworkManager/NetworkManager.conf",
		  "[main]\nplugins=ifupdown,keyfile\n[ifupdown]\nmanaged=true\n");
	assert_found(*state, &resource_network_state, BRIDGE, "", "", MANAGED);
}

static void what_networkmanager_does_counts_more_than_its_files(void **state)
{
	enable_networkmanager(*state);
	unit_file(*state, "etc/network/interfaces", "iface eth0 inet manual\n");
	unit_file(*state, "sys/class/net/eth0/ifindex", "2\n");
	unit_file(*state, "run/NetworkManager/devices/2", "[device]\nmanaged=false\n");
	assert_found(*state, &resource_network_state, BRIDGE, "", "", "");
	unit_file(*state, "run/NetworkManager/devices/2", "[device]\nmanaged=true\n");
	assert_found(*state, &resource_network_state, BRIDGE, "", "", MANAGED);
}

static void ifplugd_on_a_port_is_found(void **state)
{
	static const char found[] = "network.port-managed: ifplugd manages 'eth0' and "
				    "may take it from its bridge\n";

	unit_file(*state, "etc/default/ifplugd", "INTERFACES=\"eth1 eth0\"\n");
	assert_found(*state, &resource_network_state, BRIDGE, "", "", found);
	unit_file(*state, "etc/default/ifplugd", "HOTPLUG_INTERFACES=\"all\"\n");
	assert_found(*state, &resource_network_state, BRIDGE, "", "", found);
	unit_file(*state, "etc/default/ifplugd", "INTERFACES=\"eth1\"\n");
	assert_found(*state, &resource_network_state, BRIDGE, "", "", "");
	unit_file(*state, "etc/sysconfig/network/ifcfg-eth0", "STARTMODE='ifplugd'\n");
	assert_found(*state, &resource_network_state, BRIDGE, "", "", found);
}

static void a_queue_is_short_by_what_was_asked_for(void **state)
{
	unit_file(*state, "sys/class/net/vif1.0/tx_queue_len", "500\n");
	assert_found(*state, &resource_network_state, "", "", "", "");
	assert_found(*state, &resource_network_state, "[network]\nvif-queue = 600\n", "",
		     "",
		     "network.vif-queue: vif1.0 has a queue of 500 packets, not 600\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_archive_that_is_newer_is_told),
		unit_test_in_tree(xl_tells_what_linux_under_xen_does_not_see),
		unit_test_in_tree(the_line_that_xen_runs_with_is_checked),
		unit_test_in_tree(automatic_memory_is_worked_out_from_the_machines),
		unit_test_in_tree(memory_that_may_balloon_is_as_asked_within_its_bounds),
		unit_test_in_tree(guests_that_are_saved_need_room),
		unit_test_in_tree(a_disk_whose_check_is_left_out_is_found),
		unit_test_in_tree(a_disk_that_is_written_and_shared_is_found),
		unit_test_in_tree(the_other_name_of_a_shared_disk_is_told),
		unit_test_in_tree(other_disks_may_be_in_two_configurations),
		unit_test_in_tree(a_port_of_two_masters_is_found),
		unit_test_in_tree(networkmanager_may_have_ports_of_its_own_bridges),
		unit_test_in_tree(a_port_that_networkmanager_leaves_alone_is_fine),
		unit_test_in_tree(the_plugin_of_debian_leaves_what_interfaces_names),
		unit_test_in_tree(what_networkmanager_does_counts_more_than_its_files),
		unit_test_in_tree(ifplugd_on_a_port_is_found),
		unit_test_in_tree(a_queue_is_short_by_what_was_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
