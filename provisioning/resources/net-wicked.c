/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bridges by wicked, and by SUSE's older ifup: ifcfg(5), ifcfg-bridge(5), ifroute(5). */
#include <string.h>

#include "base/edit.h"
#include "resources/net-wicked.h"
#include "resources/resources.h"

#define DIRECTORY WICKED_DIRECTORY
#define CONFIG DIRECTORY "/config"
#define ROUTES DIRECTORY "/routes"

/*
 * The bridge's ifcfg file is ours, unless there is one by hand, which is edited. In the
 * port's file what is about addresses is disabled, as YaST does it when it makes a bridge.
 */

struct job {
	struct net *net;
	struct str_list names; /* of our files */
};

static bool is_moving_line(const char *line, const void *data)
{
	_cleanup_sysconfig_ struct sysconfig one = {0};

	(void)data;
	sysconfig_parse(line, &one);
	return one.count && ifcfg_moves(one.line[0].name) &&
	       strcmp(one.line[0].name, "BOOTPROTO") != 0;
}

static bool is_route_line(const char *line, const void *data)
{
	(void)data;
	line += strspn(line, " \t");
	return *line && *line != '#';
}

static void set(struct str *text, const char *name, const char *value)
{
	_cleanup_free_ char *line = mem_textf("%s='%s'", name, value);

	edit_set(text, &edit_shell, name, line, NULL);
}

/* ---- ports ---- */

/* Lines of routes whose fourth word, the interface, is a port: they get the bridge. */
static int move_routes(const struct net *net, const struct net_bridge *bridge,
		       const struct net_port *port, struct err *err)
{
	const char *cursor, *line;
	struct edit_change *changes = NULL;
	size_t count = 0, length;
	struct str *text;
	int rc = net_edit(net->planner, ROUTES, &text, err);

	if (rc < 0)
		return rc;
	cursor = str_text(text);
	for (size_t i = 0; str_next_line(&cursor, &line, &length); i++) {
		_cleanup_free_ char *whole = mem_text_part(line, length);
		_cleanup_free_ char *renamed =
			net_rename(whole, port->device, bridge->name);

		if (!is_route_line(whole, NULL) || strcmp(whole, renamed) == 0)
			continue;
		changes = mem_grow(changes, count, sizeof(*changes));
		changes[count++] = (struct edit_change){
			.line = i,
			.text = bridge->kind == DESC_INHERIT ? TAKE_PTR(renamed) : NULL};
	}
	edit_lines(text, changes, count);
	for (size_t i = 0; i < count; i++)
		mem_free_ref(&changes[i].text);
	mem_free_ref(&changes);
	return 0;
}

/* ifroute-PORT: its lines go to ifroute-BRIDGE. */
static int move_own_routes(const struct net *net, const struct net_bridge *bridge,
			   const struct net_port *port, struct str *routes,
			   struct err *err)
{
	_cleanup_free_ char *path = mem_textf(DIRECTORY "/ifroute-%s", port->device);
	_cleanup_str_ struct str own = {0};
	const char *cursor, *line;
	struct str *text;
	size_t length;
	int rc;

	if (net_read(net->planner, path, &own, NULL) < 0 || !own.length)
		return 0;
	cursor = own.text;
	while (bridge->kind == DESC_INHERIT && str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *whole = mem_text_part(line, length);
		_cleanup_free_ char *renamed =
			net_rename(whole, port->device, bridge->name);

		if (is_route_line(whole, NULL))
			str_addf(routes, "%s\n", renamed);
	}
	rc = net_edit(net->planner, path, &text, err);
	if (rc == 0)
		edit_disable(text, is_route_line, NULL);
	return rc;
}

/* A port without a file, or a VLAN of one. */
static int own_port(struct job *job, const struct net_bridge *bridge,
		    const struct net_port *port, struct err *err)
{
	_cleanup_free_ char *name = mem_textf("ifcfg-%s", port->device);
	_cleanup_str_ struct str text = {0};

	str_add(&text, "STARTMODE='auto'\nBOOTPROTO='none'\n");
	if (bridge->desc->vlan.value)
		str_addf(&text, "ETHERDEVICE='%s'\nVLAN_ID='%ju'\n", port->name,
			 (uintmax_t)bridge->desc->vlan.value);
	if (bridge->desc->mtu.entry)
		str_addf(&text, "MTU='%ju'\n", (uintmax_t)bridge->desc->mtu.value);
	return net_own(job->net->planner, DIRECTORY, name, text.text, &job->names, err);
}

