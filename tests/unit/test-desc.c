/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The description: each key once right, and each kind of wrong value with its words. */
#include <errno.h>
#include <string.h>

#include "host/desc.h"
#include "unit.h"

static void parse(const char *text, struct desc *desc)
{
	_cleanup_err_ struct err err = {0};
	int rc = desc_parse("f", text, strlen(text), desc, &err);

	if (rc < 0)
		print_error("%s\n", err.text);
	assert_int_equal(rc, 0);
}

/* The message behind "f:LINE:COLUMN: ", whose place is where the caret points. */
static void assert_refused(const char *text, size_t line, size_t column, const char *why)
{
	_cleanup_free_ char *whole = mem_textf("f:%zu:%zu: %s", line, column, why);
	_cleanup_desc_ struct desc desc = {0};
	_cleanup_err_ struct err err = {0};
	const char *caret;

	assert_int_equal(desc_parse("f", text, strlen(text), &desc, &err), -EBADMSG);
	assert_string_equal(err.text, whole);
	assert_int_equal(err.code, EBADMSG);
	caret = err.detail + strcspn(err.detail, "\n");
	assert_int_equal(strlen(caret), strlen("\n\t") + column - 1 + strlen("^\n"));
}

/* A value of a key that is refused at its first byte. */
static void assert_bad(const char *section, const char *key, const char *value,
		       const char *why)
{
	_cleanup_free_ char *text = mem_textf("%s\n%s = %s\n", section, key, value);

	assert_refused(text, 2, strlen(key) + strlen(" = ") + 1, why);
}

static void assert_words(const struct desc_list *list, size_t count, const char *first)
{
	assert_non_null(list->entry);
	assert_int_equal(list->entry->count, count);
	assert_string_equal(list->entry->word[0].text, first);
}

static void an_empty_description_has_the_defaults(void **state)
{
	_cleanup_desc_ struct desc desc = {0};

	(void)state;
	desc_defaults(&desc);
	assert_null(desc.dom0.memory.entry);
	assert_int_equal(desc.dom0.memory.value, 0);
	assert_false(desc.dom0.vcpus_auto);
	assert_int_equal(desc.dom0.pin.value, DESC_PIN_NO);
	assert_false(desc.xen.noreboot.value);
	assert_int_equal(desc.xen.flavour.value, DESC_RELEASE);
	assert_null(desc.boot.timeout.entry);
	assert_null(desc.boot.default_entry.entry);
	assert_int_equal(desc.boot.default_entry.value, DESC_DEFAULT_XEN);
	assert_int_equal(desc.boot.priority.value, DESC_PRIORITY_ID);
	assert_true(desc.boot.trial.value);
	assert_int_equal(desc.boot.keep.value, 2);
	assert_false(desc.boot.chainload.value);
	assert_null(desc.serial.port.text);
	assert_int_equal(desc.bridge_count, 0);
	assert_int_equal(desc.network.stack.value, DESC_STACK_AUTO);
	assert_int_equal(desc.network.vif_queue.value, 1000);
	assert_int_equal(desc.loop_max.value, 64);
	assert_null(desc.netloop_max.entry);
	assert_int_equal(desc.guests.on_shutdown.value, DESC_SHUTDOWN);
	assert_true(desc.storage_protect.value);
	assert_int_equal(desc.toolstack_kind.value, DESC_XL);
	assert_int_equal(desc.autoballoon.value, DESC_AUTOBALLOON_OFF);
}

static void dom0_is_read(void **state)
{
	_cleanup_desc_ struct desc desc = {0};

	(void)state;
	parse("[dom0]\nmemory = 2G\nmax-memory = 1T\nvcpus = 4\npin = yes\nweight = 512\n"
	      "kernel-args = a=b \"c d\"\n",
	      &desc);
	assert_int_equal(desc.dom0.memory.value, 2048);
	assert_int_equal(desc.dom0.max_memory.value, 1 << 20);
	assert_int_equal(desc.dom0.vcpus.value, 4);
	assert_int_equal(desc.dom0.pin.value, DESC_PIN_YES);
	assert_int_equal(desc.dom0.weight.value, 512);
	assert_words(&desc.dom0.kernel_args, 2, "a=b");
}

