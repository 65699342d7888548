/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bridges, dummy interfaces and what guests' interfaces get of them, for the next boot. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/edit.h"
#include "base/inet.h"
#include "resources/net.h"
#include "resources/resources.h"

#define XL_CONFIG "etc/xen/xl.conf"
#define XEND_CONFIG "etc/xen/xend-config.sxp"
#define LINK_DIRECTORY "etc/systemd/network"
#define VIF_RULE "etc/udev/rules.d/60-xenhost-vif.rules"

static const struct net_stack *const stacks[] = {
	&net_ifupdown, &net_networkd, &net_networkmanager,
	&net_wicked,   &net_netplan,  NULL,
};

static void net_clear(struct net *net)
{
	for (size_t i = 0; i < net->bridge_count; i++) {
		for (size_t j = 0; j < net->bridge[i].port_count; j++)
			free(net->bridge[i].port[j].device);
		free(net->bridge[i].port);
	}
	free(net->bridge);
	free(net->dummy);
	*net = (struct net){0};
}

static const struct facts_nic *find_nic(const struct net *net, const char *name)
{
	const struct facts *facts = net->planner->facts;

	for (size_t i = 0; i < facts->nic_count; i++)
		if (strcmp(facts->nic[i].name, name) == 0)
			return &facts->nic[i];
	return NULL;
}

static struct net_dummy *find_dummy(const struct net *net, const char *name)
{
	for (size_t i = 0; i < net->dummy_count; i++)
		if (strcmp(net->dummy[i].name, name) == 0)
			return &net->dummy[i];
	return NULL;
}

static bool is_bridge(const struct net *net, const char *name)
{
	const struct desc *desc = net->planner->desc;

	for (size_t i = 0; i < desc->bridge_count; i++)
		if (strcmp(desc->bridge[i].name, name) == 0)
			return true;
	return false;
}

/* The bridge that already has a device as its port, or NULL. */
static const struct net_bridge *find_user(const struct net *net, const char *device)
{
	for (size_t i = 0; i < net->bridge_count; i++)
		for (size_t j = 0; j < net->bridge[i].port_count; j++)
			if (strcmp(net->bridge[i].port[j].device, device) == 0)
				return &net->bridge[i];
	return NULL;
}

/* Refuses what no stack can make a port of a bridge. */
static int check_port(const struct net *net, const struct net_bridge *bridge,
		      const struct net_port *port, struct err *err)
{
	const struct net_bridge *user = find_user(net, port->device);
	const struct facts_nic *nic = find_nic(net, port->name);

	if (strcmp(port->name, "lo") == 0)
		return net_refuse(net, port, err,
				  "the loopback interface cannot be a port");
	if (is_bridge(net, port->name))
		return net_refuse(net, port, err,
				  "'%s' is a bridge and cannot be a port of another",
				  port->name);
	/* README.SUSE, "Networking": Ethernet does not go over 802.11 as it is. */
	if (nic && nic->is_wireless)
		return net_refuse(net, port, err,
				  "'%s' is wireless and cannot be a port of a bridge",
				  port->name);
	if (!inet_is_interface(port->device))
		return desc_refuse(net->planner->desc, bridge->desc->vlan.entry, 0, err,
				   "the VLAN's name '%s' has more than 15 bytes",
				   port->device);
	if (user)
		return net_refuse(net, port, err, "'%s' is a port of '%s' already",
				  port->device, user->name);
	for (size_t i = 0; i < bridge->port_count; i++)
		if (strcmp(bridge->port[i].device, port->device) == 0)
			return net_refuse(net, port, err, "'%s' is named twice",
					  port->device);
	return 0;
}

static int add_port(const struct net *net, struct net_bridge *bridge, size_t word,
		    struct err *err)
{
	const struct conf_entry *entry = bridge->desc->ports.entry;
	const char *name = entry->word[word].text;
	const struct facts_nic *nic = find_nic(net, name);
	struct net_port port = {
		.name = name,
		.device = bridge->desc->vlan.value
				  ? mem_textf("%s.%ju", name,
					      (uintmax_t)bridge->desc->vlan.value)
				  : mem_text(name),
		.entry = entry,
		.word = word,
		.mac = nic && nic->mac && inet_is_mac(nic->mac) ? nic->mac : NULL,
		.is_dummy = find_dummy(net, name) != NULL,
	};
	int rc = check_port(net, bridge, &port, err);

	if (rc < 0) {
		free(port.device);
		return rc;
	}
	bridge->port = mem_grow(bridge->port, bridge->port_count, sizeof(*bridge->port));
	bridge->port[bridge->port_count++] = port;
	return 0;
}

