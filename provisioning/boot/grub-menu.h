/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's menu as GRUB itself would have it after running grub.cfg: entries and default. */
#pragma once

#include <stdbool.h>

#include "boot/grubenv.h"

enum grub_kind {
	GRUB_OTHER, /* a chain loader, firmware setup, memtest ... */
	GRUB_LINUX, /* linux, initrd */
	GRUB_XEN,   /* multiboot, multiboot2 or xen_hypervisor, and modules */
	GRUB_SUBMENU,
};

#define GRUB_NONE ((size_t)-1)

/* An entry or a submenu. Paths are as GRUB is told them: relative to its $root. */
struct grub_entry {
	char *title;
	char *id;      /* NULL: it has none, and goes by its title */
	char *path;    /* as GRUB_DEFAULT and next_entry take it: "SUBMENU-ID>ID" */
	char *number;  /* the same by place: "1>2" */
	size_t parent; /* of the submenu it is in, GRUB_NONE at the top */
	enum grub_kind kind;
	char *text; /* the whole command of the file, "menuentry ... }", verbatim */
	char *hypervisor, *hypervisor_args; /* GRUB_XEN */
	char *kernel, *kernel_args; /* GRUB_XEN, GRUB_LINUX; args without argv[0] */
	struct str_list modules;    /* initrds, policies, in order */
};

struct grub_menu {
	struct grub_entry *entry; /* as shown, a submenu before what is in it */
	size_t count;
	size_t chosen; /* what starts next by itself: next_entry once, else the default */
	size_t standing; /* what starts every time after that: the default; GRUB_NONE if the
			    default names nothing that is there, and then entry 0 starts */
	size_t fallback;    /* if `chosen` cannot be loaded; GRUB_NONE: nothing */
	bool is_once;	    /* whether `chosen` is next_entry's */
	char *default_text; /* what $default said, for messages */
	char *next_text;    /* what next_entry said, or NULL */
	long timeout;	    /* seconds, -1: waits for a key */
};

#define _cleanup_grub_menu_ _cleanup_(grub_menu_clear)

/* What GRUB's own variables say that a script asks for: "grub_platform" is "pc" or "efi". */
struct grub_platform {
	const char *platform;
	const char *cpu; /* "i386", "x86_64", "arm64" */
};

/*
 * Runs a grub.cfg as far as it decides the menu: set, unset, export, if, test, functions,
 * load_env, save_env, menuentry, submenu. Other commands do nothing and succeed. -EBADMSG
 * ("FILE:LINE: cause") for what GRUB would not parse; -ELOOP for a script without an end.
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

/* The grubenv of a system, below the root: "boot/grub/grubenv". */
const char *grub_menu_env_path(const struct fs *fs);

/* The entry that a text in GRUB_DEFAULT's form names, as GRUB looks for it; GRUB_NONE. */
size_t grub_menu_find(const struct grub_menu *menu, const char *name);

/* May run twice. */
void grub_menu_clear(struct grub_menu *menu);
