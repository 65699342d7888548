/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network: who manages bridges' ports, guests' queues, and doors that are open. */
#include <string.h>

#include "base/shell.h"
#include "host/facts-parts.h"
#include "resources/check-parts.h"
#include "resources/net.h"
#include "resources/resources.h"

#define QUEUE_OLD 32 /* netback's for long */
#define MIGRATION_PORT 8002
#define XEND_CONFIG "etc/xen/xend-config.sxp"

static const struct advice port_managed = {
	.id = "network.port-managed",
	.severity = SEVERITY_WARNING,
	.why = "README.SUSE.txt:1121: what another program configures does not stay in "
	       "its bridge",
	.setting = "[network] stack = networkmanager; or disable it, or name the "
		   "interface in its unmanaged-devices",
};

static const struct advice vif_queue = {
	.id = "network.vif-queue",
	.severity = SEVERITY_WARNING,
	.why = "debian-wiki-xen.txt:321: a short queue loses packets on their way to the "
	       "guest",
	.setting = "[network] vif-queue; now: ip link set qlen 1000 dev VIF",
};

static const struct advice migration_open = {
	.id = "network.migration-open",
	.severity = SEVERITY_ERROR,
	.why = "README.SUSE.txt:1245: xend takes guests from any host that is not kept "
	       "out",
	.setting = "(xend-relocation-hosts-allow '^localhost$ ...') in "
		   "/etc/xen/xend-config.sxp, or (xend-relocation-server no)",
};

static const struct advice migration_listening = {
	.id = "network.migration-listening",
	.severity = SEVERITY_WARNING,
	.why = "README.SUSE.txt:1239: guests' memory goes through this port in the clear",
	.setting = "let the firewall pass hosts that are trusted only; xl migrates "
		   "through ssh",
};

/* ---- ports ---- */

static bool is_stack_enabled(const struct facts *facts, const char *name)
{
	for (size_t i = 0; i < facts->stack_count; i++)
		if (strcmp(facts->stack[i].name, name) == 0)
			return facts->stack[i].is_enabled;
	return false;
}

/* Whether some file in a directory that ends so has a word. */
static bool dir_has_word(const struct checker *checker, const char *dir, const char *tail,
			 const char *word)
{
	_cleanup_str_list_ struct str_list names = facts_names(checker->fs, dir);
	_cleanup_str_ struct str text = {0};

	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *path = mem_textf("%s/%s", dir, names.item[i]);

		if (!str_ends(path, tail))
			continue;
		check_read(checker, path, &text);
		for (char *c = text.text; c && *c; c++)
			if (strchr("\n=", *c))
				*c = ' ';
		if (check_has_word(str_text(&text), word))
			return true;
	}
	return false;
}

/* interfaces(5) */
static bool ifupdown_names(const struct checker *checker, const char *port)
{
	return dir_has_word(checker, "etc/network", "/interfaces", port) ||
	       dir_has_word(checker, "etc/network/interfaces.d", "", port);
}

/* Whether a stack that is not NetworkManager configures the port. */
static bool is_of_others(const struct checker *checker, const char *port)
{
	_cleanup_free_ char *ifcfg = mem_textf("etc/sysconfig/network/ifcfg-%s", port);

	switch ((enum desc_stack)checker->desc->network.stack.value) {
	case DESC_NETWORKMANAGER:
		return false;
	case DESC_IFUPDOWN:
	case DESC_NETWORKD:
	case DESC_WICKED:
		return true;
	case DESC_NETPLAN: /* writes for NetworkManager too */
	case DESC_STACK_AUTO:
		break;
	}
	return ifupdown_names(checker, port) || fs_exists(checker->fs, ifcfg) ||
	       dir_has_word(checker, "etc/systemd/network", ".network", port);
}

/* NetworkManager.conf(5): its plugin leaves alone what interfaces(5) names. */
static bool leaves_ifupdown(const char *text)
{
	_cleanup_free_ char *managed = shell_value(text, "managed");
	_cleanup_free_ char *plugins = shell_value(text, "plugins");

	return plugins && strstr(plugins, "ifupdown") && !str_same(managed, "true");
}

static bool is_configured_away(const struct checker *checker, const char *port)
{
	static const char *const dirs[] = {"etc/NetworkManager/conf.d",
					   "run/NetworkManager/conf.d",
					   "usr/lib/NetworkManager/conf.d"};
	_cleanup_str_ struct str text = {0};

	check_read(checker, "etc/NetworkManager/NetworkManager.conf", &text);
	if (check_is_unmanaged(str_text(&text), port) ||
	    (leaves_ifupdown(str_text(&text)) && ifupdown_names(checker, port)))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		_cleanup_str_list_ struct str_list names =
			facts_names(checker->fs, dirs[i]);

		for (size_t k = 0; k < names.count; k++) {
			_cleanup_free_ char *path =
				mem_textf("%s/%s", dirs[i], names.item[k]);

			check_read(checker, path, &text);
			if (str_ends(path, ".conf") &&
			    check_is_unmanaged(str_text(&text), port))
				return true;
		}
	}
	return false;
}

