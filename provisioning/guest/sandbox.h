/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A place where a guest's own programs may run in dom0. */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/fs.h"

/* What /run/systemd/container says in there: programs see that it is no machine that boots. */
#define SANDBOX_CONTAINER "xenhost"

/*
 * Makes a guest's file system, mounted at `directory` and open as `root`, the root of this
 * process, for programs that it runs from then on. The process must have mount and process
 * namespaces of its own, in which `root` was opened (work_run(), work_apart()); it gets IPC
 * and UTS namespaces too, with `name` as host name, and there is no way back.
 *
 * In there are /proc of those processes alone and read-only, /dev with null, zero, full,
 * random, urandom and terminals of its own, a /run that has but the name of the place
 * (SANDBOX_CONTAINER), and no /sys. Programs run as
 * root, but can neither use nor make other devices, mount, load modules, trace, change the
 * network nor read others' files by handle; set-user-ID bits and capabilities of files do
 * not count. The kernel is dom0's; so is the network, with dom0's resolv.conf, or there is
 * none.
 */
int sandbox_enter(const struct fs *root, const char *directory, const char *name,
		  bool has_network, struct err *err) _must_check_;
