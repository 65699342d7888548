/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files about updates share. */
#pragma once

#include "base/err.h"
#include "base/fs.h"
#include "guest/xlcfg.h"

/* A guest's root, in this process's mount namespace. */
struct update_mount {
	char *directory;
	struct fs root;
};

#define _cleanup_update_mount_ _cleanup_(update_mount_clear)
#define UPDATE_UNMOUNTED ((struct update_mount){.root.root = -1})

/* Closes what is open; what is mounted stays until the namespace ends. May run twice. */
void update_mount_clear(struct update_mount *mounted);

/* The first of a guest's disks that has a system with a package manager that we know. */
int update_mount_root(const struct xlcfg *cfg, struct update_mount *ret_mounted,
		      struct err *err) _must_check_;

/*
 * Mounts the guest's other volumes where its fstab says, in its order. -ENOTSUP if something
 * that belongs to packages is not on a volume of the guest.
 */
int update_mount_rest(const struct update_mount *mounted, const struct xlcfg *cfg,
		      struct err *err) _must_check_;
