/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about keyboards and serial ports. */
#include "host/facts-parts.h"
#include "unit.h"

static void a_keyboard_has_keys_that_repeat(void **state)
{
	_cleanup_facts_ struct facts facts = {0};

	(void)state;
	facts_parse_keyboards(
		"I: Bus=0003\nN: Name=\"USB \xff Keyboard\"\n"
		"S: "
		"Sysfs=/devices/pci0000:00/0000:00:1c.0/0000:00:14.0/usb1/input/input3\n"
		"H: Handlers=sysrq kbd leds event3\nB: EV=120013\n\n"
		"N: Name=\"Power Button\"\nS: Sysfs=/devices/x\nH: Handlers=kbd event0\n"
		"B: EV=3\n\n"
		"N: Name=\"Mouse\"\nS: Sysfs=/devices/y\nH: Handlers=mouse0 event2\n"
		"B: EV=120013\n\n"
		"N: Name=\"Made up\"\nS: Sysfs=/devices/virtual/input/input9\n"
		"H: Handlers=kbd event9\nB: EV=120013\n\n"
		"N: Name=\"AT\"\nS: Sysfs=/devices/platform/i8042/serio0/input/input0\n"
		"B: EV=120013\nH: Handlers=sysrq kbd event1 leds",
		&facts);
	assert_int_equal(facts.keyboard_count, 2);
	assert_string_equal(facts.keyboard[0].name, "USB \xff Keyboard");
	assert_string_equal(facts.keyboard[0].pci, "0000:00:14.0");
	assert_string_equal(facts.keyboard[1].name, "AT");
	assert_null(facts.keyboard[1].pci);
}

static void a_serial_port_has_a_type(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_facts_ struct facts facts = {0};

	unit_file(tree, "sys/devices/pci0000:00/0000:00:16.3/tty/ttyS4/type", "4\n");
	unit_file(tree, "sys/devices/pci0000:00/0000:00:16.3/tty/ttyS4/port", "0xF0A0\n");
	unit_file(tree, "sys/devices/pci0000:00/0000:00:16.3/tty/ttyS4/irq", "19\n");
	unit_link(tree, "sys/class/tty/ttyS4",
		  "../../devices/pci0000:00/0000:00:16.3/tty/ttyS4");
	unit_file(tree, "sys/class/tty/ttyS1/type", "0\n");
	unit_file(tree, "sys/class/tty/tty1/type", "4\n");
	facts_read_consoles(&tree->fs, &facts);
	assert_int_equal(facts.uart_count, 1);
	assert_string_equal(facts.uart[0].name, "ttyS4");
	assert_int_equal(facts.uart[0].io_base, 0xf0a0);
	assert_int_equal(facts.uart[0].irq, 19);
	assert_string_equal(facts.uart[0].pci, "0000:00:16.3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_keyboard_has_keys_that_repeat),
		unit_test_in_tree(a_serial_port_has_a_type),
	};

	return cmocka_run_group_tests_name("facts-console", tests, NULL, NULL);
}