/* What it says of the interface while it runs, else what it is told to do. */
static bool is_managed(const struct checker *checker, const char *port)
{
	_cleanup_free_ char *index = NULL, *state = NULL, *managed = NULL;

	if (checker->has_hardware)
		index = facts_attribute(checker->fs, "sys/class/net/%s/ifindex", port);
	if (index)
		state = facts_attribute(checker->fs, "run/NetworkManager/devices/%s",
					index);
	if (!state)
		return !is_configured_away(checker, port);
	managed = shell_value(state, "managed");
	return str_same(managed, "true");
}

/* Debian's /etc/default/ifplugd, and STARTMODE of SUSE's ifcfg(5). */
static bool is_of_ifplugd(const struct checker *checker, const char *port)
{
	static const char *const names[] = {"INTERFACES", "HOTPLUG_INTERFACES"};
	_cleanup_free_ char *ifcfg = mem_textf("etc/sysconfig/network/ifcfg-%s", port);
	_cleanup_free_ char *mode = NULL;
	_cleanup_str_ struct str text = {0};

	check_read(checker, ifcfg, &text);
	mode = shell_value(str_text(&text), "STARTMODE");
	if (str_same(mode, "ifplugd"))
		return true;
	check_read(checker, "etc/default/ifplugd", &text);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *words = shell_value(str_text(&text), names[i]);

		if (words &&
		    (check_has_word(words, port) || check_has_word(words, "auto") ||
		     check_has_word(words, "all")))
			return true;
	}
	return false;
}

static void check_port(struct checker *checker, const char *port)
{
	if (is_stack_enabled(checker->facts, "networkmanager") &&
	    is_of_others(checker, port) && is_managed(checker, port))
		check_add(checker, &port_managed, NET_TAKEN_BY_NM, port, port);
	if (is_of_ifplugd(checker, port))
		check_add(checker, &port_managed, NET_TAKEN_BY_IFPLUGD, port);
}

static void check_ports(struct checker *checker)
{
	for (size_t i = 0; i < checker->desc->bridge_count; i++) {
		const struct desc_bridge *bridge = &checker->desc->bridge[i];
		const struct conf_entry *ports = bridge->ports.entry;

		for (size_t k = 0; ports && k < ports->count; k++)
			check_port(checker, ports->word[k].text);
	}
}

/* ---- guests' interfaces ---- */

static void check_queues(struct checker *checker)
{
	const struct desc_number *asked = &checker->desc->network.vif_queue;
	_cleanup_str_list_ struct str_list names =
		facts_names(checker->fs, "sys/class/net");

	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *queue = NULL;
		uint64_t length;

		if (!str_starts(names.item[i], "vif"))
			continue;
		queue = facts_attribute(checker->fs, "sys/class/net/%s/tx_queue_len",
					names.item[i]);
		if (!queue || !str_to_number(queue, UINT32_MAX, &length))
			continue;
		if (length <= QUEUE_OLD || (asked->entry && length < asked->value))
			check_add(checker, &vif_queue,
				  "%s has a queue of %ju packets, not %ju", names.item[i],
				  (uintmax_t)length, (uintmax_t)asked->value);
	}
}

/* ---- migration ---- */

static void check_xend(struct checker *checker)
{
	_cleanup_free_ char *server = NULL, *allowed = NULL;
	_cleanup_str_ struct str text = {0};

	check_read(checker, XEND_CONFIG, &text);
	server = check_sxp_value(str_text(&text), "xend-relocation-server");
	allowed = check_sxp_value(str_text(&text), "xend-relocation-hosts-allow");
	if (str_same(server, "yes") && (!allowed || !*allowed))
		check_add(checker, &migration_open,
			  "xend takes guests from every host (" XEND_CONFIG ")");
}

static void check_listening(struct checker *checker)
{
	static const char *const tables[] = {"proc/net/tcp", "proc/net/tcp6"};
	_cleanup_str_ struct str text = {0};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		check_read(checker, tables[i], &text);
		if (!check_listens(str_text(&text), MIGRATION_PORT))
			continue;
		check_add(checker, &migration_listening,
			  "something listens at TCP port %d, that of migration",
			  MIGRATION_PORT);
		return;
	}
}

static void check(struct checker *checker)
{
	check_ports(checker);
	check_xend(checker);
	if (!checker->has_hardware)
		return;
	check_queues(checker);
	check_listening(checker);
}

const struct resource resource_network_state = {.name = "network-state", .check = check};
