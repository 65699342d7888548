/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's menu as GRUB itself would have it after running grub.cfg: entries and default. */
#pragma once

#include <stdbool.h>

#include "boot/grubenv.h"

enum grub_kind {
	GRUB_OTHER, /* firmware setup, memtest, another system's loader ... */
	GRUB_LINUX, /* linux, initrd */
	GRUB_XEN,   /* multiboot, multiboot2 or xen_hypervisor and modules; or xen.efi */
	GRUB_SUBMENU,
};

#define GRUB_NONE ((size_t)-1)

/* An entry or a submenu. Paths are as GRUB is told them: relative to its $root. */
struct grub_entry {
	char *title;
	char *id;      /* NULL: it has none, and goes by its title */
	char *path;    /* as GRUB_DEFAULT and next_entry take it: "SUBMENU-ID>ID"; by
			  title or number where the id means another entry */
	char *number;  /* the same by place: "1>2" */
	size_t parent; /* of the submenu it is in, GRUB_NONE at the top */
	enum grub_kind kind;
	char *text; /* the whole command of the file, "menuentry ... }", verbatim but for
		       lines that begin with '#', which GRUB does not see */
	char *hypervisor, *hypervisor_args; /* GRUB_XEN */
	char *kernel, *kernel_args; /* GRUB_XEN, GRUB_LINUX; args without argv[0] */
	struct str_list modules;    /* initrds, policies, in order; arguments behind */
};

struct grub_menu {
	struct grub_entry *entry; /* as shown, a submenu before what is in it */
	size_t count;

	/* Entries, no submenus unless one is empty. GRUB_NONE: there are no entries. */
	size_t chosen;	 /* what starts next by itself: next_entry once, or the default */
	size_t standing; /* what starts every time after that */
	bool is_once;	 /* whether `chosen` is next_entry's */

	/*
	 * Whether the name of it named nothing: what starts then is the first entry, of
	 * the whole menu or of the submenu that was found.
	 */
	bool is_chosen_lost, is_standing_lost;

	char *default_text; /* what $default said of `standing`, for messages; NULL: unset */
	char *next_text;    /* what next_entry said, or NULL */

	/*
	 * If `chosen` cannot be loaded; GRUB_NONE: nothing, then GRUB waits for a key for
	 * ever. GRUB up to 2.12 takes numbers only.
	 */
	size_t fallback;
	char *fallback_text; /* what $fallback said, or NULL */
	long timeout;	     /* seconds; -1: waits for a key */
};

#define _cleanup_grub_menu_ _cleanup_(grub_menu_clear)

/* What a script can ask for. */
struct grub_platform {
	const char *platform; /* "pc" or "efi" */
	const char *cpu;      /* "i386", "x86_64", "arm64" */
	const struct fs *fs;  /* for [ -f FILE ] and source; NULL: there are no files */
};

/*
 * Runs a grub.cfg as far as it decides the menu: set, unset, export, if, loops, test,
 * functions, source, load_env, save_env, menuentry, submenu. Other commands do nothing
 * and succeed. The body of each entry is run too, as if it were chosen. -EBADMSG
 * ("FILE:LINE: cause") for what GRUB would not parse; -ELOOP for a script without an end
 * and a menu without bounds. `file` is as below the root: "boot/grub/grub.cfg"; `env` may
 * be NULL.
 */
int grub_menu_parse(const char *file, const char *text, size_t length,
		    const struct grubenv *env, const struct grub_platform *platform,
		    struct grub_menu *ret_menu, struct err *err) _must_check_;

/*
 * The menu of a system: /boot/grub/grub.cfg or /boot/grub2/grub.cfg with the grubenv
 * beside it. -ENOENT if there is none. `firmware` is facts.boot.firmware.
 */
int grub_menu_read(const struct fs *fs, const char *firmware, struct grub_menu *ret_menu,
		   struct err *err) _must_check_;

/* Likewise with other variables than those of the grubenv. */
int grub_menu_read_with(const struct fs *fs, const char *firmware,
			const struct grubenv *env, struct grub_menu *ret_menu,
			struct err *err) _must_check_;

/* The grub.cfg of a system, below the root; NULL: there is none. A literal. */
const char *grub_menu_config_path(const struct fs *fs);

/* The grubenv of a system, below the root: "boot/grub/grubenv". A literal. */
const char *grub_menu_env_path(const struct fs *fs);

/*
 * The entry or submenu that a text in GRUB_DEFAULT's form names, as GRUB looks for it: by
 * number, title or id, the first that matches, "SUBMENU>ENTRY" by parts, ">>" for a '>'.
 * GRUB_NONE.
 */
size_t grub_menu_find(const struct grub_menu *menu, const char *name);

/* "xen", "linux", "submenu" or "other". */
const char *grub_kind_name(enum grub_kind kind);

/* May run twice. */
void grub_menu_clear(struct grub_menu *menu);
