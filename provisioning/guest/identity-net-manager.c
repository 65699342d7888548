/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's network for NetworkManager, nm-settings-keyfile(5). */
#include <string.h>

#include "guest/identity-net.h"

static bool is_there(const struct fs *root)
{
	return fs_exists(root, "usr/sbin/NetworkManager");
}

/* "address1=ADDRESS/LENGTH"; the gateway behind the first. */
static unsigned int add_addresses(const struct guest_nic *nic, bool is_ipv6,
				  struct str *text)
{
	const char *gateway = is_ipv6 ? nic->gateway6 : nic->gateway4;
	unsigned int count = 0;

	for (size_t i = 0; i < nic->addresses.count; i++) {
		const char *address = nic->addresses.item[i];

		if (nic_is_ipv6(address) != is_ipv6)
			continue;
		str_addf(text, "address%u=%s\n", ++count, address);
	}
	if (gateway && count)
		str_addf(text, "gateway=%s\n", gateway);
	return count;
}

static void add_servers(const struct guest *guest, bool is_ipv6, struct str *text)
{
	bool is_begun = false;

	for (size_t i = 0; i < guest->nameservers.count; i++) {
		if (nic_is_ipv6(guest->nameservers.item[i]) != is_ipv6)
			continue;
		str_addf(text, "%s%s;",
			 is_begun ? "" : "dns=", guest->nameservers.item[i]);
		is_begun = true;
	}
	if (is_begun)
		str_add_char(text, '\n');
	if (guest->search)
		str_addf(text, "dns-search=%s;\n", guest->search);
}

static void add_family(const struct guest *guest, const struct guest_nic *nic,
		       bool is_ipv6, struct str *text)
{
	_cleanup_str_ struct str addresses = {0};
	unsigned int count = add_addresses(nic, is_ipv6, &addresses);
	const char *method = "disabled";

	if (is_ipv6)
		method = count && !nic->is_dhcp ? "manual" : "auto";
	else if (nic->is_dhcp)
		method = "auto";
	else if (count)
		method = "manual";
	str_addf(text, "\n[%s]\nmethod=%s\n%s", is_ipv6 ? "ipv6" : "ipv4", method,
		 str_text(&addresses));
	if (nic->p2p && nic_is_ipv6(nic->p2p) == is_ipv6)
		str_addf(text, "route1=%s/%d\n", nic->p2p, is_ipv6 ? 128 : 32);
	if (nic_is_first(guest, nic) && strcmp(method, "disabled") != 0)
		add_servers(guest, is_ipv6, text);
}

static int write_nic(struct identity *id, size_t index, struct err *err)
{
	const struct guest_nic *nic = &id->guest->nic[index];
	_cleanup_free_ char *path = mem_textf(
		"etc/NetworkManager/system-connections/xenhost-%zu.nmconnection", index);
	_cleanup_str_ struct str text = {0};

	str_addf(&text,
		 "[connection]\nid=xenhost-%zu\ntype=ethernet\nautoconnect=true\n\n"
		 "[ethernet]\nmac-address=%s\n",
		 index, nic->mac);
	add_family(id->guest, nic, false, &text);
	add_family(id->guest, nic, true, &text);
	return identity_put(id->root, path, str_text(&text), 0600, err);
}

static int write_connections(struct identity *id, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < id->guest->nic_count; i++)
		rc = write_nic(id, i, err);
	return rc;
}

const struct stack stack_manager = {
	.name = "NetworkManager", .is_there = is_there, .write = write_connections};