static void memory_without_a_unit_is_mebibytes(void **state)
{
	_cleanup_desc_ struct desc desc = {0};

	(void)state;
	parse("[dom0]\nmemory = 512\nmax-memory = 512M\n", &desc);
	assert_int_equal(desc.dom0.memory.value, 512);
	assert_int_equal(desc.dom0.max_memory.value, 512);
}

static void words_stand_for_what_is_worked_out(void **state)
{
	_cleanup_desc_ struct desc desc = {0};

	(void)state;
	parse("[dom0]\nmemory = auto\nvcpus = auto\npin = auto\n", &desc);
	assert_int_equal(desc.dom0.memory.value, 0);
	assert_true(desc.dom0.vcpus_auto);
	assert_int_equal(desc.dom0.pin.value, DESC_PIN_AUTO);
}

static void a_list_of_cpus_is_sorted_and_has_each_once(void **state)
{
	_cleanup_desc_ struct desc desc = {0};

	(void)state;
	parse("[dom0]\npin = 8,0-2,1,4095\n", &desc);
	assert_int_equal(desc.dom0.pin.value, DESC_PIN_LIST);
	assert_int_equal(desc.dom0.pin_cpus.count, 5);
	assert_int_equal(desc.dom0.pin_cpus.cpu[0], 0);
	assert_int_equal(desc.dom0.pin_cpus.cpu[2], 2);
	assert_int_equal(desc.dom0.pin_cpus.cpu[3], 8);
	assert_int_equal(desc.dom0.pin_cpus.cpu[4], 4095);
}

static void xen_boot_and_toolstack_are_read(void **state)
{
	_cleanup_desc_ struct desc desc = {0};

	(void)state;
	parse("[xen]\nargs = a\nargs-default = b c\nreboot = warm no\nnoreboot = yes\n"
	      "[boot]\ntimeout = 0\n[toolstack]\nkind = xend\nautoballoon = auto\n",
	      &desc);
	assert_words(&desc.xen.args, 1, "a");
	assert_words(&desc.xen.args_default, 2, "b");
	assert_words(&desc.xen.reboot, 2, "warm");
	assert_true(desc.xen.noreboot.value);
	assert_non_null(desc.boot.timeout.entry);
	assert_int_equal(desc.boot.timeout.value, 0);
	assert_int_equal(desc.toolstack_kind.value, DESC_XEND);
	assert_int_equal(desc.autoballoon.value, DESC_AUTOBALLOON_AUTO);
}

static void what_boots_is_read(void **state)
{
	_cleanup_desc_ struct desc desc = {0};

	(void)state;
	parse("[xen]\nflavour = debug\n[boot]\ndefault = xen\npriority = divert\n"
	      "trial = no\nkeep = 20\nchainload = yes\n",
	      &desc);
	assert_int_equal(desc.xen.flavour.value, DESC_DEBUG);
	assert_non_null(desc.boot.default_entry.entry);
	assert_int_equal(desc.boot.default_entry.value, DESC_DEFAULT_XEN);
	assert_int_equal(desc.boot.priority.value, DESC_PRIORITY_DIVERT);
	assert_false(desc.boot.trial.value);
	assert_int_equal(desc.boot.keep.value, 20);
	assert_true(desc.boot.chainload.value);
}

static void each_default_entry_is_read(void **state)
{
	static const struct {
		const char *text;
		unsigned int value;
	} defaults[] = {{"xen", DESC_DEFAULT_XEN},
			{"linux", DESC_DEFAULT_LINUX},
			{"keep", DESC_DEFAULT_KEEP}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		_cleanup_free_ char *text =
			mem_textf("[boot]\ndefault = %s\n", defaults[i].text);
		_cleanup_desc_ struct desc desc = {0};

		parse(text, &desc);
		assert_int_equal(desc.boot.default_entry.value, defaults[i].value);
	}
}

