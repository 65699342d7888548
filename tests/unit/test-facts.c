/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts: what a tree of files tells about a machine, and what it leaves unknown. */
#include <string.h>

#include "base/shell.h"
#include "host/facts-parts.h"
#include "unit.h"

static void read_facts(const struct unit_tree *tree, struct facts *facts)
{
	assert_int_equal(facts_read(&tree->fs, facts, NULL), 0);
}

static void an_empty_root_is_unknown_and_no_error(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_facts_ struct facts facts = {0};

	read_facts(tree, &facts);
	assert_null(facts.os.family);
	assert_null(facts.architecture);
	assert_null(facts.boot.loader);
	assert_int_equal(facts.has_iommu, FACTS_UNKNOWN);
	assert_int_equal(facts.boot.kernel_count, 0);
}

static void os_release_tells_family_and_release(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_facts_ struct facts facts = {0};

	unit_file(tree, "usr/lib/os-release",
		  "ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\nVERSION_ID='15.6'\n"
		  "PRETTY_NAME=\"openSUSE Leap 15.6\"\n");
	unit_link(tree, "etc/os-release", "../usr/lib/os-release");
	read_facts(tree, &facts);
	assert_string_equal(facts.os.family, "suse");
	assert_string_equal(facts.os.id, "opensuse-leap");
	assert_string_equal(facts.os.version, "15.6");
	assert_string_equal(facts.os.name, "openSUSE Leap 15.6");
}

static void a_distribution_of_another_family_has_none(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_facts_ struct facts facts = {0};

	unit_file(tree, "etc/os-release", "ID=alpine\nID_LIKE=debianish\n");
	read_facts(tree, &facts);
	assert_string_equal(facts.os.id, "alpine");
	assert_null(facts.os.family);
}

static void assert_value(const char *text, const char *expected)
{
	_cleanup_free_ char *value = shell_value(text, "ID");

	if (expected)
		assert_string_equal(value, expected);
	else
		assert_null(value);
}

static void shell_values_follow_os_release_5(void **state)
{
	(void)state;
	assert_value("ID=debian\n", "debian");
	assert_value("ID=\"a \\\"b\\\" \\$c\"", "a \"b\" $c");
	assert_value("ID='a \\ b'  ", "a \\ b");
	assert_value("ID=", "");
	assert_value("#ID=x\nMY_ID=x\nIDS=x\nID = x\n", NULL);
	assert_value("ID=\"open", NULL);
	assert_value("ID=two words", NULL);
	assert_value("ID=back\\", NULL);
	assert_value("ID=one\nID=two\n", "two");
}

static void kernel_options_are_told_apart(void **state)
{
	static const char config[] =
		"CONFIG_XEN=y\n# CONFIG_XEN_DOM0 is not set\n"
		"CONFIG_BLK_DEV_LOOP=m\nCONFIG_BLK_DEV_LOOP_MIN_COUNT=8\n";

	(void)state;
	assert_int_equal(facts_config_value(config, "XEN"), 'y');
	assert_int_equal(facts_config_value(config, "XEN_DOM0"), 'n');
	assert_int_equal(facts_config_value(config, "BLK_DEV_LOOP"), 'm');
	assert_int_equal(facts_config_value(config, "BLK_DEV_LOOP_MIN_COUNT"), 0);
	assert_int_equal(facts_config_value(config, "XEN_DOM"), 0);
}

