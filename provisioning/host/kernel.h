/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What belongs to a kernel's file: its configuration and its initial ramdisk. */
#pragma once

#include "host/facts-parts.h"

/* From a configuration; `loop` and `pci_back` are literals, as facts_kernel's. */
struct kernel_config {
	char *path; /* NULL: there is none; owned */
	enum facts_answer can_dom0;
	const char *loop, *pci_back;
};

/*
 * Looks for a configuration where packagers put it: beside the kernel, in its modules'
 * directory, in /etc/kernels; for "VERSION.old" that of VERSION too. `kernel_path` is
 * "boot/vmlinuz-VERSION". The caller frees ret_config->path.
 */
void kernel_read_config(const struct fs *fs, const char *kernel_path, const char *version,
			struct kernel_config *ret_config);

/*
 * The initial ramdisk beside a kernel, by the names that GRUB 2.12's scripts try in their
 * order; NULL if there is none. The caller frees it. `machine` is uname's.
 */
char *kernel_initrd(const struct fs *fs, const char *kernel_path, const char *version,
		    const char *machine);