static void a_trial_that_cannot_end_is_refused(void **state)
{
	_cleanup_desc_ struct desc desc = {0};

	(void)state;
	assert_refused("[boot]\ntrial = yes\n[xen]\nnoreboot = yes\n", 2, 9,
		       "a trial needs a hypervisor that reboots: [xen] has 'noreboot'");
	parse("[xen]\nnoreboot = yes\n", &desc);
	assert_null(desc.boot.trial.entry);
}

static void xen_first_and_linux_by_default_is_refused(void **state)
{
	(void)state;
	assert_refused("[boot]\ndefault = linux\npriority = divert\n", 3, 12,
		       "'divert' makes Xen the first entry, 'default' is linux");
}

static void each_form_of_a_serial_port_is_read(void **state)
{
	static const struct {
		const char *text;
		unsigned int unit, io_base, irq;
	} ports[] = {{"com1", 0, 0, 0},
		     {"ttyS0", 0, 0, 0},
		     {"com2", 1, 0, 0},
		     {"ttyS1", 1, 0, 0},
		     {"0x3e8,5", 0, 0x3e8, 5}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		_cleanup_free_ char *text =
			mem_textf("[serial]\nport = %s\n", ports[i].text);
		_cleanup_desc_ struct desc desc = {0};

		parse(text, &desc);
		assert_string_equal(desc.serial.port.text, ports[i].text);
		assert_int_equal(desc.serial.unit, ports[i].unit);
		assert_int_equal(desc.serial.io_base, ports[i].io_base);
		assert_int_equal(desc.serial.irq, ports[i].irq);
		assert_int_equal(desc.serial.speed.value, 115200);
		assert_true(desc.serial.vga.value);
	}
}

static void a_bridge_is_read(void **state)
{
	_cleanup_desc_ struct desc desc = {0};
	const struct desc_bridge *bridge;

	(void)state;
	parse("[bridge \"xenbr0\"]\nports = eth0 eth1\naddress = 192.0.2.2/24 "
	      "2001:db8::2/64\n"
	      "gateway = 192.0.2.1\ndns = 192.0.2.3 2001:db8::3\nstp = yes\n"
	      "forward-delay = 15\nwait-port = 300\nvlan = 4094\nmtu = 9000\n"
	      "mac = 00:16:3e:00:00:01\n",
	      &desc);
	assert_int_equal(desc.bridge_count, 1);
	bridge = &desc.bridge[0];
	assert_string_equal(bridge->name, "xenbr0");
	assert_words(&bridge->ports, 2, "eth0");
	assert_int_equal(bridge->address_kind, DESC_STATIC);
	assert_words(&bridge->address, 2, "192.0.2.2/24");
	assert_words(&bridge->gateway, 1, "192.0.2.1");
	assert_words(&bridge->dns, 2, "192.0.2.3");
	assert_true(bridge->stp.value);
	assert_int_equal(bridge->forward_delay.value, 15);
	assert_int_equal(bridge->wait_port.value, 300);
	assert_int_equal(bridge->vlan.value, 4094);
	assert_int_equal(bridge->mtu.value, 9000);
	assert_string_equal(bridge->mac.text, "00:16:3e:00:00:01");
}

static void each_word_for_an_address_is_read(void **state)
{
	_cleanup_desc_ struct desc desc = {0};

	(void)state;
	parse("[bridge \"a\"]\nports = x\n[bridge \"b\"]\n[bridge \"c\"]\naddress = "
	      "dhcp\n"
	      "[bridge \"d\"]\nports = y\naddress = none\n"
	      "[bridge \"e\"]\nports = z\naddress = inherit\nmac = inherit\n",
	      &desc);
	assert_int_equal(desc.bridge[0].address_kind, DESC_INHERIT);
	assert_int_equal(desc.bridge[1].address_kind, DESC_NONE);
	assert_int_equal(desc.bridge[2].address_kind, DESC_DHCP);
	assert_int_equal(desc.bridge[3].address_kind, DESC_NONE);
	assert_int_equal(desc.bridge[4].address_kind, DESC_INHERIT);
	assert_null(desc.bridge[4].mac.text);
}

