/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a volume may be written or removed: nobody else has it. */
#pragma once

#include "base/err.h"
#include "base/fs.h"

/*
 * -EBUSY, with who has it, if the volume or image at `path` (of the running system) is open
 * (device-mapper's open count, an exclusive open, a lease on a file), mounted, attached to
 * a loop device, swap, a part of another device (LVM, RAID), in use by a running domain,
 * or named for writing by the configuration of another guest than `guest` (NULL: of any)
 * in etc/xen, etc/xen/vm or etc/xen/auto of `host`. A disk or partition (not a volume of
 * LVM, not a file) is in use too if it, or a partition of it, says that it is a physical
 * volume or a member of a RAID; a partition, also swap space. What cannot be found out counts as in use. Two names of one device or file are the
 * same, and so are a partition and its disk where swap space, domains or configurations
 * name one of them. A configuration is the guest's whose name it tells, whatever its file
 * is called. The caller must not have it open itself.
 */
int guard_check(const struct fs *host, const char *path, const char *guest,
		struct err *err) _must_check_;

/*
 * -EBUSY if a domain of that name is there, or xendomains saved one that it will restore: its
 * memory has what was read from its disks. Without a hypervisor none is there.
 */
int guard_domain(const struct fs *host, const char *name, struct err *err) _must_check_;
