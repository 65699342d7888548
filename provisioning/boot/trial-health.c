/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the system that runs is healthy: what it takes to keep a boot. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/inet.h"
#include "base/run.h"
#include "boot/trial-health.h"
#include "host/facts-parts.h"

#define PROGRAM_TIMEOUT_MS 10000
#define PROGRAM_OUTPUT_MAX (1 << 20)
#define TABLE_MAX (1 << 20)

/* What a program says, or NULL: it fails, hangs or is not there. */
static char *ask(const char *const *argv, struct str *reason)
{
	_cleanup_str_ struct str output = {0};
	_cleanup_err_ struct err err = {0};

	if (run_capture(&(struct run){.argv = argv,
				      .timeout_ms = PROGRAM_TIMEOUT_MS,
				      .output_limit = PROGRAM_OUTPUT_MAX},
			&output, &err) < 0) {
		str_addf(reason, "%s %s", argv[0], argv[1]);
		str_addf(reason, " does not answer: %s", err.text);
		return NULL;
	}
	return mem_text(str_text(&output));
}

static char *ask_addresses(struct str *reason)
{
	static const char *const argv[] = {"ip", "-o", "address", "show", NULL};

	return ask(argv, reason);
}

struct str_list trial_addressed(const struct fs *fs)
{
	_cleanup_str_ struct str ignored = {0};
	_cleanup_free_ char *text = fs_is_host(fs) ? ask_addresses(&ignored) : NULL;
	struct str_list names = {0};

	if (text)
		health_addressed(text, &names);
	return names;
}

/* ---- Xen ---- */

static bool look_at_xen(const struct health *health, struct str *reason)
{
	static const char *const info[] = {"xl", "info", NULL};
	static const char *const list[] = {"xl", "list", NULL};
	_cleanup_free_ char *answer = NULL, *table = NULL;
	uint64_t wanted, memory;

	/* Legacy hosts with xend have no xl. */
	if (!health->is_xen ||
	    (health->desc && health->desc->toolstack_kind.value == DESC_XEND))
		return true;
	answer = ask(info, reason);
	/* This one asks xenstored too. */
	table = answer ? ask(list, reason) : NULL;
	if (!table)
		return false;
	memory = health_dom0_mib(table);
	if (!memory) {
		str_add(reason, "xl list does not name dom0");
		return false;
	}
	wanted = health->desc ? health->desc->dom0.memory.value : 0;
	/* Xen takes whole pages, and pages of its own. */
	if (wanted &&
	    (memory + wanted / 32 + 16 < wanted || memory > wanted + wanted / 32 + 16)) {
		str_addf(reason, "dom0 has %llu MiB of memory instead of %llu",
			 (unsigned long long)memory, (unsigned long long)wanted);
		return false;
	}
	return true;
}

/* ---- bridges ---- */

static bool has_carrier(const struct fs *fs, const char *interface)
{
	_cleanup_free_ char *value =
		facts_attribute(fs, "sys/class/net/%s/carrier", interface);

	return str_same(value, "1");
}

static bool is_up(const struct fs *fs, const char *interface)
{
	_cleanup_free_ char *value =
		facts_attribute(fs, "sys/class/net/%s/flags", interface);
	uint64_t flags;

	return value && str_to_hex(value, UINT32_MAX, &flags) && (flags & 1);
}

static bool look_at_port(const struct fs *fs, const struct desc_bridge *bridge,
			 const char *port, struct str *reason)
{
	_cleanup_free_ char *member =
		mem_textf("sys/class/net/%s/brif/%s", bridge->name, port);

	/* A VLAN's name is the network stack's to choose. */
	if (!bridge->vlan.value && !fs_exists(fs, member)) {
		str_addf(reason, "bridge '%s' has no port '%s'", bridge->name, port);
		return false;
	}
	if (!has_carrier(fs, port)) {
		str_addf(reason, "bridge '%s': its port '%s' has no carrier",
			 bridge->name, port);
		return false;
	}
	return true;
}

/* Whether a bridge takes over an address that one of its ports had, or it had itself. */
static bool inherits(const struct health *health, const struct desc_bridge *bridge)
{
	const struct conf_entry *ports = bridge->ports.entry;

	if (!health->interfaces)
		return false;
	for (size_t i = 0; ports && i < ports->count; i++)
		if (str_list_has(health->interfaces, ports->word[i].text))
			return true;
	return str_list_has(health->interfaces, bridge->name);
}

