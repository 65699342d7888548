/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a hypervisor's file is, by its content: its form, and who can start it how. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fs.h"

/* How GRUB starts it, as grub-file(1) tells: a header in its first bytes. */
enum binary_protocol {
	BINARY_UNBOOTABLE,
	BINARY_MULTIBOOT,
	BINARY_MULTIBOOT2,
	BINARY_ARM64, /* xen_hypervisor, xen_module */
};

struct binary {
	const char *format; /* "gzip", "elf" or "efi": a literal, or NULL for all else */
	bool is_elf;	    /* it is one, or it is the gzip of one */
	bool is_whole;	    /* false: a gzip whose content cannot be read */
	enum binary_protocol protocol;
};

/*
 * How much of a file tells: Multiboot2's header is in the first 32 KiB of what may be
 * compressed (Multiboot2 Specification, 3.1), gzip's own takes a little.
 */
#define BINARY_HEAD (64 << 10)

/* Judges the first BINARY_HEAD bytes of a file, or all of a smaller one. */
struct binary binary_judge(const uint8_t *bytes, size_t length);

/* Likewise of a file; what cannot be read is none of these. */
struct binary binary_read(const struct fs *fs, const char *path);
