/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's network for systemd-networkd, systemd.network(5). */
#include <string.h>

#include "guest/identity-net.h"

static const char *const directories[] = {"usr/lib/systemd", "lib/systemd"};

static const char *directory_of(const struct fs *root)
{
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		_cleanup_free_ char *path =
			mem_textf("%s/systemd-networkd", directories[i]);

		if (fs_exists(root, path))
			return directories[i];
	}
	return NULL;
}

static bool is_there(const struct fs *root)
{
	return directory_of(root) != NULL;
}

static void add_address(const struct guest_nic *nic, const char *address, bool is_first,
			struct str *text)
{
	bool is_ipv6 = nic_is_ipv6(address);

	str_addf(text, "\n[Address]\nAddress=%s\n", address);
	if (is_first && nic->p2p && nic_is_ipv6(nic->p2p) == is_ipv6)
		str_addf(text, "Peer=%s/%d\n", nic->p2p, is_ipv6 ? 128 : 32);
	if (is_first && nic->broadcast && !is_ipv6)
		str_addf(text, "Broadcast=%s\n", nic->broadcast);
}

static void add_route(const struct guest_nic *nic, const char *gateway, struct str *text)
{
	if (gateway)
		str_addf(text, "\n[Route]\nGateway=%s\n%s", gateway,
			 nic_is_onlink(nic, gateway) ? "GatewayOnLink=yes\n" : "");
}

static void add_network(const struct guest *guest, const struct guest_nic *nic,
			struct str *text)
{
	_cleanup_free_ char *servers = nic_join(&guest->nameservers, " ");

	str_addf(text, "\n[Network]\nDHCP=%s\n", nic->is_dhcp ? "yes" : "no");
	if (guest->nameservers.count && nic_is_first(guest, nic))
		str_addf(text, "DNS=%s\n", servers);
	if (guest->search && nic_is_first(guest, nic))
		str_addf(text, "Domains=%s\n", guest->search);
	/* A lease is the MAC's, which stays, and not the machine-id's. */
	if (nic->is_dhcp)
		str_add(text, "\n[DHCPv4]\nClientIdentifier=mac\n");
}

static int write_nic(struct identity *id, size_t index, struct err *err)
{
	const struct guest_nic *nic = &id->guest->nic[index];
	_cleanup_free_ char *path =
		mem_textf("etc/systemd/network/10-xenhost-%zu.network", index);
	bool is_told[2] = {false, false};
	_cleanup_str_ struct str text = {0};

	str_addf(&text, "[Match]\nMACAddress=%s\nType=ether\n", nic->mac);
	add_network(id->guest, nic, &text);
	for (size_t i = 0; i < nic->addresses.count; i++) {
		bool is_ipv6 = nic_is_ipv6(nic->addresses.item[i]);

		add_address(nic, nic->addresses.item[i], !is_told[is_ipv6], &text);
		is_told[is_ipv6] = true;
	}
	add_route(nic, nic->gateway4, &text);
	add_route(nic, nic->gateway6, &text);
	return identity_put(id->root, path, str_text(&text), 0644, err);
}

/* As systemctl enable makes them, by the units' [Install]. */
static int enable(struct identity *id, struct err *err)
{
	static const char *const links[][2] = {
		{"multi-user.target.wants/systemd-networkd.service",
		 "systemd-networkd.service"},
		{"sockets.target.wants/systemd-networkd.socket",
		 "systemd-networkd.socket"},
		{"network-online.target.wants/systemd-networkd-wait-online.service",
		 "systemd-networkd-wait-online.service"},
		{"dbus-org.freedesktop.network1.service", "systemd-networkd.service"},
	};
	const char *directory = directory_of(id->root);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(links); i++) {
		_cleanup_free_ char *unit =
			mem_textf("/%s/system/%s", directory, links[i][1]);
		_cleanup_free_ char *link =
			mem_textf("etc/systemd/system/%s", links[i][0]);

		if (fs_exists(id->root, unit))
			rc = identity_put_link(id->root, link, unit, err);
	}
	return rc;
}

static int write_networks(struct identity *id, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < id->guest->nic_count; i++)
		rc = write_nic(id, i, err);
	return rc == 0 ? enable(id, err) : rc;
}

const struct stack stack_networkd = {
	.name = "systemd-networkd", .is_there = is_there, .write = write_networks};
