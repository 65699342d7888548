/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether GRUB starts by itself what the description asks for. */
#pragma once

#include "boot/grub-menu.h"
#include "host/desc.h"

/* What starts by itself: to be compared with what does after a change. */
struct grub_default {
	bool is_known; /* false: there was no menu, or none that could be read */
	enum grub_kind kind;
	char *name; /* the id, else the title; NULL: the menu had no entries */
};

#define _cleanup_grub_default_ _cleanup_(grub_default_clear)

/* The default of a system's menu; what cannot be read is not known. */
void grub_default_read(const struct fs *fs, const char *firmware,
		       struct grub_default *ret_default);
void grub_default_clear(struct grub_default *before);

/*
 * Whether the default (not what next_entry starts once) is what is wanted: an entry of
 * Xen, of Linux without Xen, or for DESC_DEFAULT_KEEP the one that was it `before`. The
 * name must name it: the first entry, which starts where it names nothing, is not the one
 * that was asked for. -ENOENT tells in one line what would start.
 */
int grub_verify(const struct grub_menu *menu, enum desc_boot_default wanted,
		const struct grub_default *before, struct err *err) _must_check_;
