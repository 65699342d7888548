/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files below a root directory: replacing one at once, or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"

#define LINKS_MAX 40 /* as many as the kernel follows */

/*
 * A file that is being made: its directory, its names there. Unlinked unless it was
 * published.
 */
struct draft {
	int dir, fd;
	char *name;	/* where it will be */
	char *new_name; /* where it is while it is written; NULL when there is nothing to
			   unlink */
};

static void draft_clear(struct draft *draft)
{
	if (draft->new_name)
		(void)unlinkat(draft->dir, draft->new_name, 0);
	mem_close_ref(&draft->fd);
	mem_close_ref(&draft->dir);
	free(draft->name);
	free(draft->new_name);
}

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

static int write_all(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t r = write(fd, bytes, length);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		bytes += r;
		length -= (size_t)r;
	}
	return 0;
}

/* The owner is changed first: chown() clears the set-user-ID bits that chmod() sets. */
static int set_access(int fd, const struct fs_access *access)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if ((access->uid != FS_KEEP_UID && access->uid != st.st_uid) ||
	    (access->gid != FS_KEEP_GID && access->gid != st.st_gid))
		if (fchown(fd, access->uid, access->gid) < 0)
			return -errno;
	return fchmod(fd, access->mode) < 0 ? -errno : 0;
}

static int draft_open(struct draft *draft)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	_cleanup_free_ char *new_name = mem_textf(".%s.xenhost-new", draft->name);

	if (unlinkat(draft->dir, new_name, 0) < 0 && errno != ENOENT)
		return -errno;
	draft->fd = openat(draft->dir, new_name, flags, 0600);
	if (draft->fd < 0)
		return -errno;
	draft->new_name = TAKE_PTR(new_name);
	return 0;
}

/*
 * Nothing may be renamed that is not on the disk, and the new name must be on the disk
 * too.
 */
static int draft_publish(struct draft *draft)
{
	if (fsync(draft->fd) < 0)
		return -errno;
	if (renameat(draft->dir, draft->new_name, draft->dir, draft->name) < 0)
		return -errno;
	mem_free_ref(&draft->new_name);
	return fsync(draft->dir) < 0 ? -errno : 0;
}

int fs_replace(const struct fs *fs, const char *path, const void *bytes, size_t length,
	       const struct fs_access *access, bool *ret_has_changed, struct err *err)
{
	_cleanup_(draft_clear) struct draft draft = {.dir = -1, .fd = -1};
	_cleanup_free_ char *real = NULL, *parent = NULL;
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
	parent = parent_of(real, &name);
	if (fs_open_file(fs, parent, O_RDONLY | O_DIRECTORY, &draft.dir, &cause) < 0)
		return err_say(err, cause.code, "write '%s': %s", path, cause.text);
	draft.name = mem_text(name);
	rc = draft_open(&draft);
	if (rc == 0)
		rc = write_all(draft.fd, bytes, length);
	if (rc == 0)
		rc = set_access(draft.fd, &wanted);
	if (rc == 0)
		rc = draft_publish(&draft);
	if (rc < 0)
		return err_set(err, -rc, "write '%s'", path);
done:
	if (ret_has_changed)
		*ret_has_changed = !is_equal;
	return 0;
}
