/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wicked's files: one ifcfg for each interface, and which of them let a port go. */
#include <string.h>

#include "resources/net-wicked.h"

#define DIRECTORY WICKED_DIRECTORY

void ifcfg_clear(struct ifcfg *ifcfg)
{
	sysconfig_clear(&ifcfg->text);
	mem_free_ref(&ifcfg->path);
}

void ifcfg_read(const struct planner *planner, const char *interface,
		struct ifcfg *ret_ifcfg)
{
	_cleanup_str_ struct str text = {0};

	*ret_ifcfg = (struct ifcfg){.path = mem_textf(DIRECTORY "/ifcfg-%s", interface)};
	ret_ifcfg->is_there = net_read(planner, ret_ifcfg->path, &text, NULL) == 0;
	sysconfig_parse(str_text(&text), &ret_ifcfg->text);
}

bool ifcfg_moves(const char *name)
{
	static const char *const prefixes[] = {"BOOTPROTO",	  "IPADDR",
					       "NETMASK",	  "PREFIXLEN",
					       "NETWORK",	  "BROADCAST",
					       "REMOTE_IPADDR",	  "LABEL",
					       "SCOPE",		  "IP_FLAGS",
					       "DHCLIENT",	  "AUTO6",
					       "FIREWALL",	  "ZONE",
					       "PRE_UP_SCRIPT",	  "POST_UP_SCRIPT",
					       "PRE_DOWN_SCRIPT", "POST_DOWN_SCRIPT"};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (str_starts(name, prefixes[i]))
			return true;
	return false;
}

bool ifcfg_has_address(const struct ifcfg *ifcfg)
{
	const struct sysconfig *text = &ifcfg->text;
	const char *protocol = sysconfig_get(text, "BOOTPROTO");

	if (protocol && strcmp(protocol, "static") != 0 &&
	    strcmp(protocol, "none") != 0 && protocol[0])
		return true;
	for (size_t i = 0; i < text->count; i++)
		if (str_starts(text->line[i].name, "IPADDR") && text->line[i].value[0])
			return true;
	return false;
}

static bool has_word(const char *list, const char *word)
{
	for (list += strspn(list, " \t"); *list; list += strspn(list, " \t")) {
		size_t length = strcspn(list, " \t");

		if (length == strlen(word) && strncmp(list, word, length) == 0)
			return true;
		list += length;
	}
	return false;
}

static int check_user(const struct net *net, const struct net_bridge *bridge,
		      const struct net_port *port, const char *interface, struct err *err)
{
	_cleanup_ifcfg_ struct ifcfg ifcfg = {0};

	ifcfg_read(net->planner, interface, &ifcfg);
	for (size_t i = 0; i < ifcfg.text.count; i++) {
		const struct sysconfig_line *line = &ifcfg.text.line[i];
		bool is_bridge = strcmp(line->name, "BRIDGE_PORTS") == 0;

		if (is_bridge ? strcmp(interface, bridge->name) == 0 ||
					!has_word(line->value, port->device)
			      : !str_starts(line->name, "BONDING_SLAVE") ||
					strcmp(line->value, port->device) != 0)
			continue;
		return net_refuse(net, port, err, "'%s' is a part of %s '%s' in '%s'",
				  port->device, is_bridge ? "bridge" : "bond", interface,
				  ifcfg.path);
	}
	return 0;
}

static int check_own(const struct net *net, const struct net_port *port,
		     const struct ifcfg *ifcfg, struct err *err)
{
	const char *mode = sysconfig_get(&ifcfg->text, "STARTMODE");

	for (size_t i = 0; i < ifcfg->text.count; i++) {
		const struct sysconfig_line *line = &ifcfg->text.line[i];

		if (str_starts(line->name, "WIRELESS") && line->value[0])
			return net_refuse(net, port, err,
					  "'%s' is wireless in '%s' and cannot be a port "
					  "of a bridge",
					  port->device, ifcfg->path);
		if (!line->is_whole)
			return net_refuse(net, port, err,
					  "the value of %s in '%s' does not end on its "
					  "line",
					  line->name, ifcfg->path);
	}
	if (str_same(mode, "nfsroot"))
		return net_refuse(net, port, err,
				  "the root file system comes over '%s' ('%s')",
				  port->device, ifcfg->path);
	return 0;
}

int ifcfg_check_port(const struct net *net, const struct net_bridge *bridge,
		     const struct net_port *port, const struct ifcfg *ifcfg,
		     struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	int rc = check_own(net, port, ifcfg, err);

	planner_list(net->planner, DIRECTORY, &names);
	for (size_t i = 0; rc == 0 && i < names.count; i++)
		if (str_starts(names.item[i], "ifcfg-"))
			rc = check_user(net, bridge, port,
					names.item[i] + strlen("ifcfg-"), err);
	return rc;
}
