/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about what people sit at: keyboards and serial ports, and where they hang. */
#include <stdlib.h>
#include <string.h>

#include "host/facts-parts.h"

#define EV_KEY_BIT 0x2	    /* linux/input-event-codes.h: EV_KEY is 1, */
#define EV_REP_BIT 0x100000 /* EV_REP is 20 */

/* One device of /proc/bus/input/devices. */
struct input {
	char *name, *path;
	bool has_keyboard_handler, is_keyboard;
};

static void input_clear(struct input *input)
{
	free(input->name);
	free(input->path);
	*input = (struct input){0};
}

/*
 * Keys and their repetition: a power button has keys only. The path of a device that a
 * program made up, or that is on Bluetooth, leads to no hardware: not one to rely on.
 */
static void add_keyboard(struct facts *facts, struct input *input)
{
	const char *path = input->path ? input->path : "";

	if (input->has_keyboard_handler && input->is_keyboard &&
	    !str_starts(path, "/devices/virtual/")) {
		facts->keyboard = mem_grow(facts->keyboard, facts->keyboard_count,
					   sizeof(*facts->keyboard));
		facts->keyboard[facts->keyboard_count++] = (struct facts_keyboard){
			.name = mem_text(input->name ? input->name : ""),
			.pci = facts_pci_of(path),
		};
	}
	input_clear(input);
}

static void read_line(const char *line, struct input *input)
{
	static const char name[] = "N: Name=\"", path[] = "S: Sysfs=",
			  handlers[] = "H: Handlers=", events[] = "B: EV=";
	uint64_t bits;

	if (str_starts(line, name)) {
		free(input->name);
		line += strlen(name);
		input->name = mem_text_part(line, strcspn(line, "\""));
	} else if (str_starts(line, path)) {
		free(input->path);
		input->path = mem_text(line + strlen(path));
	} else if (str_starts(line, handlers)) {
		_cleanup_free_ char *words = mem_textf(" %s ", line + strlen(handlers));

		input->has_keyboard_handler = strstr(words, " kbd ") != NULL;
	} else if (str_starts(line, events)) {
		input->is_keyboard =
			str_to_hex(line + strlen(events), UINT64_MAX, &bits) &&
			(bits & EV_KEY_BIT) && (bits & EV_REP_BIT);
	}
}

void facts_parse_keyboards(const char *text, struct facts *facts)
{
	struct input input = {0};
	const char *cursor = text, *start;
	size_t length;

	while (str_next_line(&cursor, &start, &length)) {
		_cleanup_free_ char *line = mem_text_part(start, length);

		if (!*line)
			add_keyboard(facts, &input);
		else
			read_line(line, &input);
	}
	add_keyboard(facts, &input);
}

/*
 * Ports that are there have a type; see Documentation/ABI/testing/sysfs-tty in the kernel.
 */
static void read_uart(const struct fs *fs, const char *name, struct facts *facts)
{
	_cleanup_free_ char *base = mem_textf("sys/class/tty/%s", name);
	_cleanup_free_ char *type = facts_attribute(fs, "%s/type", base);
	_cleanup_free_ char *port = facts_attribute(fs, "%s/port", base);
	_cleanup_free_ char *irq = facts_attribute(fs, "%s/irq", base);
	_cleanup_free_ char *path = NULL;
	struct facts_uart uart = {0};
	uint64_t number;

	if (!type || strcmp(type, "0") == 0)
		return;
	(void)!fs_readlink(fs, base, &path, NULL);
	if (port && str_to_hex(port, 0xffff, &number))
		uart.io_base = (uint32_t)number;
	if (irq && str_to_number(irq, UINT32_MAX - 1, &number))
		uart.irq = (size_t)number;
	uart.name = mem_text(name);
	uart.pci = facts_pci_of(path ? path : "");
	facts->uart = mem_grow(facts->uart, facts->uart_count, sizeof(*facts->uart));
	facts->uart[facts->uart_count++] = uart;
}

void facts_read_consoles(const struct fs *fs, struct facts *facts)
{
	_cleanup_str_list_ struct str_list names = facts_names(fs, "sys/class/tty");
	_cleanup_free_ char *inputs = facts_attribute(fs, "proc/bus/input/devices");

	facts_parse_keyboards(inputs ? inputs : "", facts);
	for (size_t i = 0; i < names.count; i++)
		if (str_starts(names.item[i], "ttyS"))
			read_uart(fs, names.item[i], facts);
}
