/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files below a root directory: names, that is directories, links and removal. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fs.h"

#define MKDIR_TRIES 100

int fs_open_parent(const struct fs *fs, const char *path, int *ret_dir,
		   const char **ret_name, struct err *err)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *parent =
		slash ? mem_text_part(path, slash == path ? 1 : (size_t)(slash - path))
		      : mem_text(".");
	int rc = fs_open_file(fs, parent, O_RDONLY | O_DIRECTORY, ret_dir, err);

	if (rc < 0)
		return rc;
	*ret_name = slash ? slash + 1 : path;
	return 0;
}

static bool sync_fails(const struct fs *fs, int fd)
{
	return !fs->is_unsynced && fsync(fd) < 0;
}

/* Gives a new directory its access and puts it on the disk. */
static int finish_directory(const struct fs *fs, int dir, const char *name,
			    const struct fs_access *access)
{
	_cleanup_close_ int fd =
		openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if ((access->uid != FS_KEEP_UID || access->gid != FS_KEEP_GID) &&
	    fchown(fd, access->uid, access->gid) < 0)
		return -errno;
	return fchmod(fd, access->mode) < 0 || sync_fails(fs, fd) ? -errno : 0;
}

static int make_directory(const struct fs *fs, int dir, const char *name,
			  const struct fs_access *access)
{
	_cleanup_free_ char *new_name = mem_textf(".%s.xenhost-new", name);
	int rc;

	if ((unlinkat(dir, new_name, AT_REMOVEDIR) < 0 && errno != ENOENT) ||
	    mkdirat(dir, new_name, 0700) < 0)
		return -errno;
	rc = finish_directory(fs, dir, new_name, access);
	if (rc == 0 && renameat(dir, new_name, dir, name) < 0)
		rc = -errno;
	if (rc == 0)
		return sync_fails(fs, dir) ? -errno : 0;
	(void)unlinkat(dir, new_name, AT_REMOVEDIR);
	return rc;
}

/* Another process that makes it takes the draft away, or has its name: then again. */
int fs_mkdir(const struct fs *fs, const char *path, const struct fs_access *access,
	     struct err *err)
{
	_cleanup_close_ int dir = -1;
	const char *name;
	struct stat st;
	int rc = fs_open_parent(fs, path, &dir, &name, err);

	if (rc < 0)
		return rc;
	for (int i = 0; i < MKDIR_TRIES; i++) {
		if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			return 0;
		rc = make_directory(fs, dir, name, access);
		if (rc != -ENOENT && rc != -EEXIST && rc != -ENOTEMPTY)
			break;
	}
	return rc < 0 ? err_set(err, -rc, "make directory '%s'", path) : 0;
}

int fs_link(const struct fs *fs, const char *path, const char *target, struct err *err)
{
	_cleanup_free_ char *new_name = NULL;
	_cleanup_close_ int dir = -1;
	const char *name;
	int rc = fs_open_parent(fs, path, &dir, &name, err);

	if (rc < 0)
		return rc;
	new_name = mem_textf(".%s.xenhost-new", name);
	if ((unlinkat(dir, new_name, 0) < 0 && errno != ENOENT) ||
	    symlinkat(target, dir, new_name) < 0)
		return err_set(err, errno, "link '%s'", path);
	if (renameat(dir, new_name, dir, name) < 0 || sync_fails(fs, dir)) {
		rc = err_set(err, errno, "link '%s'", path);
		(void)unlinkat(dir, new_name, 0);
		return rc;
	}
	return 0;
}

int fs_remove(const struct fs *fs, const char *path, struct err *err)
{
	_cleanup_close_ int dir = -1;
	const char *name;
	int rc = fs_open_parent(fs, path, &dir, &name, err);

	if (rc == -ENOENT || rc == -ENOTDIR) {
		err_clear(err);
		return 0;
	}
	if (rc < 0)
		return rc;
	if (unlinkat(dir, name, 0) < 0) {
		if (errno == EISDIR && unlinkat(dir, name, AT_REMOVEDIR) == 0)
			errno = 0;
		if (errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST)
			return 0;
		if (errno)
			return err_set(err, errno, "remove '%s'", path);
	}
	return sync_fails(fs, dir) ? err_set(err, errno, "remove '%s'", path) : 0;
}

int fs_rename(const struct fs *fs, const char *old_path, const char *new_path,
	      struct err *err)
{
	_cleanup_close_ int old_dir = -1, new_dir = -1;
	const char *old_name, *new_name;
	int rc = fs_open_parent(fs, old_path, &old_dir, &old_name, err);

	if (rc == 0)
		rc = fs_open_parent(fs, new_path, &new_dir, &new_name, err);
	if (rc < 0)
		return rc;
	if (renameat(old_dir, old_name, new_dir, new_name) < 0 ||
	    sync_fails(fs, new_dir) || sync_fails(fs, old_dir))
		return err_set(err, errno, "rename '%s' to '%s'", old_path, new_path);
	return 0;
}

int fs_sync(const struct fs *fs, const char *path, struct err *err)
{
	_cleanup_close_ int fd = -1;
	int rc = fs_open_file(fs, path, O_RDONLY | O_DIRECTORY, &fd, err);

	if (rc < 0)
		return rc;
	return fsync(fd) < 0 ? err_set(err, errno, "sync '%s'", path) : 0;
}
