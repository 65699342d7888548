/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File systems on volumes: made, named, grown, mounted. Offsets are where a partition begins. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/fs.h"

/* Whether we can make, and grow, file systems of that name: ext2 ext3 ext4 xfs btrfs swap. */
bool filesystem_is_known(const char *fs);

/* Makes one, or swap space, with that UUID. The volume reads as zeros before. */
int filesystem_make(const char *path, uint64_t offset, const char *fs, const char *uuid,
		    struct err *err) _must_check_;

/* Gives an unmounted one another UUID. */
int filesystem_rename(const char *path, uint64_t offset, const char *fs, const char *uuid,
		      struct err *err) _must_check_;

/*
 * What is there (libblkid): "ext4", "swap", "" for nothing; -EINVAL where it could be two
 * things. Owned by the caller.
 */
int filesystem_probe(const char *path, uint64_t offset, char **ret_fs,
		     struct err *err) _must_check_;

/* Likewise, or the kind of a table of partitions: "ext4", "gpt"; "" for nothing. */
int filesystem_signature(const char *path, char **ret_what, struct err *err) _must_check_;

/*
 * Mounts it below /run/xenhost in this process's mount namespace, which must be its own
 * (work_run() gives one), nosuid and nodev, journal replayed, and opens it as a root.
 * Whatever is on it, no path leads out. A file gets a loop device, which goes when it is
 * unmounted or this process ends.
 */
int filesystem_mount(const char *path, uint64_t offset, const char *fs, bool is_read_only,
		     char **ret_directory, struct fs *ret_root,
		     struct err *err) _must_check_;

/* Syncs and unmounts; its directory is removed. Everything opened below must be closed. */
int filesystem_unmount(const char *directory, struct err *err) _must_check_;

/*
 * What makes a clone's file system a guest's own: another UUID, its volume filled, and
 * mounted as above. Growing while it is mounted is the fastest; without CAP_SYS_RESOURCE
 * (in a container) an ext2 to ext4 is checked and grown before.
 */
int filesystem_adopt(const char *path, uint64_t offset, const char *fs, const char *uuid,
		     char **ret_directory, struct fs *ret_root,
		     struct err *err) _must_check_;

/*
 * Makes it fill its volume (or partition). `directory`: where it is mounted, or NULL: then
 * ext2 to ext4 and swap are grown as they lie, checked first; others are mounted for it,
 * which takes a mount namespace as above. Swap space is made anew with its UUID.
 */
int filesystem_grow(const char *path, uint64_t offset, const char *fs,
		    const char *directory, struct err *err) _must_check_;
