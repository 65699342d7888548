/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest whose files are on several volumes: the template's are copied into them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/run.h"
#include "guest/create-parts.h"
#include "guest/filesystem.h"

static const struct fs_access directory_access = {0755, FS_KEEP_UID, FS_KEEP_GID};

static bool is_part(const struct guest_volume *volume)
{
	return volume->mountpoint && strcmp(volume->mountpoint, "/") != 0;
}

bool create_has_parts(const struct guest *guest)
{
	for (size_t i = 0; i < guest->volume_count; i++)
		if (is_part(&guest->volume[i]))
			return true;
	return false;
}

static int by_depth(const void *a, const void *b)
{
	const struct guest_volume *const *left = a, *const *right = b;
	size_t l = strlen((*left)->mountpoint), r = strlen((*right)->mountpoint);

	return l < r ? -1 : l > r;
}

static int make_parents(const struct fs *root, const char *path, struct err *err)
{
	for (size_t end = 1; path[end - 1]; end++) {
		_cleanup_free_ char *part = NULL;
		int rc;

		if (path[end] != '/' && path[end] != '\0')
			continue;
		part = mem_text_part(path, end);
		rc = fs_mkdir(root, part, &directory_access, err);
		if (rc < 0)
			return rc;
		if (path[end] == '\0')
			break;
	}
	return 0;
}

static int mount_part(const struct fs *root, const char *directory,
		      const struct guest_volume *volume, struct str_list *mounts,
		      struct err *err)
{
	_cleanup_free_ char *aside = NULL, *target = NULL;
	_cleanup_fs_ struct fs tree = FS_CLOSED;
	int rc = make_parents(root, volume->mountpoint, err);

	if (rc == 0)
		rc = filesystem_mount(volume->path, 0, volume->fs, false, &aside, &tree,
				      err);
	if (rc < 0)
		return rc;
	/* All there was made by us: the tree is empty but for the mounts. */
	target = mem_textf("%s%s", directory, volume->mountpoint);
	if (mount(aside, target, NULL, MS_BIND, NULL) < 0)
		return err_set(err, errno, "mount '%s'", target);
	str_list_add(mounts, aside);
	str_list_add(mounts, target);
	return 0;
}

static int mount_parts(const struct making *making, const struct fs *root,
		       const char *directory, struct str_list *mounts, struct err *err)
{
	const struct guest *guest = making->guest;
	const struct guest_volume **part = mem_alloc((guest->volume_count + 1) *
						     sizeof(const struct guest_volume *));
	size_t count = 0;
	int rc = 0;

	for (size_t i = 0; i < guest->volume_count; i++)
		if (is_part(&guest->volume[i]))
			part[count++] = &guest->volume[i];
	qsort(part, count, sizeof(const struct guest_volume *), by_depth);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = mount_part(root, directory, part[i], mounts, err);
	free(part);
	return rc;
}

int create_copy(const struct making *making, const struct fs *root, const char *directory,
		struct str_list *ret_mounts, struct err *err)
{
	_cleanup_free_ char *from = NULL, *source = NULL, *target = NULL;
	_cleanup_fs_ struct fs tree = FS_CLOSED;
	_cleanup_str_ struct str output = {0};
	int rc = mount_parts(making, root, directory, ret_mounts, err);

	if (rc == 0)
		rc = template_mount(making->template, &from, &tree, err);
	if (rc < 0)
		return rc;
	fs_close(&tree);
	source = mem_textf("%s/.", from);
	target = mem_textf("%s/", directory);
	const char *const argv[] = {
		"cp", "--archive", "--one-file-system", "--", source, target, NULL};
	const struct run copy = {.argv = argv, .output_limit = 4096};

	rc = run_capture(&copy, &output, err);
	return rc < 0 ? err_wrap(err, "copy the template")
		      : filesystem_unmount(from, err);
}

int create_unmount(const struct str_list *mounts, struct err *err)
{
	for (size_t i = mounts->count; i-- > 0;) {
		const char *directory = mounts->item[i];
		bool is_bind = i % 2 == 1;
		int rc = 0;

		if (!is_bind)
			rc = filesystem_unmount(directory, err);
		else if (umount2(directory, 0) < 0)
			rc = err_set(err, errno, "unmount '%s'", directory);
		if (rc < 0)
			return rc;
	}
	return 0;
}