static void the_other_sections_are_read(void **state)
{
	_cleanup_desc_ struct desc desc = {0};

	(void)state;
	parse("[dummy \"dummy0\"]\naddress = 10.0.0.1/8\n"
	      "[network]\nstack = wicked\nvif-queue = 2000\ndefault-bridge = xenbr0\n"
	      "[loop]\nmax = 128\n[netloop]\nmax = 16\n[modules]\nload = a b-c\n"
	      "[guests]\non-shutdown = save\nrestore = yes\nwait-disks = yes\nauto-dir = "
	      "/etc/xen/auto\n"
	      "[storage]\nvg = vg0 vg-1\nthin-pool = pool-0\nprotect = "
	      "no\n[firewall]\nforward = xenbr0\n",
	      &desc);
	assert_int_equal(desc.dummy_count, 1);
	assert_words(&desc.dummy[0].address, 1, "10.0.0.1/8");
	assert_int_equal(desc.network.stack.value, DESC_WICKED);
	assert_int_equal(desc.network.vif_queue.value, 2000);
	assert_string_equal(desc.network.default_bridge.text, "xenbr0");
	assert_int_equal(desc.loop_max.value, 128);
	assert_int_equal(desc.netloop_max.value, 16);
	assert_words(&desc.modules, 2, "a");
	assert_int_equal(desc.guests.on_shutdown.value, DESC_SAVE);
	assert_true(desc.guests.restore.value);
	assert_true(desc.guests.wait_disks.value);
	assert_string_equal(desc.guests.auto_dir.text, "/etc/xen/auto");
	assert_words(&desc.storage_vg, 2, "vg0");
	assert_string_equal(desc.storage_thin_pool.text, "pool-0");
	assert_false(desc.storage_protect.value);
	assert_words(&desc.forward, 1, "xenbr0");
}

/* ---- wrong values ---- */

static void an_amount_of_memory_is_refused(void **state)
{
	static const char *const bad[] = {"0", "-1",	"1.5G", "4GB",	"4g",
					  "G", "auto2", "0x10", "010M", "1099511627777"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_free_ char *why = mem_textf("'%s' is not an amount of memory "
						     "such as 2048M or 4G, or auto",
						     bad[i]);

		assert_bad("[dom0]", "memory", bad[i], why);
	}
	assert_refused("[dom0]\nmemory = 1G\nmax-memory = auto\n", 3, 14,
		       "'auto' is not an amount of memory such as 2048M or 4G");
}

static void a_maximum_that_does_not_fit_is_refused(void **state)
{
	(void)state;
	assert_bad("[dom0]", "max-memory", "4G", "'max-memory' needs a fixed 'memory'");
	assert_refused("[dom0]\nmemory = 2G\nmax-memory = 1G\n", 3, 14,
		       "'max-memory' is less than 'memory'");
}

static void numbers_out_of_their_range_are_refused(void **state)
{
	(void)state;
	assert_bad("[dom0]", "weight", "0", "'0' is not a number from 1 to 65535");
	assert_bad("[dom0]", "weight", "65536",
		   "'65536' is not a number from 1 to 65535");
	assert_bad("[dom0]", "weight", "x", "'x' is not a number from 1 to 65535");
	assert_bad("[boot]", "timeout", "3601", "'3601' is not a number from 0 to 3600");
	assert_bad("[boot]", "keep", "21", "'21' is not a number from 0 to 20");
	assert_bad("[loop]", "max", "0", "'0' is not a number from 1 to 1048576");
	assert_bad("[netloop]", "max", "1025", "'1025' is not a number from 1 to 1024");
	assert_bad("[network]", "vif-queue", "0",
		   "'0' is not a number from 1 to 1000000");
	assert_bad("[bridge \"b\"]", "mtu", "67",
		   "'67' is not a number from 68 to 65535");
	assert_bad("[bridge \"b\"]", "vlan", "4095",
		   "'4095' is not a number from 1 to 4094");
	assert_bad("[bridge \"b\"]", "forward-delay", "31",
		   "'31' is not a number from 0 to 30");
	assert_bad("[bridge \"b\"]", "wait-port", "301",
		   "'301' is not a number from 0 to 300");
	assert_bad("[serial]", "speed", "49", "'49' is not a number from 50 to 4000000");
}

