/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about the default route: the network interfaces that it goes through. */
#include <string.h>

#include "base/inet.h"
#include "host/facts-parts.h"

#define ROUTES_MAX (16 << 20)
#define INTERFACES_MAX 1024

#define ROUTE_UP 0x1	   /* linux/route.h: RTF_UP */
#define ROUTE_REJECT 0x200 /* RTF_REJECT */

/* Fields of a line, separated by blanks. */
#define FIELD_COUNT 11

static size_t split(char *line, const char *field[FIELD_COUNT])
{
	size_t count = 0;
	char *rest = line;

	while (count < FIELD_COUNT) {
		char *word = strtok_r(count ? NULL : line, " \t", &rest);

		if (!word)
			break;
		field[count++] = word;
	}
	return count;
}

static bool is_zero(const char *digits)
{
	return digits[0] && !digits[strspn(digits, "0")];
}

static bool is_usable(const char *flags)
{
	uint64_t bits;

	return str_to_hex(flags, UINT32_MAX, &bits) && (bits & ROUTE_UP) &&
	       !(bits & ROUTE_REJECT);
}

/* "eth0 00000000 0100A8C0 0003 0 0 0 00000000 0 0 0": destination, flags, mask. */
static const char *ipv4_default(const char *const *field, size_t count)
{
	return count >= 8 && is_zero(field[1]) && is_zero(field[7]) && is_usable(field[3])
		       ? field[0]
		       : NULL;
}

/*
 * "00.. 00 00.. 00 fe80.. 00000400 00000001 00000000 00000003 eth0": destination, its
 * length, flags.
 */
static const char *ipv6_default(const char *const *field, size_t count)
{
	return count >= 10 && is_zero(field[0]) && is_zero(field[1]) &&
			       is_usable(field[8])
		       ? field[9]
		       : NULL;
}

static void add_once(struct str_list *list, const char *name)
{
	if (list->count < INTERFACES_MAX && inet_is_interface(name) &&
	    strcmp(name, "lo") != 0 && !str_list_has(list, name))
		str_list_add(list, name);
}

void facts_default_routes(const char *text, bool is_ipv6, struct str_list *ret_names)
{
	const char *cursor = text, *start;
	size_t length;

	while (str_next_line(&cursor, &start, &length)) {
		_cleanup_free_ char *line = mem_text_part(start, length);
		const char *field[FIELD_COUNT], *name;
		size_t count = split(line, field);

		name = is_ipv6 ? ipv6_default(field, count) : ipv4_default(field, count);
		if (name)
			add_once(ret_names, name);
	}
}

/* What an interface is made of: ports of a bridge or bond, what a VLAN is on. */
static void add_lower(const struct fs *fs, const char *name, struct str_list *names)
{
	static const char lower[] = "lower_";
	_cleanup_free_ char *base = mem_textf("sys/class/net/%s", name);
	_cleanup_free_ char *ports_path = mem_textf("%s/brif", base);
	_cleanup_str_list_ struct str_list links = facts_names(fs, base),
					   ports = facts_names(fs, ports_path);
	_cleanup_free_ char *slaves = facts_attribute(fs, "%s/bonding/slaves", base);
	char *rest = NULL, *word = slaves ? strtok_r(slaves, " \n", &rest) : NULL;

	for (size_t i = 0; i < links.count; i++)
		if (str_starts(links.item[i], lower))
			add_once(names, links.item[i] + strlen(lower));
	for (size_t i = 0; i < ports.count; i++)
		add_once(names, ports.item[i]);
	for (; word; word = strtok_r(NULL, " \n", &rest))
		add_once(names, word);
}

void facts_read_routes(const struct fs *fs, struct facts *facts)
{
	_cleanup_str_list_ struct str_list names = {0};
	_cleanup_str_ struct str ipv4 = {0}, ipv6 = {0};

	if (fs_read(fs, "proc/net/route", ROUTES_MAX, &ipv4, NULL) == 0)
		facts_default_routes(str_text(&ipv4), false, &names);
	if (fs_read(fs, "proc/net/ipv6_route", ROUTES_MAX, &ipv6, NULL) == 0)
		facts_default_routes(str_text(&ipv6), true, &names);
	for (size_t i = 0; i < names.count; i++)
		add_lower(fs, names.item[i], &names);
	for (size_t i = 0; i < facts->nic_count; i++)
		facts->nic[i].has_default_route =
			str_list_has(&names, facts->nic[i].name);
}