static int edit_port(const struct net *net, const struct net_bridge *bridge,
		     const struct ifcfg *ifcfg, struct err *err)
{
	const char *mode = sysconfig_get(&ifcfg->text, "STARTMODE");
	struct str *text;
	int rc = net_edit(net->planner, ifcfg->path, &text, err);

	if (rc < 0)
		return rc;
	if (bridge->desc->mtu.entry) {
		_cleanup_free_ char *mtu =
			mem_textf("%ju", (uintmax_t)bridge->desc->mtu.value);

		set(text, "MTU", mtu);
	}
	if (!str_same(mode, "auto") && !str_same(mode, "hotplug") &&
	    !str_same(mode, "onboot") && !str_same(mode, "boot"))
		set(text, "STARTMODE", "auto");
	set(text, "BOOTPROTO", "none");
	edit_disable(text, is_moving_line, NULL);
	return 0;
}

/* ---- bridges ---- */

/* Takes the lines that a port hands over. */
static int inherit(const struct net *net, const struct net_port *port,
		   const struct ifcfg *ifcfg, const struct net_port **from,
		   struct str_list *lines, struct err *err)
{
	if (!ifcfg->is_there || !ifcfg_has_address(ifcfg))
		return 0;
	if (*from)
		return net_refuse(net, port, err,
				  "both '%s' and '%s' have an address in '" DIRECTORY
				  "'; say which with 'address'",
				  (*from)->device, port->device);
	*from = port;
	for (size_t i = 0; i < ifcfg->text.count; i++)
		if (ifcfg_moves(ifcfg->text.line[i].name))
			str_list_add(lines, ifcfg->text.line[i].raw);
	return 0;
}

static void add_line(struct str_list *lines, const char *name, const char *value)
{
	_cleanup_free_ char *line = mem_textf("%s='%s'", name, value);

	str_list_add(lines, line);
}

static void add_addresses(struct str_list *lines, const struct conf_entry *address)
{
	add_line(lines, "BOOTPROTO", address ? "static" : "none");
	for (size_t i = 0; address && i < address->count; i++) {
		_cleanup_free_ char *name =
			i ? mem_textf("IPADDR_%zu", i) : mem_text("IPADDR");

		add_line(lines, name, address->word[i].text);
	}
}

/* What makes it a bridge. `mtu` is the port's, or NULL. */
static void add_bridge(struct str_list *lines, const struct net_bridge *bridge,
		       const char *mtu)
{
	_cleanup_free_ char *ports = net_port_list(bridge);
	_cleanup_free_ char *asked =
		bridge->desc->mtu.entry
			? mem_textf("%ju", (uintmax_t)bridge->desc->mtu.value)
			: NULL;
	const char *mac = net_bridge_mac(bridge);
	int delay = net_forward_delay(bridge);

	add_line(lines, "BRIDGE", "yes");
	add_line(lines, "BRIDGE_PORTS", ports ? ports : "");
	add_line(lines, "BRIDGE_STP", bridge->desc->stp.value ? "on" : "off");
	if (delay >= 0) {
		_cleanup_free_ char *text = mem_textf("%d", delay);

		add_line(lines, "BRIDGE_FORWARDDELAY", text);
	}
	if (mac)
		add_line(lines, "LLADDR", mac);
	if (asked || mtu)
		add_line(lines, "MTU", asked ? asked : mtu);
}

/* A bridge by hand keeps its file; what the description says is set in it. */
static int edit_bridge(const struct net *net, const struct net_bridge *bridge,
		       const struct ifcfg *ifcfg, const struct str_list *lines,
		       struct err *err)
{
	struct str *text;
	int rc = net_edit(net->planner, ifcfg->path, &text, err);

