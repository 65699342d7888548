/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bridges by NetworkManager: nm-settings-keyfile(5), nm-settings(5). */
#include <string.h>
#include <strings.h>

#include "base/edit.h"
#include "resources/net-ini.h"
#include "resources/net.h"
#include "resources/resources.h"

#define DIRECTORY "etc/NetworkManager/system-connections"
#define PREFIX "xenhost-"
#define SUFFIX ".nmconnection"

/*
 * The port's profile stays and is not started any more; profiles of ours make the bridge,
 * with the addresses, and the port. NetworkManager reads none that others may read.
 */

struct job {
	struct net *net;
	struct str_list names; /* of our files */
};

struct profile {
	char *path; /* NULL: none */
	struct ini ini;
};

static void profile_clear(struct profile *profile)
{
	ini_clear(&profile->ini);
	mem_free_ref(&profile->path);
}

/* ---- finding ---- */

/* Sections have older names too. */
static const char *get_link(const struct ini *ini, const char *key)
{
	static const char *const sections[] = {"ethernet", "802-3-ethernet"};
	const char *value = NULL;

	for (size_t i = 0; !value && i < ARRAY_SIZE(sections); i++)
		value = ini_get(ini, sections[i], key);
	return value;
}

static bool is_device_type(const char *type)
{
	return str_same(type, "ethernet") || str_same(type, "802-3-ethernet");
}

static bool is_wireless(const struct ini *ini)
{
	const char *type = ini_get(ini, "connection", "type");

	return str_same(type, "wifi") || str_same(type, "802-11-wireless");
}

/* Whether a profile is for an interface, by its name or its MAC address. */
static bool is_for(const struct ini *ini, const char *interface, const char *mac)
{
	const char *name = ini_get(ini, "connection", "interface-name");
	const char *wanted = get_link(ini, "mac-address");

	if (name)
		return strcmp(name, interface) == 0;
	return mac && wanted && is_device_type(ini_get(ini, "connection", "type")) &&
	       strcasecmp(mac, wanted) == 0;
}

static bool is_auto(const struct ini *ini)
{
	return !str_same(ini_get(ini, "connection", "autoconnect"), "false");
}

/* False for what is not a profile, or ours. */
static bool read_profile(const struct planner *planner, const char *name,
			 struct profile *ret_profile)
{
	_cleanup_free_ char *path = mem_textf(DIRECTORY "/%s", name);
	_cleanup_str_ struct str text = {0};

	*ret_profile = (struct profile){0};
	if (name[0] == '.' || str_ends(name, "~") ||
	    net_read(planner, path, &text, NULL) < 0)
		return false;
	ini_parse(str_text(&text), false, &ret_profile->ini);
	ret_profile->path = TAKE_PTR(path);
	return true;
}

/* A profile that starts by itself comes before others; of those the first by name. */
static bool is_better(const struct profile *profile, const struct profile *than)
{
	return !than->path || (is_auto(&profile->ini) && !is_auto(&than->ini));
}

static void find_profile(const struct planner *planner, const char *interface,
			 const char *mac, struct profile *ret_profile)
{
	_cleanup_str_list_ struct str_list names = {0};

	*ret_profile = (struct profile){0};
	planner_list(planner, DIRECTORY, &names);
	for (size_t i = 0; i < names.count; i++) {
		struct profile profile;

		if (!read_profile(planner, names.item[i], &profile))
			continue;
		if ((interface ? is_for(&profile.ini, interface, mac)
			       : ini_get(&profile.ini, "connection", "type") != NULL) &&
		    is_better(&profile, ret_profile)) {
			profile_clear(ret_profile);
			*ret_profile = profile;
			continue;
		}
		profile_clear(&profile);
	}
}

/* ---- writing ---- */

/*
 * A UUID that is the same each time, of the form for private uses (RFC 9562, 5.8), from
 * two FNV-1a hashes of what it stands for.
 */
