/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bridges by systemd-networkd: systemd.netdev(5), systemd.network(5). */
#include <string.h>

#include "resources/net-networkd.h"
#include "resources/resources.h"

/*
 * All files are ours and sort first, so that they hide what the port has. What that file
 * says of addresses goes to the bridge, what it says of the link stays.
 */

struct job {
	struct net *net;
	struct str_list names; /* of our files, those of drop-ins with their directory */
};

static int own(struct job *job, const char *interface, const char *suffix,
	       const struct str *text, struct err *err)
{
	_cleanup_free_ char *name = mem_textf(NETWORKD_PREFIX "%s.%s", interface, suffix);

	return net_own(job->net->planner, NETWORKD_DIRECTORY, name, str_text(text),
		       &job->names, err);
}

static bool is_one_of(const char *word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(word, list[i]) == 0)
			return true;
	return false;
}

/* Whether a key of [Network] is about the link that has it, not about addresses. */
static bool key_stays(const char *key)
{
	static const char *const keys[] = {
		"VLAN",		  "MACVLAN", "MACVTAP",	 "IPVLAN",	"IPVTAP",
		"IPoIB",	  "VXLAN",   "Tunnel",	 "Xfrm",	"MACsec",
		"BatmanAdvanced", "LLDP",    "EmitLLDP", "ActiveSlave", "PrimarySlave",
		"Bridge",	  "Bond"};

	return is_one_of(key, keys, ARRAY_SIZE(keys));
}

static bool section_stays(const char *name)
{
	static const char *const names[] = {
		"Match", "Link", "Bridge", "BridgeFDB", "BridgeMDB",	  "BridgeVLAN",
		"LLDP",	 "CAN",	 "IPoIB",  "QDisc",	"NetworkEmulator"};

	return is_one_of(name, names, ARRAY_SIZE(names)) ||
	       str_starts(name, "TrafficControl");
}

/* Adds the entries of all sections of a name for which a test holds. */
static void add_entries(struct str *out, const struct ini *ini, const char *name,
			bool (*is_wanted)(const char *key))
{
	for (size_t i = 0; i < ini->count; i++) {
		const struct ini_section *section = &ini->section[i];

		if (strcmp(section->name, name) != 0)
			continue;
		for (size_t j = 0; j < section->count; j++)
			if (is_wanted(section->entry[j].key))
				ini_add_entry(out, &section->entry[j]);
	}
}

static bool is_link_key(const char *key)
{
	return strcmp(key, "MTUBytes") != 0;
}

static bool moves(const char *key)
{
	return !key_stays(key);
}

static bool is_kept(const char *key)
{
	return key_stays(key) && strcmp(key, "Bridge") != 0 && strcmp(key, "Bond") != 0;
}

/* The MTU of a port or of its bridge. */
static char *mtu_line(const struct net_bridge *bridge, const struct ini *ini)
{
	const char *found = ini_get(ini, "Link", "MTUBytes");

	if (bridge->desc->mtu.entry)
		return mem_textf("MTUBytes=%ju\n", (uintmax_t)bridge->desc->mtu.value);
	return found ? mem_textf("MTUBytes=%s\n", found) : mem_text("");
}

static void find_port(const struct planner *planner, const char *device,
		      struct networkd_file *ret_file)
{
	const struct facts *facts = planner->facts;
	_cleanup_free_ char *kind = networkd_kind(planner, device);
	struct networkd_link link = {.name = device, .kind = kind};

	for (size_t i = 0; i < facts->nic_count; i++) {
		if (strcmp(facts->nic[i].name, device) != 0)
			continue;
		link.mac = facts->nic[i].mac;
		link.driver = facts->nic[i].driver;
	}
	networkd_find(planner, &link, ret_file);
}

/* ---- devices ---- */

/*
 * A bridge has its first port's MAC address if that is known; else "none" and net.c's link
 * file leave it to the kernel, which takes that of a port: with systemd 250 or later.
 */
static int write_bridge_device(struct job *job, const struct net_bridge *bridge,
			       struct err *err)
{
	const char *mac = net_bridge_mac(bridge);
	_cleanup_str_ struct str text = {0};
	int delay = net_forward_delay(bridge);

	str_addf(&text, "[NetDev]\nName=%s\nKind=bridge\n", bridge->name);
	if (mac || bridge->port_count)
		str_addf(&text, "MACAddress=%s\n", mac ? mac : "none");
	str_addf(&text, "\n[Bridge]\nSTP=%s\n", bridge->desc->stp.value ? "yes" : "no");
	if (delay >= 0)
		str_addf(&text, "ForwardDelaySec=%d\n", delay);
	return own(job, bridge->name, "netdev", &text, err);
}

