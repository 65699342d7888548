/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bridges by ifupdown: interfaces(5), bridge-utils-interfaces(5). */
#include <errno.h>
#include <string.h>

#include "resources/net-ifupdown.h"
#include "resources/resources.h"

/*
 * Our stanzas are in a file of ours. A port's stanza stays where it is and becomes
 * "manual"; its lines that move are disabled there. README.Debian, "About networking";
 * debian-wiki, "Configure Networking".
 */

static bool is_one_of(const char *word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(word, list[i]) == 0)
			return true;
	return false;
}

static bool is_command(const char *keyword)
{
	static const char *const keywords[] = {"up",	  "down",     "pre-up",
					       "post-up", "pre-down", "post-down"};

	return is_one_of(keyword, keywords, ARRAY_SIZE(keywords));
}

/* Whether a command is about the hardware below the bridge. */
static bool names_hardware_tool(const char *value)
{
	static const char *const tools[] = {"ethtool", "mii-tool", "ifenslave",
					    "vconfig"};
	_cleanup_str_list_ struct str_list words = {0};

	interfaces_words(value, &words);
	for (size_t i = 0; i < words.count; i++) {
		const char *slash = strrchr(words.item[i], '/');

		if (is_one_of(slash ? slash + 1 : words.item[i], tools,
			      ARRAY_SIZE(tools)))
			return true;
	}
	return false;
}

/* Whether an option is of the port itself, wherever the address is. */
static bool stays(const struct interfaces_statement *option)
{
	static const char *const prefixes[] = {
		"link-", "ethernet-", "offload-", "hardware-", "driver-", "change-eeprom",
		"bond-", "bond_",     "slaves",	  "vlan-",     "vlan_",	  "ethtool"};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (str_starts(option->keyword, prefixes[i]))
			return true;
	return is_command(option->keyword) && names_hardware_tool(option->value);
}

