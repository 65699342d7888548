/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands in the way of a guest, found before anything is made. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/inet.h"
#include "guest/create-parts.h"
#include "guest/filesystem.h"
#include "guest/guard-parts.h"
#include "guest/inventory.h"
#include "guest/xlcfg.h"

#define CONFIG_LIMIT ((size_t)1024 * 1024)

/* Where other guests' configurations are, and beside the new one. */
static const struct {
	const char *directory, *extension; /* of configurations there */
} places[] = {{"/etc/xen", ".cfg"}, {"/etc/xen/vm", ""}, {"/etc/xen/auto", ""}};

bool create_is_on_devices(const struct create *create)
{
	return create->storage && create->storage->kind == STORAGE_DEVICE;
}

static int check_absent(const struct create *create, struct err *err)
{
	const struct guest *guest = create->guest;
	struct stat st;

	if (fs_lstat(create->host, guest->config, &st, NULL) == 0)
		return err_say(err, EEXIST, "'%s': there is a guest of that name",
			       guest->config);
	for (size_t i = 0; !create_is_on_devices(create) && i < guest->volume_count; i++)
		if (lstat(guest->volume[i].path, &st) == 0)
			return err_say(err, EEXIST, "'%s': it is there already",
				       guest->volume[i].path);
	return guard_domain(create->host, guest->name, err);
}

static int check_files(const struct create *create, struct err *err)
{
	const char *const files[] = {create->guest->kernel, create->guest->ramdisk,
				     create->guest->config_template};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct stat st;
		int rc = files[i] ? fs_stat(create->host, files[i], &st, err) : 0;

		if (rc < 0)
			return rc;
	}
	return 0;
}

/* ---- other guests ---- */

static int compare_macs(const struct guest *guest, const struct xlcfg *other,
			const char *path, struct err *err)
{
	for (size_t i = 0; i < other->vif_count; i++)
		for (size_t n = 0; other->vif[i].mac && n < guest->nic_count; n++)
			if (strcasecmp(other->vif[i].mac, guest->nic[n].mac) == 0)
				return err_say(err, EEXIST, "MAC address %s: '%s' has it",
					       guest->nic[n].mac, path);
	return 0;
}

/* Addresses in a configuration are words without their length. */
static bool has_address(const char *words, const char *address)
{
	_cleanup_free_ char *wanted = inet_canonical(address, strcspn(address, "/"));

	for (const char *at = words; *at;) {
		size_t word = strcspn(at, " \t");
		_cleanup_free_ char *found = inet_canonical(at, word);

		if (strcmp(found, wanted) == 0)
			return true;
		at += word;
		at += strspn(at, " \t");
	}
	return false;
}

static int compare_addresses(const struct guest *guest, const struct xlcfg *other,
			     const char *path, struct err *err)
{
	for (size_t n = 0; n < guest->nic_count; n++)
		for (size_t a = 0; a < guest->nic[n].addresses.count; a++)
			for (size_t i = 0; i < other->vif_count; i++)
				if (other->vif[i].ip &&
				    has_address(other->vif[i].ip,
						guest->nic[n].addresses.item[a]))
					return err_say(
						err, EEXIST, "address %s: '%s' has it",
						guest->nic[n].addresses.item[a], path);
	return 0;
}

/* Given devices are written over; volumes that are made cannot be there yet. */
static int compare_devices(const struct create *create, const struct xlcfg *other,
			   const char *path, struct err *err)
{
	const struct guest *guest = create->guest;

	if (!create_is_on_devices(create))
		return 0;
	for (size_t n = 0; n < guest->volume_count; n++) {
		struct stat st;

		if (stat(guest->volume[n].path, &st) < 0)
			return err_set(err, errno, "'%s'", guest->volume[n].path);
		for (size_t i = 0; i < other->disk_count; i++)
			if (!other->disk[i].backend &&
			    guard_is_same(other->disk[i].path, &st))
				return err_say(err, EBUSY, "'%s': '%s' names it",
					       guest->volume[n].path, path);
	}
	return 0;
}

