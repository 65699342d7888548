/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's network for netplan(5). */
#include <string.h>

#include "guest/identity-net.h"

static bool is_there(const struct fs *root)
{
	return fs_exists(root, "usr/sbin/netplan");
}

/* Each in quotes: an IPv6 address has colons. */
static void add_list(const char *key, const struct str_list *list, int indent,
		     struct str *text)
{
	if (!list->count)
		return;
	str_addf(text, "%*s%s:\n", indent, "", key);
	for (size_t i = 0; i < list->count; i++)
		str_addf(text, "%*s- \"%s\"\n", indent, "", list->item[i]);
}

/* "default" is not known before netplan 0.104. */
static void add_gateway(const struct guest_nic *nic, const char *gateway,
			struct str *text)
{
	if (!gateway)
		return;
	str_addf(text, "      - to: \"%s\"\n        via: \"%s\"\n",
		 nic_is_ipv6(gateway) ? "::/0" : "0.0.0.0/0", gateway);
	if (nic_is_onlink(nic, gateway))
		str_add(text, "        on-link: true\n");
}

static void add_routes(const struct guest_nic *nic, struct str *text)
{
	if (!nic->gateway4 && !nic->gateway6 && !nic->p2p)
		return;
	str_add(text, "      routes:\n");
	if (nic->p2p)
		str_addf(text, "      - to: \"%s/%d\"\n        scope: link\n", nic->p2p,
			 nic_is_ipv6(nic->p2p) ? 128 : 32);
	add_gateway(nic, nic->gateway4, text);
	add_gateway(nic, nic->gateway6, text);
}

static void add_nic(const struct guest *guest, size_t index, struct str *text)
{
	const struct guest_nic *nic = &guest->nic[index];

	str_addf(text, "    nic%zu:\n      match:\n        macaddress: \"%s\"\n", index,
		 nic->mac);
	str_addf(text, "      dhcp4: %s\n", nic->is_dhcp ? "true" : "false");
	/* A lease is the MAC's, which stays, and not the machine-id's. */
	if (nic->is_dhcp)
		str_add(text, "      dhcp-identifier: mac\n");
	add_list("addresses", &nic->addresses, 6, text);
	add_routes(nic, text);
	if (!nic_is_first(guest, nic) || (!guest->nameservers.count && !guest->search))
		return;
	str_add(text, "      nameservers:\n");
	if (guest->search)
		str_addf(text, "        search: [\"%s\"]\n", guest->search);
	add_list("addresses", &guest->nameservers, 8, text);
}

static int write_plan(struct identity *id, struct err *err)
{
	_cleanup_str_ struct str text = {0};

	str_add(&text, "network:\n  version: 2\n  ethernets:\n");
	for (size_t i = 0; i < id->guest->nic_count; i++)
		add_nic(id->guest, i, &text);
	return identity_put(id->root, "etc/netplan/90-xenhost.yaml", str_text(&text),
			    0600, err);
}

const struct stack stack_netplan = {
	.name = "netplan", .is_there = is_there, .write = write_plan};
