/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bridges by netplan: netplan-yaml(5). What it generates for others is not touched. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/edit.h"
#include "resources/net-netplan.h"
#include "resources/resources.h"

#define OURS NETPLAN_DIRECTORY "/90-xenhost.yaml"

/*
 * netplan joins lists of several files, so a file of ours cannot take an address away:
 * the lines of the port that are about addresses are disabled where they are, and copied
 * to the bridge. Its definition must have them on lines of their own for that.
 */

/* Sections of our file, by kind, and lines of others' files. */
struct out {
	struct str ethernets, vlans, bridges;
	struct edit_change *change; /* in the file path[i] */
	char **path;
	size_t count;
};

static void out_clear(struct out *out)
{
	str_clear(&out->ethernets);
	str_clear(&out->vlans);
	str_clear(&out->bridges);
	for (size_t i = 0; i < out->count; i++) {
		free(out->change[i].text);
		free(out->path[i]);
	}
	free(out->change);
	free(out->path);
}

static bool moves(const char *key)
{
	static const char *const keys[] = {"dhcp4",
					   "dhcp6",
					   "dhcp4-overrides",
					   "dhcp6-overrides",
					   "dhcp-identifier",
					   "accept-ra",
					   "addresses",
					   "gateway4",
					   "gateway6",
					   "nameservers",
					   "routes",
					   "routing-policy",
					   "link-local",
					   "ipv6-privacy",
					   "critical",
					   "optional-addresses",
					   "ipv6-address-generation",
					   "ipv6-address-token",
					   "ipv6-mtu"};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(key, keys[i]) == 0)
			return true;
	return false;
}

/* The definition of an interface; *ret_count tells how many there are. */
static const struct netplan_definition *find_port(const struct netplan *netplan,
						  const char *name, const char *mac,
						  size_t *ret_count)
{
	const struct netplan_definition *found = NULL;

	*ret_count = 0;
	for (size_t i = 0; i < netplan->count; i++) {
		const struct netplan_definition *definition = &netplan->definition[i];

		if (strcmp(definition->name, name) != 0 &&
		    !(mac && definition->mac && strcasecmp(mac, definition->mac) == 0))
			continue;
		found = found ? found : definition;
		(*ret_count)++;
	}
	return found;
}

/* ---- refusals ---- */

static int check_user(const struct net *net, const struct net_port *port,
		      const struct netplan *netplan, const char *id, struct err *err)
{
	for (size_t i = 0; i < netplan->count; i++) {
		const struct netplan_definition *definition = &netplan->definition[i];
		const struct netplan_key *key = netplan_get(definition, "interfaces");

		if (key && str_list_has(&key->values, id))
			return net_refuse(net, port, err,
					  "'%s' is a part of '%s' of the %s in '%s'",
					  port->device, definition->id, definition->kind,
					  definition->path);
	}
	return 0;
}

static int check_port(const struct net *net, const struct net_port *port,
		      const struct netplan *netplan,
		      const struct netplan_definition *definition, size_t count,
		      struct err *err)
{
	int rc = check_user(net, port, netplan,
			    definition ? definition->id : port->device, err);

	if (rc < 0 || !definition)
		return rc;
	if (strcmp(definition->kind, "wifis") == 0)
		return net_refuse(net, port, err,
				  "'%s' is wireless in '%s' and cannot be a port of a "
				  "bridge",
				  port->device, definition->path);
	if (count > 1)
		return net_refuse(net, port, err,
				  "'%s' has more than one definition, the first in '%s'",
				  port->device, definition->path);
	if (!definition->is_block)
		return net_refuse(net, port, err,
				  "the definition of '%s' in '%s' has not each key on "
				  "lines of its own, so none can be taken out",
				  port->device, definition->path);
	return 0;
}

/* ---- the port ---- */

/* Whether a line of the text is part of what a key says. */
static bool is_content(const char *line)
{
	line += strspn(line, " \t\r");
	return *line && *line != '#';
}

static void add_change(struct out *out, const char *path, size_t line, char *text)
{
	out->change = mem_grow(out->change, out->count, sizeof(*out->change));
	out->path = mem_grow(out->path, out->count, sizeof(char *));
	out->path[out->count] = mem_text(path);
	out->change[out->count++] = (struct edit_change){.line = line, .text = text};
}

