/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making a guest's volume larger, and what is on it. */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/fs.h"
#include "guest/inventory.h"

/*
 * The writable disk of a guest that `name` means: "disk" for /dev/VG/GUEST-disk and
 * DIR/domains/GUEST/disk.img, the device that the guest sees ("xvda2"), or the path itself.
 * The result points into `guest`. -ENOENT, with what there is, if none is meant.
 */
int resize_find(const struct inventory_guest *guest, const char *name,
		const char **ret_path, struct err *err) _must_check_;

/*
 * Makes a volume `size` bytes large, and its file system fill it: ext2 to ext4, xfs, btrfs,
 * swap space, or the root of a whole disk that we made. With the size that it has, what was
 * interrupted is completed. -EINVAL, and nothing is touched, for a smaller size or another
 * content; -EBUSY if the guest runs or somebody has the volume (guest/guard.h). Needs root
 * for what is grown while it is mounted, and for whole disks.
 */
int resize_run(const struct fs *host, const char *guest, const char *path, uint64_t size,
	       struct err *err) _must_check_;
