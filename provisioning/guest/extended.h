/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The superblock of ext2, ext3 and ext4. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

/*
 * Another UUID for an unmounted file system. Of an ext4 whose checksums have a seed of their
 * own that is one block, written here; else it is tune2fs's work.
 */
int extended_rename(const char *path, const char *uuid, struct err *err) _must_check_;

/* Whether it has all of its volume; false if that cannot be found out. */
bool extended_is_filling(const char *path);