/* Whether an option is one that we write for the bridge. */
static bool is_ours(const struct net_bridge *bridge,
		    const struct interfaces_statement *option)
{
	static const char *const names[] = {"ports", "stp", "fd", "waitport", "hw"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (ifupdown_is_bridge_option(option->keyword, names[i]))
			return true;
	return bridge->desc->mtu.entry && strcmp(option->keyword, "mtu") == 0;
}

/* "PORT:LABEL" */
static bool is_alias(const char *name, const char *port)
{
	return str_starts(name, port) && name[strlen(port)] == ':';
}

/* ---- what is there ---- */

/* A port's stanza without what moves: its lines are disabled, its method is "manual". */
static void make_manual(struct ifupdown_stanza *stanza)
{
	_cleanup_free_ char *line =
		mem_textf("iface %s %s manual", stanza->name, stanza->family);
	const struct interfaces_statement *option;

	if (strcmp(stanza->method, "manual") == 0)
		return;
	ifupdown_change(stanza->file, &stanza->file->text.statement[stanza->first], line);
	for (size_t i = 0; (option = ifupdown_option(stanza, i)); i++)
		if (!stays(option))
			ifupdown_change(stanza->file, option, NULL);
}

static void disable(struct ifupdown_stanza *stanza)
{
	for (size_t i = stanza->first; i < stanza->end; i++)
		ifupdown_change(stanza->file, &stanza->file->text.statement[i], NULL);
}

static bool is_alias_of_port(const struct net *net, const char *name)
{
	for (size_t i = 0; i < net->bridge_count; i++)
		for (size_t j = 0; j < net->bridge[i].port_count; j++)
			if (is_alias(name, net->bridge[i].port[j].device))
				return true;
	return false;
}

/* Takes the ports' aliases out of the lines that bring them up. */
static void disable_auto_aliases(const struct net *net, struct ifupdown_file *file)
{
	for (size_t i = 0; i < file->text.count; i++) {
		const struct interfaces_statement *statement = &file->text.statement[i];
		_cleanup_str_list_ struct str_list words = {0};
		_cleanup_str_ struct str line = {0};
		size_t kept = 0;

		if (statement->kind != INTERFACES_AUTO)
			continue;
		interfaces_words(statement->value, &words);
		str_add(&line, statement->keyword);
		for (size_t j = 0; j < words.count; j++) {
			if (is_alias_of_port(net, words.item[j]))
				continue;
			str_addf(&line, " %s", words.item[j]);
			kept++;
		}
		if (kept < words.count)
			ifupdown_change(file, statement, kept ? line.text : NULL);
	}
}

/* Commands that a description replaces by another address go, but not unseen. */
static void warn_of_commands(const struct net *net, const struct ifupdown_stanza *stanza)
{
	const struct interfaces_statement *option;

	if (strcmp(stanza->method, "manual") == 0)
		return;
	for (size_t i = 0; (option = ifupdown_option(stanza, i)); i++) {
		if (!is_command(option->keyword) || stays(option))
			continue;
		planner_warn(net->planner,
			     "the commands of '%s' in '%s' are disabled with its address",
			     stanza->name, stanza->file->path);
		return;
	}
}

static void release_port(const struct net *net, struct ifupdown *ifupdown,
			 const struct net_bridge *bridge, const struct net_port *port)
{
	struct ifupdown_stanza *stanza = NULL;

	if (port->is_dummy && !bridge->desc->vlan.value)
		return;
	while ((stanza = ifupdown_find(ifupdown, port->device, stanza))) {
		if (bridge->kind != DESC_INHERIT)
			warn_of_commands(net, stanza);
		make_manual(stanza);
	}
	for (size_t i = 0; i < ifupdown->stanza_count; i++)
		if (is_alias(ifupdown->stanza[i].name, port->device))
			disable(&ifupdown->stanza[i]);
}

/* ---- our stanzas ---- */

static void add_addresses(struct str *out, const char *name,
			  const struct conf_entry *address,
			  const struct conf_entry *gateway, const struct conf_entry *dns,
			  const char *options)
{
	bool has_gateway[2] = {false, false};

	for (size_t i = 0; i < address->count; i++) {
		bool is_v6 = net_is_v6(address->word[i].text);

		str_addf(out, "iface %s %s static\n%s\taddress %s\n", name,
			 is_v6 ? "inet6" : "inet", i == 0 ? options : "",
			 address->word[i].text);
		for (size_t j = 0; gateway && j < gateway->count; j++) {
			if (net_is_v6(gateway->word[j].text) != is_v6 ||
			    has_gateway[is_v6])
				continue;
			str_addf(out, "\tgateway %s\n", gateway->word[j].text);
			has_gateway[is_v6] = true;
		}
		for (size_t j = 0; i == 0 && dns && j < dns->count; j++)
			str_addf(out, "%s%s%s", j ? " " : "\tdns-nameservers ",
				 dns->word[j].text, j + 1 == dns->count ? "\n" : "");
	}
}

/* The value of an option in any of a name's stanzas, or NULL. */
static const char *option_of(const struct ifupdown *ifupdown, const char *name,
			     const char *keyword)
{
	struct ifupdown_stanza *stanza = NULL;
	const struct interfaces_statement *option;

	while ((stanza = ifupdown_find(ifupdown, name, stanza)))
		for (size_t i = 0; (option = ifupdown_option(stanza, i)); i++)
			if (strcmp(option->keyword, keyword) == 0)
				return option->value;
	return NULL;
}

/* What a port's MTU shall be, 0: left as it is. */
static uint64_t port_mtu(const struct ifupdown *ifupdown, const struct net_bridge *bridge,
			 const char *device)
{
	const char *text = option_of(ifupdown, device, "mtu");
	uint64_t number;

	if (bridge->desc->mtu.entry)
		return bridge->desc->mtu.value;
	return text && str_to_number(text, 65535, &number) ? number : 0;
}

/*
 * What must be so before the ports are put in; a VLAN is made when they are. A port that was
 * up already has a link-local address, which putting it in does not take away.
 */
static void add_port_commands(const struct ifupdown *ifupdown,
			      const struct net_bridge *bridge, struct str *out)
{
	bool is_vlan = bridge->desc->vlan.value;

	for (size_t i = 0; i < bridge->port_count; i++) {
		const struct net_port *port = &bridge->port[i];
		const struct ifupdown_stanza *stanza =
			ifupdown_find(ifupdown, port->device, NULL);
		uint64_t mtu = port_mtu(ifupdown, bridge, port->device);

		if (!stanza)
			stanza = ifupdown_find(ifupdown, port->name, NULL);
		/* Our file may be read before the one that makes the port. */
		if (stanza ? ifupdown_is_made(stanza) : port->is_dummy)
			str_addf(out, "\tpre-up ifup %s\n",
				 stanza ? stanza->name : port->name);
		if (mtu)
			str_addf(out, "\t%s ip link set dev %s mtu %ju\n",
				 is_vlan ? "up" : "pre-up", port->device, (uintmax_t)mtu);
		if (!port->is_dummy && !is_vlan)
			str_addf(out, "\tup ip -6 addr flush dev %s scope link || true\n",
				 port->device);
	}
}

/* xen-info-notes, "Example 4", has the same options; bridge-utils-interfaces(5). */
static char *bridge_options(const struct ifupdown *ifupdown,
			    const struct net_bridge *bridge)
{
	_cleanup_free_ char *ports = net_port_list(bridge);
	_cleanup_str_ struct str out = {0};
	int delay = net_forward_delay(bridge);

	str_addf(&out, "\tbridge_ports %s\n", ports ? ports : "none");
	str_addf(&out, "\tbridge_stp %s\n", bridge->desc->stp.value ? "on" : "off");
	if (delay >= 0)
		str_addf(&out, "\tbridge_fd %d\n", delay);
	str_addf(&out, "\tbridge_waitport %ju\n",
		 (uintmax_t)bridge->desc->wait_port.value);
	/* Else the bridge has an address of its own, and gets another lease. */
	if (bridge->desc->mac.text)
		str_addf(&out, "\tbridge_hw %s\n", bridge->desc->mac.text);
	else if (bridge->port_count && !bridge->port[0].is_dummy &&
		 !option_of(ifupdown, bridge->port[0].device, "hwaddress"))
		str_addf(&out, "\tbridge_hw %s\n", bridge->port[0].name);
	add_port_commands(ifupdown, bridge, &out);
	if (bridge->desc->mtu.entry)
		str_addf(&out, "\tmtu %ju\n", (uintmax_t)bridge->desc->mtu.value);
	return str_take(&out);
}

/* A stanza of `from` as one of the bridge. */
static void add_moved(struct str *out, const struct net_bridge *bridge, const char *from,
		      const struct ifupdown_stanza *stanza, const char *options)
{
	_cleanup_free_ char *name = net_rename(stanza->name, from, bridge->name);
	const struct interfaces_statement *option;

	if (strcmp(name, bridge->name) != 0)
		str_addf(out, "auto %s\n", name);
	str_addf(out, "iface %s %s %s%s\n%s", name, stanza->family, stanza->method,
		 stanza->tail, options);
	for (size_t i = 0; (option = ifupdown_option(stanza, i)); i++) {
		_cleanup_free_ char *value =
			is_command(option->keyword)
				? net_rename(option->value, from, bridge->name)
				: mem_text(option->value);

		if (is_ours(bridge, option) ||
		    (stays(option) && strcmp(stanza->name, bridge->name) != 0))
			continue;
		str_addf(out, "\t%s%s%s\n", option->keyword, value[0] ? " " : "", value);
	}
}

/* Moves the stanzas of a name and of its aliases; false if it has no address. */
static bool add_inherited(struct str *out, const struct ifupdown *ifupdown,
			  const struct net_bridge *bridge, const char *from,
			  const char *options)
{
	bool is_bridge = strcmp(from, bridge->name) == 0;
	bool is_first = true;

	for (int aliases = 0; aliases < 2; aliases++) {
		for (size_t i = 0; i < ifupdown->stanza_count; i++) {
			const struct ifupdown_stanza *stanza = &ifupdown->stanza[i];

			if (aliases ? is_bridge || !is_alias(stanza->name, from)
				    : strcmp(stanza->name, from) != 0 ||
					      (!is_bridge &&
					       strcmp(stanza->method, "manual") == 0))
				continue;
			if (aliases && is_first)
				str_addf(out, "iface %s inet manual\n%s", bridge->name,
					 options);
			is_first = is_first && !aliases;
			add_moved(out, bridge, from, stanza, is_first ? options : "");
			is_first = false;
		}
	}
	return !is_first;
}

/* The address of the bridge as it is, by hand, or else of the port that has one. */
static int inherit(const struct net *net, const struct ifupdown *ifupdown,
		   const struct net_bridge *bridge, const char *options, struct str *out,
		   struct err *err)
{
	const struct net_port *from = NULL;
	bool is_known = false;

	if (add_inherited(out, ifupdown, bridge, bridge->name, options))
		return 0;
	for (size_t i = 0; i < bridge->port_count; i++) {
		const struct net_port *port = &bridge->port[i];

		if (port->is_dummy || ifupdown_find(ifupdown, port->device, NULL))
			is_known = true;
		if (port->is_dummy)
			continue;
		if (!add_inherited(out, ifupdown, bridge, port->device, options))
			continue;
		if (from)
			return net_refuse(net, port, err,
					  "both '%s' and '%s' have an address in '%s'; "
					  "say which with 'address'",
					  from->device, port->device, IFUPDOWN_MAIN);
		from = port;
	}
	if (!is_known)
		return net_refuse(net, &bridge->port[0], err,
				  "'%s' has no address to inherit: it is not in '%s'; "
				  "say 'address = none', or which",
				  bridge->port[0].device, IFUPDOWN_MAIN);
	if (!from)
		str_addf(out, "iface %s inet manual\n%s", bridge->name, options);
	return 0;
}

/* A VLAN that nothing else makes, for an ifup by hand; bridge_ports makes it too. */
static void add_vlan(const struct ifupdown *ifupdown, const struct net_bridge *bridge,
		     struct str *out)
{
	for (size_t i = 0; bridge->desc->vlan.value && i < bridge->port_count; i++)
		if (!ifupdown_find(ifupdown, bridge->port[i].device, NULL))
			str_addf(out, "iface %s inet manual\n\tvlan-raw-device %s\n\n",
				 bridge->port[i].device, bridge->port[i].name);
}

static int add_bridge(const struct net *net, struct ifupdown *ifupdown,
		      const struct net_bridge *bridge, struct str *out, struct err *err)
{
	_cleanup_free_ char *options = bridge_options(ifupdown, bridge);
	struct ifupdown_stanza *own = NULL;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < bridge->port_count; i++)
		rc = ifupdown_check_port(net, ifupdown, bridge, &bridge->port[i], err);
	if (rc < 0)
		return rc;
	add_vlan(ifupdown, bridge, out);
	str_addf(out, "auto %s\n", bridge->name);
	if (bridge->kind == DESC_INHERIT)
		rc = inherit(net, ifupdown, bridge, options, out, err);
	else if (bridge->kind == DESC_STATIC)
		add_addresses(out, bridge->name, bridge->address,
			      bridge->desc->gateway.entry, bridge->desc->dns.entry,
			      options);
	else
		str_addf(out, "iface %s inet %s\n%s", bridge->name,
			 bridge->kind == DESC_DHCP ? "dhcp" : "manual", options);
	str_add_char(out, '\n');
	while ((own = ifupdown_find(ifupdown, bridge->name, own)))
		disable(own);
	for (size_t i = 0; i < bridge->port_count; i++)
		release_port(net, ifupdown, bridge, &bridge->port[i]);
	return rc;
}