/*
 * xen-info-notes, "Network Layout": a dummy interface in a bridge hands its address over;
 * an address below a bridge would not be reached from it.
 */
static int settle_address(const struct net *net, struct net_bridge *bridge,
			  struct err *err)
{
	bool has_own = false;

	bridge->kind = bridge->desc->address_kind;
	bridge->address =
		bridge->kind == DESC_STATIC ? bridge->desc->address.entry : NULL;
	for (size_t i = 0; i < bridge->port_count; i++) {
		struct net_dummy *dummy = find_dummy(net, bridge->port[i].name);

		if (!dummy || bridge->desc->vlan.value) {
			has_own = true;
			continue;
		}
		if (!dummy->address)
			continue;
		if (bridge->kind != DESC_INHERIT)
			return desc_refuse(net->planner->desc, dummy->address, 0, err,
					   "'%s' is a port of '%s', which has an address "
					   "of its own",
					   dummy->name, bridge->name);
		bridge->kind = DESC_STATIC;
		bridge->address = dummy->address;
		dummy->address = NULL;
	}
	if (bridge->kind == DESC_INHERIT && !has_own)
		bridge->kind = DESC_NONE;
	return 0;
}

static int add_bridge(struct net *net, const struct desc_bridge *desc, struct err *err)
{
	const struct conf_entry *ports = desc->ports.entry;
	struct net_bridge *bridge;
	int rc = 0;

	if (strcmp(desc->name, "lo") == 0 || find_nic(net, desc->name))
		return desc_refuse_place(net->planner->desc, desc->place, err,
					 "'%s' is an interface of this machine: a bridge "
					 "needs a name of its own",
					 desc->name);
	if (find_dummy(net, desc->name))
		return desc_refuse_place(net->planner->desc, desc->place, err,
					 "'%s' is a dummy interface", desc->name);
	net->bridge = mem_grow(net->bridge, net->bridge_count, sizeof(*net->bridge));
	bridge = &net->bridge[net->bridge_count++];
	*bridge = (struct net_bridge){.desc = desc, .name = desc->name};
	for (size_t i = 0; rc == 0 && ports && i < ports->count; i++)
		rc = add_port(net, bridge, i, err);
	return rc == 0 ? settle_address(net, bridge, err) : rc;
}

static int build(struct net *net, struct err *err)
{
	const struct desc *desc = net->planner->desc;
	int rc = 0;

	for (size_t i = 0; i < desc->dummy_count; i++) {
		if (strcmp(desc->dummy[i].name, "lo") == 0 ||
		    find_nic(net, desc->dummy[i].name))
			return desc_refuse_place(desc, desc->dummy[i].place, err,
						 "'%s' is an interface of this machine",
						 desc->dummy[i].name);
		net->dummy = mem_grow(net->dummy, net->dummy_count, sizeof(*net->dummy));
		net->dummy[net->dummy_count++] =
			(struct net_dummy){.name = desc->dummy[i].name,
					   .address = desc->dummy[i].address.entry};
	}
	for (size_t i = 0; rc == 0 && i < desc->bridge_count; i++)
		rc = add_bridge(net, &desc->bridge[i], err);
	return rc;
}

/* A port must be there, if the machine's interfaces are known, or be made by the stack. */
static int check_is_known(const struct net *net, const struct net_stack *stack,
			  const struct net_port *port, struct err *err)
{
	const struct facts *facts = net->planner->facts;
	_cleanup_str_ struct str names = {0};
	_cleanup_free_ char *where = NULL;
	bool is_made = false;

	if (!facts->nic_count || port->is_dummy || find_nic(net, port->name))
		return 0;
	where = stack->find(net->planner, port->name, &is_made);
	if (where && is_made)
		return 0;
	for (size_t i = 0; i < facts->nic_count; i++)
		str_addf(&names, "%s%s", i ? ", " : "", facts->nic[i].name);
	return net_refuse(net, port, err, "this machine has no interface '%s', but %s",
			  port->name, names.text);
}

static int check_are_known(const struct net *net, const struct net_stack *stack,
			   struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < net->bridge_count; i++)
		for (size_t j = 0; rc == 0 && j < net->bridge[i].port_count; j++)
			rc = check_is_known(net, stack, &net->bridge[i].port[j], err);
	return rc;
}

/*
 * Without the port's MAC address in the facts the bridge must be left to the kernel, which
 * gives it that of a port, unless udev's default policy makes one up: systemd.link(5).
 */
