/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disks that a guest's configuration names. */
#pragma once

#include "base/str.h"

/*
 * Adds the absolute paths that the `disk` list of an xl.cfg(5) text has as targets, each
 * once: "phy:/dev/vg/root,xvda,w", "/srv/a.img,raw,xvda,rw", "format=raw, vdev=xvda,
 * target=/srv/a b.img" (xl-disk-configuration(5)). What is no such list, or no path, is
 * passed over: xl itself judges configurations.
 */
void guest_disks(const char *text, struct str_list *ret_paths);
