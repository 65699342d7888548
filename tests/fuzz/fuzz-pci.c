/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as the words of [pci] hide on a small machine, and as an alias of a module. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "resources/pci.h"

static char bridge[] = "0000:00:1c.0", below[] = "0000:03:00.0",
	    beside[] = "0000:03:00.1";

static struct facts_pci machine[] = {
	{.address = bridge, .vendor = 0x8086, .device = 0xa338, .class = 0x060400},
	{.address = below, .vendor = 0x8086, .device = 0x10d3, .bridge = bridge},
	{.address = beside, .vendor = 0x8086, .device = 0x10d3, .bridge = bridge},
};

static void resolve(const struct desc *desc, size_t count)
{
	_cleanup_hidden_ struct hidden_list list = {0};
	_cleanup_err_ struct err err = {0};
	_cleanup_plan_ struct plan plan = {0};
	const struct facts facts = {.pci = machine, .pci_count = count};
	struct planner planner = {.desc = desc, .facts = &facts, .plan = &plan};

	if (pci_resolve(&planner, &list, &err) < 0)
		return;
	for (size_t i = 0; i < list.count; i++)
		if (!facts_is_pci_address(list.item[i].address))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *words = mem_text_part((const char *)bytes, length);
	_cleanup_free_ char *text = mem_textf("[pci]\nhide = %s\n", words);
	_cleanup_desc_ struct desc desc = {0};
	const char *name;

	(void)pci_alias_matches(words, &machine[1], &name);
	(void)pci_back_name(words);
	if (desc_parse("fuzz", text, strlen(text), &desc, NULL) < 0)
		return 0;
	if (desc.pci_hide.entry) {
		resolve(&desc, ARRAY_SIZE(machine));
		resolve(&desc, 0);
	}
	return 0;
}