/*
 * xen-info-notes, "Network Layout". The module makes "dummy0" or nothing, by its options;
 * systemd sets them to nothing.
 */
static void add_dummy(struct ifupdown *ifupdown, const struct net_dummy *dummy,
		      struct str *out)
{
	_cleanup_free_ char *make = mem_textf("\tpre-up test -e /sys/class/net/%s || "
					      "ip link add dev %s type dummy\n",
					      dummy->name, dummy->name);
	struct ifupdown_stanza *own = NULL;

	str_addf(out, "auto %s\n", dummy->name);
	if (dummy->address)
		add_addresses(out, dummy->name, dummy->address, NULL, NULL, make);
	else
		str_addf(out, "iface %s inet manual\n%s", dummy->name, make);
	str_add_char(out, '\n');
	while ((own = ifupdown_find(ifupdown, dummy->name, own)))
		disable(own);
}

/* ---- the files ---- */

static int write_files(struct net *net, struct ifupdown *ifupdown, struct str *out,
		       struct err *err)
{
	struct planner *planner = net->planner;
	struct str *text;
	int rc;

	for (size_t i = 0; i < ifupdown->file_count; i++) {
		struct ifupdown_file *file = ifupdown->file[i];

		disable_auto_aliases(net, file);
		if (!file->change_count)
			continue;
		rc = net_edit(planner, file->path, &text, err);
		if (rc < 0)
			return rc;
		edit_lines(text, file->change, file->change_count);
	}
	if (out->length && !ifupdown->sources_ours) {
		rc = net_edit(planner, IFUPDOWN_MAIN, &text, err);
		if (rc < 0)
			return rc;
		edit_add(text, "source /" IFUPDOWN_OURS);
	}
	/* Without the empty line after the last stanza. */
	if (out->length)
		str_cut(out, out->length - 1);
	return planner_own(planner, &resource_net, IFUPDOWN_OURS,
			   out->length ? out->text : NULL, COMMAND_NONE, err);
}

