/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The values of a description that are words of a few kinds. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/inet.h"
#include "host/desc-value.h"

#define NAME_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.+"
#define CPU_MAX 4095   /* more than Xen's NR_CPUS may be */
#define WORDS_MAX 1024 /* of a list; a kernel's command line has 4096 bytes at most */

void desc_fail_place(struct desc_reader *reader, struct conf_place place,
		     const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	if (reader->rc < 0)
		return;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		mem_abort();
	va_end(args);
	reader->rc = conf_error(&reader->desc->conf, place, reader->err, "%s", text);
}

void desc_fail(struct desc_reader *reader, const struct conf_entry *entry, size_t word,
	       const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		mem_abort();
	va_end(args);
	desc_fail_place(reader, entry->word[word].place, "%s", text);
}

/* The entry, or NULL where there is nothing to read. Keys are asked for in any case. */
static const struct conf_entry *take(struct desc_reader *reader,
				     struct conf_section *section, const char *key)
{
	const struct conf_entry *entry = conf_take(section, key);

	return reader->rc < 0 ? NULL : entry;
}

void desc_take_number(struct desc_reader *reader, struct conf_section *section,
		      const char *key, uint64_t min, uint64_t max,
		      struct desc_number *number)
{
	const struct conf_entry *entry = take(reader, section, key);

	if (!entry)
		return;
	number->entry = entry;
	reader->rc = conf_number(&reader->desc->conf, entry, min, max, &number->value,
				 reader->err);
}

void desc_take_flag(struct desc_reader *reader, struct conf_section *section,
		    const char *key, struct desc_flag *flag)
{
	const struct conf_entry *entry = take(reader, section, key);

	if (!entry)
		return;
	flag->entry = entry;
	reader->rc = conf_yes(&reader->desc->conf, entry, &flag->value, reader->err);
}

void desc_take_choice(struct desc_reader *reader, struct conf_section *section,
		      const char *key, const char *const *choices,
		      struct desc_choice *choice)
{
	const struct conf_entry *entry = take(reader, section, key);
	size_t index = choice->value;

	if (!entry)
		return;
	choice->entry = entry;
	reader->rc =
		conf_choice(&reader->desc->conf, entry, choices, &index, reader->err);
	choice->value = (unsigned int)index;
}

void desc_take_list(struct desc_reader *reader, struct conf_section *section,
		    const char *key, struct desc_list *list)
{
	list->entry = take(reader, section, key);
	if (list->entry && list->entry->count > WORDS_MAX)
		desc_fail(reader, list->entry, WORDS_MAX, "'%s' has more than %d values",
			  key, WORDS_MAX);
}

/* The only word of an entry; NULL after an error or where there is nothing to read. */
static const char *take_word(struct desc_reader *reader, struct conf_section *section,
			     const char *key, const struct conf_entry **ret_entry)
{
	const struct conf_entry *entry = take(reader, section, key);
	const char *text = NULL;

	if (!entry)
		return NULL;
	reader->rc = conf_word(&reader->desc->conf, entry, &text, reader->err);
	*ret_entry = entry;
	return reader->rc < 0 ? NULL : text;
}

/* MiB of "512", "512M", "4G", "1T". False for anything else, for 0 and above 2^40 MiB. */
static bool parse_size(const char *text, uint64_t *ret_mib)
{
	_cleanup_free_ char *digits = mem_text(text);
	size_t length = strlen(digits);
	unsigned int shift = 0;
	uint64_t number;

	if (length && strchr("MGT", digits[length - 1])) {
		shift = digits[length - 1] == 'M'   ? 0
			: digits[length - 1] == 'G' ? 10
						    : 20;
		digits[length - 1] = '\0';
	}
	if (!str_to_number(digits, (UINT64_C(1) << 40) >> shift, &number) || !number)
		return false;
	*ret_mib = number << shift;
	return true;
}