/*
 * Disables the port's lines that move; the first becomes "dhcp4: false", so that what
 * stays is a mapping. They are added to `moved`, as the bridge has them.
 */
static int take_lines(const struct net *net, const struct net_port *port,
		      const struct netplan_definition *definition, struct out *out,
		      struct str *moved, struct err *err)
{
	_cleanup_str_ struct str text = {0};
	const char *cursor, *line;
	size_t length, key = 0;
	int rc = net_read(net->planner, definition->path, &text, err);

	if (rc < 0)
		return rc;
	cursor = str_text(&text);
	for (size_t i = 0; str_next_line(&cursor, &line, &length); i++) {
		_cleanup_free_ char *whole = mem_text_part(line, length);

		while (key < definition->count && i >= definition->key[key].end)
			key++;
		if (key == definition->count)
			break;
		if (i < definition->key[key].line || !moves(definition->key[key].name) ||
		    !is_content(whole))
			continue;
		/* Anchors would lead from one file into another. */
		if (strpbrk(whole, "&*\t"))
			return net_refuse(net, port, err,
					  "'%s' has an anchor or a tab in line %zu, "
					  "which cannot move",
					  definition->path, i + 1);
		add_change(out, definition->path, i,
			   moved->length ? NULL
					 : mem_textf("%.*sdhcp4: false",
						     (int)strspn(whole, " "), whole));
		str_addf(moved, "%s\n", whole);
	}
	return 0;
}

/* Does all changes of a file at once, as their lines are counted before any. */
static int change_file(const struct net *net, const struct out *out, const char *path,
		       struct err *err)
{
	_cleanup_free_ struct edit_change *changes =
		mem_alloc(out->count * sizeof(*changes));
	struct str *text;
	size_t count = 0;
	int rc = net_edit(net->planner, path, &text, err);

	for (size_t i = 0; i < out->count; i++)
		if (strcmp(out->path[i], path) == 0)
			changes[count++] = out->change[i];
	if (rc == 0)
		edit_lines(text, changes, count);
	return rc;
}

static int change_files(const struct net *net, const struct out *out, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < out->count; i++) {
		bool is_done = false;

		for (size_t j = 0; !is_done && j < i; j++)
			is_done = strcmp(out->path[j], out->path[i]) == 0;
		if (!is_done)
			rc = change_file(net, out, out->path[i], err);
	}
	return rc;
}

/* Lines with another indentation: that of their first. */
static void add_indented(struct str *out, const char *lines, const char *indent)
{
	size_t old = strspn(lines, " "), length;
	const char *line;

	while (str_next_line(&lines, &line, &length)) {
		size_t blanks = strspn(line, " ");

		if (blanks > old)
			blanks = old;
		str_add(out, indent);
		str_add_bytes(out, line + blanks, length - blanks);
		str_add_char(out, '\n');
	}
}

/* ---- the bridge ---- */

static void add_list(struct str *out, const char *key, const struct conf_entry *entry)
{
	if (!entry)
		return;
	str_addf(out, "      %s:\n", key);
	for (size_t i = 0; i < entry->count; i++)
		str_addf(out, "        - \"%s\"\n", entry->word[i].text);
}

static void add_described(struct str *out, const struct net_bridge *bridge)
{
	const struct conf_entry *gateway = bridge->desc->gateway.entry;
	const struct conf_entry *dns = bridge->desc->dns.entry;

	if (bridge->kind == DESC_DHCP)
		str_add(out, "      dhcp4: true\n");
	if (bridge->kind == DESC_NONE)
		str_add(out, "      dhcp4: false\n      accept-ra: false\n"
			     "      link-local: []\n");
	if (bridge->kind != DESC_STATIC)
		return;
	add_list(out, "addresses", bridge->address);
	if (gateway)
		str_add(out, "      routes:\n");
	for (size_t i = 0; gateway && i < gateway->count; i++)
		str_addf(out, "        - to: \"%s\"\n          via: \"%s\"\n",
			 net_is_v6(gateway->word[i].text) ? "::/0" : "0.0.0.0/0",
			 gateway->word[i].text);
	if (dns)
		str_add(out, "      nameservers:\n        addresses:\n");
	for (size_t i = 0; dns && i < dns->count; i++)
		str_addf(out, "          - \"%s\"\n", dns->word[i].text);
}