static int plan(struct net *net, struct err *err)
{
	_cleanup_ifupdown_ struct ifupdown ifupdown = {0};
	_cleanup_str_ struct str out = {0};
	int rc = ifupdown_check_tools(net, err);

	ifupdown_read(net->planner, &ifupdown);
	if (rc == 0 && ifupdown.trouble && (net->bridge_count || net->dummy_count))
		return err_say(err, ENOTSUP, "%s", ifupdown.trouble);
	for (size_t i = 0; rc == 0 && i < ifupdown.file_count; i++)
		rc = net_take_back(net->planner, ifupdown.file[i]->path, err);
	for (size_t i = 0; rc == 0 && i < net->dummy_count; i++)
		add_dummy(&ifupdown, &net->dummy[i], &out);
	for (size_t i = 0; rc == 0 && i < net->bridge_count; i++)
		rc = add_bridge(net, &ifupdown, &net->bridge[i], &out, err);
	return rc == 0 ? write_files(net, &ifupdown, &out, err) : rc;
}

static char *find(const struct planner *planner, const char *interface, bool *ret_is_made)
{
	_cleanup_ifupdown_ struct ifupdown ifupdown = {0};

	ifupdown_read(planner, &ifupdown);
	for (size_t i = 0; i < ifupdown.stanza_count; i++) {
		const struct ifupdown_stanza *stanza = &ifupdown.stanza[i];

		if (interface ? strcmp(stanza->name, interface) != 0
			      : strcmp(stanza->name, "lo") == 0)
			continue;
		*ret_is_made = ifupdown_is_made(stanza);
		return mem_text(stanza->file->path);
	}
	return NULL;
}

const struct net_stack net_ifupdown = {
	.name = "ifupdown",
	.fact = "ifupdown",
	.choice = DESC_IFUPDOWN,
	.find = find,
	.plan = plan,
	.waits_for_ports = true,
	.copies_mac = true,
};