	if (rc < 0)
		return rc;
	if (bridge->kind != DESC_INHERIT)
		edit_disable(text, is_moving_line, NULL);
	for (size_t i = 0; i < lines->count; i++) {
		_cleanup_free_ char *name =
			mem_text_part(lines->item[i], strcspn(lines->item[i], "="));

		edit_set(text, &edit_shell, name, lines->item[i], NULL);
	}
	return 0;
}

static int write_bridge(struct job *job, const struct net_bridge *bridge,
			const struct ifcfg *own, const struct str_list *lines,
			const struct str *routes, struct err *err)
{
	struct planner *planner = job->net->planner;
	_cleanup_free_ char *name = mem_textf("ifcfg-%s", bridge->name);
	_cleanup_free_ char *route_name = mem_textf("ifroute-%s", bridge->name);
	_cleanup_str_ struct str text = {0};
	int rc;

	str_add(&text, "STARTMODE='auto'\n");
	for (size_t i = 0; i < lines->count; i++)
		str_addf(&text, "%s\n", lines->item[i]);
	if (own->is_there)
		rc = edit_bridge(job->net, bridge, own, lines, err);
	else
		rc = net_own(planner, DIRECTORY, name, text.text, &job->names, err);
	if (rc == 0 && routes->length)
		rc = net_own(planner, DIRECTORY, route_name, routes->text, &job->names,
			     err);
	return rc;
}

/* netconfig(8): name servers are the machine's, not an interface's. */
static int write_dns(const struct net *net, const struct net_bridge *bridge,
		     struct err *err)
{
	const struct conf_entry *dns = bridge->desc->dns.entry;
	_cleanup_str_ struct str words = {0};
	struct str *text;
	int rc;

	if (!dns)
		return 0;
	for (size_t i = 0; i < dns->count; i++)
		str_addf(&words, "%s%s", i ? " " : "", dns->word[i].text);
	rc = net_edit(net->planner, CONFIG, &text, err);
	if (rc == 0)
		rc = edit_append_words(text, "NETCONFIG_DNS_STATIC_SERVERS", NULL,
				       words.text, err);
	return rc < 0 ? err_wrap(err, "'" CONFIG "'") : 0;
}

static int plan_port(struct job *job, const struct net_bridge *bridge,
		     const struct net_port *port, const struct ifcfg *ifcfg,
		     struct str *routes, struct err *err)
{
	int rc;

	if (port->is_dummy && !bridge->desc->vlan.value)
		return 0;
	if (!ifcfg->is_there)
		return own_port(job, bridge, port, err);
	rc = edit_port(job->net, bridge, ifcfg, err);
	if (rc == 0)
		rc = move_own_routes(job->net, bridge, port, routes, err);
	return rc == 0 ? move_routes(job->net, bridge, port, err) : rc;
}

static void add_described(const struct net_bridge *bridge, struct str_list *lines,
			  struct str *routes)
{
	const struct conf_entry *gateway = bridge->desc->gateway.entry;

	if (bridge->kind == DESC_DHCP)
		add_line(lines, "BOOTPROTO", "dhcp");
	else
		add_addresses(lines,
			      bridge->kind == DESC_STATIC ? bridge->address : NULL);
	for (size_t i = 0; gateway && i < gateway->count; i++)
		str_addf(routes, "default %s - %s\n", gateway->word[i].text,
			 bridge->name);
}