static void kernels_come_newest_first_with_their_configuration(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_facts_ struct facts facts = {0};

	unit_file(tree, "boot/vmlinuz-6.1.0-9-amd64", "x");
	unit_file(tree, "boot/config-6.1.0-9-amd64",
		  "CONFIG_XEN_DOM0=y\nCONFIG_BLK_DEV_LOOP=m\n"
		  "CONFIG_XEN_PCIDEV_BACKEND=m\n");
	unit_file(tree, "boot/vmlinuz-6.1.0-37-amd64", "x");
	unit_file(tree, "usr/lib/modules/6.1.0-37-amd64/config",
		  "CONFIG_BLK_DEV_LOOP=y\n");
	unit_file(tree, "boot/vmlinuz-5.10", "x");
	unit_file(tree, "boot/vmlinuz-5.10.sig", "x");
	unit_file(tree, "boot/.vmlinuz-5.10.hmac", "x");
	read_facts(tree, &facts);
	assert_int_equal(facts.boot.kernel_count, 3);
	assert_string_equal(facts.boot.kernel[0].version, "6.1.0-37-amd64");
	assert_int_equal(facts.boot.kernel[0].can_dom0, FACTS_NO);
	assert_string_equal(facts.boot.kernel[0].loop, "builtin");
	assert_string_equal(facts.boot.kernel[1].version, "6.1.0-9-amd64");
	assert_string_equal(facts.boot.kernel[1].config, "boot/config-6.1.0-9-amd64");
	assert_int_equal(facts.boot.kernel[1].can_dom0, FACTS_YES);
	assert_string_equal(facts.boot.kernel[1].loop, "module");
	assert_string_equal(facts.boot.kernel[0].pci_back, "absent");
	assert_string_equal(facts.boot.kernel[1].pci_back, "module");
	assert_int_equal(facts.boot.kernel[2].can_dom0, FACTS_UNKNOWN);
}

static void hypervisors_are_known_by_their_first_bytes(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_facts_ struct facts facts = {0};

	unit_file(tree, "boot/xen-4.20-amd64.gz", "\x1f\x8b\x08\x01");
	unit_file(tree, "boot/xen-4.17-amd64.efi", "MZ\x90\x01");
	unit_link(tree, "boot/xen.gz", "xen-4.20-amd64.gz");
	unit_file(tree, "boot/xen-4.20-amd64.config", "CONFIG_X86=y\n");
	unit_file(tree, "boot/xenpolicy-4.20", "\x1f\x8b\x08\x01");
	unit_file(tree, "boot/xen-syms-4.20", "\177ELF");
	unit_file(tree, "boot/xen-notes.txt", "text");
	read_facts(tree, &facts);
	assert_int_equal(facts.boot.hypervisor_count, 2);
	assert_string_equal(facts.boot.hypervisor[0].path, "boot/xen-4.20-amd64.gz");
	assert_string_equal(facts.boot.hypervisor[0].version, "4.20-amd64");
	assert_string_equal(facts.boot.hypervisor[0].format, "gzip");
	assert_string_equal(facts.boot.hypervisor[1].format, "efi");
}

static void the_newer_loader_counts(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_facts_ struct facts facts = {0};

	unit_file(tree, "boot/grub/menu.lst", "");
	unit_file(tree, "boot/grub/grub.cfg", "");
	unit_file(tree, "boot/grub/i386-pc/core.img", "");
	unit_file(tree, "lib/systemd/systemd", "");
	unit_link(tree, "sbin/init", "/lib/systemd/systemd");
	read_facts(tree, &facts);
	assert_string_equal(facts.boot.loader, "grub2");
	assert_string_equal(facts.boot.firmware, "bios");
	assert_string_equal(facts.boot.init, "systemd");
}

static void a_running_kernel_knows_its_firmware_better(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_facts_ struct facts facts = {0};

	unit_dir(tree, "boot/grub/i386-pc");
	unit_dir(tree, "sys/firmware/efi");
	read_facts(tree, &facts);
	assert_string_equal(facts.boot.firmware, "uefi");
}

static void make_thread(const struct unit_tree *tree, int thread, const char *socket,
			const char *core)
{
	static const char base[] = "sys/devices/system/cpu";
	_cleanup_free_ char *a =
		mem_textf("%s/cpu%d/topology/physical_package_id", base, thread);
	_cleanup_free_ char *b = mem_textf("%s/cpu%d/topology/core_id", base, thread);

	unit_file(tree, a, socket);
	unit_file(tree, b, core);
}