/* It may name any device; where volumes are made, another guest's fault is no hindrance. */
static int doubt(const struct create *create, const char *path, const char *cause,
		 struct err *err)
{
	if (!create_is_on_devices(create))
		return 0;
	return err_say(err, EBUSY, "'%s': whether '%s' names it: %s",
		       create->guest->volume[0].path, path, cause);
}

/* `is_config`: by its name; others lie there too: xl.conf, scripts. */
static int compare(const struct create *create, const char *path, bool is_config,
		   struct err *err)
{
	_cleanup_xlcfg_ struct xlcfg other = {0};
	_cleanup_err_ struct err cause = {0};
	_cleanup_str_ struct str text = {0};
	struct stat st;
	int rc;

	if (fs_stat(create->host, path, &st, NULL) < 0 || !S_ISREG(st.st_mode))
		return 0;
	rc = fs_read(create->host, path, CONFIG_LIMIT, &text, &cause);
	if (rc == 0)
		rc = xlcfg_read(path, str_text(&text), text.length, &other, &cause);
	if (rc < 0)
		return is_config ? doubt(create, path, cause.text, err) : 0;
	if (other.name && strcmp(other.name, create->guest->name) == 0)
		return err_say(err, EEXIST, "'%s': there is a guest of that name", path);
	rc = compare_macs(create->guest, &other, path, err);
	if (rc == 0)
		rc = compare_addresses(create->guest, &other, path, err);
	return rc < 0 ? rc : compare_devices(create, &other, path, err);
}

static int check_directory(const struct create *create, const char *directory,
			   const char *extension, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	_cleanup_err_ struct err cause = {0};
	int rc = fs_readdir(create->host, directory, &names, &cause);

	if (rc < 0)
		return rc == -ENOENT ? 0 : doubt(create, directory, cause.text, err);
	for (size_t n = 0; rc == 0 && n < names.count; n++) {
		_cleanup_free_ char *path = mem_textf("%s/%s", directory, names.item[n]);

		rc = compare(create, path, inventory_is_config(names.item[n], extension),
			     err);
	}
	return rc;
}

int create_check_others(const struct create *create, struct err *err)
{
	const char *slash = strrchr(create->guest->config, '/');
	_cleanup_free_ char *own = mem_text_part(create->guest->config,
						 (size_t)(slash - create->guest->config));
	bool is_usual = false;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(places); i++) {
		is_usual |= strcmp(places[i].directory, own) == 0;
		rc = check_directory(create, places[i].directory, places[i].extension,
				     err);
	}
	return rc < 0 || is_usual
		       ? rc
		       : check_directory(create, own,
					 slash + 1 + strlen(create->guest->name), err);
}

/* A wrong letter is easily typed. */
static int check_empty(const char *path, struct err *err)
{
	_cleanup_free_ char *what = NULL;
	int rc = filesystem_signature(path, &what, err);

	if (rc == 0 && what[0])
		rc = err_say(err, EEXIST,
			     "'%s': it has '%s' already; --force writes over it", path,
			     what);
	return rc;
}

/* All of them before the first is written. */
static int check_devices(const struct create *create, struct err *err)
{
	const struct guest *guest = create->guest;
	int rc = 0;

	for (size_t i = 0;
	     rc == 0 && create_is_on_devices(create) && i < guest->volume_count; i++) {
		rc = guard_check(create->host, guest->volume[i].path, guest->name, err);
		if (rc == 0 && !create->storage->is_forced)
			rc = check_empty(guest->volume[i].path, err);
	}
	return rc;
}

int create_check(const struct create *create, struct err *err)
{
	uint64_t bytes = 0;
	int rc = check_absent(create, err);

	if (rc == 0)
		rc = check_files(create, err);
	if (rc == 0)
		rc = create_check_others(create, err);
	if (rc == 0)
		rc = check_devices(create, err);
	for (size_t i = 0; i < create->guest->volume_count; i++)
		bytes += create->guest->volume[i].size;
	return rc < 0 || !create->storage ? rc
					  : storage_check(create->storage, bytes, err);
}
