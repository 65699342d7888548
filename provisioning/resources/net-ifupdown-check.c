/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ports ifupdown's files do not let go: other bridges' and bonds', wireless ones. */
#include <fnmatch.h>
#include <string.h>

#include "resources/net-ifupdown.h"

static const char *const moving_methods[] = {"static", "dhcp",	"manual",
					     "auto",   "bootp", "ipv4ll"};

static bool is_movable(const char *method)
{
	for (size_t i = 0; i < ARRAY_SIZE(moving_methods); i++)
		if (strcmp(method, moving_methods[i]) == 0)
			return true;
	return false;
}

/* Whether a word of a list, such as bridge_ports', names a port. */
static bool names_port(const char *value, const char *port)
{
	_cleanup_str_list_ struct str_list words = {0};

	interfaces_words(value, &words);
	return str_list_has(&words, port) || str_list_has(&words, "all");
}

static int check_user(const struct net *net, const struct net_bridge *bridge,
		      const struct net_port *port, const struct ifupdown_stanza *stanza,
		      struct err *err)
{
	const struct interfaces_statement *option;

	for (size_t i = 0; (option = ifupdown_option(stanza, i)); i++) {
		bool is_bridge = ifupdown_is_bridge_option(option->keyword, "ports");

		if (!is_bridge && strcmp(option->keyword, "slaves") != 0 &&
		    strcmp(option->keyword, "bond-slaves") != 0 &&
		    strcmp(option->keyword, "bond_slaves") != 0)
			continue;
		if (strcmp(stanza->name, bridge->name) == 0 ||
		    !names_port(option->value, port->device))
			continue;
		return net_refuse(net, port, err, "'%s' is a part of %s '%s' in '%s'",
				  port->device, is_bridge ? "bridge" : "bond",
				  stanza->name, stanza->file->path);
	}
	return 0;
}

static int check_own(const struct net *net, const struct net_port *port,
		     const struct ifupdown_stanza *stanza, struct err *err)
{
	const struct interfaces_statement *option;

	if (!is_movable(stanza->method))
		return net_refuse(net, port, err,
				  "'%s' has the method '%s' in '%s', which cannot move "
				  "to a bridge",
				  port->device, stanza->method, stanza->file->path);
	for (size_t i = 0; (option = ifupdown_option(stanza, i)); i++) {
		if (str_starts(option->keyword, "wpa-") ||
		    str_starts(option->keyword, "wireless-"))
			return net_refuse(net, port, err,
					  "'%s' is wireless in '%s' and cannot be a port "
					  "of a bridge",
					  port->device, stanza->file->path);
		if (strcmp(option->keyword, "bond-master") == 0 ||
		    strcmp(option->keyword, "bond_master") == 0)
			return net_refuse(
				net, port, err, "'%s' is a part of bond '%s' in '%s'",
				port->device, option->value, stanza->file->path);
	}
	return 0;
}

static int check_mappings(const struct net *net, const struct net_port *port,
			  const struct ifupdown_file *file, struct err *err)
{
	for (size_t i = 0; i < file->text.count; i++) {
		const struct interfaces_statement *statement = &file->text.statement[i];
		_cleanup_str_list_ struct str_list words = {0};

		if (statement->kind != INTERFACES_MAPPING)
			continue;
		interfaces_words(statement->value, &words);
		for (size_t j = 0; j < words.count; j++)
			if (fnmatch(words.item[j], port->device, 0) == 0)
				return net_refuse(net, port, err,
						  "'%s' goes through a mapping in '%s', "
						  "which decides at boot what it is",
						  port->device, file->path);
	}
	return 0;
}

int ifupdown_check_port(const struct net *net, const struct ifupdown *ifupdown,
			const struct net_bridge *bridge, const struct net_port *port,
			struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ifupdown->file_count; i++)
		rc = check_mappings(net, port, ifupdown->file[i], err);
	for (size_t i = 0; rc == 0 && i < ifupdown->stanza_count; i++) {
		const struct ifupdown_stanza *stanza = &ifupdown->stanza[i];

		rc = check_user(net, bridge, port, stanza, err);
		if (rc == 0 && strcmp(stanza->name, port->device) == 0)
			rc = check_own(net, port, stanza, err);
	}
	return rc;
}

int ifupdown_check_tools(const struct net *net, struct err *err)
{
	static const char *const paths[] = {
		"etc/network/if-pre-up.d/bridge", /* bridge-utils */
		"usr/libexec/ifupdown-ng/bridge",
		"usr/share/ifupdown2",
	};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (fs_exists(net->planner->fs, paths[i]))
			return 0;
	if (!net->bridge_count)
		return 0;
	return desc_refuse_place(net->planner->desc, net->bridge[0].desc->place, err,
				 "ifupdown makes no bridge without the scripts of "
				 "bridge-utils: install that first");
}
