/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A part of a volume as a device or file of its own: where a partition begins and ends. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* What programs and mount(2) get. Zeroed is none; the loop device goes when it is closed. */
struct extent {
	char *path;
	int loop; /* -1: it is the volume itself */
};

#define _cleanup_extent_ _cleanup_(extent_clear)
#define EXTENT_NONE ((struct extent){.loop = -1})
void extent_clear(struct extent *extent);

/*
 * The volume from `offset` to the end of the partition that begins there, or to its own
 * end with offset 0. `must_be_device`: a file as a whole gets a loop device too.
 */
int extent_open(const char *path, uint64_t offset, bool is_read_only, bool must_be_device,
		struct extent *ret_extent, struct err *err) _must_check_;

/* Bytes of an open file or device. */
int extent_size(int fd, uint64_t *ret_size, struct err *err) _must_check_;
