/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Upgrading the packages of a guest that does not run. */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/fs.h"
#include "guest/inventory.h"

/* Says what is done. */
typedef void update_progress(void *context, const char *text);

/*
 * Mounts a guest's volumes as its fstab says and runs its own package manager, apt-get or
 * zypper, in a sandbox (guest/sandbox.h). `is_full`: packages may come and go too
 * (dist-upgrade). No service is started. -EBUSY if the guest runs or somebody has one of
 * its volumes; -ENOENT if none has a system with such a program; -EREMOTEIO if that fails.
 * Whatever happens, nothing stays mounted, and no process lives on. Needs root.
 */
int update_run(const struct fs *host, const struct inventory_guest *guest, bool is_full,
	       update_progress *progress, void *context, struct err *err) _must_check_;
