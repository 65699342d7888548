/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes a clone that guest and no other: written into its file system, nothing is run there. */
#pragma once

#include "base/err.h"
#include "base/fs.h"
#include "guest/spec.h"

/*
 * Writes host name, hosts, machine-id, ssh host keys, random seed, root's password and
 * keys, network, fstab, console, the boot loader's menu, and copies what dom0 keeps for
 * guests: its time zone and /etc/xen-tools/skel. `root` is the mounted clone with all its
 * volumes mounted below, hostile as any guest's disk; `host` is dom0. Nothing is synced:
 * unmounting the clone does that.
 *
 * *ret_password is what was generated (the caller wipes and frees it), NULL if nothing
 * was; `ret_password` may be NULL unless guest->password_kind is PASSWORD_GENERATE. Errors
 * are "STEP: cause".
 *
 * What identity does not write: sources of packages, which are the template's and the same
 * in all guests; locales, which only programs of the guest can make.
 */
int identity_write(const struct guest *guest, const struct fs *root,
		   const struct fs *host, char **ret_password,
		   struct err *err) _must_check_;

/*
 * A password of 8 to 256 letters and digits that nobody takes for one another. The caller
 * wipes and frees it.
 */
int identity_make_password(unsigned int length, char **ret_password,
			   struct err *err) _must_check_;

/*
 * The other direction, for templates: takes away what must not be in two guests
 * (machine-id, host keys, seeds, logs, leases), so that forgetting a step of
 * identity_write() shows; and what only takes room (downloaded packages, temporary files).
 */
int identity_erase(const struct fs *root, struct err *err) _must_check_;

/*
 * Runs the guest's roles one after another, in the mounted clone's namespace, as xen-tools
 * runs them: arguments are the mount point `directory` and guest->role_arguments, split at
 * blanks; guest->environment is in the environment, but never a password. What they write goes to
 * the descriptor `log`. -EREMOTEIO if one fails, with its last words; -ENOENT, before
 * anything is run, if one is not executable.
 */
int identity_roles(const struct guest *guest, const struct str_list *roles,
		   const char *directory, int log, struct err *err) _must_check_;

/*
 * Likewise the hooks of dom0: the executables /etc/xen-tools/hooks.d/NN-name in the order
 * of their names, with the mount point as their only argument. As with xen-tools, a file
 * that is not executable, an editor's or dpkg's copy (NAME~, NAME.dpkg-old) is passed over.
 */
int identity_hooks(const struct guest *guest, const struct fs *host,
		   const char *directory, int log, struct err *err) _must_check_;