void desc_take_size(struct desc_reader *reader, struct conf_section *section,
		    const char *key, const char *automatic, struct desc_number *size)
{
	const char *text = take_word(reader, section, key, &size->entry);

	if (!text || str_same(text, automatic))
		return;
	if (!parse_size(text, &size->value))
		desc_fail(reader, size->entry, 0,
			  "'%s' is not an amount of memory such as 2048M or 4G%s%s", text,
			  automatic ? ", or " : "", automatic ? automatic : "");
}

void desc_take_vcpus(struct desc_reader *reader, struct conf_section *section,
		     const char *key, struct desc_dom0 *dom0)
{
	const char *text = take_word(reader, section, key, &dom0->vcpus.entry);

	if (!text)
		return;
	dom0->vcpus_auto = strcmp(text, "auto") == 0;
	if (dom0->vcpus_auto)
		return;
	if (!str_to_number(text, CPU_MAX + 1, &dom0->vcpus.value) || !dom0->vcpus.value)
		desc_fail(reader, dom0->vcpus.entry, 0,
			  "'%s' is not a number of virtual CPUs, or auto", text);
}

/* "0-3,8": numbers and ranges, each CPU once. */
static bool parse_cpus(const char *text, struct desc_cpus *cpus)
{
	_cleanup_free_ char *copy = mem_text(text);
	bool has[CPU_MAX + 1] = {false};
	char *rest = copy, *part;

	while ((part = strsep(&rest, ","))) {
		char *dash = strchr(part, '-');
		uint64_t first, last;

		if (dash)
			*dash = '\0';
		if (!str_to_number(part, CPU_MAX, &first))
			return false;
		last = first;
		if (dash && (!str_to_number(dash + 1, CPU_MAX, &last) || last < first))
			return false;
		memset(has + first, true, last - first + 1);
	}
	for (unsigned int cpu = 0; cpu <= CPU_MAX; cpu++) {
		if (!has[cpu])
			continue;
		cpus->cpu = mem_grow(cpus->cpu, cpus->count, sizeof(*cpus->cpu));
		cpus->cpu[cpus->count++] = cpu;
	}
	return true;
}

void desc_take_pin(struct desc_reader *reader, struct conf_section *section,
		   const char *key, struct desc_dom0 *dom0)
{
	const char *text = take_word(reader, section, key, &dom0->pin.entry);

	if (!text)
		return;
	if (strcmp(text, "no") == 0)
		dom0->pin.value = DESC_PIN_NO;
	else if (strcmp(text, "yes") == 0)
		dom0->pin.value = DESC_PIN_YES;
	else if (strcmp(text, "auto") == 0)
		dom0->pin.value = DESC_PIN_AUTO;
	else if (parse_cpus(text, &dom0->pin_cpus))
		dom0->pin.value = DESC_PIN_LIST;
	else
		desc_fail(reader, dom0->pin.entry, 0,
			  "'%s' is not yes, no, auto or a list of CPUs such as 0-1,4",
			  text);
}

/* "0x3e8,5" */
static bool parse_raw_port(const char *text, struct desc_serial *serial)
{
	const char *comma = strchr(text, ',');
	_cleanup_free_ char *base = NULL;
	uint64_t io_base, irq;

	if (!comma || !str_starts(text, "0x"))
		return false;
	base = mem_text_part(text, (size_t)(comma - text));
	if (!str_to_hex(base, 0xffff, &io_base) || !str_to_number(comma + 1, 255, &irq) ||
	    !io_base || !irq)
		return false;
	serial->io_base = (unsigned int)io_base;
	serial->irq = (unsigned int)irq;
	return true;
}

void desc_take_port(struct desc_reader *reader, struct conf_section *section,
		    const char *key, struct desc_serial *serial)
{
	static const char *const names[][2] = {{"com1", "ttyS0"}, {"com2", "ttyS1"}};
	const char *text = take_word(reader, section, key, &serial->port.entry);

	if (!text)
		return;
	serial->port.text = text;
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(text, names[i][0]) == 0 || strcmp(text, names[i][1]) == 0) {
			serial->unit = i;
			return;
		}
	}
	if (!parse_raw_port(text, serial))
		desc_fail(reader, serial->port.entry, 0,
			  "'%s' is not com1, com2, ttyS0, ttyS1 or I/O port and "
			  "interrupt such as 0x3e8,5",
			  text);
}

