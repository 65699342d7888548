/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen-list-images: the guests that are configured, whether they run, what they use. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cmd/guests.h"
#include "guest/autostart.h"
#include "guest/domains.h"
#include "guest/inventory.h"
#include "guest/storage.h"

static const struct option_spec options[] = {
	{"output", "DIR", "where configurations are (/etc/xen)"},
	{"config", "FILE", "read FILE beside xen-tools.conf"},
	{"extension", "[=TEXT]", "what their names end in (.cfg); nothing: all files"},
	{"test", "DIR", "list the configurations in DIR, and only those"},
	{"json", NULL, "print JSON"},
	{"verbose", NULL, NULL},
	{NULL, NULL, NULL},
};

struct listing {
	struct fs fs;
	struct settings settings;
	struct inventory inventory;
	struct domains domains;
	bool has_domains; /* it is known what runs */
};

static void listing_clear(struct listing *listing)
{
	fs_close(&listing->fs);
	settings_clear(&listing->settings);
	inventory_clear(&listing->inventory);
	domains_clear(&listing->domains);
}

/* "10.0 GiB": one digit behind the point, as people compare them. */
static void print_size(uint64_t bytes)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB"};
	uint64_t tenths = bytes / 1024 * 10 + bytes % 1024 * 10 / 1024;
	size_t unit = 0;

	while (tenths >= 10240 && unit + 1 < ARRAY_SIZE(units)) {
		tenths /= 1024;
		unit++;
	}
	printf("%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10, units[unit]);
}

static void print_storage(const struct xlcfg *cfg)
{
	struct storage_use sum = {0};
	size_t absent = 0;

	for (size_t i = 0; i < cfg->disk_count; i++) {
		const struct xlcfg_disk *disk = &cfg->disk[i];
		struct storage_use use;

		if (!*disk->path || disk->backend)
			continue;
		if (storage_measure(disk->path, &use, NULL) < 0) {
			absent++;
			continue;
		}
		sum.size += use.size;
		sum.allocated += use.allocated;
	}
	printf("Storage: ");
	print_size(sum.size);
	printf(", ");
	print_size(sum.allocated);
	printf(" allocated");
	if (absent)
		printf(", %zu not there", absent);
	printf("\n");
}

/* xen-tools' lines: "IP: 192.0.2.1, MAC: 00:16:...", "DHCP, MAC: ...". */
static void print_interface(const struct xlcfg *cfg, const struct xlcfg_vif *vif)
{
	bool has_ip = vif && vif->ip && strcmp(vif->ip, "dhcp") != 0;

	if (has_ip) {
		size_t length = strlen(vif->ip);
		_cleanup_free_ char *addresses = NULL;

		while (length && vif->ip[length - 1] == ' ')
			length--;
		addresses = mem_text_part(vif->ip, length);
		guests_print(stdout, "IP: %s", addresses);
	} else if (cfg->is_dhcp || (vif && vif->ip)) {
		printf("DHCP");
	}
	if (vif && vif->mac) {
		guests_print(stdout, "%sMAC: %s",
			     has_ip || cfg->is_dhcp || vif->ip ? ", " : "", vif->mac);
	} else if (!has_ip && !cfg->is_dhcp) {
		return;
	}
	printf("\n");
}

static const char *state_of(const struct listing *listing,
			    const struct inventory_guest *guest,
			    const struct domain **ret_domain)
{
	_cleanup_free_ char *saved = autostart_saved(&listing->fs, guest->name);

	*ret_domain = domains_find(&listing->domains, guest->name);
	if (!*ret_domain && saved)
		return "saved";
	if (!listing->has_domains)
		return "unknown";
	if (!*ret_domain)
		return "stopped";
	return (*ret_domain)->is_paused ? "paused" : "running";
}

static void print_guest(const struct listing *listing,
			const struct inventory_guest *guest)
{
	const struct xlcfg *cfg = &guest->cfg;
	const struct domain *domain;
	const char *state = state_of(listing, guest, &domain);

	guests_print(stdout, "Name: %s\n", guest->name);
	printf("Memory: %" PRIu64 " MB\n", cfg->memory);
	if (!cfg->vif_count)
		print_interface(cfg, NULL);
	for (size_t i = 0; i < cfg->vif_count; i++)
		print_interface(cfg, &cfg->vif[i]);
	guests_print(stdout, "Config: %s\n", guest->path);
	printf("State: %s", state);
	if (domain)
		printf(" (domain %" PRIu64 ")", domain->id);
	printf("\n");
	print_storage(cfg);
}

static json_t *disk_to_json(const struct xlcfg_disk *disk)
{
	json_t *json = json_object();
	struct storage_use use;

	json_put(json, "path", json_text(disk->path));
	json_put(json, "device", json_text(disk->device));
	json_put(json, "backend", json_text(disk->backend));
	json_put(json, "is-writable", json_boolean(disk->is_writable));
	if (*disk->path && !disk->backend &&
	    storage_measure(disk->path, &use, NULL) == 0) {
		json_put(json, "size", json_integer((json_int_t)use.size));
		json_put(json, "allocated", json_integer((json_int_t)use.allocated));
	}
	return json;
}

