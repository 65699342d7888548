/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The environment of roles, by xen-tools' names. */
#include <stdlib.h>
#include <string.h>

#include "guest/spec-parts.h"

static void put(struct str_list *list, const char *name, const char *value)
{
	_cleanup_free_ char *pair = mem_textf("%s=%s", name, value);

	str_list_add(list, pair);
}

/* What roles do not get: secrets, and what is told in another form below. */
static bool is_hidden(const char *name)
{
	static const char *const names[] = {
		"password",	"ssh-key",	 "ip",	      "nic",	    "mac",
		"kernel",	"initrd",	 "dist",      "mirror",	    "dhcp",
		"mirror_SUITE", "keyring_SUITE", "dry-run",   "json",	    "hostname",
		"dumpconfig",	"output",	 "extension", "partitions", "interactive",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* Roles test for an empty text: what is off is not there. Lists are as they were written. */
static void put_setting(struct str_list *list, const struct setting *setting)
{
	_cleanup_str_ struct str value = {0};
	_cleanup_free_ char *name = mem_text(setting->spec->name);
	const char *argument = setting->spec->argument;
	const char *between = argument && strcmp(argument, "LIST") == 0 ? "," : " ";

	if (is_hidden(name) || !setting->value.count ||
	    setting->spec->kind == SETTING_IGNORED)
		return;
	for (char *c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	if (setting->spec->kind == SETTING_YES) {
		if (strcmp(setting->value.item[0], "yes") == 0)
			put(list, name, "1");
		return;
	}
	for (size_t i = 0; i < setting->value.count; i++)
		str_addf(&value, "%s%s", i ? between : "", setting->value.item[i]);
	put(list, name, str_text(&value));
}

/* "10.0.0.5/24" is "10.0.0.5" for xen-tools, whose netmask is apart. */
static void put_addresses(struct str_list *list, const struct guest_nic *nic)
{
	_cleanup_free_ char *count = mem_textf("%zu", nic->addresses.count);

	for (size_t i = 0; i < nic->addresses.count; i++) {
		const char *prefix = nic->addresses.item[i];
		_cleanup_free_ char *name = mem_textf("ip%zu", i + 1);
		_cleanup_free_ char *address =
			mem_text_part(prefix, strcspn(prefix, "/"));

		put(list, name, address);
	}
	put(list, "ip_count", count);
	if (nic->is_dhcp)
		put(list, "dhcp", "1");
	put(list, "mac", nic->mac);
}

static void put_netmask(const struct spec *spec, struct str_list *list)
{
	const struct guest_nic *nic = &spec->guest->nic[0];

	if (setting_text(spec->settings, "netmask"))
		return;
	for (size_t i = 0; i < nic->addresses.count; i++) {
		char mask[16];

		if (strchr(nic->addresses.item[i], ':'))
			continue;
		guest_netmask(nic->addresses.item[i], mask);
		put(list, "netmask", mask);
		return;
	}
}

/* "xvda2" is before "xvda10": what differs at the end is a number, or a letter. */
static bool is_before(const char *a, const char *b)
{
	size_t length = strlen(a), other = strlen(b);

	return length != other ? length < other : strcmp(a, b) < 0;
}

/* What is on xvda2 is PARTITION2. */
static size_t place_of(const struct guest *guest, const struct guest_volume *volume)
{
	size_t place = 1;

	for (size_t i = 0; i < guest->volume_count; i++)
		if (is_before(guest->volume[i].device, volume->device))
			place++;
	return place;
}

/* NAME:SIZE:TYPE:MOUNTPOINT:OPTIONS:IMAGETYPE:IMAGE, with a colon at the end of IMAGETYPE. */
static void put_volumes(const struct spec *spec, struct str_list *list)
{
	const struct guest *guest = spec->guest;
	const char *kind = spec->storage->kind == STORAGE_DIR ? "file:" : "phy:";
	_cleanup_free_ char *count = mem_textf("%zu", guest->volume_count);

	put(list, "NUMPARTITIONS", count);
	for (size_t i = 0; i < guest->volume_count; i++) {
		const struct guest_volume *volume = &guest->volume[i];
		bool is_swap = !volume->mountpoint;
		_cleanup_free_ char *name =
			mem_textf("PARTITION%zu", place_of(guest, volume));
		_cleanup_free_ char *value =
			mem_textf("%s:%juM:%s:%s:%s:%s:%s", volume->name,
				  (uintmax_t)(volume->size >> 20), volume->fs,
				  is_swap ? "" : volume->mountpoint,
				  is_swap ? "" : volume->options, kind, volume->path);

		put(list, name, value);
	}
}

/* Where its configuration is: OUTPUT/HOSTNAMEEXTENSION. */
static void put_config(const struct guest *guest, struct str_list *list)
{
	const char *slash = strrchr(guest->config, '/');
	_cleanup_free_ char *directory =
		mem_text_part(guest->config, (size_t)(slash - guest->config));

	put(list, "output", directory);
	put(list, "extension", slash + 1 + strlen(guest->name));
}

void spec_environment(struct spec *spec)
{
	const struct guest *guest = spec->guest;
	struct str_list *list = &spec->guest->environment;
	_cleanup_free_ char *partitions = spec_partitions(spec);

	for (size_t i = 0; i < spec->settings->count; i++)
		put_setting(list, &spec->settings->item[i]);
	put(list, "hostname", guest->name);
	put(list, "dist", guest->recipe.suite ? guest->recipe.suite : "");
	put(list, "mirror", guest->recipe.mirror ? guest->recipe.mirror : "");
	if (!setting_text(spec->settings, "arch"))
		put(list, "arch", guest->recipe.arch);
	if (guest->kernel)
		put(list, "kernel", guest->kernel);
	if (guest->ramdisk)
		put(list, "initrd", guest->ramdisk);
	if (partitions)
		put(list, "partitions", partitions);
	put_addresses(list, &guest->nic[0]);
	put_netmask(spec, list);
	put_config(guest, list);
	put_volumes(spec, list);
}
