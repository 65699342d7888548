/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's network in ifcfg files: of SUSE's wicked, and of Red Hat's network-scripts. */
#include <string.h>

#include "guest/identity-net.h"

#define SUSE "etc/sysconfig/network/"
#define REDHAT "etc/sysconfig/network-scripts/"

static bool has_wicked(const struct fs *root)
{
	return fs_exists(root, SUSE) &&
	       (fs_exists(root, "usr/sbin/wicked") || fs_exists(root, SUSE "scripts"));
}

static bool has_scripts(const struct fs *root)
{
	return fs_exists(root, REDHAT);
}

/* ifroute(5): "DESTINATION GATEWAY NETMASK INTERFACE"; a gateway on the link has a route. */
static void add_suse_route(const struct guest_nic *nic, const char *gateway,
			   struct str *text)
{
	if (!gateway)
		return;
	if (nic_is_onlink(nic, gateway))
		str_addf(text, "%s/%d - - -\n", gateway, nic_is_ipv6(gateway) ? 128 : 32);
	str_addf(text, "default %s - -\n", gateway);
}

/* ifcfg(5) of wicked. */
static void add_suse_addresses(const struct guest_nic *nic, struct str *text)
{
	for (size_t i = 0; i < nic->addresses.count; i++) {
		const char *address = nic->addresses.item[i];
		bool is_ipv6 = nic_is_ipv6(address);
		_cleanup_free_ char *suffix = i ? mem_textf("_%zu", i) : mem_text("");

		str_addf(text, "IPADDR%s='%s'\n", suffix, address);
		if (i == 0 && nic->broadcast && !is_ipv6)
			str_addf(text, "BROADCAST='%s'\n", nic->broadcast);
		if (i == 0 && nic->p2p && nic_is_ipv6(nic->p2p) == is_ipv6)
			str_addf(text, "REMOTE_IPADDR='%s'\n", nic->p2p);
	}
}

static int write_suse_nic(struct identity *id, size_t index, struct err *err)
{
	const struct guest_nic *nic = &id->guest->nic[index];
	_cleanup_free_ char *path = NULL, *route_path = NULL;
	_cleanup_str_ struct str text = {0}, routes = {0};
	char name[NIC_NAME];
	int rc;

	nic_name(id->root, index, name);
	path = mem_textf(SUSE "ifcfg-%s", name);
	route_path = mem_textf(SUSE "ifroute-%s", name);
	str_addf(&text, "STARTMODE='auto'\nBOOTPROTO='%s'\n",
		 nic->is_dhcp		? "dhcp"
		 : nic->addresses.count ? "static"
					: "none");
	add_suse_addresses(nic, &text);
	add_suse_route(nic, nic->gateway4, &routes);
	add_suse_route(nic, nic->gateway6, &routes);
	rc = identity_put(id->root, path, str_text(&text), 0644, err);
	return rc == 0 && routes.length
		       ? identity_put(id->root, route_path, str_text(&routes), 0644, err)
		       : rc;
}

/* netconfig(8) makes resolv.conf of it. */
static int write_netconfig(struct identity *id, struct err *err)
{
	_cleanup_free_ char *servers = nic_join(&id->guest->nameservers, " ");
	_cleanup_free_ char *servers_line =
		mem_textf("NETCONFIG_DNS_STATIC_SERVERS=\"%s\"", servers);
	_cleanup_free_ char *search_line =
		mem_textf("NETCONFIG_DNS_STATIC_SEARCHLIST=\"%s\"",
			  id->guest->search ? id->guest->search : "");
	_cleanup_str_ struct str text = {0};
	int rc = identity_get(id->root, SUSE "config", &text, err);

	if (rc < 0 || !fs_exists(id->root, SUSE "config"))
		return rc;
	identity_set(&text, "NETCONFIG_DNS_STATIC_SERVERS", servers_line);
	identity_set(&text, "NETCONFIG_DNS_STATIC_SEARCHLIST", search_line);
	return identity_put(id->root, SUSE "config", str_text(&text), 0644, err);
}

static int write_suse(struct identity *id, struct err *err)
{
	int rc = nic_names(id, err);

	for (size_t i = 0; rc == 0 && i < id->guest->nic_count; i++)
		rc = write_suse_nic(id, i, err);
	return rc == 0 ? write_netconfig(id, err) : rc;
}

