/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's volumes, mounted as its fstab says. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "guest/disk.h"
#include "guest/filesystem-parts.h"
#include "guest/filesystem.h"
#include "guest/update-parts.h"

#define FSTAB_MAX 65536
#define BLANKS " \t"

void update_mount_clear(struct update_mount *mounted)
{
	fs_close(&mounted->root);
	free(mounted->directory);
	*mounted = UPDATE_UNMOUNTED;
}

static bool is_volume(const struct xlcfg_disk *disk)
{
	return disk->is_writable && !disk->backend && disk->path[0] == '/';
}

static bool is_system(const struct fs *root)
{
	return fs_exists(root, "etc") && (fs_is_program(root, "usr/bin/apt-get") ||
					  fs_is_program(root, "usr/bin/zypper"));
}

/* Mounts what is at an offset, if it is a system's root. 1: it is not. */
static int try_root(const char *path, uint64_t offset, struct update_mount *ret_mounted,
		    struct err *err)
{
	struct update_mount mounted = UPDATE_UNMOUNTED;
	_cleanup_free_ char *fs = NULL;
	int rc = filesystem_probe(path, offset, &fs, NULL);

	if (rc < 0 || !filesystem_is_known(fs) || strcmp(fs, "swap") == 0)
		return 1;
	rc = filesystem_mount(path, offset, fs, false, &mounted.directory, &mounted.root,
			      err);
	if (rc < 0)
		return rc;
	if (is_system(&mounted.root)) {
		*ret_mounted = mounted;
		return 0;
	}
	fs_close(&mounted.root);
	rc = filesystem_unmount(mounted.directory, err);
	free(mounted.directory);
	return rc < 0 ? rc : 1;
}

int update_mount_root(const struct xlcfg *cfg, struct update_mount *ret_mounted,
		      struct err *err)
{
	static const uint64_t offsets[] = {0, DISK_ROOT_OFFSET};

	for (size_t i = 0; i < cfg->disk_count; i++)
		for (size_t j = 0; is_volume(&cfg->disk[i]) && j < ARRAY_SIZE(offsets);
		     j++) {
			int rc =
				try_root(cfg->disk[i].path, offsets[j], ret_mounted, err);

			if (rc <= 0)
				return rc;
		}
	return err_say(err, ENOENT,
		       "none of its disks has a system with apt-get or zypper");
}

/* The volume that a line of fstab means, or NULL. */
static const char *find_volume(const struct xlcfg *cfg, const char *spec)
{
	for (size_t i = 0; i < cfg->disk_count; i++) {
		const struct xlcfg_disk *disk = &cfg->disk[i];
		_cleanup_free_ char *uuid = NULL, *device = NULL, *by_uuid = NULL;

		if (!is_volume(disk))
			continue;
		device = mem_textf("/dev/%s", disk->device);
		if (strcmp(spec, device) == 0)
			return disk->path;
		if (filesystem_value(disk->path, 0, "UUID", &uuid, NULL) < 0 || !*uuid)
			continue;
		by_uuid = mem_textf("UUID=%s", uuid);
		if (strcmp(spec, by_uuid) == 0)
			return disk->path;
	}
	return NULL;
}

/* Whether packages put files there. The EFI system partition is only GRUB's. */
static bool is_of_packages(const char *place)
{
	static const char *const places[] = {"/usr", "/var", "/boot", "/opt", "/etc"};

	if (strcmp(place, "/boot/efi") == 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		size_t length = strlen(places[i]);

		if (strncmp(place, places[i], length) == 0 &&
		    (!place[length] || place[length] == '/'))
			return true;
	}
	return false;
}

static int mount_there(const struct fs *root, const char *path, const char *place,
		       struct err *err)
{
	struct update_mount other = UPDATE_UNMOUNTED;
	_cleanup_free_ char *fs = NULL;
	_cleanup_close_ int fd = -1;
	char name[32];
	int rc = filesystem_probe(path, 0, &fs, err);

	if (rc == 0)
		rc = filesystem_mount(path, 0, fs, false, &other.directory, &other.root,
				      err);
	if (rc == 0)
		rc = fs_open_file(root, place, O_PATH | O_DIRECTORY, &fd, err);
	if (rc == 0) {
		(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		if (mount(other.directory, name, NULL, MS_BIND, NULL) < 0)
			rc = err_set(err, errno, "mount it at '%s'", place);
	}
	update_mount_clear(&other);
	return rc;
}

/* "SPEC PLACE TYPE OPTIONS ..." */
static int mount_line(const struct update_mount *mounted, const struct xlcfg *cfg,
		      char *line, struct err *err)
{
	char *rest = NULL;
	const char *spec = strtok_r(line, BLANKS, &rest);
	const char *place = spec ? strtok_r(NULL, BLANKS, &rest) : NULL, *path;

	if (!place || spec[0] == '#' || place[0] != '/' || strcmp(place, "/") == 0)
		return 0;
	path = find_volume(cfg, spec);
	if (path)
		return mount_there(&mounted->root, path, place, err);
	if (!is_of_packages(place))
		return 0;
	return err_say(err, ENOTSUP,
		       "its '%s' is on '%s', which is none of the volumes of its "
		       "configuration",
		       place, spec);
}

int update_mount_rest(const struct update_mount *mounted, const struct xlcfg *cfg,
		      struct err *err)
{
	_cleanup_str_ struct str text = {0};
	const char *cursor, *line;
	size_t length;
	int rc = fs_read(&mounted->root, "etc/fstab", FSTAB_MAX, &text, err);

	if (rc == -ENOENT) {
		err_clear(err);
		return 0;
	}
	cursor = str_text(&text);
	while (rc == 0 && str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *copy = mem_text_part(line, length);

		rc = mount_line(mounted, cfg, copy, err);
	}
	return rc;
}