static void add_bridge(struct net *net, const struct net_bridge *bridge,
		       const struct str_list *ids, const char *mtu, const char *renderer,
		       struct str *out)
{
	const char *mac = net_bridge_mac(bridge);
	int delay = net_forward_delay(bridge);

	str_addf(out, "    \"%s\":\n      interfaces: [", bridge->name);
	for (size_t i = 0; i < ids->count; i++)
		str_addf(out, "%s\"%s\"", i ? ", " : "", ids->item[i]);
	str_add(out, "]\n");
	if (renderer)
		str_addf(out, "      renderer: %s\n", renderer);
	if (mac)
		str_addf(out, "      macaddress: \"%s\"\n", mac);
	else if (bridge->port_count)
		planner_warn(
			net->planner,
			"the MAC address of '%s' is not known here, so '%s' gets one "
			"of its own and maybe another lease: say 'mac = ADDRESS'",
			bridge->port[0].name, bridge->name);
	if (bridge->desc->mtu.entry)
		str_addf(out, "      mtu: %ju\n", (uintmax_t)bridge->desc->mtu.value);
	else if (mtu)
		str_addf(out, "      mtu: %s\n", mtu);
	str_addf(out, "      parameters:\n        stp: %s\n",
		 bridge->desc->stp.value ? "true" : "false");
	if (delay >= 0)
		str_addf(out, "        forward-delay: %d\n", delay);
}

/* A port without a definition, or a VLAN of one. */
static void add_new_port(const struct netplan *netplan, const struct net_bridge *bridge,
			 const struct net_port *port, struct out *out)
{
	const struct netplan_definition *below;
	size_t count;

	if (!bridge->desc->vlan.value) {
		str_addf(&out->ethernets, "    \"%s\":\n      dhcp4: false\n",
			 port->device);
		return;
	}
	below = find_port(netplan, port->name, port->mac, &count);
	str_addf(&out->vlans, "    \"%s\":\n      id: %ju\n      link: \"%s\"\n",
		 port->device, (uintmax_t)bridge->desc->vlan.value,
		 below ? below->id : port->name);
	if (!below)
		str_addf(&out->ethernets, "    \"%s\":\n      dhcp4: false\n",
			 port->name);
}

/* A word that may stand in our file without quotes. */
static bool is_plain(const char *text)
{
	return text && text[0] &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			    "0123456789_.-") == strlen(text);
}

static const char *plain_value(const struct netplan_definition *definition,
			       const char *name)
{
	const struct netplan_key *key = definition ? netplan_get(definition, name) : NULL;

	return key && is_plain(key->value) ? key->value : NULL;
}

static int plan_bridge(struct net *net, const struct netplan *netplan,
		       const struct net_bridge *bridge, struct out *out, struct err *err)
{
	_cleanup_str_list_ struct str_list ids = {0};
	_cleanup_str_ struct str inherited = {0};
	const struct netplan_definition *from = NULL;
	const char *mtu = NULL, *renderer = NULL;
	bool is_known = false;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < bridge->port_count; i++) {
		const struct net_port *port = &bridge->port[i];
		const char *mac = bridge->desc->vlan.value ? NULL : port->mac;
		_cleanup_str_ struct str moved = {0};
		size_t count;
		const struct netplan_definition *definition =
			find_port(netplan, port->device, mac, &count);

		rc = check_port(net, port, netplan, definition, count, err);
		if (rc < 0)
			break;
		str_list_add(&ids, definition ? definition->id : port->device);
		if (!is_plain(ids.item[ids.count - 1]))
			return net_refuse(net, port, err, "'%s' is not a plain id",
					  ids.item[ids.count - 1]);
		if (!definition) {
			add_new_port(netplan, bridge, port, out);
			continue;
		}
		is_known = true;
		if (bridge->kind == DESC_INHERIT && from &&
		    netplan_has_address(definition))
			return net_refuse(net, port, err,
					  "both '%s' and '%s' have an address; say which "
					  "with 'address'",
					  from->name, port->device);
		mtu = mtu ? mtu : plain_value(definition, "mtu");
		renderer = renderer ? renderer : plain_value(definition, "renderer");
		rc = take_lines(net, port, definition, out, &moved, err);
		if (rc < 0 || !netplan_has_address(definition))
			continue;
		from = definition;
		inherited = moved;
		moved = (struct str){0};
	}
	if (rc == 0 && bridge->kind == DESC_INHERIT && !is_known)
		rc = net_refuse(net, &bridge->port[0], err,
				"'%s' has no address to inherit: nothing in "
				"'" NETPLAN_DIRECTORY
				"' defines it; say 'address = none', "
				"or which",
				bridge->port[0].device);
	if (rc < 0)
		return rc;
	add_bridge(net, bridge, &ids, mtu, renderer, &out->bridges);
	if (bridge->kind == DESC_INHERIT)
		add_indented(&out->bridges, str_text(&inherited), "      ");
	else
		add_described(&out->bridges, bridge);
	return 0;
}

