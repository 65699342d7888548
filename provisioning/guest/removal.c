/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking a guest away with all that is its own, and nothing else. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "guest/autostart.h"
#include "guest/guard.h"
#include "guest/hosts.h"
#include "guest/lease.h"
#include "guest/removal.h"
#include "guest/storage.h"

/* What is to be known while planning. */
struct planning {
	const struct fs *host;
	const struct inventory *inventory;
	const struct inventory_guest *guest; /* NULL: there is no configuration */
	struct removal *removal;
};

void removal_clear(struct removal *removal)
{
	str_list_clear(&removal->link);
	str_list_clear(&removal->volume);
	str_list_clear(&removal->lease);
	str_list_clear(&removal->left);
	free(removal->doubt);
	*removal = (struct removal){0};
}

bool removal_is_name(const char *name)
{
	if (!*name || name[0] == '.' || name[0] == '-')
		return false;
	for (; *name; name++)
		if ((unsigned char)*name <= ' ' || *name == '/' || *name == 0x7f)
			return false;
	return true;
}

/* The text behind a prefix, or NULL. */
static const char *behind(const char *text, const char *prefix)
{
	return text && str_starts(text, prefix) ? text + strlen(prefix) : NULL;
}

static bool is_last(const char *part)
{
	return part && *part && !strchr(part, '/') && strcmp(part, "..") != 0;
}

/* /dev/VG/GUEST-NAME */
static bool is_own_device(const char *path, const char *guest)
{
	_cleanup_free_ char *prefix = mem_textf("/%s-", guest);
	const char *group = behind(path, "/dev/");
	const char *rest = group ? strchr(group, '/') : NULL;

	if (!rest || rest == group || str_starts(group, "mapper/") ||
	    str_starts(group, "disk/"))
		return false;
	return is_last(behind(rest, prefix));
}

/* DIR/domains/GUEST/NAME */
static bool is_own_file(const char *path, const char *guest)
{
	_cleanup_free_ char *middle = mem_textf("/domains/%s/", guest);
	const char *found = strstr(path, middle);

	return path[0] == '/' && !strstr(path, "/../") && found &&
	       is_last(found + strlen(middle));
}

/* Another guest that a device is called after too, by more of its name. */
static const struct inventory_guest *find_namesake(const struct planning *planning,
						   const char *path)
{
	const struct inventory *inventory = planning->inventory;
	size_t length = strlen(planning->removal->name);

	for (size_t i = 0; i < inventory->count; i++)
		if (strlen(inventory->guest[i].name) > length &&
		    is_own_device(path, inventory->guest[i].name))
			return &inventory->guest[i];
	return NULL;
}

static void leave(const struct planning *planning, const char *path, const char *why)
{
	_cleanup_free_ char *text = mem_textf("'%s': %s", path, why);

	if (!str_list_has(&planning->removal->left, text))
		str_list_add(&planning->removal->left, text);
}

/* Only of what would go lvm is asked. */
static int is_there(const struct planning *planning, const char *path, struct err *err)
{
	struct stat st;
	int rc;

	if (!is_own_device(path, planning->removal->name))
		return lstat(path, &st) == 0 || errno != ENOENT;
	rc = storage_is_there(path, err);
	return rc < 0 ? err_wrap(err, "whether it is there") : rc;
}

/* An installation medium may be among the guest's own images, and be called after it. */
static bool is_only_read(const struct inventory_guest *guest, const char *path)
{
	for (size_t i = 0; guest && i < guest->cfg.disk_count; i++)
		if (strcmp(guest->cfg.disk[i].path, path) == 0 &&
		    !guest->cfg.disk[i].is_writable)
			return true;
	return false;
}