static char *make_uuid(const char *kind, const char *name)
{
	_cleanup_free_ char *text = mem_textf("xenhost %s %s", kind, name);
	uint64_t hash[2] = {UINT64_C(0xcbf29ce484222325), UINT64_C(0x84222325cbf29ce4)};

	for (size_t i = 0; i < ARRAY_SIZE(hash); i++)
		for (const char *c = text; *c; c++)
			hash[i] = (hash[i] ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	return mem_textf("%08x-%04x-8%03x-%04x-%012jx", (unsigned int)(hash[0] >> 32),
			 (unsigned int)(hash[0] >> 16 & 0xffff),
			 (unsigned int)(hash[0] & 0xfff),
			 (unsigned int)(0x8000 | (hash[1] >> 48 & 0x3fff)),
			 (uintmax_t)(hash[1] & UINT64_C(0xffffffffffff)));
}

static int own(struct job *job, const char *interface, const struct str *text,
	       struct err *err)
{
	_cleanup_free_ char *name = mem_textf(PREFIX "%s" SUFFIX, interface);
	_cleanup_free_ char *path = mem_textf(DIRECTORY "/%s", name);

	str_list_add(&job->names, name);
	return planner_own_private(job->net->planner, &resource_net, path, str_text(text),
				   COMMAND_NONE, err);
}

static void add_connection(struct str *text, const char *type, const char *interface,
			   const char *bridge)
{
	_cleanup_free_ char *uuid = make_uuid(type, interface);

	str_addf(text,
		 "[connection]\nid=xenhost-%s\nuuid=%s\ntype=%s\ninterface-name=%s\n"
		 "autoconnect=true\nautoconnect-priority=100\n",
		 interface, uuid, type, interface);
	if (bridge)
		str_addf(text, "master=%s\nslave-type=bridge\n", bridge);
}

static void add_sections(struct str *text, const struct ini *ini,
			 const char *const *names, size_t count)
{
	for (size_t i = 0; i < ini->count; i++) {
		const struct ini_section *section = &ini->section[i];

		for (size_t j = 0; j < count; j++) {
			if (strcmp(section->name, names[j]) != 0)
				continue;
			str_addf(text, "\n[%s]\n", section->name);
			for (size_t k = 0; k < section->count; k++)
				ini_add_entry(text, &section->entry[k]);
		}
	}
}

/* One family's addresses; without one of that family it is off. */
static void add_static(struct str *text, const struct net_bridge *bridge, bool is_v6)
{
	const struct conf_entry *address = bridge->address;
	const struct conf_entry *gateway = bridge->desc->gateway.entry;
	const struct conf_entry *dns = bridge->desc->dns.entry;
	size_t count = 0;

	str_addf(text, "\n[ipv%d]\n", is_v6 ? 6 : 4);
	for (size_t i = 0; address && i < address->count; i++)
		if (net_is_v6(address->word[i].text) == is_v6)
			str_addf(text, "address%zu=%s\n", ++count, address->word[i].text);
	if (!count) {
		str_addf(text, "method=disabled\n");
		return;
	}
	for (size_t i = 0; gateway && i < gateway->count; i++)
		if (net_is_v6(gateway->word[i].text) == is_v6)
			str_addf(text, "gateway=%s\n", gateway->word[i].text);
	count = 0;
	for (size_t i = 0; dns && i < dns->count; i++)
		if (net_is_v6(dns->word[i].text) == is_v6)
			str_addf(text, "%s%s;", count++ ? "" : "dns=", dns->word[i].text);
	str_addf(text, "%smethod=manual\n", count ? "\n" : "");
}

static void add_addresses(struct str *text, const struct net_bridge *bridge,
			  const struct profile *from)
{
	static const char *const names[] = {"ipv4", "ipv6", "proxy"};

	if (bridge->kind == DESC_INHERIT && from->path) {
		add_sections(text, &from->ini, names, ARRAY_SIZE(names));
	} else if (bridge->kind == DESC_DHCP) {
		str_add(text, "\n[ipv4]\nmethod=auto\n\n[ipv6]\nmethod=auto\n");
	} else {
		add_static(text, bridge, false);
		add_static(text, bridge, true);
	}
}

/* Whether a profile gives its interface an address. */
static bool has_address(const struct ini *ini)
{
	const char *v4 = ini_get(ini, "ipv4", "method");
	const char *v6 = ini_get(ini, "ipv6", "method");

	return (v4 && strcmp(v4, "disabled") != 0) ||
	       (v6 && strcmp(v6, "ignore") != 0 && strcmp(v6, "disabled") != 0 &&
		strcmp(v6, "link-local") != 0);
}

static const char *master_of(const struct ini *ini)
{
	const char *controller = ini_get(ini, "connection", "controller");

	return controller ? controller : ini_get(ini, "connection", "master");
}

static int check_port(const struct net *net, const struct net_bridge *bridge,
		      const struct net_port *port, const struct profile *profile,
		      struct err *err)
{
	const char *master = profile->path ? master_of(&profile->ini) : NULL;

	if (profile->path && is_wireless(&profile->ini))
		return net_refuse(net, port, err,
				  "'%s' is wireless in '%s' and cannot be a port of a "
				  "bridge",
				  port->device, profile->path);
	/* The controller may be named by its UUID: then it is another's too. */
	if (master && master[0] && strcmp(master, bridge->name) != 0)
		return net_refuse(net, port, err, "'%s' is a part of '%s' in '%s'",
				  port->device, master, profile->path);
	return 0;
}

/* The port's own profile is not started any more. */
static int disable_profile(const struct net *net, const struct profile *profile,
			   struct err *err)
{
	struct str *text;
	int rc = net_edit(net->planner, profile->path, &text, err);

	if (rc == 0)
		edit_set(text, &edit_equals, "autoconnect", "autoconnect=false",
			 "[connection]");
	return rc;
}

static int write_port(struct job *job, const struct net_bridge *bridge,
		      const struct net_port *port, const struct profile *profile,
		      struct err *err)
{
	static const char *const names[] = {"ethernet", "802-3-ethernet"};
	bool is_dummy = port->is_dummy && !bridge->desc->vlan.value;
	_cleanup_str_ struct str text = {0};
	bool is_new_vlan = bridge->desc->vlan.value && !profile->path;

	add_connection(&text,
		       is_new_vlan ? "vlan"
		       : is_dummy  ? "dummy"
				   : "ethernet",
		       port->device, bridge->name);
	if (is_new_vlan)
		str_addf(&text, "\n[vlan]\nid=%ju\nparent=%s\n",
			 (uintmax_t)bridge->desc->vlan.value, port->name);
	if (profile->path)
		add_sections(&text, &profile->ini, names, ARRAY_SIZE(names));
	if (bridge->desc->mtu.entry)
		str_addf(&text, "\n[ethernet]\nmtu=%ju\n",
			 (uintmax_t)bridge->desc->mtu.value);
	return own(job, port->device, &text, err);
}

static int write_bridge(struct job *job, const struct net_bridge *bridge,
			const struct profile *from, struct err *err)
{
	const char *mac = net_bridge_mac(bridge);
	const char *mtu = from->path ? get_link(&from->ini, "mtu") : NULL;
	_cleanup_str_ struct str text = {0};
	int delay = net_forward_delay(bridge);

	add_connection(&text, "bridge", bridge->name, NULL);
	str_addf(&text, "\n[bridge]\nstp=%s\n",
		 bridge->desc->stp.value ? "true" : "false");
	/* Without the spanning tree it sets none, and refuses 1: nm-settings(5). */
	if (delay >= 0 && bridge->desc->stp.value)
		str_addf(&text, "forward-delay=%d\n", delay);
	if (mac)
		str_addf(&text, "mac-address=%s\n", mac);
	if (bridge->desc->mtu.entry)
		str_addf(&text, "\n[ethernet]\nmtu=%ju\n",
			 (uintmax_t)bridge->desc->mtu.value);
	else if (mtu)
		str_addf(&text, "\n[ethernet]\nmtu=%s\n", mtu);
	add_addresses(&text, bridge, from);
	return own(job, bridge->name, &text, err);
}

static int take_address(const struct net *net, const struct net_port *port,
			struct profile *profile, struct profile *from,
			const struct net_port **from_port, struct err *err)
{
	if (*from_port && has_address(&profile->ini))
		return net_refuse(net, port, err,
				  "both '%s' and '%s' have an address ('%s', '%s'); say "
				  "which with 'address'",
				  (*from_port)->device, port->device, from->path,
				  profile->path);
	if (*from_port)
		return 0;
	if (has_address(&profile->ini))
		*from_port = port;
	profile_clear(from);
	*from = *profile;
	*profile = (struct profile){0};
	return 0;
}

/*
 * What makes its interface stays, as its own ports may name its UUID; a port's addresses
 * do not count.
 */
static int edit_made(const struct net *net, const struct net_bridge *bridge,
		     const struct profile *profile, struct err *err)
{
	_cleanup_free_ char *master = mem_textf("master=%s", bridge->name);
	struct str *text;
	int rc = net_edit(net->planner, profile->path, &text, err);

	if (rc < 0)
		return rc;
	edit_set(text, &edit_equals, "slave-type", "slave-type=bridge", "[connection]");
	edit_set(text, &edit_equals, "master", master, "[connection]");
	return 0;
}

static bool is_made(const struct ini *ini)
{
	return !is_device_type(ini_get(ini, "connection", "type")) && !is_wireless(ini);
}

static int plan_port(struct job *job, const struct net_bridge *bridge,
		     const struct net_port *port, struct profile *profile,
		     struct err *err)
{
	int rc = check_port(job->net, bridge, port, profile, err);

	if (rc == 0 && profile->path && is_made(&profile->ini))
		return edit_made(job->net, bridge, profile, err);
	if (rc == 0 && profile->path)
		rc = disable_profile(job->net, profile, err);
	return rc == 0 ? write_port(job, bridge, port, profile, err) : rc;
}

static int plan_bridge(struct job *job, const struct net_bridge *bridge, struct err *err)
{
	struct planner *planner = job->net->planner;
	_cleanup_(profile_clear) struct profile from = {0};
	const struct net_port *from_port = NULL;
	bool is_by_hand;
	int rc = 0;

	/* A bridge by hand has the address; its profile is replaced by ours. */
	find_profile(planner, bridge->name, NULL, &from);
	is_by_hand = from.path != NULL;
	if (is_by_hand)
		rc = disable_profile(job->net, &from, err);
	for (size_t i = 0; rc == 0 && i < bridge->port_count; i++) {
		const struct net_port *port = &bridge->port[i];
		_cleanup_(profile_clear) struct profile profile = {0};

		find_profile(planner, port->device,
			     bridge->desc->vlan.value ? NULL : port->mac, &profile);
		rc = plan_port(job, bridge, port, &profile, err);
		if (rc == 0 && bridge->kind == DESC_INHERIT && !is_by_hand &&
		    profile.path)
			rc = take_address(job->net, port, &profile, &from, &from_port,
					  err);
	}
	if (rc < 0)
		return rc;
	if (bridge->kind == DESC_INHERIT && !from.path)
		return net_refuse(job->net, &bridge->port[0], err,
				  "'%s' has no address to inherit: no profile in "
				  "'" DIRECTORY "' is for it; say 'address = none', or "
				  "which",
				  bridge->port[0].device);
	return write_bridge(job, bridge, &from, err);
}

static int plan_dummy(struct job *job, const struct net_dummy *dummy, struct err *err)
{
	const struct net_bridge addresses = {.desc = &(const struct desc_bridge){0},
					     .address = dummy->address};
	_cleanup_str_ struct str text = {0};

	for (size_t i = 0; i < job->net->bridge_count; i++)
		for (size_t j = 0; j < job->net->bridge[i].port_count; j++)
			if (strcmp(job->net->bridge[i].port[j].device, dummy->name) == 0)
				return 0; /* Its profile is the bridge's port's. */
	add_connection(&text, "dummy", dummy->name, NULL);
	add_static(&text, &addresses, false);
	add_static(&text, &addresses, true);
	return own(job, dummy->name, &text, err);
}

static int plan(struct net *net, struct err *err)
{
	struct job job = {.net = net};
	int rc = net_take_back_all(net->planner, DIRECTORY, "", "", err);

	for (size_t i = 0; rc == 0 && i < net->dummy_count; i++)
		rc = plan_dummy(&job, &net->dummy[i], err);
	for (size_t i = 0; rc == 0 && i < net->bridge_count; i++)
		rc = plan_bridge(&job, &net->bridge[i], err);
	if (rc == 0)
		rc = net_sweep(net->planner, DIRECTORY, PREFIX, SUFFIX, &job.names, err);
	str_list_clear(&job.names);
	return rc;
}

static char *find(const struct planner *planner, const char *interface, bool *ret_is_made)
{
	const struct facts *facts = planner->facts;
	_cleanup_(profile_clear) struct profile profile = {0};
	const char *mac = NULL;

	for (size_t i = 0; interface && i < facts->nic_count; i++)
		if (strcmp(facts->nic[i].name, interface) == 0)
			mac = facts->nic[i].mac;
	find_profile(planner, interface, mac, &profile);
	if (!profile.path)
		return NULL;
	*ret_is_made = is_made(&profile.ini);
	return TAKE_PTR(profile.path);
}

const struct net_stack net_networkmanager = {
	.name = "NetworkManager",
	.fact = "networkmanager",
	.choice = DESC_NETWORKMANAGER,
	.find = find,
	.plan = plan,
};
