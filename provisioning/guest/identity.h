/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes a clone that guest and no other: written into its file system, nothing is run there. */
#pragma once

#include "base/err.h"
#include "base/fs.h"
#include "guest/spec.h"

/*
 * Writes host name, hosts, machine-id, ssh host keys, random seed, root's password and keys, network, fstab, console,
 * package sources, the boot loader's menu. `root` is the mounted clone, hostile as any guest's disk; `host` is dom0.
 * *ret_password is what was generated (the caller wipes and frees it), NULL if nothing was.
 */
int identity_write(const struct guest *guest, const struct fs *root,
		   const struct fs *host, char **ret_password,
		   struct err *err) _must_check_;

/*
 * The other direction, for templates: takes away what must not be in two guests (machine-id, host keys, seeds, logs,
 * caches, leases), so that forgetting a step of identity_write() shows.
 */
int identity_erase(const struct fs *root, struct err *err) _must_check_;

/*
 * Runs the guest's roles, or one hook, as xen-tools runs them: argument the mount point (and the role's arguments), its
 * variables in the environment, in the mounted clone's namespace. -EREMOTEIO if one fails, with its last words.
 */
int identity_roles(const struct guest *guest, const struct str_list *roles,
		   const char *directory, struct err *err) _must_check_;
