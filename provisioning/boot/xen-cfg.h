/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file that xen.efi reads when it is started by itself: what dom0 is made of. */
#pragma once

#include "base/str.h"

/*
 * A section (Xen's docs/misc/efi.pandoc). Files are relative to the one that xen.efi is in;
 * what is not said is NULL.
 */
struct xen_cfg_section {
	char *name;
	char *options; /* of Xen */
	char *kernel, *kernel_args;
	char *ramdisk, *ucode, *xsm;
};

struct xen_cfg {
	struct xen_cfg_section *section;
	size_t count;
	char *first; /* default= of [global], or NULL */
};

#define _cleanup_xen_cfg_ _cleanup_(xen_cfg_clear)

/*
 * Reads a file as Xen does: "#" begins a comment anywhere, the first of several values
 * counts, and so does the first of several sections. There is nothing that is no such file.
 */
void xen_cfg_parse(const char *text, size_t length, struct xen_cfg *ret_cfg);

/* A section by its name, the default for NULL; NULL: there is none. */
const struct xen_cfg_section *xen_cfg_find(const struct xen_cfg *cfg, const char *name);

/* Adds a section, which must not have line ends or "#" in it, as one of a file. */
void xen_cfg_add(struct str *text, const struct xen_cfg_section *section);

/* Likewise [global], which has to come first. */
void xen_cfg_add_default(struct str *text, const char *name);

/* May run twice. */
void xen_cfg_clear(struct xen_cfg *cfg);
