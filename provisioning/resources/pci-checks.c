/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must not be hidden, and what had better be hidden with the rest. */
#include <stdlib.h>
#include <string.h>

#include "resources/pci.h"

static char *needed_by_mount(const struct facts *facts, const char *address)
{
	for (size_t i = 0; i < facts->mount_count; i++)
		if (str_list_has(&facts->mount[i].pci, address))
			return mem_textf("the disk of '%s' is behind it",
					 facts->mount[i].path);
	return NULL;
}

static char *needed_by_route(const struct facts *facts, const char *address)
{
	for (size_t i = 0; i < facts->nic_count; i++)
		if (facts->nic[i].has_default_route &&
		    str_same(facts->nic[i].pci, address))
			return mem_textf("the default route goes through its %s",
					 facts->nic[i].name);
	return NULL;
}

/* A bridge without its port would take the address that it inherits to nowhere. */
static char *needed_by_bridge(const struct planner *planner, const char *address)
{
	const struct desc *desc = planner->desc;
	const struct facts *facts = planner->facts;

	for (size_t i = 0; i < desc->bridge_count; i++) {
		const struct conf_entry *ports = desc->bridge[i].ports.entry;

		for (size_t j = 0; ports && j < ports->count; j++)
			for (size_t k = 0; k < facts->nic_count; k++)
				if (str_same(facts->nic[k].pci, address) &&
				    strcmp(facts->nic[k].name, ports->word[j].text) == 0)
					return mem_textf("its %s is a port of '%s'",
							 facts->nic[k].name,
							 desc->bridge[i].name);
	}
	return NULL;
}

static char *needed_by_keyboard(const struct facts *facts, const struct hidden_list *list,
				const char *address)
{
	const struct facts_keyboard *found = NULL;

	for (size_t i = 0; i < facts->keyboard_count; i++) {
		const struct facts_keyboard *keyboard = &facts->keyboard[i];

		if (!keyboard->pci || !pci_is_hidden(list, keyboard->pci))
			return NULL;
		if (strcmp(keyboard->pci, address) == 0)
			found = keyboard;
	}
	return found ? mem_textf("no keyboard would be left: '%s' is on it", found->name)
		     : NULL;
}

static bool is_port(const struct desc_serial *serial, const struct facts_uart *uart)
{
	_cleanup_free_ char *name = mem_textf("ttyS%u", serial->unit);

	return serial->io_base ? serial->io_base == uart->io_base
			       : strcmp(uart->name, name) == 0;
}

/* The console is VGA, unless [serial] has it alone, and the port of [serial]. */
static char *needed_by_console(const struct planner *planner, const struct facts_pci *pci)
{
	const struct desc_serial *serial = &planner->desc->serial;
	const struct facts *facts = planner->facts;

	if (pci->is_boot_vga && (!serial->port.text || serial->vga.value))
		return mem_text("the console is on it");
	for (size_t i = 0; serial->port.text && i < facts->uart_count; i++)
		if (str_same(facts->uart[i].pci, pci->address) &&
		    is_port(serial, &facts->uart[i]))
			return mem_textf("the serial console %s is on it",
					 facts->uart[i].name);
	return NULL;
}

/* Why the machine needs a function, or NULL. The caller frees it. */
static char *needed_by(const struct planner *planner, const struct hidden_list *list,
		       const struct facts_pci *pci)
{
	char *reason = needed_by_mount(planner->facts, pci->address);

	if (!reason)
		reason = needed_by_route(planner->facts, pci->address);
	if (!reason)
		reason = needed_by_bridge(planner, pci->address);
	if (!reason)
		reason = needed_by_keyboard(planner->facts, list, pci->address);
	if (!reason)
		reason = needed_by_console(planner, pci);
	if (!reason && pci_is_bridge(pci))
		reason = mem_text("it is a bridge");
	return reason;
}

int pci_check_needed(const struct planner *planner, const struct hidden_list *list,
		     struct err *err)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct hidden *hidden = &list->item[i];
		_cleanup_free_ char *reason =
			hidden->pci ? needed_by(planner, list, hidden->pci) : NULL;

		if (reason && hidden->is_for_bus)
			return desc_refuse(planner->desc, planner->desc->pci_hide.entry,
					   hidden->word, err,
					   "Linux 2.6 needs all of this bus hidden, but "
					   "%s cannot be: %s",
					   hidden->address, reason);
		if (reason)
			return desc_refuse(planner->desc, planner->desc->pci_hide.entry,
					   hidden->word, err, "%s cannot be hidden: %s",
					   hidden->address, reason);
	}
	return 0;
}

/* One line for each neighbour, about the first function that it belongs to. */
static void warn_of(struct planner *planner, const struct hidden_list *list,
		    const struct facts_pci *other)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct facts_pci *pci = list->item[i].pci;

		if (!pci)
			continue;
		if (pci_is_same_slot(pci->address, other->address)) {
			planner_warn(planner,
				     "pci: %s is hidden, but not %s, another function of "
				     "the same device",
				     pci->address, other->address);
			return;
		}
		if (pci->iommu_group != FACTS_NO_NUMBER &&
		    pci->iommu_group == other->iommu_group) {
			planner_warn(planner,
				     "pci: %s is hidden, but not %s of the same IOMMU "
				     "group: the IOMMU does not keep them apart",
				     pci->address, other->address);
			return;
		}
	}
}

void pci_warn_of_neighbours(struct planner *planner, const struct hidden_list *list)
{
	const struct facts *facts = planner->facts;

	for (size_t i = 0; i < facts->pci_count; i++)
		if (!pci_is_bridge(&facts->pci[i]) &&
		    !pci_is_hidden(list, facts->pci[i].address))
			warn_of(planner, list, &facts->pci[i]);
}
