/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's network for ifupdown, interfaces(5). */
#include <string.h>

#include "guest/identity-net.h"

static bool is_there(const struct fs *root)
{
	return fs_exists(root, "etc/network") &&
	       (fs_exists(root, "usr/sbin/ifup") || fs_exists(root, "sbin/ifup"));
}

static bool has_resolvconf(const struct fs *root)
{
	return fs_exists(root, "usr/sbin/resolvconf") ||
	       fs_exists(root, "sbin/resolvconf");
}

static void add_gateway(const struct guest_nic *nic, bool is_ipv6, const char *gateway,
			struct str *text)
{
	if (!nic_is_onlink(nic, gateway))
		str_addf(text, "\tgateway %s\n", gateway);
	else
		str_addf(text,
			 "\tup ip %s route replace default via %s dev $IFACE onlink\n",
			 is_ipv6 ? "-6" : "-4", gateway);
}

/* What is an interface's, not an address's: told with the first address of a family. */
static void add_once(const struct guest_nic *nic, bool is_ipv6, struct str *text)
{
	const char *gateway = is_ipv6 ? nic->gateway6 : nic->gateway4;

	if (nic->p2p && nic_is_ipv6(nic->p2p) == is_ipv6)
		str_addf(text, "\tpointopoint %s\n", nic->p2p);
	if (nic->broadcast && !is_ipv6)
		str_addf(text, "\tbroadcast %s\n", nic->broadcast);
	if (gateway)
		add_gateway(nic, is_ipv6, gateway, text);
}

static void add_servers(const struct identity *id, struct str *text)
{
	_cleanup_free_ char *servers = nic_join(&id->guest->nameservers, " ");

	if (!id->guest->nameservers.count || !has_resolvconf(id->root))
		return;
	str_addf(text, "\tdns-nameservers %s\n", servers);
	if (id->guest->search)
		str_addf(text, "\tdns-search %s\n", id->guest->search);
}

static void add_nic(const struct identity *id, const struct guest_nic *nic,
		    const char *name, struct str *text)
{
	bool is_told[2] = {false, false}, is_bare = true;

	str_addf(text, "\nauto %s\n", name);
	if (nic->is_dhcp) {
		str_addf(text, "iface %s inet dhcp\n", name);
		is_told[0] = true;
		is_bare = false;
	}
	for (size_t i = 0; i < nic->addresses.count; i++) {
		const char *address = nic->addresses.item[i];
		bool is_ipv6 = nic_is_ipv6(address);

		str_addf(text, "iface %s %s static\n\taddress %s\n", name,
			 is_ipv6 ? "inet6" : "inet", address);
		if (!is_told[is_ipv6])
			add_once(nic, is_ipv6, text);
		if (is_bare && nic_is_first(id->guest, nic))
			add_servers(id, text);
		is_told[is_ipv6] = true;
		is_bare = false;
	}
	if (is_bare)
		str_addf(text, "iface %s inet manual\n", name);
}

static int write_interfaces(struct identity *id, struct err *err)
{
	_cleanup_str_ struct str text = {0};
	int rc = nic_names(id, err);

	if (rc < 0)
		return rc;
	str_add(&text, "source /etc/network/interfaces.d/*\n\nauto lo\n"
		       "iface lo inet loopback\n");
	for (size_t i = 0; i < id->guest->nic_count; i++) {
		char name[NIC_NAME];

		nic_name(id->root, i, name);
		add_nic(id, &id->guest->nic[i], name, &text);
	}
	return identity_put(id->root, "etc/network/interfaces", str_text(&text), 0644,
			    err);
}

const struct stack stack_ifupdown = {
	.name = "ifupdown", .is_there = is_there, .write = write_interfaces};
