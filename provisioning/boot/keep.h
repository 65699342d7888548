/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Older builds of the hypervisor, which upgrades leave in /boot. */
#pragma once

#include "host/facts.h"

/*
 * The list of them: an absolute path a line, "/boot/xen-VERSION.gz". Packages write it
 * when they are upgraded. With it belong /boot/xen-VERSION.config and
 * /boot/flask/xenpolicy-VERSION.
 */
#define KEEP_LIST "var/lib/xen/kept-hypervisors"

/*
 * Removes the oldest builds of the list, so that `limit` are left, and from the list what
 * is gone or belongs to a package again. Neither the version that runs nor the one of the
 * last good boot is removed: more may be left then. *ret_removed has the paths, below the
 * root, of the hypervisors that were removed.
 */
int keep_prune(const struct fs *fs, const struct facts *facts, size_t limit,
	       struct str_list *ret_removed, struct err *err) _must_check_;
