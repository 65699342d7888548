/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's network: what its network stacks have in common, one file for each stack. */
#pragma once

#include "guest/identity-parts.h"

/* Enough for "enX4294967295". */
#define NIC_NAME 16

/* A network stack that a guest may have. */
struct stack {
	const char *name;
	bool (*is_there)(const struct fs *root);
	int (*write)(struct identity *id, struct err *err);
};

extern const struct stack stack_netplan;
extern const struct stack stack_ifupdown;
extern const struct stack stack_wicked;
extern const struct stack stack_manager;
extern const struct stack stack_scripts;
extern const struct stack stack_networkd;

/*
 * For stacks that know interfaces by name only: their names, and a file that has udev give
 * them by MAC. "enX0" is what systemd itself calls a guest's first interface since 251; so
 * nothing is renamed there, and no name is the kernel's, which it may give to another
 * meanwhile. Where there is no udev that reads systemd.link(5), "eth0", by a rule or as is.
 */
int nic_names(struct identity *id, struct err *err) _must_check_;
void nic_name(const struct fs *root, size_t index, char ret_name[NIC_NAME]);

bool nic_is_ipv6(const char *address);

/* The address without its prefix length. The caller frees it. */
char *nic_address(const char *prefix);

/*
 * Whether a gateway is reached only by telling the kernel that it is on the link: it is in
 * no network that the interface has an address in.
 */
bool nic_is_onlink(const struct guest_nic *nic, const char *gateway);

/* The items with `separator` between them. The caller frees it. */
char *nic_join(const struct str_list *list, const char *separator);

/* Whether the interface is the first: what is the guest's, not an interface's, is there. */
bool nic_is_first(const struct guest *guest, const struct guest_nic *nic);
