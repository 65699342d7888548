/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files about file systems share. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Whether it is ext2, ext3 or ext4. */
bool filesystem_is_extended(const char *fs);

/* Runs one of their programs. */
int filesystem_run(const char *const *argv, struct err *err) _must_check_;

/* A value that libblkid finds, "TYPE" or "UUID"; "" for none. Owned by the caller. */
int filesystem_value(const char *path, uint64_t offset, const char *name,
		     char **ret_value, struct err *err) _must_check_;
