/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the bytes of guests are: volume groups, thin pools, directories, given devices. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "guest/work.h"

enum storage_kind {
	STORAGE_LVM,	/* a volume group: /dev/VG/GUEST-NAME */
	STORAGE_THIN,	/* a thin pool in a volume group: likewise */
	STORAGE_DIR,	/* files: DIR/domains/GUEST/NAME.img */
	STORAGE_DEVICE, /* devices that were given, one for each volume */
};

enum storage_image { IMAGE_SPARSE, IMAGE_FULL };

/* Paths are those of the running system, whatever the root is that a command works on. */
struct storage {
	enum storage_kind kind;
	char *vg, *pool; /* STORAGE_LVM, _THIN */
	char *dir;	 /* STORAGE_DIR */
	enum storage_image image;
	struct str_list device; /* STORAGE_DEVICE: "NAME=/dev/..." */
	bool is_forced;		/* what is on them already may be written over */
};

#define _cleanup_storage_ _cleanup_(storage_clear)

/* May run twice. */
void storage_clear(struct storage *storage);

/*
 * The path of a guest's volume; the caller frees it. NULL: no device was given for it.
 * Templates are volumes of the guest STORAGE_TEMPLATES, which no guest can be called:
 * /dev/VG/xenhost_template-KEY, DIR/templates/KEY.img.
 */
#define STORAGE_TEMPLATES "xenhost_template"
char *storage_path(const struct storage *storage, const char *guest, const char *name);

/*
 * Whether the storage is there and can hold `bytes` more: the volume group and the pool
 * exist, free extents or space, the pool's data and metadata fullness. Errors say which
 * and how much is missing: -ENOENT, -ENOSPC. Volumes of a pool, and sparse files, are
 * promises: they may be larger than what is free, but a pool or file system that is nearly
 * full (STORAGE_FULL per cent) takes no more. A pool that does not zero new blocks is
 * refused with -ENOTSUP.
 */
#define STORAGE_FULL 90
int storage_check(const struct storage *storage, uint64_t bytes,
		  struct err *err) _must_check_;

/*
 * Likewise for bytes that are written now: they must really be free, whatever is promised,
 * and neither a pool nor a file system may be nearly full afterwards.
 */
int storage_check_free(const struct storage *storage, uint64_t bytes,
		       struct err *err) _must_check_;

/* A volume that shall be made. */
struct storage_order {
	const char *name;	    /* "disk", as for storage_path() */
	uint64_t size;		    /* bytes */
	const struct storage *from; /* where its template is; NULL: it reads as zeros */
	const char *key;	    /* the template's volume */
	uint64_t key_size;	    /* bytes that it has */
};

/*
 * Makes volumes of a guest, those of LVM all in one run of it. A volume begins with the
 * bytes of its template, by a thin snapshot where both are in one pool, a reflink where
 * both are files of one such file system, else by copying what is used; and reads as
 * zeros elsewhere, whatever was in its blocks before. What is made is noted in `work` first.
 * -EEXIST if there is one, which is not touched; -EINVAL if the template is larger than the
 * volume. STORAGE_DEVICE: the device must be at least that large and free (guest/guard.h).
 */
int storage_make(const struct storage *storage, const char *guest,
		 const struct storage_order *orders, size_t count, struct work *work,
		 struct err *err) _must_check_;

/*
 * Makes a volume's bytes final: on the disk, read-only, and never activated by itself. For
 * templates. STORAGE_DEVICE: -ENOTSUP.
 */
int storage_seal(const struct storage *storage, const char *guest, const char *name,
		 struct err *err) _must_check_;

/*
 * Whether there is something at a path: 1 or 0. A volume of LVM that is not active has no
 * device, so lvm is asked for it; if that cannot tell (no such group), its error.
 */
int storage_is_there(const char *path, struct err *err) _must_check_;

/*
 * By path, for volumes that a configuration names, whatever made them. The guard
 * (guest/guard.h) is asked first in all of them, about the configurations in `host`.
 * Removing a given device (neither LVM's nor a regular file) is refused with -ENOTSUP, and
 * so are volumes of LVM by a path that only leads to them (not /dev/VG/LV, nor mapper's),
 * pools, origins of snapshots, and parts of other volumes. What is absent is -ENOENT.
 * The directory of a guest's files goes with the last of them.
 */
int storage_remove(const struct fs *host, const char *path, const char *guest,
		   struct err *err) _must_check_;

/* What storage_remove() would refuse, asked before anything is touched. */
int storage_check_removal(const struct fs *host, const char *path, const char *guest,
			  struct err *err) _must_check_;

/*
 * To `size` bytes, which read as zeros; -EINVAL if it is larger already. `work` is the
 * guest's: a spare volume is noted in it.
 */
int storage_grow(const struct fs *host, const char *path, const char *guest,
		 uint64_t size, struct work *work, struct err *err) _must_check_;

/* What a volume has, and what of it is allocated; both in bytes. */
struct storage_use {
	uint64_t size, allocated;
};
int storage_measure(const char *path, struct storage_use *ret_use,
		    struct err *err) _must_check_;