void desc_take_speed(struct desc_reader *reader, struct conf_section *section,
		     const char *key, struct desc_number *speed)
{
	static const unsigned int rates[] = {
		50,	 75,	  110,	   134,	    150,     200,    300,     600,
		1200,	 1800,	  2400,	   4800,    9600,    19200,  38400,   57600,
		115200,	 230400,  460800,  500000,  576000,  921600, 1000000, 1152000,
		1500000, 2000000, 2500000, 3000000, 3500000, 4000000};
	uint64_t nearest = rates[0], distance = UINT64_MAX;

	desc_take_number(reader, section, key, rates[0], rates[ARRAY_SIZE(rates) - 1],
			 speed);
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++) {
		uint64_t other = speed->value > rates[i] ? speed->value - rates[i]
							 : rates[i] - speed->value;

		if (other < distance) {
			nearest = rates[i];
			distance = other;
		}
	}
	if (reader->rc == 0 && distance)
		desc_fail(reader, speed->entry, 0,
			  "'%s' is no rate of serial ports; did you mean %ju?",
			  speed->entry->word[0].text, (uintmax_t)nearest);
}

static void check_name(struct desc_reader *reader, const struct conf_entry *entry,
		       size_t word)
{
	const char *text = entry->word[word].text;

	if (!text[0] || text[0] == '-' || text[0] == '.' ||
	    text[strspn(text, NAME_BYTES)])
		desc_fail(reader, entry, word, "'%s' is not a name", text);
}

void desc_take_name(struct desc_reader *reader, struct conf_section *section,
		    const char *key, struct desc_word *name)
{
	name->text = take_word(reader, section, key, &name->entry);
	if (name->text)
		check_name(reader, name->entry, 0);
}

void desc_take_names(struct desc_reader *reader, struct conf_section *section,
		     const char *key, struct desc_list *list)
{
	desc_take_list(reader, section, key, list);
	for (size_t i = 0; list->entry && i < list->entry->count; i++)
		check_name(reader, list->entry, i);
}

void desc_take_path(struct desc_reader *reader, struct conf_section *section,
		    const char *key, struct desc_word *path)
{
	const char *text = take_word(reader, section, key, &path->entry);

	if (!text)
		return;
	path->text = text;
	if (text[0] != '/' || text[strspn(text, NAME_BYTES "/:@,")])
		desc_fail(reader, path->entry, 0,
			  "'%s' is not an absolute path of plain characters", text);
}

void desc_check_interface(struct desc_reader *reader, struct conf_place place,
			  const char *name)
{
	if (!inet_is_interface(name))
		desc_fail_place(reader, place,
				"'%s' is not a network interface's name: at most 15 "
				"letters, digits, '_', '.' and '-'",
				name);
}

void desc_take_interface(struct desc_reader *reader, struct conf_section *section,
			 const char *key, struct desc_word *word)
{
	const char *text = take_word(reader, section, key, &word->entry);

	if (!text)
		return;
	word->text = text;
	desc_check_interface(reader, word->entry->word[0].place, text);
}

void desc_take_interfaces(struct desc_reader *reader, struct conf_section *section,
			  const char *key, struct desc_list *list)
{
	desc_take_list(reader, section, key, list);
	for (size_t i = 0; list->entry && i < list->entry->count; i++)
		desc_check_interface(reader, list->entry->word[i].place,
				     list->entry->word[i].text);
}

void desc_take_addresses(struct desc_reader *reader, struct conf_section *section,
			 const char *key, bool has_length, struct desc_list *list)
{
	desc_take_list(reader, section, key, list);
	for (size_t i = 0; list->entry && i < list->entry->count; i++) {
		const char *text = list->entry->word[i].text;
		const char *fault = NULL;
		unsigned int length;
		size_t bytes;
		int family;

		if (!has_length && !inet_is_address(text, &family))
			fault = "is not an IP address";
		else if (has_length && !inet_is_prefix(text, &family, &length, &bytes))
			fault = "is not an IP address with its length, such as "
				"192.0.2.1/24";
		else if (has_length)
			fault = inet_prefix_fault(text);
		if (fault)
			desc_fail(reader, list->entry, i, "'%s' %s", text, fault);
	}
}

