/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's network: which stack it has, the interfaces' names, and where it asks for names. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/inet.h"
#include "guest/identity-net.h"

#define RULES "etc/udev/rules.d/70-persistent-net.rules"

/* The first one that is there has it; networkd is also where another stack is used. */
static const struct stack *const stacks[] = {
	&stack_netplan, &stack_ifupdown, &stack_wicked,
	&stack_manager, &stack_scripts,	 &stack_networkd,
};

bool nic_is_ipv6(const char *address)
{
	return strchr(address, ':') != NULL;
}

char *nic_address(const char *prefix)
{
	return mem_text_part(prefix, strcspn(prefix, "/"));
}

bool nic_is_onlink(const struct guest_nic *nic, const char *gateway)
{
	if (nic_is_ipv6(gateway) && strncasecmp(gateway, "fe80:", 5) == 0)
		return false;
	for (size_t i = 0; i < nic->addresses.count; i++)
		if (inet_contains(nic->addresses.item[i], gateway))
			return false;
	return true;
}

char *nic_join(const struct str_list *list, const char *separator)
{
	struct str text = {0};

	for (size_t i = 0; i < list->count; i++)
		str_addf(&text, "%s%s", i ? separator : "", list->item[i]);
	return text.length ? str_take(&text) : mem_text("");
}

bool nic_is_first(const struct guest *guest, const struct guest_nic *nic)
{
	return nic == guest->nic;
}

static bool has_links(const struct fs *root)
{
	return fs_exists(root, "usr/lib/systemd/network") ||
	       fs_exists(root, "lib/systemd/network");
}

static bool has_udev(const struct fs *root)
{
	return fs_exists(root, "usr/lib/udev") || fs_exists(root, "lib/udev");
}

void nic_name(const struct fs *root, size_t index, char ret_name[NIC_NAME])
{
	(void)snprintf(ret_name, NIC_NAME, "%s%u", has_links(root) ? "enX" : "eth",
		       (unsigned int)index);
}

/* systemd.link(5). "ether": not a bridge or VLAN that took over the MAC. */
static int put_link(struct identity *id, size_t index, struct err *err)
{
	_cleanup_free_ char *path =
		mem_textf("etc/systemd/network/10-xenhost-%zu.link", index);
	_cleanup_free_ char *text = NULL;
	char name[NIC_NAME];

	nic_name(id->root, index, name);
	text = mem_textf("[Match]\nMACAddress=%s\nType=ether\n\n[Link]\nName=%s\n",
			 id->guest->nic[index].mac, name);
	return identity_put(id->root, path, text, 0644, err);
}

static int put_rules(struct identity *id, struct err *err)
{
	_cleanup_str_ struct str text = {0};

	for (size_t i = 0; i < id->guest->nic_count; i++) {
		char name[NIC_NAME];

		nic_name(id->root, i, name);
		str_addf(&text,
			 "SUBSYSTEM==\"net\", ACTION==\"add\", DRIVERS==\"?*\", "
			 "ATTR{address}==\"%s\", ATTR{type}==\"1\", NAME=\"%s\"\n",
			 id->guest->nic[i].mac, name);
	}
	return identity_put(id->root, RULES, str_text(&text), 0644, err);
}

int nic_names(struct identity *id, struct err *err)
{
	int rc = 0;

	if (!has_links(id->root))
		return has_udev(id->root) ? put_rules(id, err) : 0;
	for (size_t i = 0; rc == 0 && i < id->guest->nic_count; i++)
		rc = put_link(id, i, err);
	return rc;
}

/* What dom0 asks, unless that is dom0 itself. */
static int read_host_servers(const struct fs *host, struct str *text, struct err *err)
{
	static const char *const paths[] = {"etc/resolv.conf",
					    "run/systemd/resolve/resolv.conf"};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		_cleanup_str_ struct str found = {0};
		const char *cursor, *line;
		size_t length;
		bool is_usable = false;
		int rc = identity_get(host, paths[i], &found, err);

		if (rc < 0)
			return rc;
		cursor = str_text(&found);
		while (str_next_line(&cursor, &line, &length))
			is_usable |= str_starts(line, "nameserver ") &&
				     !str_starts(line, "nameserver 127.") &&
				     !str_starts(line, "nameserver ::1");
		if (is_usable) {
			str_add(text, str_text(&found));
			return 0;
		}
	}
	return 0;
}

static int make_resolv_conf(struct identity *id, struct str *text, struct err *err)
{
	const struct guest *guest = id->guest;

	if (!guest->nameservers.count)
		return read_host_servers(id->host, text, err);
	if (guest->search)
		str_addf(text, "search %s\n", guest->search);
	for (size_t i = 0; i < guest->nameservers.count; i++)
		str_addf(text, "nameserver %s\n", guest->nameservers.item[i]);
	return 0;
}

/* systemd-resolved(8): resolv.conf is a link to its own, and it must be told. */
static int put_resolved(struct identity *id, struct err *err)
{
	_cleanup_free_ char *servers = nic_join(&id->guest->nameservers, " ");
	_cleanup_str_ struct str text = {0};

	if (!id->guest->nameservers.count)
		return 0;
	str_addf(&text, "[Resolve]\nDNS=%s\n", servers);
	if (id->guest->search)
		str_addf(&text, "Domains=%s\n", id->guest->search);
	return identity_put(id->root, "etc/systemd/resolved.conf.d/xenhost.conf",
			    str_text(&text), 0644, err);
}

/* resolv.conf(5). Where it is a link into /run, a daemon makes it at boot. */
static int write_resolv_conf(struct identity *id, struct err *err)
{
	_cleanup_free_ char *target = NULL;
	_cleanup_str_ struct str text = {0};
	int rc;

	if (fs_readlink(id->root, "etc/resolv.conf", &target, NULL) == 0) {
		if (strstr(target, "systemd/resolve"))
			return put_resolved(id, err);
		if (strstr(target, "run/"))
			return 0;
		rc = fs_remove(id->root, "etc/resolv.conf", err);
		if (rc < 0)
			return rc;
	}
	rc = make_resolv_conf(id, &text, err);
	return rc == 0 ? identity_put(id->root, "etc/resolv.conf", str_text(&text), 0644,
				      err)
		       : rc;
}

int identity_network(struct identity *id, struct err *err)
{
	if (!id->guest->nic_count)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(stacks); i++) {
		int rc;

		if (!stacks[i]->is_there(id->root))
			continue;
		rc = stacks[i]->write(id, err);
		return rc == 0 ? write_resolv_conf(id, err) : rc;
	}
	return err_say(err, ENOENT,
		       "the guest has none of netplan, ifupdown, wicked, NetworkManager, "
		       "network-scripts and systemd-networkd");
}
