/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files below a root directory: a live host, an image and a test are the same case. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

/*
 * A root. Paths are relative to it, with or without a leading slash; symbolic links, also
 * absolute ones and "..", are resolved by the kernel as if the root were "/", so no path
 * leads out of it. Needs openat2(2), Linux 5.6; on older kernels every function fails
 * with -ENOSYS and says so.
 */
struct fs {
	int root;   /* a directory, -1 when closed */
	char *path; /* as the user named it, for messages; owned */

	/*
	 * Nothing below is synced by itself, by no function but fs_sync(): for a tree that
	 * is synced as a whole, or thrown away.
	 */
	bool is_unsynced;
};

#define _cleanup_fs_ _cleanup_(fs_close)
#define FS_CLOSED ((struct fs){.root = -1})

/* Whom a file belongs to and who may use it. */
struct fs_access {
	mode_t mode; /* permission bits only */
	uid_t uid;
	gid_t gid;
};

#define FS_KEEP_UID ((uid_t)-1)
#define FS_KEEP_GID ((gid_t)-1)

int fs_open(const char *path, struct fs *ret_fs, struct err *err) _must_check_;

/* May run twice, and on FS_CLOSED. */
void fs_close(struct fs *fs);

/* Whether this root is the "/" of the running system. */
bool fs_is_host(const struct fs *fs);

/*
 * Opens an existing file or directory below the root, close-on-exec. The caller closes
 * it. Creating is fs_replace()'s alone.
 */
int fs_open_file(const struct fs *fs, const char *path, int flags, int *ret_fd,
		 struct err *err) _must_check_;

/*
 * Reads a whole regular file, whatever size stat tells (files in /proc and /sys tell
 * none). -EFBIG if it holds more than `limit` bytes, -ENOENT if it is absent, -EINVAL if
 * it is not a regular file. Does not block on a FIFO.
 */
int fs_read(const struct fs *fs, const char *path, size_t limit, struct str *ret_text,
	    struct err *err) _must_check_;

/* The names in a directory without "." and "..", sorted by bytes. */
int fs_readdir(const struct fs *fs, const char *path, struct str_list *ret_names,
	       struct err *err) _must_check_;

/*
 * The text of a symbolic link, unresolved. -EINVAL if it is something else. The caller
 * frees it.
 */
int fs_readlink(const struct fs *fs, const char *path, char **ret_target,
		struct err *err) _must_check_;

/* What a path leads to, symbolic links followed. */
int fs_stat(const struct fs *fs, const char *path, struct stat *ret_stat,
	    struct err *err) _must_check_;

/* Likewise of the path itself: a symbolic link as its last part is not followed. */
int fs_lstat(const struct fs *fs, const char *path, struct stat *ret_stat,
	     struct err *err) _must_check_;

/* Whether a path leads to something. */
bool fs_exists(const struct fs *fs, const char *path);

/* Whether a path leads to a regular file that somebody may execute. */
bool fs_is_program(const struct fs *fs, const char *path);

/*
 * Makes a file have exactly these bytes and this access, all at once: whatever happens, a
 * reader and the disk after a power cut have the old file or the new one. The parent must
 * exist. If the path is a symbolic link, the file that it names is replaced (or made),
 * inside the root. A new file belongs to the caller unless `access` says otherwise; a
 * kept owner is the old file's.
 *
 * The extended attributes of the file that is replaced are kept: POSIX ACLs, security
 * labels, capabilities, but not the digests of its bytes (ima, evm). Of hard links only
 * this name is replaced: the others keep the old file.
 *
 * Nothing is written when bytes and access are right already; *ret_has_changed (may be
 * NULL) tells. On failure the old file is untouched, unless the very last step failed, to
 * sync the directory; no temporary file stays. After a kill one may stay, named
 * ".NAME.xenhost-new"; the next call or fs_remove_draft() removes it. Two calls for one
 * file must not overlap.
 */
int fs_replace(const struct fs *fs, const char *path, const void *bytes, size_t length,
	       const struct fs_access *access, bool *ret_has_changed,
	       struct err *err) _must_check_;

/*
 * Likewise a file with the bytes of others, one behind the other, each begun at a multiple
 * of four (as in an initial RAM file system, where what is between is zeros). They are not
 * held in memory, it is written whatever is there already, and belongs to the caller.
 */
int fs_copy(const struct fs *fs, const struct str_list *sources, const char *path,
	    struct err *err) _must_check_;

/* Whether that would leave the file as it is: it is there with these bytes. */
bool fs_is_copy(const struct fs *fs, const struct str_list *sources, const char *path);

/*
 * Makes a directory whose parent exists, at once; whatever is there is left as it is. The
 * owner may be FS_KEEP_UID and FS_KEEP_GID: the caller's. On the disk when it returns, as
 * with those below.
 */
int fs_mkdir(const struct fs *fs, const char *path, const struct fs_access *access,
	     struct err *err) _must_check_;

/* Removes what a kill in one of the functions that make things left beside a path. */
int fs_remove_draft(const struct fs *fs, const char *path, struct err *err) _must_check_;

/* Puts the names in a directory on the disk. */
int fs_sync(const struct fs *fs, const char *path, struct err *err) _must_check_;

/* Makes a path a symbolic link, at once; a file or link that is there is replaced. */
int fs_link(const struct fs *fs, const char *path, const char *target,
	    struct err *err) _must_check_;

/*
 * Removes a file, a symbolic link or an empty directory. What is absent, and a directory
 * that is not empty, are left alone: no error.
 */
int fs_remove(const struct fs *fs, const char *path, struct err *err) _must_check_;

/* Renames within the root. Both parents are on the disk when it returns. */
int fs_rename(const struct fs *fs, const char *old_path, const char *new_path,
	      struct err *err) _must_check_;

/* The directory of a path, open, and its last part: "." and all of it if it has no slash. */
int fs_open_parent(const struct fs *fs, const char *path, int *ret_dir,
		   const char **ret_name, struct err *err) _must_check_;
