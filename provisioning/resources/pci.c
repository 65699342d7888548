/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI devices that dom0's drivers leave alone, so that guests can have them. */
#include <string.h>

#include "resources/pci.h"

/* How the kernels that can be dom0 have the back end; any of them may be booted next. */
struct back_ends {
	bool new_module, old_module, new_builtin, old_builtin;
	const char *whole_bus; /* a kernel that needs all of a bus hidden, or NULL */
};

static void add_kernel(struct back_ends *back_ends, const struct facts_kernel *kernel)
{
	enum pci_back_name name = pci_back_name(kernel->version);
	bool is_builtin = str_same(kernel->pci_back, "builtin");

	if (name != PCI_BACK_OLD) {
		back_ends->new_builtin |= is_builtin;
		back_ends->new_module |= !is_builtin;
	}
	if (name != PCI_BACK_NEW) {
		back_ends->old_builtin |= is_builtin;
		back_ends->old_module |= !is_builtin;
	}
	if (str_starts(kernel->version, "2.6."))
		back_ends->whole_bus = kernel->version;
}

static int find_back_ends(struct planner *planner, struct back_ends *ret_back_ends,
			  struct err *err)
{
	const struct facts_boot *boot = &planner->facts->boot;
	struct back_ends back_ends = {.new_module = boot->kernel_count == 0};
	bool is_found = boot->kernel_count == 0;

	for (size_t i = 0; i < boot->kernel_count; i++) {
		const struct facts_kernel *kernel = &boot->kernel[i];

		if (kernel->can_dom0 == FACTS_NO)
			continue;
		if (str_same(kernel->pci_back, "absent")) {
			planner_warn(planner,
				     "pci: %s has no PCI back end: it hides nothing",
				     kernel->path);
			continue;
		}
		is_found = true;
		add_kernel(&back_ends, kernel);
	}
	if (!is_found)
		return desc_refuse(planner->desc, planner->desc->pci_hide.entry, 0, err,
				   "no kernel here can hide devices: none that can be "
				   "dom0 has CONFIG_XEN_PCIDEV_BACKEND");
	*ret_back_ends = back_ends;
	return 0;
}

/*
 * debian-wiki, "Configure PCI pass-through Parameters": "for Squeeze you need to pass all
 * of the devices on the bus". Bridges are no devices to pass.
 */
static int add_buses(struct planner *planner, struct hidden_list *list,
		     const char *kernel, struct err *err)
{
	const struct facts *facts = planner->facts;
	size_t count = list->count;

	for (size_t i = 0; i < count; i++) {
		const size_t word = list->item[i].word, before = list->count;
		_cleanup_free_ char *address = mem_text(list->item[i].address);
		int rc = 0;

		for (size_t j = 0; rc == 0 && j < facts->pci_count; j++)
			if (!pci_is_bridge(&facts->pci[j]) &&
			    pci_is_same_bus(address, facts->pci[j].address))
				rc = pci_hidden_add(planner, list, facts->pci[j].address,
						    &facts->pci[j], word, err);
		if (rc < 0)
			return rc;
		for (size_t j = before; j < list->count; j++) {
			list->item[j].is_for_bus = true;
			planner_warn(planner,
				     "pci: %s is hidden too: Linux %s needs all of the "
				     "bus of %s hidden",
				     list->item[j].address, kernel, address);
		}
	}
	return 0;
}

/* "(0000:01:08.1)(0000:01:09.2)" */
static char *render(const struct hidden_list *list)
{
	_cleanup_str_ struct str text = {0};

	for (size_t i = 0; i < list->count; i++)
		str_addf(&text, "(%s)", list->item[i].address);
	return str_take(&text);
}

static void wish_module(struct planner *planner, const char *name, const char *hide)
{
	const struct conf_entry *entry = planner->desc->pci_hide.entry;

	planner_wish(&planner->modprobe, entry, 0, "options %s hide=%s", name, hide);
	planner_wish(&planner->initrd_modules, entry, 0, "%s", name);
}

/*
 * modprobe.d(5), softdep: the back end is loaded before a driver that would take the
 * device. debian-wiki has "install e1000e /sbin/modprobe xen-pciback; /sbin/modprobe
 * --first-time --ignore-install e1000e": that is a shell's work for each load of the
 * driver, loses the options that it was asked to load with, and fails where it is loaded.
 */
static void wish_order(struct planner *planner, const struct hidden_list *list,
		       const char *names)
{
	const struct conf_entry *more = planner->desc->pci_override.entry;
	_cleanup_str_list_ struct str_list drivers = {0};

	pci_list_drivers(planner, list, &drivers);
	for (size_t i = 0; more && i < more->count; i++)
		if (!str_list_has(&drivers, more->word[i].text))
			str_list_add(&drivers, more->word[i].text);
	for (size_t i = 0; i < drivers.count; i++)
		planner_wish(&planner->modprobe, planner->desc->pci_hide.entry, 0,
			     "softdep %s pre: %s", drivers.item[i], names);
	if (!drivers.count)
		planner_note(planner,
			     "pci: no driver is known that would take the hidden "
			     "devices first; [pci] override names them");
}

static void wish(struct planner *planner, const struct hidden_list *list,
		 const struct back_ends *back_ends)
{
	const struct conf_entry *entry = planner->desc->pci_hide.entry;
	struct wishes *line = &planner->line[LINE_DOM0];
	_cleanup_free_ char *hide = render(list);

	if (back_ends->new_module)
		wish_module(planner, "xen-pciback", hide);
	if (back_ends->old_module)
		wish_module(planner, "pciback", hide);
	if (back_ends->new_module || back_ends->old_module)
		wish_order(planner, list,
			   !back_ends->old_module   ? "xen-pciback"
			   : !back_ends->new_module ? "pciback"
						    : "xen-pciback pciback");
	/*
	 * debian-wiki has it on Xen's line, which has no such option: it is one of dom0's
	 * kernel. A name that a kernel does not know does nothing.
	 */
	if (back_ends->new_builtin)
		planner_wish(line, entry, 0, "xen-pciback.hide=%s", hide);
	if (back_ends->old_builtin)
		planner_wish(line, entry, 0, "pciback.hide=%s", hide);
}

static int plan(struct planner *planner, struct err *err)
{
	const struct desc *desc = planner->desc;
	_cleanup_hidden_ struct hidden_list list = {0};
	struct back_ends back_ends = {0};
	int rc;

	if (!desc->pci_hide.entry && desc->pci_override.entry)
		return desc_refuse(desc, desc->pci_override.entry, 0, err,
				   "'override' needs 'hide'");
	if (!desc->pci_hide.entry)
		return 0;
	rc = pci_resolve(planner, &list, err);
	if (rc == 0)
		rc = find_back_ends(planner, &back_ends, err);
	if (rc == 0 && back_ends.whole_bus)
		rc = add_buses(planner, &list, back_ends.whole_bus, err);
	if (rc == 0)
		rc = pci_check_needed(planner, &list, err);
	if (rc < 0)
		return rc;
	pci_warn_of_neighbours(planner, &list);
	if (planner->facts->has_iommu == FACTS_NO)
		planner_warn(planner,
			     "pci: Linux uses no IOMMU here: without one only PV "
			     "guests can have a device, and with it they reach all "
			     "memory");
	wish(planner, &list, &back_ends);
	return 0;
}

const struct resource resource_pci = {.name = "pci", .plan = plan};