void desc_take_bridge_address(struct desc_reader *reader, struct conf_section *section,
			      const char *key, struct desc_bridge *bridge)
{
	static const char *const kinds[] = {
		[DESC_INHERIT] = "inherit", [DESC_DHCP] = "dhcp", [DESC_NONE] = "none"};
	const struct conf_entry *entry = take(reader, section, key);

	/* Without a word, what the port has moves; a bridge without ports has none. */
	bridge->address_kind = bridge->ports.entry ? DESC_INHERIT : DESC_NONE;
	if (!entry)
		return;
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (entry->count == 1 && strcmp(entry->word[0].text, kinds[i]) == 0) {
			bridge->address_kind = (enum desc_address)i;
			bridge->address.entry = entry;
			return;
		}
	}
	bridge->address_kind = DESC_STATIC;
	desc_take_addresses(reader, section, key, true, &bridge->address);
}

void desc_take_mac(struct desc_reader *reader, struct conf_section *section,
		   const char *key, struct desc_word *mac)
{
	const char *text = take_word(reader, section, key, &mac->entry);

	if (!text || strcmp(text, "inherit") == 0)
		return;
	mac->text = text;
	if (!inet_is_mac(text))
		desc_fail(reader, mac->entry, 0,
			  "'%s' is not inherit or a MAC address such as "
			  "00:16:3e:00:00:01",
			  text);
	else if (!inet_is_station(text))
		desc_fail(reader, mac->entry, 0,
			  "'%s' is the MAC address of no single interface", text);
}

/* A gateway is reached from an address of its own family, and is one for each. */
static void check_gateways(struct desc_reader *reader, const struct desc_bridge *bridge)
{
	const struct conf_entry *gateway = bridge->gateway.entry;
	const struct conf_entry *address = bridge->address.entry;

	for (size_t i = 0; gateway && i < gateway->count; i++) {
		bool is_v6 = strchr(gateway->word[i].text, ':');
		bool has_address = false;

		for (size_t j = 0; j < i; j++)
			if ((strchr(gateway->word[j].text, ':') != NULL) == is_v6)
				desc_fail(reader, gateway, i,
					  "a second gateway of its family");
		for (size_t j = 0; j < address->count; j++)
			if ((strchr(address->word[j].text, ':') != NULL) == is_v6)
				has_address = true;
		if (!has_address)
			desc_fail(reader, gateway, i,
				  "no 'address' of the gateway's family");
	}
}

void desc_check_bridge(struct desc_reader *reader, const struct desc_bridge *bridge)
{
	if (bridge->address_kind == DESC_INHERIT && !bridge->ports.entry)
		desc_fail(reader, bridge->address.entry, 0,
			  "a bridge without ports has nothing to inherit");
	if (bridge->address_kind != DESC_STATIC && bridge->gateway.entry)
		desc_fail(reader, bridge->gateway.entry, 0,
			  "'gateway' goes with a static 'address' only");
	else if (bridge->gateway.entry)
		check_gateways(reader, bridge);
	if (bridge->address_kind != DESC_STATIC && bridge->dns.entry)
		desc_fail(reader, bridge->dns.entry, 0,
			  "'dns' goes with a static 'address' only");
	if (bridge->vlan.entry && !bridge->ports.entry)
		desc_fail(reader, bridge->vlan.entry, 0, "'vlan' needs a port");
	/* What the kernel takes while the spanning tree protocol is on. */
	if (bridge->stp.value && bridge->forward_delay.entry &&
	    bridge->forward_delay.value < 2)
		desc_fail(reader, bridge->forward_delay.entry, 0,
			  "with 'stp' the delay is at least 2 seconds");
}
