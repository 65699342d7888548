/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of a Linux kernel, by its first bytes: how what is in it is compressed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fs.h"

struct kernel_image {
	bool is_kernel; /* a bzImage, an ELF file, arm64's Image, or one compressed whole */
	bool is_packed;		 /* a bzImage: it unpacks itself, or who starts it does */
	const char *compression; /* of what is in it; a literal, NULL: unknown */
	uint64_t start, length;	 /* of a bzImage: where that is, by its own words */
};

/* What cannot be read is none. */
struct kernel_image kernel_image_read(const struct fs *fs, const char *path);

/*
 * Where the compressed kernel is in a bzImage, whose first bytes these are; the file may
 * be shorter. False if they are of something else.
 */
bool kernel_image_payload(const uint8_t *head, size_t length, uint64_t *ret_offset,
			  uint64_t *ret_length);

/*
 * The compression that begins with these bytes, a literal or NULL: "gzip", "bzip2", "lzma",
 * "xz", "lzo", "lz4", "zstd", or "none", an ELF file.
 */
const char *kernel_image_compression(const uint8_t *magic, size_t length);