/* sysconfig.txt of initscripts: IPADDR0 and PREFIX0, then 1 and so on. */
static void add_ipv4(const struct guest_nic *nic, struct str *text)
{
	size_t count = 0;

	for (size_t i = 0; i < nic->addresses.count; i++) {
		_cleanup_free_ char *address = nic_address(nic->addresses.item[i]);

		if (nic_is_ipv6(address))
			continue;
		str_addf(text, "IPADDR%zu=%s\nPREFIX%zu=%s\n", count, address, count,
			 nic->addresses.item[i] + strlen(address) + 1);
		count++;
	}
	if (nic->broadcast && count)
		str_addf(text, "BROADCAST=%s\n", nic->broadcast);
	if (nic->gateway4 && !nic_is_onlink(nic, nic->gateway4))
		str_addf(text, "GATEWAY=%s\n", nic->gateway4);
}

static void add_ipv6(const struct guest_nic *nic, struct str *text)
{
	_cleanup_str_ struct str more = {0};
	bool is_told = false;

	for (size_t i = 0; i < nic->addresses.count; i++) {
		const char *address = nic->addresses.item[i];

		if (!nic_is_ipv6(address))
			continue;
		if (is_told)
			str_addf(&more, "%s%s", more.length ? " " : "", address);
		else
			str_addf(text, "IPV6INIT=yes\nIPV6ADDR=%s\n", address);
		is_told = true;
	}
	if (more.length)
		str_addf(text, "IPV6ADDR_SECONDARIES=\"%s\"\n", str_text(&more));
	if (nic->gateway6 && is_told)
		str_addf(text, "IPV6_DEFAULTGW=%s\n", nic->gateway6);
}

static void add_servers(const struct guest *guest, struct str *text)
{
	for (size_t i = 0; i < guest->nameservers.count; i++)
		str_addf(text, "DNS%zu=%s\n", i + 1, guest->nameservers.item[i]);
	if (guest->search)
		str_addf(text, "DOMAIN=%s\n", guest->search);
}

/* Arguments of `ip route add`, a line each. */
static void add_redhat_routes(const struct guest_nic *nic, const char *name,
			      struct str *text)
{
	if (nic->p2p && !nic_is_ipv6(nic->p2p) && !str_same(nic->p2p, nic->gateway4))
		str_addf(text, "%s dev %s\n", nic->p2p, name);
	if (nic->gateway4 && nic_is_onlink(nic, nic->gateway4))
		str_addf(text, "%s dev %s\ndefault via %s dev %s\n", nic->gateway4, name,
			 nic->gateway4, name);
}

static int write_redhat_nic(struct identity *id, size_t index, struct err *err)
{
	const struct guest_nic *nic = &id->guest->nic[index];
	_cleanup_free_ char *path = NULL, *route_path = NULL;
	_cleanup_str_ struct str text = {0}, routes = {0};
	char name[NIC_NAME];
	int rc;

	nic_name(id->root, index, name);
	path = mem_textf(REDHAT "ifcfg-%s", name);
	route_path = mem_textf(REDHAT "route-%s", name);
	str_addf(&text, "DEVICE=%s\nHWADDR=%s\nTYPE=Ethernet\nONBOOT=yes\nBOOTPROTO=%s\n",
		 name, nic->mac, nic->is_dhcp ? "dhcp" : "none");
	add_ipv4(nic, &text);
	add_ipv6(nic, &text);
	if (nic_is_first(id->guest, nic))
		add_servers(id->guest, &text);
	add_redhat_routes(nic, name, &routes);
	rc = identity_put(id->root, path, str_text(&text), 0644, err);
	return rc == 0 && routes.length
		       ? identity_put(id->root, route_path, str_text(&routes), 0644, err)
		       : rc;
}

static int write_redhat(struct identity *id, struct err *err)
{
	int rc = nic_names(id, err);

	for (size_t i = 0; rc == 0 && i < id->guest->nic_count; i++)
		rc = write_redhat_nic(id, i, err);
	return rc;
}

const struct stack stack_wicked = {
	.name = "wicked", .is_there = has_wicked, .write = write_suse};
const struct stack stack_scripts = {
	.name = "network-scripts", .is_there = has_scripts, .write = write_redhat};