static json_t *vif_to_json(const struct xlcfg_vif *vif)
{
	json_t *json = json_object(), *addresses = json_array();
	const char *at = vif->ip ? vif->ip : "";

	while (*(at += strspn(at, " "))) {
		size_t length = strcspn(at, " ");
		_cleanup_free_ char *address = mem_text_part(at, length);

		json_append(addresses, json_text(address));
		at += length;
	}
	json_put(json, "mac", json_text(vif->mac));
	json_put(json, "bridge", json_text(vif->bridge));
	json_put(json, "vifname", json_text(vif->vifname));
	json_put(json, "addresses", addresses);
	return json;
}

static json_t *guest_to_json(const struct listing *listing,
			     const struct inventory_guest *guest)
{
	json_t *json = json_object(), *disks = json_array(), *vifs = json_array();
	const struct xlcfg *cfg = &guest->cfg;
	const struct domain *domain;

	json_put(json, "name", json_text(guest->name));
	json_put(json, "config", json_text(guest->path));
	json_put(json, "fault", json_text(guest->fault));
	if (guest->fault) {
		json_decref(disks);
		json_decref(vifs);
		return json;
	}
	json_put(json, "state", json_text(state_of(listing, guest, &domain)));
	json_put(json, "domain",
		 domain ? json_integer((json_int_t)domain->id) : json_null());
	json_put(json, "type", json_text(cfg->type));
	json_put(json, "memory", json_integer((json_int_t)cfg->memory));
	json_put(json, "max-memory", json_integer((json_int_t)cfg->max_memory));
	json_put(json, "vcpus", json_integer(cfg->vcpus));
	json_put(json, "is-dhcp", json_boolean(cfg->is_dhcp));
	for (size_t i = 0; i < cfg->disk_count; i++)
		json_append(disks, disk_to_json(&cfg->disk[i]));
	json_put(json, "disks", disks);
	for (size_t i = 0; i < cfg->vif_count; i++)
		json_append(vifs, vif_to_json(&cfg->vif[i]));
	json_put(json, "interfaces", vifs);
	return json;
}

static void print_json(const struct listing *listing)
{
	_cleanup_json_ json_t *json = json_array();
	_cleanup_str_ struct str text = {0};

	for (size_t i = 0; i < listing->inventory.count; i++)
		json_append(json, guest_to_json(listing, &listing->inventory.guest[i]));
	json_render(json, &text);
	printf("%s", str_text(&text));
}

static void print_all(const struct listing *listing)
{
	bool is_first = true;

	for (size_t i = 0; i < listing->inventory.count; i++) {
		if (listing->inventory.guest[i].fault)
			continue;
		if (!is_first)
			printf("\n");
		is_first = false;
		print_guest(listing, &listing->inventory.guest[i]);
	}
}

/* Those that cannot be read: each but the last is told here, the last is the error. */
static int tell_faults(const struct inventory *inventory, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < inventory->count; i++) {
		if (!inventory->guest[i].fault)
			continue;
		if (rc < 0)
			program_report("xen-list-images", err);
		rc = err_say(err, EINVAL, "%s", inventory->guest[i].fault);
	}
	return rc;
}

static int read_guests(const struct call *call, struct listing *listing, struct err *err)
{
	const char *test = call_value(call, "test");
	const char *extension = call_value(call, "extension");
	_cleanup_free_ char *only = test ? realpath(test, NULL) : NULL;
	int rc;

	if (test && !only)
		return err_set(err, errno, "open '%s'", test);
	rc = test ? fs_open("/", &listing->fs, err)
		  : guests_open(call, &listing->fs, &listing->settings, err);
	if (rc < 0)
		return rc;
	if (!extension)
		extension = call_has(call, "extension") ? "" : ".cfg";
	return only ? inventory_read(&listing->fs, only, extension, &listing->inventory,
				     err)
		    : guests_inventory(call, &listing->settings, &listing->fs,
				       &listing->inventory, err);
}

static int run(const struct call *call, struct err *err)
{
	_cleanup_(listing_clear) struct listing listing = {.fs = FS_CLOSED};
	_cleanup_err_ struct err unknown = {0};
	int rc = read_guests(call, &listing, err);

	if (rc < 0)
		return rc;
	listing.has_domains = fs_is_host(&listing.fs) &&
			      domains_read(&listing.fs, &listing.domains, &unknown) == 0;
	if (unknown.code)
		program_report("xen-list-images", &unknown);
	if (call->is_json)
		print_json(&listing);
	else
		print_all(&listing);
	return tell_faults(&listing.inventory, err);
}

const struct command command_list_images = {
	.name = "xen-list-images",
	.summary = "Lists the guests that are configured on this host",
	.options = options,
	.run = run,
};