static void add_static(struct str *text, const struct conf_entry *address,
		       const struct conf_entry *gateway, const struct conf_entry *dns)
{
	const struct {
		const char *key;
		const struct conf_entry *entry;
	} lines[] = {{"Address", address}, {"Gateway", gateway}, {"DNS", dns}};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		for (size_t j = 0; lines[i].entry && j < lines[i].entry->count; j++)
			str_addf(text, "%s=%s\n", lines[i].key,
				 lines[i].entry->word[j].text);
}

static int write_dummy(struct job *job, const struct net_dummy *dummy, struct err *err)
{
	_cleanup_str_ struct str device = {0}, text = {0};
	int rc;

	str_addf(&device, "[NetDev]\nName=%s\nKind=dummy\n", dummy->name);
	rc = own(job, dummy->name, "netdev", &device, err);
	for (size_t i = 0; i < job->net->bridge_count; i++)
		for (size_t j = 0; j < job->net->bridge[i].port_count; j++)
			if (strcmp(job->net->bridge[i].port[j].device, dummy->name) == 0)
				return rc; /* The port's file is the bridge's. */
	str_addf(&text, "[Match]\nName=%s\n\n[Network]\n", dummy->name);
	add_static(&text, dummy->address, NULL, NULL);
	return rc < 0 ? rc : own(job, dummy->name, "network", &text, err);
}

/* ---- the bridge's addresses ---- */

static void add_section(struct str *text, const struct ini_section *section)
{
	str_addf(text, "\n[%s]\n", section->name);
	for (size_t i = 0; i < section->count; i++)
		ini_add_entry(text, &section->entry[i]);
}

static void add_inherited(struct str *text, const struct net_bridge *bridge,
			  const struct ini *ini)
{
	_cleanup_free_ char *mtu = mtu_line(bridge, ini);

	if (mtu[0])
		str_addf(text, "\n[Link]\n%s", mtu);
	str_add(text, "\n[Network]\n");
	add_entries(text, ini, "Network", moves);
	for (size_t i = 0; i < ini->count; i++) {
		const struct ini_section *section = &ini->section[i];

		if (section_stays(section->name) || strcmp(section->name, "Network") == 0)
			continue;
		add_section(text, section);
	}
}

/* Whether a file gives an interface an address. */
static bool has_address(const struct ini *ini)
{
	const char *dhcp = ini_get(ini, "Network", "DHCP");

	for (size_t i = 0; i < ini->count; i++)
		if (strcmp(ini->section[i].name, "Address") == 0)
			return true;
	return ini_get(ini, "Network", "Address") ||
	       (dhcp && strcmp(dhcp, "no") != 0 && strcmp(dhcp, "none") != 0);
}

static int inherit(const struct net *net, const struct net_bridge *bridge,
		   struct str *text, struct err *err)
{
	_cleanup_networkd_file_ struct networkd_file from = {0};
	_cleanup_free_ char *kind = networkd_kind(net->planner, bridge->name);
	const char *device = NULL;

	/* A bridge made by hand has the address already. */
	if (kind)
		find_port(net->planner, bridge->name, &from);
	for (size_t i = 0; !kind && i < bridge->port_count; i++) {
		_cleanup_networkd_file_ struct networkd_file file = {0};

		find_port(net->planner, bridge->port[i].device, &file);
		if (!file.path || (from.path && !has_address(&file.ini)))
			continue;
		if (from.path && has_address(&from.ini))
			return net_refuse(net, &bridge->port[i], err,
					  "both '%s' and '%s' have an address ('%s', "
					  "'%s'); say which with 'address'",
					  device, bridge->port[i].device, from.path,
					  file.path);
		networkd_file_clear(&from);
		from = file;
		file = (struct networkd_file){0};
		device = bridge->port[i].device;
	}
	if (!from.path)
		return net_refuse(net, &bridge->port[0], err,
				  "'%s' has no address to inherit: no file in "
				  "'" NETWORKD_DIRECTORY "' is for it; say 'address = "
				  "none', or which",
				  bridge->port[0].device);
	add_inherited(text, bridge, &from.ini);
	return 0;
}

static bool is_internal(const struct net_bridge *bridge)
{
	for (size_t i = 0; i < bridge->port_count; i++)
		if (!bridge->port[i].is_dummy)
			return false;
	return true;
}

static int write_bridge_network(struct job *job, const struct net_bridge *bridge,
				struct err *err)
{
	const struct ini nothing = {0};
	_cleanup_free_ char *mtu = mtu_line(bridge, &nothing);
	_cleanup_str_ struct str text = {0};
	int rc = 0;

