/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files below a root directory: replacing one at once, or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "base/fs-draft.h"

#define LINKS_MAX 40 /* as many as the kernel follows */

/* "a/b" -> "a", "b" -> "." and the length of the name in *ret_name. */
static char *parent_of(const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');

	*ret_name = slash ? slash + 1 : path;
	if (!slash)
		return mem_text(".");
	return mem_text_part(path, slash == path ? 1 : (size_t)(slash - path));
}

/* Where a path leads when its last part is a symbolic link: the path of what it names. */
static int resolve_last(const struct fs *fs, const char *path, char **ret_path,
			struct err *err)
{
	_cleanup_free_ char *at = mem_text(path);

	for (int i = 0; i < LINKS_MAX; i++) {
		_cleanup_free_ char *target = NULL, *parent = NULL, *next = NULL;
		const char *name;
		int rc = fs_readlink(fs, at, &target, err);

		if (rc == -EINVAL || rc == -ENOENT) {
			err_clear(err);
			*ret_path = TAKE_PTR(at);
			return 0;
		}
		if (rc < 0)
			return rc;
		parent = parent_of(at, &name);
		next = target[0] == '/' ? TAKE_PTR(target)
					: mem_textf("%s/%s", parent, target);
		free(at);
		at = TAKE_PTR(next);
	}
	return err_set(err, ELOOP, "open '%s'", path);
}

/*
 * Sets *ret_is_equal when the file is there with the wanted bytes and access already. The
 * owner and group that are to be kept are filled in.
 */
static int compare(const struct fs *fs, const char *path, const void *bytes,
		   size_t length, struct fs_access *access, bool *ret_is_equal,
		   struct err *err)
{
	_cleanup_str_ struct str old = {0};
	struct stat st;
	int rc;

	rc = fs_stat(fs, path, &st, err);
	if (rc == -ENOENT) {
		err_clear(err);
		return 0;
	}
	if (rc < 0)
		return rc;
	if (!S_ISREG(st.st_mode))
		return err_say(err, EINVAL, "not a regular file");
	if (access->uid == FS_KEEP_UID)
		access->uid = st.st_uid;
	if (access->gid == FS_KEEP_GID)
		access->gid = st.st_gid;
	if ((st.st_mode & 07777) != access->mode || st.st_uid != access->uid ||
	    st.st_gid != access->gid || st.st_size < 0 || (size_t)st.st_size != length)
		return 0;
	rc = fs_read(fs, path, length, &old, err);
	if (rc == -EFBIG) {
		err_clear(err);
		return 0;
	}
	if (rc < 0)
		return rc;
	*ret_is_equal =
		old.length == length && (!length || memcmp(old.text, bytes, length) == 0);
	return 0;
}

/* These are about the bytes (evm and ima: their digests), which are new. */
static bool is_about_bytes(const char *name)
{
	return strcmp(name, "security.ima") == 0 || strcmp(name, "security.evm") == 0;
}

/* The value of an attribute; -ENODATA if there is none. */
static int read_attribute(int fd, const char *name, struct str *ret_value)
{
	ssize_t size = fgetxattr(fd, name, NULL, 0);
	_cleanup_free_ char *value = NULL;

	if (size < 0)
		return -errno;
	value = mem_alloc((size_t)size + 1);
	size = fgetxattr(fd, name, value, (size_t)size);
	if (size < 0)
		return -errno;
	str_clear(ret_value);
	str_add_bytes(ret_value, value, (size_t)size);
	return 0;
}

/* None where the file system has no attributes. */
static int list_attributes(int fd, struct str_list *ret_names)
{
	ssize_t size = flistxattr(fd, NULL, 0);
	_cleanup_free_ char *names = NULL;

	if (size < 0)
		return errno == ENOTSUP ? 0 : -errno;
	names = mem_alloc((size_t)size + 1);
	size = flistxattr(fd, names, (size_t)size);
	if (size < 0)
		return -errno;
	for (const char *name = names; name < names + size; name += strlen(name) + 1)
		if (!is_about_bytes(name))
			str_list_add(ret_names, name);
	return 0;
}