static int plan_bridge(struct job *job, const struct net_bridge *bridge, struct err *err)
{
	_cleanup_ifcfg_ struct ifcfg own = {0};
	_cleanup_str_list_ struct str_list lines = {0};
	_cleanup_str_ struct str routes = {0};
	_cleanup_free_ char *mtu = NULL;
	const struct net_port *from = NULL;
	bool is_known = false;
	int rc = 0;

	ifcfg_read(job->net->planner, bridge->name, &own);
	if (bridge->kind != DESC_INHERIT)
		add_described(bridge, &lines, &routes);
	for (size_t i = 0; rc == 0 && i < bridge->port_count; i++) {
		const struct net_port *port = &bridge->port[i];
		_cleanup_ifcfg_ struct ifcfg ifcfg = {0};
		const char *found;

		ifcfg_read(job->net->planner, port->device, &ifcfg);
		rc = ifcfg_check_port(job->net, bridge, port, &ifcfg, err);
		if (rc == 0 && bridge->kind == DESC_INHERIT && !own.is_there)
			rc = inherit(job->net, port, &ifcfg, &from, &lines, err);
		if (rc == 0)
			rc = plan_port(job, bridge, port, &ifcfg, &routes, err);
		found = sysconfig_get(&ifcfg.text, "MTU");
		if (!mtu && found && found[0])
			mtu = mem_text(found);
		is_known = is_known || ifcfg.is_there;
	}
	if (rc < 0)
		return rc;
	if (bridge->kind == DESC_INHERIT && !own.is_there && !is_known)
		return net_refuse(
			job->net, &bridge->port[0], err,
			"'%s' has no address to inherit: there is no '" DIRECTORY
			"/ifcfg-%s'; say 'address = none', or which",
			bridge->port[0].device, bridge->port[0].device);
	if (bridge->kind == DESC_INHERIT && !own.is_there && !from)
		add_addresses(&lines, NULL);
	add_bridge(&lines, bridge, mtu);
	rc = write_bridge(job, bridge, &own, &lines, &routes, err);
	return rc == 0 ? write_dns(job->net, bridge, err) : rc;
}

/* ifcfg-dummy(5) */
static int plan_dummy(struct job *job, const struct net_dummy *dummy, struct err *err)
{
	_cleanup_free_ char *name = mem_textf("ifcfg-%s", dummy->name);
	_cleanup_str_list_ struct str_list lines = {0};
	_cleanup_str_ struct str text = {0};

	add_line(&lines, "STARTMODE", "auto");
	add_line(&lines, "INTERFACETYPE", "dummy");
	add_addresses(&lines, dummy->address);
	for (size_t i = 0; i < lines.count; i++)
		str_addf(&text, "%s\n", lines.item[i]);
	return net_own(job->net->planner, DIRECTORY, name, text.text, &job->names, err);
}

/* ---- all ---- */

static int take_back(struct planner *planner, struct err *err)
{
	int rc = net_take_back_all(planner, DIRECTORY, "if", "", err);

	if (rc == 0)
		rc = net_take_back(planner, ROUTES, err);
	return rc == 0 ? net_take_back(planner, CONFIG, err) : rc;
}

static int plan(struct net *net, struct err *err)
{
	struct job job = {.net = net};
	int rc = take_back(net->planner, err);

	for (size_t i = 0; rc == 0 && i < net->dummy_count; i++)
		rc = plan_dummy(&job, &net->dummy[i], err);
	for (size_t i = 0; rc == 0 && i < net->bridge_count; i++)
		rc = plan_bridge(&job, &net->bridge[i], err);
	if (rc == 0)
		rc = net_sweep(net->planner, DIRECTORY, "if", "", &job.names, err);
	str_list_clear(&job.names);
	return rc;
}

static char *find(const struct planner *planner, const char *interface, bool *ret_is_made)
{
	_cleanup_str_list_ struct str_list names = {0};

	planner_list(planner, DIRECTORY, &names);
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_ifcfg_ struct ifcfg ifcfg = {0};
		const char *name = names.item[i] + strlen("ifcfg-");

		if (!str_starts(names.item[i], "ifcfg-") || strcmp(name, "lo") == 0 ||
		    (interface && strcmp(name, interface) != 0))
			continue;
		ifcfg_read(planner, name, &ifcfg);
		if (!ifcfg.is_there)
			continue;
		*ret_is_made = sysconfig_get(&ifcfg.text, "BONDING_MASTER") ||
			       sysconfig_get(&ifcfg.text, "ETHERDEVICE") ||
			       sysconfig_get(&ifcfg.text, "TEAM_RUNNER");
		return TAKE_PTR(ifcfg.path);
	}
	return NULL;
}

const struct net_stack net_wicked = {
	.name = "wicked",
	.fact = "wicked",
	.choice = DESC_WICKED,
	.find = find,
	.plan = plan,
};