static void topology_counts_each_core_once(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_facts_ struct facts facts = {0};

	make_thread(tree, 0, "0\n", "0\n");
	make_thread(tree, 1, "0\n", "0\n");
	make_thread(tree, 2, "0\n", "1\n");
	make_thread(tree, 10, "1\n", "0\n");
	unit_dir(tree, "sys/devices/system/cpu/cpu11");
	unit_dir(tree, "sys/devices/system/cpu/cpufreq");
	unit_dir(tree, "sys/devices/system/node/node0");
	unit_dir(tree, "sys/devices/system/node/node1");
	read_facts(tree, &facts);
	assert_int_equal(facts.cpu.sockets, 2);
	assert_int_equal(facts.cpu.cores, 3);
	assert_int_equal(facts.cpu.threads, 4);
	assert_int_equal(facts.cpu.numa_nodes, 2);
}

static void threads_come_by_number_with_their_places(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_facts_ struct facts facts = {0};

	make_thread(tree, 10, "1\n", "3\n");
	make_thread(tree, 2, "0\n", "1\n");
	unit_file(tree, "sys/devices/system/cpu/cpu10/topology/die_id", "2\n");
	unit_dir(tree, "sys/devices/system/cpu/cpu10/node4");
	read_facts(tree, &facts);
	assert_int_equal(facts.cpu.online_count, 2);
	assert_int_equal(facts.cpu.online[0].number, 2);
	assert_int_equal(facts.cpu.online[0].node, FACTS_NO_NUMBER);
	assert_int_equal(facts.cpu.online[1].number, 10);
	assert_int_equal(facts.cpu.online[1].socket, 1);
	assert_int_equal(facts.cpu.online[1].die, 2);
	assert_int_equal(facts.cpu.online[1].core, 3);
	assert_int_equal(facts.cpu.online[1].node, 4);
}

static void virtualisation_is_a_whole_word_of_the_flags(void **state)
{
	(void)state;
	assert_string_equal(facts_virtualisation("model\t: x\nflags\t\t: fpu vmx sse\n"),
			    "vmx");
	assert_string_equal(facts_virtualisation("flags\t\t: fpu svm"), "svm");
	assert_null(
		facts_virtualisation("flags\t\t: fpu svm_lock\nvmx flags\t: vnmi vmx\n"));
	assert_null(facts_virtualisation(""));
}

static void memory_is_in_bytes(void **state)
{
	(void)state;
	assert_int_equal(facts_memory_bytes("MemFree: 1 kB\nMemTotal:   2048 kB\n"),
			 2097152);
	assert_int_equal(facts_memory_bytes("MemTotal: 99999999999999999999 kB\n"), 0);
	assert_int_equal(facts_memory_bytes("MemTotal:\n"), 0);
}

static void dom0_is_recognised(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_facts_ struct facts facts = {0};

	unit_file(tree, "sys/hypervisor/type", "xen\n");
	unit_file(tree, "sys/hypervisor/version/major", "4\n");
	unit_file(tree, "sys/hypervisor/version/minor", "20\n");
	unit_file(tree, "sys/hypervisor/version/extra", ".2-pre\n");
	unit_file(tree, "proc/xen/capabilities", "control_d\n");
	unit_file(tree, "proc/cpuinfo", "flags\t: fpu\n");
	read_facts(tree, &facts);
	assert_string_equal(facts.xen.version, "4.20.2-pre");
	assert_true(facts.xen.is_dom0);
	assert_null(facts.cpu.virtualisation);
}