/* ---- all ---- */

/* What netplan's older releases do not know, or what it would join with ours. */
static int check(const struct net *net, const struct netplan *netplan, struct err *err)
{
	const struct desc *desc = net->planner->desc;

	if (netplan->trouble)
		return err_say(err, EINVAL, "%s", netplan->trouble);
	if (net->dummy_count)
		return desc_refuse_place(desc, desc->dummy[0].place, err,
					 "netplan before 1.1 knows no dummy interfaces");
	for (size_t i = 0; i < net->bridge_count; i++)
		for (size_t j = 0; j < netplan->count; j++)
			if (strcmp(netplan->definition[j].id, net->bridge[i].name) == 0)
				return desc_refuse_place(
					desc, net->bridge[i].desc->place, err,
					"'%s' is in '%s' already, and netplan would join "
					"both: take it out there",
					net->bridge[i].name, netplan->definition[j].path);
	return 0;
}

static int plan(struct net *net, struct err *err)
{
	_cleanup_(out_clear) struct out out = {0};
	_cleanup_netplan_ struct netplan netplan = {0};
	_cleanup_str_ struct str text = {0};
	int rc = net_take_back_all(net->planner, NETPLAN_DIRECTORY, "", ".yaml", err);

	if (rc < 0)
		return rc;
	if (!net->bridge_count && !net->dummy_count)
		return planner_own(net->planner, &resource_net, OURS, NULL, COMMAND_NONE,
				   err);
	netplan_read(net->planner, &netplan);
	rc = check(net, &netplan, err);
	for (size_t i = 0; rc == 0 && i < net->bridge_count; i++)
		rc = plan_bridge(net, &netplan, &net->bridge[i], &out, err);
	if (rc == 0)
		rc = change_files(net, &out, err);
	if (rc < 0)
		return rc;
	str_add(&text, "network:\n  version: 2\n");
	if (out.ethernets.length)
		str_addf(&text, "  ethernets:\n%s", out.ethernets.text);
	if (out.vlans.length)
		str_addf(&text, "  vlans:\n%s", out.vlans.text);
	str_addf(&text, "  bridges:\n%s", str_text(&out.bridges));
	return planner_own_private(net->planner, &resource_net, OURS, text.text,
				   COMMAND_NONE, err);
}

static char *find(const struct planner *planner, const char *interface, bool *ret_is_made)
{
	_cleanup_netplan_ struct netplan netplan = {0};
	const struct facts *facts = planner->facts;
	const struct netplan_definition *found;
	const char *mac = NULL;
	size_t count;

	netplan_read(planner, &netplan);
	if (!interface)
		return netplan.count ? mem_text(netplan.definition[0].path) : NULL;
	for (size_t i = 0; i < facts->nic_count; i++)
		if (strcmp(facts->nic[i].name, interface) == 0)
			mac = facts->nic[i].mac;
	found = find_port(&netplan, interface, mac, &count);
	if (!found)
		return NULL;
	*ret_is_made = strcmp(found->kind, "bonds") == 0 ||
		       strcmp(found->kind, "vlans") == 0 ||
		       strcmp(found->kind, "tunnels") == 0;
	return mem_text(found->path);
}

const struct net_stack net_netplan = {
	.name = "netplan",
	.fact = NULL,
	.choice = DESC_NETPLAN,
	.find = find,
	.plan = plan,
	.copies_mac = true,
};
