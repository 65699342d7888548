/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Partition files of xen-tools: which volumes a guest has. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct partition {
	char *name;
	uint64_t size;	  /* bytes */
	char *fs;	  /* "swap", "ext4" ... */
	char *mountpoint; /* NULL: swap */
	char *options;
};

/* In the order of their devices: by the length of the mount point, swap first. */
struct partition_list {
	struct partition *item;
	size_t count;
};

void partition_list_clear(struct partition_list *list);

/* Adds one at the end. */
void partition_list_add(struct partition_list *list, const char *name, uint64_t size,
			const char *fs, const char *mountpoint, const char *options);

/*
 * Reads a file in /etc/xen-tools/partitions.d: sections [name] with size, type, mountpoint
 * and options (xen-tools.conf(5)). Errors are -EINVAL, "FILE:LINE: cause".
 */
int partition_list_read(const char *file, const char *text, size_t length,
			struct partition_list *ret_list, struct err *err) _must_check_;