	str_addf(&text, "[Match]\nName=%s\n", bridge->name);
	if (bridge->kind == DESC_INHERIT) {
		rc = inherit(job->net, bridge, &text, err);
	} else {
		if (mtu[0] || is_internal(bridge))
			str_addf(&text, "\n[Link]\n%s%s", mtu,
				 is_internal(bridge) ? "RequiredForOnline=no\n" : "");
		str_add(&text, "\n[Network]\n");
	}
	if (bridge->kind == DESC_STATIC)
		add_static(&text, bridge->address, bridge->desc->gateway.entry,
			   bridge->desc->dns.entry);
	else if (bridge->kind == DESC_DHCP)
		str_add(&text, "DHCP=yes\n");
	else if (bridge->kind == DESC_NONE)
		str_add(&text, "LinkLocalAddressing=no\nIPv6AcceptRA=no\n");
	/* Without guests it has no carrier. */
	if (is_internal(bridge))
		str_add(&text, "ConfigureWithoutCarrier=yes\n");
	return rc < 0 ? rc : own(job, bridge->name, "network", &text, err);
}

/* ---- ports ---- */

/* "VLAN=" for each VLAN of an interface that we make. */
static void add_vlans(const struct net *net, const char *interface, struct str *text)
{
	for (size_t i = 0; i < net->bridge_count; i++) {
		const struct net_bridge *bridge = &net->bridge[i];

		for (size_t j = 0; bridge->desc->vlan.value && j < bridge->port_count;
		     j++) {
			const struct net_port *port = &bridge->port[j];
			_cleanup_free_ char *kind = NULL;

			if (strcmp(port->name, interface) != 0)
				continue;
			kind = networkd_kind(net->planner, port->device);
			if (!kind)
				str_addf(text, "VLAN=%s\n", port->device);
		}
	}
}

static bool is_port(const struct net *net, const char *interface)
{
	for (size_t i = 0; i < net->bridge_count; i++)
		for (size_t j = 0; j < net->bridge[i].port_count; j++)
			if (strcmp(net->bridge[i].port[j].device, interface) == 0)
				return true;
	return false;
}

/* A file that is for other interfaces too, for one of them, with VLANs. */
static void add_copy(struct str *text, const char *interface, const struct ini *ini,
		     const char *vlans)
{
	str_addf(text, "[Match]\nName=%s\n", interface);
	for (size_t i = 0; i < ini->count; i++)
		if (strcmp(ini->section[i].name, "Match") != 0)
			add_section(text, &ini->section[i]);
	str_addf(text, "\n[Network]\n%s", vlans);
}

/* Makes a VLAN, and has the interface below know of it. */
static int write_vlan(struct job *job, const struct net_bridge *bridge,
		      const struct net_port *port, struct err *err)
{
	struct net *net = job->net;
	_cleanup_free_ char *kind = networkd_kind(net->planner, port->device);
	_cleanup_networkd_file_ struct networkd_file below = {0};
	_cleanup_str_ struct str device = {0}, text = {0}, vlans = {0};
	_cleanup_free_ char *directory = NULL;
	int rc;

	if (kind)
		return 0;
	str_addf(&device, "[NetDev]\nName=%s\nKind=vlan\n\n[VLAN]\nId=%ju\n",
		 port->device, (uintmax_t)bridge->desc->vlan.value);
	rc = own(job, port->device, "netdev", &device, err);
	if (rc < 0 || is_port(net, port->name))
		return rc;
	find_port(net->planner, port->name, &below);
	add_vlans(net, port->name, &vlans);
	if (below.match == NETWORKD_MAYBE)
		return net_refuse(net, port, err,
				  "'%s' may be for '%s' or not: its [Match] cannot be "
				  "judged",
				  below.path, port->name);
	if (!below.path) {
		str_addf(&text,
			 "[Match]\nName=%s\n\n[Network]\n%sLinkLocalAddressing=no\n",
			 port->name, str_text(&vlans));
		return own(job, port->name, "network", &text, err);
	}
	if (!str_same(ini_get(&below.ini, "Match", "Name"), port->name)) {
		add_copy(&text, port->name, &below.ini, str_text(&vlans));
		return own(job, port->name, "network", &text, err);
	}
	str_addf(&text, "[Network]\n%s", str_text(&vlans));
	directory = mem_textf(NETWORKD_DIRECTORY "/%s.d", below.name);
	str_list_add(&job->names, directory);
	return net_own(net->planner, directory, "xenhost.conf", str_text(&text),
		       &job->names, err);
}

/* Refuses a port that another bridge or a bond has. */
static int check_port(const struct net *net, const struct net_bridge *bridge,
		      const struct net_port *port, const struct networkd_file *file,
		      struct err *err)
{
	const char *bond = file->path ? ini_get(&file->ini, "Network", "Bond") : NULL;
	const char *other = file->path ? ini_get(&file->ini, "Network", "Bridge") : NULL;