static void nics_are_devices_with_their_pci_address(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_facts_ struct facts facts = {0};

	unit_file(tree, "sys/devices/pci0000:00/0000:00:1f.6/net/eth0/address",
		  "52:54:00:00:00:01\n");
	unit_link(tree, "sys/devices/pci0000:00/0000:00:1f.6/net/eth0/device",
		  "../../../0000:00:1f.6");
	unit_link(tree, "sys/devices/pci0000:00/0000:00:1f.6/driver",
		  "../../../bus/pci/drivers/e1000e");
	unit_link(tree, "sys/class/net/eth0",
		  "../../devices/pci0000:00/0000:00:1f.6/net/eth0");
	unit_dir(tree, "sys/devices/pci0000:00/0000:00:14.0/usb1/net/wlan0/wireless");
	unit_link(tree, "sys/devices/pci0000:00/0000:00:14.0/usb1/net/wlan0/device",
		  "../../1-1:1.0");
	unit_link(tree, "sys/class/net/wlan0",
		  "../../devices/pci0000:00/0000:00:14.0/usb1/net/wlan0");
	unit_dir(tree, "sys/class/net/xenbr0");
	read_facts(tree, &facts);
	assert_int_equal(facts.nic_count, 2);
	assert_string_equal(facts.nic[0].name, "eth0");
	assert_string_equal(facts.nic[0].mac, "52:54:00:00:00:01");
	assert_string_equal(facts.nic[0].driver, "e1000e");
	assert_string_equal(facts.nic[0].pci, "0000:00:1f.6");
	assert_false(facts.nic[0].is_wireless);
	assert_null(facts.nic[1].pci);
	assert_true(facts.nic[1].is_wireless);
}

static void a_virtio_nic_is_on_pci(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_facts_ struct facts facts = {0};

	unit_link(tree, "sys/devices/pci0000:00/0000:00:03.0/virtio1/net/ens3/device",
		  "../../../virtio1");
	unit_link(tree, "sys/class/net/ens3",
		  "../../devices/pci0000:00/0000:00:03.0/virtio1/net/ens3");
	read_facts(tree, &facts);
	assert_int_equal(facts.nic_count, 1);
	assert_string_equal(facts.nic[0].pci, "0000:00:03.0");
}

static void pci_functions_are_read(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_facts_ struct facts facts = {0};

	unit_file(tree, "sys/bus/pci/devices/0000:03:00.0/vendor", "0x8086\n");
	unit_file(tree, "sys/bus/pci/devices/0000:03:00.0/device", "0x10d3\n");
	unit_file(tree, "sys/bus/pci/devices/0000:03:00.0/class", "0x020000\n");
	unit_file(tree, "sys/bus/pci/devices/0000:04:00.0/vendor", "nonsense\n");
	read_facts(tree, &facts);
	assert_int_equal(facts.pci_count, 1);
	assert_int_equal(facts.pci[0].vendor, 0x8086);
	assert_int_equal(facts.pci[0].device, 0x10d3);
	assert_int_equal(facts.pci[0].class, 0x020000);
	assert_null(facts.pci[0].driver);
}

