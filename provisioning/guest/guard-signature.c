/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a volume may be written or removed: what a disk says that it is for. */
#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "guest/filesystem.h"
#include "guest/guard-parts.h"

bool guard_is_volume(const struct fs *system, dev_t device)
{
	_cleanup_free_ char *path =
		mem_textf("sys/dev/block/%u:%u/dm/uuid", major(device), minor(device));
	_cleanup_str_ struct str uuid = {0};

	return fs_read(system, path, 4096, &uuid, NULL) == 0 &&
	       str_starts(str_text(&uuid), "LVM-");
}

bool guard_is_member(const char *type)
{
	static const char *const members[] = {
		"LVM2_member",	   "LVM1_member", "linux_raid_member", "ddf_raid_member",
		"isw_raid_member", "bcache",	  "zfs_member"};

	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (strcmp(type, members[i]) == 0)
			return true;
	return false;
}

int guard_partitions(const struct fs *system, dev_t device, struct str_list *ret_names,
		     struct err *err)
{
	_cleanup_free_ char *directory =
		mem_textf("sys/dev/block/%u:%u", major(device), minor(device));
	_cleanup_str_list_ struct str_list names = {0};
	int rc = fs_readdir(system, directory, &names, err);

	if (rc == -ENOENT) {
		err_clear(err);
		return 0;
	}
	for (size_t i = 0; rc == 0 && i < names.count; i++) {
		_cleanup_free_ char *number =
			mem_textf("%s/%s/partition", directory, names.item[i]);

		if (fs_exists(system, number))
			str_list_add(ret_names, names.item[i]);
	}
	return rc;
}

/* Swap space that is not in use now may be another system's on this machine. */
static int check_partition(const char *name, struct err *err)
{
	_cleanup_free_ char *path = mem_textf("/dev/%s", name), *type = NULL;
	int rc = filesystem_probe(path, 0, &type, err);

	if (rc < 0)
		return rc;
	if (guard_is_member(type) || strcmp(type, "swap") == 0)
		return err_say(err, EBUSY, "its partition '%s' is in use as '%s'", name,
			       type);
	return 0;
}

int guard_signature(const char *path, dev_t device, struct err *err)
{
	_cleanup_fs_ struct fs system = FS_CLOSED;
	_cleanup_str_list_ struct str_list names = {0};
	_cleanup_free_ char *type = NULL;
	int rc = fs_open("/", &system, err);

	if (rc < 0 || guard_is_volume(&system, device))
		return rc;
	rc = filesystem_probe(path, 0, &type, err);
	if (rc == 0 && guard_is_member(type))
		rc = err_say(err, EBUSY, "it is in use as '%s'", type);
	if (rc == 0)
		rc = guard_partitions(&system, device, &names, err);
	for (size_t i = 0; rc == 0 && i < names.count; i++)
		rc = check_partition(names.item[i], err);
	return rc;
}
