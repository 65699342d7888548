/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB Legacy's menu: /boot/grub/menu.lst, of hosts that have it and of guests for pygrub. */
#pragma once

#include "base/err.h"
#include "base/str.h"

/*
 * The form of GRUB 0.97 (its manual, "Configuration"): a command a line, its first word
 * ended by a blank or "="; those before the first "title" are the menu's own, and of
 * commands that set one thing the last wins. Entries are counted from 0.
 */
struct menulst_stanza {
	char *title;
	char *root;		 /* "root (hd0,5)" or "uuid ...", whole; NULL */
	char *kernel;		 /* the path as written, perhaps behind "(hd0,5)"; NULL */
	char *kernel_args;	 /* "" if there are none */
	struct str_list modules; /* what "module" lines say: a path and its arguments */
};

struct menulst {
	char *default_entry; /* a number or "saved"; NULL: not set, so 0 */
	char *fallback;	     /* numbers; NULL: not set */
	struct menulst_stanza *stanza;
	size_t count;
};

#define _cleanup_menulst_ _cleanup_(menulst_clear)

/* Any text is a menu: what is no command that is known here is passed. */
void menulst_parse(const char *text, struct menulst *ret_menu);

/* May run twice. */
void menulst_clear(struct menulst *menu);

/* An entry to be written. Paths are as GRUB sees them. */
struct menulst_entry {
	const char *title;
	const char *root;	     /* "root (hd0,5)"; NULL: none, as for pygrub */
	const char *hypervisor;	     /* NULL: the kernel starts by itself */
	const char *hypervisor_args; /* "" if there are none; with `hypervisor` only */
	const char *kernel, *kernel_args;
	const char *initrd; /* or NULL */
};

void menulst_write(const struct menulst_entry *entry, struct str *text);

/*
 * Our part of somebody's menu stands between these lines, behind the menu's own commands
 * and before the first entry: so our numbers depend on nothing that comes and goes, and a
 * command in it wins over the same one above.
 */
#define MENULST_BEGIN "### BEGIN xenhost"
#define MENULST_END "### END xenhost"

/*
 * The text without our part, as it was before. -EINVAL if that begins and does not end:
 * how much of the rest is ours cannot be told.
 */
int menulst_remove_block(const char *text, struct str *ret_text,
			 struct err *err) _must_check_;

/*
 * A text without our part, with it. `block` is whole lines. -ENOENT if there is no entry to
 * put it before.
 */
int menulst_add_block(const char *text, const char *block, struct str *ret_text,
		      struct err *err) _must_check_;