static void a_rate_is_one_of_serial_ports(void **state)
{
	(void)state;
	assert_bad("[serial]", "speed", "11520",
		   "'11520' is no rate of serial ports; did you mean 9600?");
	assert_bad("[serial]", "speed", "115201",
		   "'115201' is no rate of serial ports; did you mean 115200?");
	assert_bad("[serial]", "speed", "3999999",
		   "'3999999' is no rate of serial ports; did you mean 4000000?");
}

static void an_address_is_of_one_interface(void **state)
{
	(void)state;
	assert_refused("[bridge \"a\"]\naddress = 192.0.2.1/24\n"
		       "[bridge \"b\"]\naddress = 198.51.100.1/24 192.0.2.1/25\n",
		       4, 27, "'192.0.2.1/25' is an address of 'a' already");
	assert_refused("[dummy \"d\"]\naddress = 2001:db8::1/64\n"
		       "[bridge \"b\"]\naddress = 2001:db8:0::1/64\n",
		       2, 11, "'2001:db8::1/64' is an address of 'b' already");
	assert_refused("[bridge \"a\"]\naddress = 192.0.2.1/24 192.0.2.1/24\n", 2, 24,
		       "'192.0.2.1/24' is an address of 'a' already");
}

static void a_link_local_address_is_of_any(void **state)
{
	static const char text[] = "[bridge \"a\"]\naddress = fe80::1/64\n"
				   "[bridge \"b\"]\naddress = fe80::1/64\n";
	_cleanup_desc_ struct desc desc = {0};

	(void)state;
	assert_int_equal(desc_parse("f", text, strlen(text), &desc, NULL), 0);
}

static void cpus_are_refused(void **state)
{
	static const char *const bad[] = {"maybe", "1-",     "-1", "2-1", "1,,2",
					  "4096",  "0-4096", "1,", ",",	  "1-2-3"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_free_ char *why =
			mem_textf("'%s' is not yes, no, auto or a list "
				  "of CPUs such as 0-1,4",
				  bad[i]);

		assert_bad("[dom0]", "pin", bad[i], why);
	}
	assert_bad("[dom0]", "vcpus", "0",
		   "'0' is not a number of virtual CPUs, or auto");
	assert_bad("[dom0]", "vcpus", "4097",
		   "'4097' is not a number of virtual CPUs, or auto");
}

static void serial_ports_are_refused(void **state)
{
	static const char *const bad[] = {"com3",  "ttyS2",   "0x3e8",	   "3e8,5",
					  "0x0,5", "0x3e8,0", "0x10000,5", "0x3e8,256"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_free_ char *why =
			mem_textf("'%s' is not com1, com2, ttyS0, ttyS1 or I/O port and "
				  "interrupt such as 0x3e8,5",
				  bad[i]);

		assert_bad("[serial]", "port", bad[i], why);
	}
	assert_refused("[serial]\nspeed = 9600\n", 1, 1, "[serial] needs a 'port'");
}

static void words_that_are_no_choice_are_refused(void **state)
{
	(void)state;
	assert_bad("[toolstack]", "kind", "xm", "'kind' is 'xm', not 'xl' or 'xend'");
	assert_bad("[toolstack]", "autoballoon", "no",
		   "'autoballoon' is 'no', not 'off', 'on' or 'auto'");
	assert_bad("[guests]", "on-shutdown", "kill",
		   "'on-shutdown' is 'kill', not 'shutdown' or 'save'");
	assert_bad("[xen]", "noreboot", "true",
		   "'noreboot' is 'true', not 'no' or 'yes'");
	assert_bad(
		"[network]", "stack", "x",
		"'stack' is 'x', not 'auto', 'ifupdown', 'networkd', 'networkmanager', "
		"'wicked' or 'netplan'");
}