static bool look_at_addresses(const struct health *health,
			      const struct desc_bridge *bridge, const char *table,
			      struct str *reason)
{
	const struct conf_entry *entry = bridge->address.entry;
	_cleanup_str_list_ struct str_list addressed = {0};

	if (bridge->address_kind == DESC_STATIC)
		for (size_t i = 0; entry && i < entry->count; i++)
			if (!health_has_address(table, bridge->name,
						entry->word[i].text)) {
				str_addf(reason, "bridge '%s' has no address %s",
					 bridge->name, entry->word[i].text);
				return false;
			}
	if (bridge->address_kind != DESC_DHCP &&
	    (bridge->address_kind != DESC_INHERIT || !inherits(health, bridge)))
		return true;
	health_addressed(table, &addressed);
	if (!str_list_has(&addressed, bridge->name))
		str_addf(reason, "bridge '%s' has no address", bridge->name);
	return reason->length == 0;
}

static bool look_at_bridge(const struct health *health, const struct desc_bridge *bridge,
			   const char *table, struct str *reason)
{
	const struct conf_entry *ports = bridge->ports.entry;

	if (!is_up(health->fs, bridge->name)) {
		str_addf(reason, "bridge '%s' is not up", bridge->name);
		return false;
	}
	for (size_t i = 0; ports && i < ports->count; i++)
		if (!look_at_port(health->fs, bridge, ports->word[i].text, reason))
			return false;
	return look_at_addresses(health, bridge, table, reason);
}

static bool look_at_bridges(const struct health *health, struct str *reason)
{
	size_t count = health->desc ? health->desc->bridge_count : 0;
	_cleanup_free_ char *table = count ? ask_addresses(reason) : NULL;

	for (size_t i = 0; table && i < count; i++)
		if (!look_at_bridge(health, &health->desc->bridge[i], table, reason))
			return false;
	return reason->length == 0;
}

/* ---- routes ---- */

/* Any packet makes the kernel ask who has the address: port 9 is for being ignored. */
static void poke(const char *address)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && inet_pton(AF_INET, address, &to.sin_addr) == 1)
		(void)!sendto(fd, "", 1, MSG_DONTWAIT, (const struct sockaddr *)&to,
			      sizeof(to));
}

static bool has_route6(const struct fs *fs)
{
	_cleanup_str_list_ struct str_list names = {0};
	_cleanup_str_ struct str text = {0};

	if (fs_read(fs, "proc/net/ipv6_route", TABLE_MAX, &text, NULL) < 0)
		return false;
	facts_default_routes(str_text(&text), true, &names);
	return names.count > 0;
}

static bool look_at_routes(const struct health *health, struct str *reason)
{
	_cleanup_str_list_ struct str_list gateways = {0};
	_cleanup_str_ struct str routes = {0}, arp = {0};

	(void)!fs_read(health->fs, "proc/net/route", TABLE_MAX, &routes, NULL);
	if (!health_gateways(str_text(&routes), &gateways)) {
		if (health->needs_route && !has_route6(health->fs))
			str_add(reason, "there is no default route");
		return reason->length == 0;
	}
	(void)!fs_read(health->fs, "proc/net/arp", TABLE_MAX, &arp, NULL);
	for (size_t i = 0; i < gateways.count; i++) {
		if (health_has_neighbour(str_text(&arp), gateways.item[i]))
			continue;
		/* The next look has the answer. */
		poke(gateways.item[i]);
		str_addf(reason, "the gateway %s does not answer", gateways.item[i]);
		return false;
	}
	return true;
}

/* ---- units ---- */

static bool look_at_units(const struct health *health, struct str *reason)
{
	static const char *const argv[] = {"systemctl", "list-units",  "--failed",
					   "--plain",	"--no-legend", NULL};
	_cleanup_free_ char *list = ask(argv, reason), *failed = NULL;

	(void)health;
	failed = list ? health_failed_units(list) : NULL;
	if (failed)
		str_addf(reason, "failed: %s", failed);
	return reason->length == 0;
}

bool health_look(const struct health *health, struct str *ret_reason)
{
	static bool (*const looks[])(const struct health *health, struct str *reason) = {
		look_at_xen,
		look_at_bridges,
		look_at_routes,
		look_at_units,
	};

	for (size_t i = 0; i < ARRAY_SIZE(looks); i++) {
		_cleanup_str_ struct str reason = {0};

		if (looks[i](health, &reason))
			continue;
		str_cut(ret_reason, 0);
		str_add(ret_reason, str_text(&reason));
		return false;
	}
	return true;
}
