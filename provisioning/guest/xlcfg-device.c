/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the texts for disks and network interfaces in an xl.cfg(5) mean. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/inet.h"
#include "guest/xlcfg-parts.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

struct reader {
	struct xlcfg_disk disk;
	const char *at;
	bool has_prefix, has_format, has_device, has_access, is_phy, is_cdrom;
};

void xlcfg_disk_clear(struct xlcfg_disk *disk)
{
	free(disk->path);
	free(disk->device);
	free(disk->backend);
	*disk = (struct xlcfg_disk){0};
}

static void reader_clear(struct reader *reader)
{
	xlcfg_disk_clear(&reader->disk);
}

static void set(char **ret_text, const char *text)
{
	free(*ret_text);
	*ret_text = mem_text(text);
}

static int set_path(struct reader *reader, const char *path, struct err *err)
{
	if (reader->disk.path && *reader->disk.path)
		return err_say(err, EINVAL, "two targets");
	set(&reader->disk.path, path);
	return 0;
}

static int set_access(struct reader *reader, const char *access, struct err *err)
{
	size_t length = strlen(access);
	bool is_shared = length > 0 && access[length - 1] == '!';
	_cleanup_free_ char *word = mem_text_part(access, length - is_shared);

	reader->disk.is_shared = is_shared;
	if (strcmp(word, "r") == 0 || strcmp(word, "ro") == 0)
		reader->disk.is_writable = false;
	else if (!*word || strcmp(word, "w") == 0 || strcmp(word, "rw") == 0)
		reader->disk.is_writable = true;
	else
		return err_say(err, EINVAL, "unknown access '%s'", access);
	return 0;
}

/* "hdc:cdrom" tells the kind too. Whether it does. */
static bool set_device(struct reader *reader, const char *text, bool must_have_kind)
{
	const char *colon = strrchr(text, ':');

	if (!colon && must_have_kind)
		return false;
	free(reader->disk.device);
	reader->disk.device =
		mem_text_part(text, colon ? (size_t)(colon - text) : strlen(text));
	reader->has_device = true;
	if (colon)
		reader->is_cdrom = strcmp(colon, ":cdrom") == 0;
	return colon;
}

/* NAME=VALUE. Names of no interest to us, and new ones, are passed over. */
static int read_named(struct reader *reader, const char *name, const char *value,
		      struct err *err)
{
	if (strcmp(name, "access") == 0)
		return set_access(reader, value, err);
	if (strcmp(name, "vdev") == 0) {
		set(&reader->disk.device, value);
		reader->has_device = true;
	} else if (strcmp(name, "backend") == 0) {
		set(&reader->disk.backend, value);
	} else if (strcmp(name, "format") == 0) {
		reader->has_format = true;
	} else if (strcmp(name, "devtype") == 0) {
		reader->is_cdrom = strcmp(value, "cdrom") == 0;
	} else if (strcmp(name, "backendtype") == 0) {
		reader->is_phy = strcmp(value, "phy") == 0;
	}
	return 0;
}

static bool is_flag(const char *word)
{
	static const char *const flags[] = {
		"direct-io-safe", "discard", "no-discard", "colo",
		"no-colo",	  "trusted", "untrusted",
	};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (strcmp(word, flags[i]) == 0)
			return true;
	return false;
}

/* A word by its place: target, format (without a prefix), device, access. */
static int read_placed(struct reader *reader, const char *word, struct err *err)
{
	if (strcmp(word, "cdrom") == 0) {
		reader->is_cdrom = true;
		return 0;
	}
	if (is_flag(word))
		return 0;
	if (!reader->disk.path)
		return set_path(reader, word, err);
	if (!reader->has_prefix && !reader->has_format) {
		reader->has_format = true;
		if (!*reader->disk.path)
			(void)set_device(reader, word, true);
		return 0;
	}
	if (!reader->has_device) {
		(void)set_device(reader, word, false);
		return 0;
	}
	if (!reader->has_access) {
		reader->has_access = true;
		return set_access(reader, word, err);
	}
	return err_say(err, EINVAL, "unexpected '%s'", word);
}

/*
 * "phy:", "file:", "tap2:tapdisk:aio:" and their like. Others only if what follows cannot
 * belong to the word: "rbd:pool/a" and "hdc:cdrom" have none.
 */
