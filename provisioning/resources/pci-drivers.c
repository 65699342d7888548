/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which modules would take a PCI function, and what a kernel calls the back end. */
#include <stdlib.h>
#include <string.h>

#include "resources/pci.h"

/*
 * A field of an alias: letters and that many digits in hexadecimal, or "*" for any. *at is
 * moved behind it.
 */
static bool match_field(const char **at, const char *name, int digits, uint32_t wanted)
{
	uint32_t number = 0;

	if (!str_starts(*at, name))
		return false;
	*at += strlen(name);
	if (**at == '*') {
		*at += 1;
		return true;
	}
	for (; digits; digits--, *at += 1) {
		static const char hex[] = "0123456789ABCDEF";
		const char *digit = **at ? strchr(hex, **at) : NULL;

		if (!digit)
			return false;
		number = number << 4 | (uint32_t)(digit - hex);
	}
	return number == wanted;
}

/* The kernel's scripts/mod/file2alias.c writes them, do_pci_entry(). */
bool pci_alias_matches(const char *line, const struct facts_pci *pci,
		       const char **ret_name)
{
	static const char start[] = "alias pci:";
	const char *at = line + strlen(start);
	size_t length;

	if (!str_starts(line, start) || !match_field(&at, "v", 8, pci->vendor) ||
	    !match_field(&at, "d", 8, pci->device))
		return false;
	/* Subsystems are not in the facts. */
	at = strstr(at, "bc");
	if (!at || !match_field(&at, "bc", 2, pci->class >> 16) ||
	    !match_field(&at, "sc", 2, pci->class >> 8 & 0xff) ||
	    !match_field(&at, "i", 2, pci->class & 0xff))
		return false;
	/* Each alias ends in a "*", be the last field one or not. */
	at += *at == '*';
	if (*at++ != ' ')
		return false;
	length = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz0123456789_-");
	if (!length || at[length])
		return false;
	*ret_name = at;
	return true;
}

/* What stands in for a driver is none that must wait for the back end. */
static bool is_driver(const char *name)
{
	static const char *const others[] = {"xen_pciback", "xen-pciback", "pciback",
					     "pci_stub",    "pci-stub",	   "vfio_pci",
					     "vfio-pci",    "pcieport"};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strcmp(name, others[i]) == 0)
			return false;
	return name[0] && !name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					     "abcdefghijklmnopqrstuvwxyz0123456789_-")];
}

/* The aliases of the newest kernel that can be dom0 and has some. */
static bool read_aliases(const struct planner *planner, struct str *text)
{
	static const char *const rooms[] = {"lib/modules", "usr/lib/modules"};
	const struct facts_boot *boot = &planner->facts->boot;

	for (size_t i = 0; i < boot->kernel_count; i++) {
		const struct facts_kernel *kernel = &boot->kernel[i];

		if (kernel->can_dom0 == FACTS_NO || !kernel->version[0])
			continue;
		for (size_t j = 0; j < ARRAY_SIZE(rooms); j++) {
			_cleanup_free_ char *path = mem_textf("%s/%s/modules.alias",
							      rooms[j], kernel->version);

			if (planner_read(planner, path, text, NULL) == 0)
				return true;
		}
	}
	return false;
}

static void match_line(const char *line, const struct hidden_list *list,
		       struct str_list *names)
{
	const char *name;

	for (size_t i = 0; i < list->count; i++) {
		if (!list->item[i].pci ||
		    !pci_alias_matches(line, list->item[i].pci, &name))
			continue;
		if (is_driver(name))
			str_list_add(names, name);
		return;
	}
}

void pci_list_drivers(const struct planner *planner, const struct hidden_list *list,
		      struct str_list *ret_names)
{
	_cleanup_str_list_ struct str_list names = {0};
	_cleanup_str_ struct str aliases = {0};
	const char *cursor, *start;
	size_t length;

	if (read_aliases(planner, &aliases)) {
		cursor = str_text(&aliases);
		while (str_next_line(&cursor, &start, &length)) {
			_cleanup_free_ char *line = mem_text_part(start, length);

			match_line(line, list, &names);
		}
	} else {
		for (size_t i = 0; i < list->count; i++)
			if (list->item[i].pci && list->item[i].pci->module &&
			    is_driver(list->item[i].pci->module))
				str_list_add(&names, list->item[i].pci->module);
	}
	str_list_sort(&names);
	for (size_t i = 0; i < names.count; i++)
		if (i == 0 || strcmp(names.item[i], names.item[i - 1]) != 0)
			str_list_add(ret_names, names.item[i]);
}

enum pci_back_name pci_back_name(const char *version)
{
	static const char first[] = "2.6.";
	const char *rest = version + strlen(first);
	unsigned long number;
	char *end;

	if (!str_starts(version, first) || *rest < '0' || *rest > '9')
		return PCI_BACK_NEW;
	number = strtoul(rest, &end, 10);
	if (number != 32)
		return number < 32 ? PCI_BACK_OLD : PCI_BACK_NEW;
	if (*end != '.' || end[1] < '0' || end[1] > '9')
		return PCI_BACK_EITHER;
	return strtoul(end + 1, NULL, 10) < 10 ? PCI_BACK_OLD : PCI_BACK_NEW;
}