/* One volume of the running system: it goes, or stays, or is not there any more. */
static int plan_volume(const struct planning *planning, const char *path, struct err *err)
{
	struct removal *removal = planning->removal;
	const struct inventory_guest *other =
		inventory_user(planning->inventory, path, planning->guest);
	const struct inventory_guest *namesake = find_namesake(planning, path);
	int rc = is_there(planning, path, err);

	if (rc <= 0)
		return rc;
	if (other) {
		_cleanup_free_ char *why = mem_textf("'%s' names it too", other->path);

		leave(planning, path, why);
	} else if (!is_own_device(path, removal->name) &&
		   !is_own_file(path, removal->name)) {
		leave(planning, path, "it is not called after the guest");
	} else if (namesake) {
		_cleanup_free_ char *why =
			mem_textf("it may be that of '%s'", namesake->path);

		leave(planning, path, why);
	} else if (is_only_read(planning->guest, path)) {
		leave(planning, path, "it is only read");
	} else if (!str_list_has(&removal->volume, path)) {
		str_list_add(&removal->volume, path);
	}
	return 0;
}

static int plan_disks(const struct planning *planning, struct err *err)
{
	const struct xlcfg *cfg = &planning->guest->cfg;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < cfg->disk_count; i++) {
		const struct xlcfg_disk *disk = &cfg->disk[i];

		if (disk->backend)
			leave(planning, disk->path, "another domain has it");
		else if (disk->path[0] == '/')
			rc = plan_volume(planning, disk->path, err);
		else if (disk->path[0])
			leave(planning, disk->path, "it is no path");
	}
	return rc;
}

static int plan_places(const struct planning *planning,
		       const struct removal_places *places, struct err *err)
{
	static const char *const names[] = {"disk", "swap"};
	_cleanup_free_ char *directory = mem_textf(
		"%s/domains/%s", places->dir ? places->dir : "", planning->removal->name);
	_cleanup_str_list_ struct str_list images = {0};
	_cleanup_fs_ struct fs system = FS_CLOSED;
	int rc = 0;

	if (places->dir)
		rc = fs_open("/", &system, err);
	if (places->dir && rc == 0)
		rc = fs_readdir(&system, directory, &images, err);
	if (rc < 0 && rc != -ENOENT)
		return rc;
	err_clear(err);
	rc = 0;
	for (size_t i = 0; rc == 0 && i < images.count; i++) {
		_cleanup_free_ char *path = mem_textf("%s/%s", directory, images.item[i]);

		if (str_ends(path, ".img"))
			rc = plan_volume(planning, path, err);
		else
			leave(planning, path, "it is no image");
	}
	for (size_t i = 0; rc == 0 && places->vg && i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *path = mem_textf("/dev/%s/%s-%s", places->vg,
						      planning->removal->name, names[i]);

		rc = plan_volume(planning, path, err);
	}
	return rc;
}

/* Whether another guest's configuration gives it that address. */
static bool is_others(const struct planning *planning, const char *address)
{
	for (size_t i = 0; i < planning->inventory->count; i++) {
		const struct inventory_guest *other = &planning->inventory->guest[i];
		_cleanup_str_list_ struct str_list addresses = {0};

		if (other == planning->guest)
			continue;
		xlcfg_addresses(&other->cfg, &addresses);
		if (str_list_has(&addresses, address))
			return true;
	}
	return false;
}

static int plan_leases(const struct planning *planning, const char *file, struct err *err)
{
	_cleanup_str_list_ struct str_list addresses = {0}, own = {0};
	struct removal *removal = planning->removal;

	if (!file)
		return 0;
	removal->lease_file = file;
	if (planning->guest)
		xlcfg_addresses(&planning->guest->cfg, &addresses);
	for (size_t i = 0; i < addresses.count; i++)
		if (!is_others(planning, addresses.item[i]))
			str_list_add(&own, addresses.item[i]);
	return lease_list(planning->host, file, removal->name, &own, &removal->lease,
			  err);
}

/* A configuration that cannot be read may name anything. */
static void plan_doubt(const struct planning *planning)
{
	const struct inventory *inventory = planning->inventory;
	struct removal *removal = planning->removal;

	for (size_t i = 0; i < inventory->count && removal->volume.count; i++) {
		const struct inventory_guest *other = &inventory->guest[i];

		if (other == planning->guest || !other->fault || removal->doubt)
			continue;
		removal->doubt =
			mem_textf("'%s': whether '%s' names it: %s",
				  removal->volume.item[0], other->path, other->fault);
	}
}

static int plan(const struct planning *planning, const struct removal_places *places,
		struct err *err)
{
	const struct inventory_guest *guest = planning->guest;
	struct removal *removal = planning->removal;
	int rc = 0;