static bool skip_prefix(struct reader *reader)
{
	static const char *const known[] = {
		"raw",	   "qcow", "qcow2", "vhd", "iscsi", "nbd",  "enbd", "drbd",
		"tapdisk", "tap",  "tap2",  "aio", "ioemu", "file", "phy",
	};
	size_t length = strspn(reader->at, LOWER DIGITS);
	const char *rest = reader->at + length + 1;
	bool is_prefix = false;

	if (!length || !strchr(LOWER, *reader->at) || reader->at[length] != ':')
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(known) && !is_prefix; i++)
		is_prefix = strlen(known[i]) == length &&
			    strncmp(reader->at, known[i], length) == 0;
	if (!is_prefix && *rest && strchr(LOWER DIGITS, *rest))
		return false;
	if (str_starts(reader->at, "phy:"))
		reader->is_phy = true;
	reader->has_prefix = true;
	reader->at = rest;
	return true;
}

static int read_next(struct reader *reader, struct err *err)
{
	_cleanup_free_ char *word = NULL, *value = NULL;
	size_t length = strcspn(reader->at, ",");
	size_t name = strspn(reader->at, LOWER DIGITS "-_");
	bool is_named = name && name < length && reader->at[name] == '=';

	if (str_starts(reader->at, "target=")) {
		/* It takes the rest, commas too, but not the last one. */
		const char *path = reader->at + strlen("target=");

		length = strlen(path);
		if (length && path[length - 1] == ',')
			length--;
		word = mem_text_part(path, length);
		reader->at = path + strlen(path);
		return set_path(reader, word, err);
	}
	word = mem_text_part(reader->at, is_named ? name : length);
	if (is_named)
		value = mem_text_part(reader->at + name + 1, length - name - 1);
	else if (strchr(word, '='))
		return err_say(err, EINVAL, "'%s' is neither a word nor a parameter",
			       word);
	reader->at += length;
	if (*reader->at == ',')
		reader->at++;
	return is_named ? read_named(reader, word, value, err)
			: read_placed(reader, word, err);
}

/* Block devices may be named relative to /dev. */
static void finish_path(struct reader *reader)
{
	struct xlcfg_disk *disk = &reader->disk;

	if (!disk->path)
		disk->path = mem_text("");
	if (!disk->device)
		disk->device = mem_text("");
	if (reader->is_phy && *disk->path && disk->path[0] != '/') {
		char *path = mem_textf("/dev/%s", disk->path);

		free(disk->path);
		disk->path = path;
	}
	if (reader->is_cdrom)
		disk->is_writable = false;
	if (disk->backend &&
	    (strcmp(disk->backend, "0") == 0 || strcmp(disk->backend, "Domain-0") == 0)) {
		free(disk->backend);
		disk->backend = NULL;
	}
}

int xlcfg_read_disk(const char *text, struct xlcfg_disk *ret_disk, struct err *err)
{
	_cleanup_(reader_clear) struct reader reader = {.disk.is_writable = true,
							.at = text};

	while (*(reader.at += strspn(reader.at, " \t\n"))) {
		int rc = skip_prefix(&reader) ? 0 : read_next(&reader, err);

		if (rc < 0)
			return rc;
	}
	finish_path(&reader);
	*ret_disk = reader.disk;
	reader.disk = (struct xlcfg_disk){0};
	return 0;
}

void xlcfg_read_vif(const char *text, struct xlcfg_vif *ret_vif)
{
	*ret_vif = (struct xlcfg_vif){0};
	while (*text) {
		size_t length;
		_cleanup_free_ char *word = NULL;

		text += strspn(text, " ");
		length = strcspn(text, ",");
		word = mem_text_part(text, length);
		if (str_starts(word, "mac="))
			set(&ret_vif->mac, word + strlen("mac="));
		else if (str_starts(word, "bridge="))
			set(&ret_vif->bridge, word + strlen("bridge="));
		else if (str_starts(word, "ip="))
			set(&ret_vif->ip, word + strlen("ip="));
		else if (str_starts(word, "vifname="))
			set(&ret_vif->vifname, word + strlen("vifname="));
		text += length;
		if (*text == ',')
			text++;
	}
}

static void add_addresses(const char *at, struct str_list *ret_addresses)
{
	while (*(at += strspn(at, " "))) {
		size_t length = strcspn(at, " ");
		_cleanup_free_ char *address = mem_text_part(at, strcspn(at, " /"));
		int family;

		if (inet_is_address(address, &family))
			str_list_add(ret_addresses, address);
		at += length;
	}
}

void xlcfg_addresses(const struct xlcfg *cfg, struct str_list *ret_addresses)
{
	for (size_t i = 0; i < cfg->vif_count; i++)
		if (cfg->vif[i].ip)
			add_addresses(cfg->vif[i].ip, ret_addresses);
}
