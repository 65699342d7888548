/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's fstab(5): its volumes, by what is on them and not by where they are. */
#include <string.h>

#include "guest/identity-parts.h"

static bool has_option(const char *options, const char *wanted)
{
	size_t length = strlen(wanted);

	for (const char *at = options; *at;) {
		size_t part = strcspn(at, ",");

		if (part == length && strncmp(at, wanted, length) == 0)
			return true;
		at += part + (at[part] == ',');
	}
	return false;
}

/* fstab(5): blanks within a field are "\040". */
static void add_field(struct str *text, const char *field)
{
	for (; *field; field++)
		if (strchr(" \t\n\\", *field))
			str_addf(text, "\\%03o", (unsigned int)*field);
		else
			str_add_char(text, *field);
}

/* fsck(8) order: the root first. Those of xfs and btrfs are checked when they are mounted. */
static int check_order(const struct guest_volume *volume)
{
	if (!str_starts(volume->fs, "ext"))
		return 0;
	return strcmp(volume->mountpoint, "/") == 0 ? 1 : 2;
}

/* A guest without its swap is slow; one that waits for it is down. */
static void add_swap(struct str *text, const struct guest_volume *volume)
{
	const char *options =
		volume->options && volume->options[0] ? volume->options : "sw";

	str_addf(text, "UUID=%s none swap ", volume->uuid);
	add_field(text, options);
	str_addf(text, "%s 0 0\n", has_option(options, "nofail") ? "" : ",nofail");
}

static int add_volume(struct identity *id, const struct guest_volume *volume,
		      struct str *text, struct err *err)
{
	const char *options =
		volume->options && volume->options[0] ? volume->options : "defaults";
	_cleanup_free_ char *below = NULL;

	if (!volume->mountpoint) {
		add_swap(text, volume);
		return 0;
	}
	str_addf(text, "UUID=%s ", volume->uuid);
	add_field(text, volume->mountpoint);
	str_addf(text, " %s ", volume->fs);
	add_field(text, options);
	str_addf(text, " 0 %d\n", check_order(volume));
	below = mem_textf("%s/.", volume->mountpoint + 1);
	return volume->mountpoint[1] ? identity_put_parents(id->root, below, err) : 0;
}

int identity_fstab(struct identity *id, struct err *err)
{
	_cleanup_str_ struct str text = {0};
	int rc = 0;

	str_add(&text, "# <file system> <mount point> <type> <options> <dump> <pass>\n");
	if (!identity_has_systemd(id->root))
		str_add(&text, "proc /proc proc defaults 0 0\n");
	for (size_t i = 0; rc == 0 && i < id->guest->volume_count; i++)
		rc = add_volume(id, &id->guest->volume[i], &text, err);
	return rc == 0 ? identity_put(id->root, "etc/fstab", str_text(&text), 0644, err)
		       : rc;
}
