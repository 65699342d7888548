/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernels and hypervisors that a boot loader finds: the files, judged by content. */
#pragma once

#include "host/binary.h"
#include "host/facts.h"

/* A file that has the name of a kernel, in /boot or /. */
struct image_kernel {
	char *path;    /* "boot/vmlinuz-VERSION" */
	char *version; /* may be empty: "boot/vmlinuz" */
	char *config;  /* the path of its configuration, or NULL */
	enum facts_answer can_dom0;
	const char *loop, *pci_back; /* as facts_kernel's; NULL: unknown */
	const char *compression;     /* likewise */
	bool is_kernel;		     /* whether it begins as one */
	bool is_packed;		     /* a bzImage: what is in it is compressed */
};

/* A file that has the name of a hypervisor. */
struct image_hypervisor {
	char *path;    /* "boot/xen-4.20.gz" */
	char *version; /* from the file's name, may be empty */
	struct binary binary;
};

/* One that was looked at and is neither. */
struct image_skipped {
	char *path;
	const char *reason; /* a literal */
};

/*
 * Each file once, whatever number of links it has: by the name that is no symbolic link,
 * and of several such by the longest. Newest first, version_compare(); the path decides
 * between equal versions, so that the order is always the same.
 */
struct images {
	struct image_kernel *kernel;
	size_t kernel_count;
	struct image_hypervisor *hypervisor;
	size_t hypervisor_count;
	struct image_skipped *skipped;
	size_t skipped_count;
};

#define _cleanup_images_ _cleanup_(images_clear)

/* An absent /boot has none. */
void images_read(const struct fs *fs, struct images *ret_images);

/* May run twice. */
void images_clear(struct images *images);