static void names_and_paths_are_refused(void **state)
{
	(void)state;
	assert_bad("[modules]", "load", "../x", "'../x' is not a name");
	assert_bad("[modules]", "load", "\"\"", "'' is not a name");
	assert_bad("[modules]", "load", "-x", "'-x' is not a name");
	assert_bad("[storage]", "vg", "a/b", "'a/b' is not a name");
	assert_bad("[storage]", "thin-pool", "vg0/pool", "'vg0/pool' is not a name");
	assert_bad("[storage]", "thin-pool", "pool",
		   "'vg' does not say which volume group 'pool' is in");
	assert_refused("[modules]\nload = ok \"no no\"\n", 2, 11,
		       "'no no' is not a name");
	assert_bad("[guests]", "auto-dir", "auto",
		   "'auto' is not an absolute path of plain characters");
	assert_bad("[guests]", "auto-dir", "/$HOME",
		   "'/$HOME' is not an absolute path of plain characters");
}

#define NO_INTERFACE                                                                   \
	"is not a network interface's name: at most 15 letters, digits, '_', '.' and " \
	"'-'"

static void names_of_interfaces_are_refused(void **state)
{
	(void)state;
	assert_bad("[bridge \"b\"]", "ports", "a/b", "'a/b' " NO_INTERFACE);
	assert_bad("[network]", "default-bridge", "abcdefghijklmnop",
		   "'abcdefghijklmnop' " NO_INTERFACE);
	assert_bad("[firewall]", "forward", "..", "'..' " NO_INTERFACE);
	assert_refused("[bridge \"a b\"]\n", 1, 1, "'a b' " NO_INTERFACE);
	assert_refused("[dummy \"a:1\"]\n", 1, 1, "'a:1' " NO_INTERFACE);
}

static void addresses_are_refused(void **state)
{
	(void)state;
	assert_bad("[bridge \"b\"]", "address", "192.0.2.1",
		   "'192.0.2.1' is not an IP address with its length, such as "
		   "192.0.2.1/24");
	assert_bad("[bridge \"b\"]", "address", "static",
		   "'static' is not an IP address with its length, such as 192.0.2.1/24");
	assert_refused("[bridge \"b\"]\naddress = 192.0.2.1/24 dhcp\n", 2, 24,
		       "'dhcp' is not an IP address with its length, such as "
		       "192.0.2.1/24");
	assert_bad("[dummy \"b\"]", "address", "192.0.2.1/33",
		   "'192.0.2.1/33' is not an IP address with its length, such as "
		   "192.0.2.1/24");
	assert_bad("[bridge \"b\"]", "dns", "192.0.2.1/24",
		   "'192.0.2.1/24' is not an IP address");
	assert_bad("[bridge \"b\"]", "mac", "0:1:2:3:4:5",
		   "'0:1:2:3:4:5' is not inherit or a MAC address such as "
		   "00:16:3e:00:00:01");
	assert_bad("[bridge \"b\"]", "address", "192.0.2.0/24",
		   "'192.0.2.0/24' is a network, not an address in it");
	assert_bad("[bridge \"b\"]", "mac", "01:16:3e:00:00:01",
		   "'01:16:3e:00:00:01' is the MAC address of no single interface");
}

static void settings_of_a_bridge_that_do_not_go_together_are_refused(void **state)
{
	(void)state;
	assert_bad("[bridge \"b\"]", "address", "inherit",
		   "a bridge without ports has nothing to inherit");
	assert_bad("[bridge \"b\"]", "gateway", "192.0.2.1",
		   "'gateway' goes with a static 'address' only");
	assert_bad("[bridge \"b\"]", "dns", "192.0.2.1",
		   "'dns' goes with a static 'address' only");
	assert_bad("[bridge \"b\"]", "vlan", "5", "'vlan' needs a port");
	assert_refused("[bridge \"b\"]\nstp = yes\nforward-delay = 1\n", 3, 17,
		       "with 'stp' the delay is at least 2 seconds");
}

static void two_values_for_one_are_refused(void **state)
{
	(void)state;
	assert_refused("[dom0]\nmemory = 1G 2G\n", 2, 13, "'memory' takes one value");
	assert_refused("[boot]\ntimeout = 1 2\n", 2, 13, "'timeout' takes one value");
}

static void a_list_of_too_many_values_is_refused(void **state)
{
	_cleanup_desc_ struct desc desc = {0};
	_cleanup_str_ struct str text = {0};

	(void)state;
	str_add(&text, "[modules]\nload =");
	for (int i = 0; i < 1024; i++)
		str_add(&text, " x");
	parse(text.text, &desc);
	str_add(&text, " y");
	assert_refused(text.text, 2, 2056, "'load' has more than 1024 values");
}