	if (guest && guest->fault)
		return err_say(err, EINVAL, "%s", guest->fault);
	removal->has_hosts = hosts_has(planning->host, removal->name);
	if (guest) {
		removal->config = guest->path;
		rc = plan_disks(planning, err);
		if (rc == 0)
			rc = autostart_find(planning->host, guest->path, &removal->link,
					    err);
	}
	if (rc == 0)
		rc = plan_leases(planning, places->lease_file, err);
	if (rc == 0)
		rc = plan_places(planning, places, err);
	plan_doubt(planning);
	if (rc == 0 && !guest && !removal->volume.count && !removal->has_hosts &&
	    !removal->lease.count)
		rc = err_say(err, ENOENT, "there is no such guest");
	return rc;
}

int removal_plan(const struct fs *host, const struct inventory *inventory,
		 const char *name, const struct removal_places *places,
		 struct removal *ret_removal, struct err *err)
{
	_cleanup_removal_ struct removal removal = {.name = name};
	struct planning planning = {host, inventory, NULL, &removal};
	int rc = removal_is_name(name)
			 ? inventory_find(inventory, name, &planning.guest, err)
			 : err_say(err, EINVAL, "that is no name of a guest");

	if (rc == -ENOENT) {
		err_clear(err);
		rc = 0;
	}
	if (rc == 0)
		rc = plan(&planning, places, err);
	if (rc < 0)
		return rc;
	*ret_removal = removal;
	removal = (struct removal){0};
	return 0;
}

static void tell(removal_say *say, void *context, const char *done, const char *what)
{
	_cleanup_free_ char *text = mem_textf("%s '%s'", done, what);

	if (say)
		say(context, text);
}

int removal_check(const struct fs *host, const struct removal *removal, struct err *err)
{
	int rc = guard_domain(host, removal->name, err);

	for (size_t i = 0; i < removal->volume.count && rc == 0; i++)
		rc = storage_check_removal(host, removal->volume.item[i], removal->name,
					   err);
	if (rc == 0 && removal->doubt)
		rc = err_say(err, EBUSY, "%s", removal->doubt);
	return rc;
}

static int remove_files(const struct fs *host, const struct str_list *paths,
			removal_say *say, void *context, struct err *err)
{
	for (size_t i = 0; i < paths->count; i++) {
		int rc = fs_remove(host, paths->item[i], err);

		if (rc < 0)
			return rc;
		tell(say, context, "removed", paths->item[i]);
	}
	return 0;
}

static int remove_volumes(const struct fs *host, const struct removal *removal,
			  removal_say *say, void *context, struct err *err)
{
	for (size_t i = 0; i < removal->volume.count; i++) {
		const char *path = removal->volume.item[i];
		int rc = storage_remove(host, path, removal->name, err);

		if (rc < 0)
			return rc;
		tell(say, context, "removed", path);
	}
	return 0;
}

static int free_leases(const struct fs *host, const struct removal *removal,
		       removal_say *say, void *context, struct err *err)
{
	int rc = 0;

	if (removal->lease.count)
		rc = lease_free(host, removal->lease_file, removal->name, &removal->lease,
				err);
	for (size_t i = 0; i < removal->lease.count && rc == 0; i++)
		tell(say, context, "freed", removal->lease.item[i]);
	return rc;
}

int removal_run(const struct fs *host, const struct removal *removal, removal_say *say,
		void *context, struct err *err)
{
	int rc = removal_check(host, removal, err);

	if (rc == 0)
		rc = remove_files(host, &removal->link, say, context, err);
	if (rc == 0)
		rc = remove_volumes(host, removal, say, context, err);
	if (rc == 0 && removal->has_hosts) {
		rc = hosts_remove(host, removal->name, err);
		if (rc == 0)
			tell(say, context, "removed its lines of", HOSTS_FILE);
	}
	if (rc == 0)
		rc = free_leases(host, removal, say, context, err);
	if (rc < 0 || !removal->config)
		return rc;
	rc = fs_remove(host, removal->config, err);
	if (rc == 0)
		tell(say, context, "removed", removal->config);
	return rc;
}
