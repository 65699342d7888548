/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disks that a guest's configuration names. */
#pragma once

#include "base/str.h"

/*
 * Adds the absolute paths that the disks of an xl.cfg(5) text have in dom0, each once. A
 * text that is none is passed over, as are disks without such a path: xl itself judges
 * configurations.
 */
void guest_disks(const char *text, struct str_list *ret_paths);