static int plan_links(struct net *net, const struct net_stack *chosen, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && chosen && i < net->bridge_count; i++) {
		const struct net_bridge *bridge = &net->bridge[i];
		_cleanup_free_ char *name = NULL, *text = NULL;

		if (chosen->copies_mac || !bridge->port_count || net_bridge_mac(bridge))
			continue;
		name = mem_textf("05-xenhost-%s.link", bridge->name);
		text = mem_textf("[Match]\nOriginalName=%s\n\n[Link]\n"
				 "MACAddressPolicy=none\n",
				 bridge->name);
		rc = net_own(net->planner, LINK_DIRECTORY, name, text, &names, err);
	}
	if (rc == 0)
		rc = net_sweep(net->planner, LINK_DIRECTORY, "05-xenhost-", ".link",
			       &names, err);
	return rc;
}

/* ---- what guests' interfaces get ---- */

/*
 * debian-wiki, "Paketloss / txquelen 32": a longer queue for the guests' interfaces,
 * whoever makes them. udev(7).
 */
static int plan_queue(struct planner *planner, struct err *err)
{
	const struct desc *desc = planner->desc;
	_cleanup_free_ char *text = NULL;

	if (desc->bridge_count || desc->network.vif_queue.entry)
		text = mem_textf("SUBSYSTEM==\"net\", ACTION==\"add\", KERNEL==\"vif*\", "
				 "ATTR{tx_queue_len}=\"%ju\"\n",
				 (uintmax_t)desc->network.vif_queue.value);
	return planner_own(planner, &resource_net, VIF_RULE, text, COMMAND_UDEV, err);
}

/*
 * README.Debian, "About networking": xend-config.sxp decides how domains are connected.
 * Bridges of ours are there before xend: its own network-script, which renames the
 * interfaces that it puts in bridges, must leave them alone. Debian had an empty
 * "network-dummy" for that; others do not. dom0.c takes the file back, and tells when it
 * is absent.
 */
static int plan_xend_bridge(struct planner *planner, const char *name, struct err *err)
{
	static const char none[] = "(network-script /bin/true)";
	_cleanup_free_ char *line = NULL;
	struct str *text;
	int rc;

	if (!planner_has(planner, XEND_CONFIG))
		return 0;
	rc = planner_edit(planner, &resource_net, XEND_CONFIG, COMMAND_NONE, &text, err);
	if (rc < 0)
		return rc;
	line = mem_textf("(vif-script 'vif-bridge bridge=%s')", name);
	if (planner->desc->bridge_count)
		edit_set(text, &edit_sxp, "network-script", none, NULL);
	edit_set(text, &edit_sxp, "vif-script", line, NULL);
	return 0;
}

/* xl.conf(5). Without it vif-bridge takes whichever bridge it finds first. */
static int plan_default_bridge(struct planner *planner, struct err *err)
{
	const struct desc *desc = planner->desc;
	const char *name = desc->network.default_bridge.text;
	_cleanup_free_ char *line = NULL;
	struct str *text;
	int rc;

	if (!name && desc->bridge_count)
		name = desc->bridge[0].name;
	if (!name || desc->toolstack_kind.value == DESC_XEND) {
		rc = net_take_back(planner, XL_CONFIG, err);
		return rc == 0 && name ? plan_xend_bridge(planner, name, err) : rc;
	}
	if (!planner_has(planner, XL_CONFIG)) {
		planner_warn(planner, "there is no /" XL_CONFIG " to name the default "
				      "bridge in: install the toolstack and apply again");
		return 0;
	}
	rc = planner_edit(planner, &resource_net, XL_CONFIG, COMMAND_NONE, &text, err);
	if (rc < 0)
		return rc;
	line = mem_textf("vif.default.bridge=\"%s\"", name);
	edit_set(text, &edit_equals, "vif.default.bridge", line, NULL);
	return 0;
}

static int plan_stacks(struct net *net, const struct net_stack *chosen, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && stacks[i]; i++) {
		struct net nothing = {.planner = net->planner};

		rc = stacks[i]->plan(stacks[i] == chosen ? net : &nothing, err);
	}
	return rc;
}

static int plan(struct planner *planner, struct err *err)
{
	_cleanup_(net_clear) struct net net = {.planner = planner};
	const struct net_stack *chosen = NULL;
	int rc = build(&net, err);

	if (rc == 0 && (net.bridge_count || net.dummy_count)) {
		rc = net_choose(&net, stacks, &chosen, err);
		if (rc == 0)
			rc = check_are_known(&net, chosen, err);
	}
	if (rc == 0)
		rc = plan_stacks(&net, chosen, err);
	if (rc == 0)
		rc = plan_links(&net, chosen, err);
	if (rc == 0 && chosen)
		net_warn(&net, chosen);
	if (rc == 0)
		rc = plan_queue(planner, err);
	if (rc == 0)
		rc = plan_default_bridge(planner, err);
	return rc;
}

const struct resource resource_net = {.name = "network", .plan = plan};
