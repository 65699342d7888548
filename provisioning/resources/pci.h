/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hiding PCI devices: what the parts of the resource share. Private to pci*.c. */
#pragma once

#include "host/planner.h"

/* A function that is to be hidden. */
struct hidden {
	char *address;
	const struct facts_pci *pci; /* NULL: the facts know no devices */
	size_t word;		     /* of [pci] hide, that asks for it */
	bool is_for_bus;	     /* only because another one on its bus is hidden */
};

struct hidden_list {
	struct hidden *item;
	size_t count;
	size_t length; /* of "(ADDRESS)(ADDRESS)" */
};

#define _cleanup_hidden_ _cleanup_(pci_hidden_clear)

/*
 * What the words of [pci] hide mean on this machine, in their order, each function once.
 * The forms are in xenhost.conf(5). Refusals are desc_refuse()'s.
 */
int pci_resolve(struct planner *planner, struct hidden_list *ret_list,
		struct err *err) _must_check_;

/* Adds a function if it is not in the list. Refused if the list would be too long. */
int pci_hidden_add(const struct planner *planner, struct hidden_list *list,
		   const char *address, const struct facts_pci *pci, size_t word,
		   struct err *err) _must_check_;

bool pci_is_hidden(const struct hidden_list *list, const char *address);
void pci_hidden_clear(struct hidden_list *list);

/* Whether two addresses are functions of one device, and devices on one bus. */
bool pci_is_same_slot(const char *a, const char *b);
bool pci_is_same_bus(const char *a, const char *b);

/* Whether it leads to other devices: a bridge of any kind. */
bool pci_is_bridge(const struct facts_pci *pci);

/* Refuses each function that the machine needs itself. */
int pci_check_needed(const struct planner *planner, const struct hidden_list *list,
		     struct err *err) _must_check_;

/* Warns of what is not hidden although it cannot be kept apart from what is. */
void pci_warn_of_neighbours(struct planner *planner, const struct hidden_list *list);

/*
 * The modules that would take the functions, sorted, each once: what the newest dom0
 * kernel's modules.alias says, which does not depend on what has the device now; without
 * that file those that have.
 */
void pci_list_drivers(const struct planner *planner, const struct hidden_list *list,
		      struct str_list *ret_names);

/*
 * Whether a line of modules.alias, "alias pci:v00008086d...i* e1000e", is of a function;
 * the name's place in it is passed. Subsystems count as matching.
 */
bool pci_alias_matches(const char *line, const struct facts_pci *pci,
		       const char **ret_name);

/* What a kernel calls the back end: "pciback" before 2.6.32.10. */
enum pci_back_name { PCI_BACK_NEW, PCI_BACK_OLD, PCI_BACK_EITHER };

/* EITHER for a version that does not tell: Debian's "2.6.32-5-xen-amd64". */
enum pci_back_name pci_back_name(const char *version);