static int keep_attribute(int old, int new, const char *name)
{
	_cleanup_str_ struct str value = {0}, there = {0};
	int rc = read_attribute(old, name, &value);

	if (rc < 0)
		return rc;
	/* What the kernel gave it by itself, a label for one, need not be allowed to us. */
	if (read_attribute(new, name, &there) == 0 && value.length == there.length &&
	    memcmp(str_text(&value), str_text(&there), value.length) == 0)
		return 0;
	return fsetxattr(new, name, str_text(&value), value.length, 0) < 0 ? -errno : 0;
}

/*
 * xattr(7): what the old file has, POSIX ACLs and security labels among it; and not what
 * the new one got from its directory's default ACL.
 */
static int keep_attributes(int old, int new)
{
	_cleanup_str_list_ struct str_list wanted = {0}, there = {0};
	int rc = list_attributes(old, &wanted);

	if (rc == 0)
		rc = list_attributes(new, &there);
	for (size_t i = 0; rc == 0 && i < there.count; i++)
		if (!str_list_has(&wanted, there.item[i]) &&
		    fremovexattr(new, there.item[i]) < 0)
			rc = -errno;
	for (size_t i = 0; rc == 0 && i < wanted.count; i++)
		rc = keep_attribute(old, new, wanted.item[i]);
	return rc;
}

/* Owner, attributes, then mode: each may change what comes after it. */
static int dress(const struct fs *fs, const char *path, int fd,
		 const struct fs_access *access)
{
	_cleanup_close_ int old = -1;
	struct stat st;
	int rc = fs_open_file(fs, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, &old, NULL);

	if (rc < 0 && rc != -ENOENT)
		return rc;
	if (fstat(fd, &st) < 0)
		return -errno;
	if ((access->uid != FS_KEEP_UID && access->uid != st.st_uid) ||
	    (access->gid != FS_KEEP_GID && access->gid != st.st_gid))
		if (fchown(fd, access->uid, access->gid) < 0)
			return -errno;
	rc = old < 0 ? 0 : keep_attributes(old, fd);
	if (rc < 0)
		return rc;
	return fchmod(fd, access->mode) < 0 ? -errno : 0;
}

static int remove_draft_of(const struct fs *fs, const char *path, struct err *err)
{
	const char *name;
	_cleanup_free_ char *parent = parent_of(path, &name);
	_cleanup_free_ char *draft = mem_textf("%s/.%s.xenhost-new", parent, name);
	int rc = fs_remove(fs, draft, err);

	/* Where the draft's name is too long there never was one. */
	if (rc != -ENAMETOOLONG)
		return rc;
	err_clear(err);
	return 0;
}

int fs_remove_draft(const struct fs *fs, const char *path, struct err *err)
{
	_cleanup_free_ char *real = NULL;
	int rc = remove_draft_of(fs, path, err);

	if (rc < 0)
		return rc;
	rc = resolve_last(fs, path, &real, err);
	if (rc == -ENOTDIR || rc == -ELOOP) {
		err_clear(err);
		return 0;
	}
	if (rc < 0)
		return rc;
	return strcmp(real, path) != 0 ? remove_draft_of(fs, real, err) : 0;
}

int fs_replace(const struct fs *fs, const char *path, const void *bytes, size_t length,
	       const struct fs_access *access, bool *ret_has_changed, struct err *err)
{
	_cleanup_draft_ struct draft draft = DRAFT_CLOSED;
	_cleanup_free_ char *real = NULL;
	_cleanup_err_ struct err cause = {0};
	struct fs_access wanted = *access;
	const char *name;
	bool is_equal = false;
	int rc;

	rc = resolve_last(fs, path, &real, &cause);
	if (rc == 0)
		rc = compare(fs, real, bytes, length, &wanted, &is_equal, &cause);
	if (rc < 0)
		return err_say(err, -rc, "write '%s': %s", path, cause.text);
	if (is_equal)
		goto done;
	if (fs_open_parent(fs, real, &draft.dir, &name, &cause) < 0)
		return err_say(err, cause.code, "write '%s': %s", path, cause.text);
	draft.name = mem_text(name);
	rc = draft_open(&draft);
	if (rc == 0)
		rc = draft_write(&draft, bytes, length);
	if (rc == 0)
		rc = dress(fs, real, draft.fd, &wanted);
	if (rc == 0)
		rc = draft_publish(&draft, !fs->is_unsynced);
	if (rc < 0)
		return err_set(err, -rc, "write '%s'", path);
done:
	if (ret_has_changed)
		*ret_has_changed = !is_equal;
	return 0;
}
