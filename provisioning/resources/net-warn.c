/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What works against a bridge or is of no use to it, though nothing refuses it. */
#include <string.h>

#include "resources/net-ini.h"
#include "resources/net-sysconfig.h"
#include "resources/net.h"

#define NM_CONFIG "etc/NetworkManager/NetworkManager.conf"
#define NM_DROP_INS "etc/NetworkManager/conf.d"
#define IFPLUGD "etc/default/ifplugd"

/* NetworkManager.conf(5), drop-ins included. */
static void read_nm(const struct planner *planner, struct ini *ini)
{
	_cleanup_str_list_ struct str_list names = {0};
	_cleanup_str_ struct str text = {0};

	if (net_read(planner, NM_CONFIG, &text, NULL) == 0)
		ini_parse(str_text(&text), false, ini);
	planner_list(planner, NM_DROP_INS, &names);
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *path = mem_textf(NM_DROP_INS "/%s", names.item[i]);

		if (str_ends(path, ".conf") && net_read(planner, path, &text, NULL) == 0)
			ini_parse(str_text(&text), false, ini);
	}
}

/* Whether a list, with any of these bytes between its words, has a word. */
static bool has_word(const char *list, const char *separators, const char *word)
{
	while (list && *list) {
		size_t length = strcspn(list, separators);

		if (length == strlen(word) && strncmp(list, word, length) == 0)
			return true;
		list += length + (list[length] != '\0');
	}
	return false;
}

/* Whether NetworkManager leaves an interface alone. */
static bool is_unmanaged(const struct ini *ini, const struct net_stack *chosen,
			 const char *interface)
{
	const char *list = ini_get(ini, "keyfile", "unmanaged-devices");
	const char *managed = ini_get(ini, "ifupdown", "managed");
	_cleanup_free_ char *spec = mem_textf("interface-name:%s", interface);

	/* Its ifupdown plugin leaves what interfaces(5) has, unless told otherwise. */
	if (chosen->choice == DESC_IFUPDOWN && !str_same(managed, "true"))
		return true;
	return has_word(list, ";,", spec);
}

/* README.SUSE, "Networking": neither is recommended for what is in a bridge. */
static void warn_of_managers(const struct net *net, const struct net_stack *chosen,
			     const struct net_port *port)
{
	const struct planner *planner = net->planner;
	_cleanup_sysconfig_ struct sysconfig ifplugd = {0};
	_cleanup_ini_ struct ini nm = {0};
	_cleanup_str_ struct str text = {0};
	bool is_plugged;

	read_nm(planner, &nm);
	if (net_is_enabled(planner, "networkmanager") == FACTS_YES &&
	    chosen->choice != DESC_NETWORKMANAGER && chosen->choice != DESC_NETPLAN &&
	    !is_unmanaged(&nm, chosen, port->device))
		planner_warn(net->planner,
			     "NetworkManager is enabled and may take '%s' from its "
			     "bridge: disable it, or add interface-name:%s to its "
			     "unmanaged-devices",
			     port->device, port->device);
	if (net_read(planner, IFPLUGD, &text, NULL) == 0)
		sysconfig_parse(str_text(&text), &ifplugd);
	is_plugged = has_word(sysconfig_get(&ifplugd, "INTERFACES"), " ", port->device) ||
		     has_word(sysconfig_get(&ifplugd, "INTERFACES"), " ", "auto") ||
		     has_word(sysconfig_get(&ifplugd, "HOTPLUG_INTERFACES"), " ",
			      port->device) ||
		     has_word(sysconfig_get(&ifplugd, "HOTPLUG_INTERFACES"), " ", "all");
	if (is_plugged)
		planner_warn(net->planner,
			     "ifplugd manages '%s' ('" IFPLUGD "') and may take it from "
			     "its bridge",
			     port->device);
}

void net_warn(const struct net *net, const struct net_stack *chosen)
{
	for (size_t i = 0; i < net->bridge_count; i++) {
		const struct net_bridge *bridge = &net->bridge[i];

		if (bridge->desc->wait_port.entry && !chosen->waits_for_ports)
			planner_warn(net->planner,
				     "'wait-port' of '%s' has no counterpart with %s",
				     bridge->name, chosen->name);
		for (size_t j = 0; j < bridge->port_count; j++)
			if (!bridge->port[j].is_dummy)
				warn_of_managers(net, chosen, &bridge->port[j]);
	}
}