static void unknown_names_are_refused_with_the_nearest(void **state)
{
	(void)state;
	assert_refused("[domo]\n", 1, 1, "unknown section [domo]; did you mean [dom0]?");
	assert_refused("[bridgex \"a\"]\n", 1, 1,
		       "unknown section [bridgex]; did you mean [bridge]?");
	assert_refused("[something]\n", 1, 1, "unknown section [something]");
	assert_refused("[bridge]\n", 1, 1, "[bridge \"...\"] needs a name");
	assert_refused("[dom0 \"a\"]\n", 1, 1, "[dom0] has no name");
	assert_refused("[dom0]\nmax-memry = 1G\n", 2, 1,
		       "unknown key 'max-memry' in [dom0]; did you mean 'max-memory'?");
	assert_refused("[loop]\nfrobnicate = 1\n", 2, 1,
		       "unknown key 'frobnicate' in [loop]");
}

static void the_first_mistake_is_told(void **state)
{
	(void)state;
	assert_refused("[dom0]\nmemory = x\nvcpus = y\n", 2, 10,
		       "'x' is not an amount of memory such as 2048M or 4G, or auto");
}

static void a_later_refusal_points_at_the_word(void **state)
{
	_cleanup_desc_ struct desc desc = {0};
	_cleanup_err_ struct err err = {0};

	(void)state;
	parse("[modules]\nload = a bad # c\n", &desc);
	assert_int_equal(desc_refuse(&desc, desc.modules.entry, 1, &err, "no %s", "way"),
			 -EBADMSG);
	assert_string_equal(err.text, "f:2:10: no way");
	assert_string_equal(err.detail, "\tload = a bad # c\n\t         ^\n");
	assert_int_equal(desc_refuse(&desc, NULL, 0, &err, "no default"), -EBADMSG);
	assert_string_equal(err.text, "no default");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_description_has_the_defaults),
		cmocka_unit_test(dom0_is_read),
		cmocka_unit_test(memory_without_a_unit_is_mebibytes),
		cmocka_unit_test(words_stand_for_what_is_worked_out),
		cmocka_unit_test(a_list_of_cpus_is_sorted_and_has_each_once),
		cmocka_unit_test(xen_boot_and_toolstack_are_read),
		cmocka_unit_test(what_boots_is_read),
		cmocka_unit_test(each_default_entry_is_read),
		cmocka_unit_test(a_trial_that_cannot_end_is_refused),
		cmocka_unit_test(xen_first_and_linux_by_default_is_refused),
		cmocka_unit_test(each_form_of_a_serial_port_is_read),
		cmocka_unit_test(a_bridge_is_read),
		cmocka_unit_test(each_word_for_an_address_is_read),
		cmocka_unit_test(the_other_sections_are_read),
		cmocka_unit_test(an_amount_of_memory_is_refused),
		cmocka_unit_test(a_maximum_that_does_not_fit_is_refused),
		cmocka_unit_test(numbers_out_of_their_range_are_refused),
		cmocka_unit_test(a_rate_is_one_of_serial_ports),
		cmocka_unit_test(an_address_is_of_one_interface),
		cmocka_unit_test(a_link_local_address_is_of_any),
		cmocka_unit_test(cpus_are_refused),
		cmocka_unit_test(serial_ports_are_refused),
		cmocka_unit_test(words_that_are_no_choice_are_refused),
		cmocka_unit_test(names_and_paths_are_refused),
		cmocka_unit_test(names_of_interfaces_are_refused),
		cmocka_unit_test(addresses_are_refused),
		cmocka_unit_test(
			settings_of_a_bridge_that_do_not_go_together_are_refused),
		cmocka_unit_test(two_values_for_one_are_refused),
		cmocka_unit_test(a_list_of_too_many_values_is_refused),
		cmocka_unit_test(unknown_names_are_refused_with_the_nearest),
		cmocka_unit_test(the_first_mistake_is_told),
		cmocka_unit_test(a_later_refusal_points_at_the_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
