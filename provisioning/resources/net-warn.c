/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What works against a bridge or is of no use to it, though nothing refuses it. */
#include <string.h>

#include "base/inet.h"
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
		planner_warn(net->planner, NET_TAKEN_BY_NM, port->device, port->device);
	if (net_read(planner, IFPLUGD, &text, NULL) == 0)
		sysconfig_parse(str_text(&text), &ifplugd);
	is_plugged = has_word(sysconfig_get(&ifplugd, "INTERFACES"), " ", port->device) ||
		     has_word(sysconfig_get(&ifplugd, "INTERFACES"), " ", "auto") ||
		     has_word(sysconfig_get(&ifplugd, "HOTPLUG_INTERFACES"), " ",
			      port->device) ||
		     has_word(sysconfig_get(&ifplugd, "HOTPLUG_INTERFACES"), " ", "all");
	if (is_plugged)
		planner_warn(net->planner, NET_TAKEN_BY_IFPLUGD, port->device);
}

/* Any stack may reach it some way (onlink, a route of somebody else), but few do. */
static void warn_of_gateways(const struct net *net, const struct net_bridge *bridge)
{
	const struct conf_entry *gateway = bridge->desc->gateway.entry;

	for (size_t i = 0; gateway && i < gateway->count; i++) {
		const char *address = gateway->word[i].text;
		bool is_reached = inet_contains("fe80::/10", address);

		for (size_t j = 0; j < bridge->address->count; j++)
			is_reached |=
				inet_contains(bridge->address->word[j].text, address);
		if (!is_reached)
			planner_warn(net->planner,
				     "the gateway %s is in no network of '%s'", address,
				     bridge->name);
	}
}

static bool has_default_route(const struct net *net, const char *interface)
{
	const struct facts *facts = net->planner->facts;

	for (size_t i = 0; i < facts->nic_count; i++)
		if (strcmp(facts->nic[i].name, interface) == 0)
			return facts->nic[i].has_default_route;
	return false;
}

/* Without inherit or dhcp the way out is what the description says, or gone. */
static void warn_of_lost_route(const struct net *net, const struct net_bridge *bridge)
{
	for (size_t i = 0; i < net->bridge_count; i++)
		if (net->bridge[i].desc->gateway.entry ||
		    net->bridge[i].kind == DESC_DHCP)
			return;
	if (bridge->kind != DESC_STATIC && bridge->kind != DESC_NONE)
		return;
	for (size_t i = 0; i < bridge->port_count; i++)
		if (has_default_route(net, bridge->port[i].device))
			planner_warn(net->planner,
				     "the default route goes through '%s' now, but no "
				     "bridge has a 'gateway': only hosts in its own "
				     "networks will reach this one",
				     bridge->port[i].device);
}

static void warn_of_default_bridge(const struct net *net)
{
	const struct desc *desc = net->planner->desc;
	const char *name = desc->network.default_bridge.text;

	for (size_t i = 0; name && i < desc->bridge_count; i++)
		if (strcmp(desc->bridge[i].name, name) == 0)
			return;
	if (name)
		planner_warn(net->planner,
			     "guests shall be put in '%s', which is no bridge of this "
			     "description",
			     name);
}

void net_warn(const struct net *net, const struct net_stack *chosen)
{
	if (net->bridge_count)
		warn_of_default_bridge(net);
	for (size_t i = 0; i < net->bridge_count; i++) {
		const struct net_bridge *bridge = &net->bridge[i];

		warn_of_gateways(net, bridge);
		warn_of_lost_route(net, bridge);
		if (bridge->desc->wait_port.entry && !chosen->waits_for_ports)
			planner_warn(net->planner,
				     "'wait-port' of '%s' has no counterpart with %s",
				     bridge->name, chosen->name);
		if (bridge->desc->forward_delay.value && !bridge->desc->stp.value &&
		    chosen->choice == DESC_NETWORKMANAGER)
			planner_warn(net->planner,
				     "'forward-delay' of '%s' does nothing with %s where "
				     "'stp' is off",
				     bridge->name, chosen->name);
		for (size_t j = 0; j < bridge->port_count; j++)
			if (!bridge->port[j].is_dummy)
				warn_of_managers(net, chosen, &bridge->port[j]);
	}
}