	if (file->path && file->match == NETWORKD_MAYBE)
		return net_refuse(net, port, err,
				  "'%s' may be for '%s' or not: its [Match] cannot be "
				  "judged",
				  file->path, port->device);
	if (bond && bond[0])
		return net_refuse(net, port, err, "'%s' is a part of bond '%s' in '%s'",
				  port->device, bond, file->path);
	if (other && other[0] && strcmp(other, bridge->name) != 0)
		return net_refuse(net, port, err, "'%s' is a part of bridge '%s' in '%s'",
				  port->device, other, file->path);
	return 0;
}

static int write_port(struct job *job, const struct net_bridge *bridge,
		      const struct net_port *port, struct err *err)
{
	_cleanup_networkd_file_ struct networkd_file file = {0};
	_cleanup_free_ char *mtu = NULL;
	_cleanup_str_ struct str text = {0}, link = {0};
	int rc;

	find_port(job->net->planner, port->device, &file);
	rc = check_port(job->net, bridge, port, &file, err);
	if (rc == 0 && bridge->desc->vlan.value)
		rc = write_vlan(job, bridge, port, err);
	if (rc < 0)
		return rc;
	mtu = mtu_line(bridge, &file.ini);
	str_add(&link, mtu);
	add_entries(&link, &file.ini, "Link", is_link_key);
	str_addf(&text, "[Match]\nName=%s\n", port->device);
	if (link.length)
		str_addf(&text, "\n[Link]\n%s", link.text);
	str_addf(&text, "\n[Network]\nBridge=%s\nLinkLocalAddressing=no\n", bridge->name);
	add_entries(&text, &file.ini, "Network", is_kept);
	add_vlans(job->net, port->device, &text);
	for (size_t i = 0; i < file.ini.count; i++) {
		const struct ini_section *section = &file.ini.section[i];

		if (!section_stays(section->name) ||
		    strcmp(section->name, "Match") == 0 ||
		    strcmp(section->name, "Link") == 0)
			continue;
		add_section(&text, section);
	}
	return own(job, port->device, "network", &text, err);
}

/* ---- all ---- */

/* Removes what an older description had, the drop-ins of others' files too. */
static int sweep(struct job *job, struct err *err)
{
	struct planner *planner = job->net->planner;
	_cleanup_str_list_ struct str_list found = {0}, none = {0};
	int rc = net_sweep(planner, NETWORKD_DIRECTORY, NETWORKD_PREFIX, ".netdev",
			   &job->names, err);

	if (rc == 0)
		rc = net_sweep(planner, NETWORKD_DIRECTORY, NETWORKD_PREFIX, ".network",
			       &job->names, err);
	planner_list(planner, NETWORKD_DIRECTORY, &found);
	for (size_t i = 0; rc == 0 && i < found.count; i++) {
		_cleanup_free_ char *directory =
			mem_textf(NETWORKD_DIRECTORY "/%s", found.item[i]);

		if (str_ends(found.item[i], ".network.d") &&
		    !str_list_has(&job->names, directory))
			rc = net_sweep(planner, directory, "xenhost.conf", "", &none,
				       err);
	}
	return rc;
}

static int plan_bridge(struct job *job, const struct net_bridge *bridge, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < bridge->port_count; i++)
		rc = write_port(job, bridge, &bridge->port[i], err);
	if (rc == 0)
		rc = write_bridge_device(job, bridge, err);
	return rc == 0 ? write_bridge_network(job, bridge, err) : rc;
}

static int plan(struct net *net, struct err *err)
{
	struct job job = {.net = net};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < net->dummy_count; i++)
		rc = write_dummy(&job, &net->dummy[i], err);
	for (size_t i = 0; rc == 0 && i < net->bridge_count; i++)
		rc = plan_bridge(&job, &net->bridge[i], err);
	if (rc == 0)
		rc = sweep(&job, err);
	str_list_clear(&job.names);
	return rc;
}

static char *find(const struct planner *planner, const char *interface, bool *ret_is_made)
{
	_cleanup_networkd_file_ struct networkd_file file = {0};
	_cleanup_free_ char *kind = NULL;

	if (!interface) {
		networkd_find_any(planner, &file);
		return TAKE_PTR(file.path);
	}
	kind = networkd_kind(planner, interface);
	*ret_is_made = kind != NULL;
	find_port(planner, interface, &file);
	return TAKE_PTR(file.path);
}

const struct net_stack net_networkd = {
	.name = "systemd-networkd",
	.fact = "networkd",
	.choice = DESC_NETWORKD,
	.find = find,
	.plan = plan,
};