static void a_pci_function_knows_bridge_group_and_module(void **state)
{
	static const char target[] =
		"../../../devices/pci0000:00/0000:00:1c.0/0000:03:00.0";
	struct unit_tree *tree = *state;
	_cleanup_facts_ struct facts facts = {0};

	unit_dir(tree, "sys/bus/pci/devices");
	unit_link(tree, "sys/bus/pci/devices/0000:03:00.0", target);
	unit_link(tree, "sys/bus/pci/devices/0000:00:1c.0",
		  "../../../devices/pci0000:00/0000:00:1c.0");
	for (int i = 0; i < 2; i++) {
		const char *base = i ? "sys/devices/pci0000:00/0000:00:1c.0/0000:03:00.0"
				     : "sys/devices/pci0000:00/0000:00:1c.0";
		_cleanup_free_ char *vendor = mem_textf("%s/vendor", base);
		_cleanup_free_ char *device = mem_textf("%s/device", base);
		_cleanup_free_ char *class = mem_textf("%s/class", base);

		unit_file(tree, vendor, "0x8086\n");
		unit_file(tree, device, "0x1533\n");
		unit_file(tree, class, i ? "0x030000\n" : "0x060400\n");
	}
	unit_file(tree, "sys/devices/pci0000:00/0000:00:1c.0/0000:03:00.0/boot_vga",
		  "1\n");
	unit_link(tree, "sys/devices/pci0000:00/0000:00:1c.0/0000:03:00.0/iommu_group",
		  "../../../../kernel/iommu_groups/14");
	unit_link(tree, "sys/devices/pci0000:00/0000:00:1c.0/0000:03:00.0/driver",
		  "/sys/bus/pci/drivers/xhci_hcd");
	unit_dir(tree, "sys/bus/pci/drivers/xhci_hcd");
	unit_link(tree, "sys/bus/pci/drivers/xhci_hcd/module",
		  "../../../../module/xhci_pci");
	read_facts(tree, &facts);
	assert_int_equal(facts.pci_count, 2);
	assert_null(facts.pci[0].bridge);
	assert_int_equal(facts.pci[0].iommu_group, FACTS_NO_NUMBER);
	assert_false(facts.pci[0].is_boot_vga);
	assert_string_equal(facts.pci[1].bridge, "0000:00:1c.0");
	assert_int_equal(facts.pci[1].iommu_group, 14);
	assert_string_equal(facts.pci[1].driver, "xhci_hcd");
	assert_string_equal(facts.pci[1].module, "xhci_pci");
	assert_true(facts.pci[1].is_boot_vga);
}

static void pci_addresses_have_one_form(void **state)
{
	(void)state;
	assert_true(facts_is_pci_address("0000:03:00.0"));
	assert_true(facts_is_pci_address("10000:e1:00.7"));
	assert_false(facts_is_pci_address("03:00.0"));
	assert_false(facts_is_pci_address("0000:03:00.8"));
	assert_false(facts_is_pci_address("0000:03:00.0x"));
	assert_false(facts_is_pci_address("virtio-device"));
	assert_false(facts_is_pci_address(""));
}

static void an_enabled_unit_need_not_be_in_the_root(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_facts_ struct facts facts = {0};

	unit_file(tree, "usr/sbin/ifup", "");
	unit_file(tree, "usr/sbin/NetworkManager", "");
	unit_link(tree,
		  "etc/systemd/system/multi-user.target.wants/NetworkManager.service",
		  "/lib/systemd/system/NetworkManager.service");
	read_facts(tree, &facts);
	assert_int_equal(facts.stack_count, 2);
	assert_string_equal(facts.stack[0].name, "ifupdown");
	assert_false(facts.stack[0].is_enabled);
	assert_string_equal(facts.stack[1].name, "networkmanager");
	assert_true(facts.stack[1].is_enabled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(an_empty_root_is_unknown_and_no_error),
		unit_test_in_tree(os_release_tells_family_and_release),
		unit_test_in_tree(a_distribution_of_another_family_has_none),
		cmocka_unit_test(shell_values_follow_os_release_5),
		cmocka_unit_test(kernel_options_are_told_apart),
		unit_test_in_tree(kernels_come_newest_first_with_their_configuration),
		unit_test_in_tree(hypervisors_are_known_by_their_first_bytes),
		unit_test_in_tree(the_newer_loader_counts),
		unit_test_in_tree(a_running_kernel_knows_its_firmware_better),
		unit_test_in_tree(topology_counts_each_core_once),
		unit_test_in_tree(threads_come_by_number_with_their_places),
		cmocka_unit_test(virtualisation_is_a_whole_word_of_the_flags),
		cmocka_unit_test(memory_is_in_bytes),
		unit_test_in_tree(dom0_is_recognised),
		unit_test_in_tree(nics_are_devices_with_their_pci_address),
		unit_test_in_tree(a_virtio_nic_is_on_pci),
		unit_test_in_tree(pci_functions_are_read),
		unit_test_in_tree(a_pci_function_knows_bridge_group_and_module),
		cmocka_unit_test(pci_addresses_have_one_form),
		unit_test_in_tree(an_enabled_unit_need_not_be_in_the_root),
	};

	return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
