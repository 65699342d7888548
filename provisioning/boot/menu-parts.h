/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of menu_make(). */
#pragma once

#include "boot/menu.h"
#include "host/images.h"

/* How GRUB starts a hypervisor. */
struct menu_loader {
	const char *module;	/* for insmod */
	const char *load, *add; /* commands for the hypervisor and for a module */
};

struct menu_xen {
	const struct image_hypervisor *image;
	const struct menu_loader *loader;
	const char *name; /* for people: the version, or "xen" */
	char *policy;	  /* "boot/xenpolicy-4.20" if it is there, else NULL */
	char *id;	  /* of its submenu */
	char *efi; /* "xen-4.20.efi" in our directory on the ESP; NULL: it is not there */
};

struct menu_linux {
	const struct image_kernel *image;
	char *initrd; /* or NULL */
};

enum menu_variant { MENU_NORMAL, MENU_XSM, MENU_RECOVERY, MENU_XSM_RECOVERY };

struct menu_entry {
	const struct menu_xen *xen;
	const struct menu_linux *kernel;
	enum menu_variant variant;
	char *id;
	char *section; /* of xen.efi's file; NULL: it is not started that way */
};

/* What is in the menu, in its order. */
struct menu {
	const struct fs *fs;
	const struct menu_env *env;
	struct str_list *notes;
	struct images images;
	struct menu_xen *xen; /* the best first */
	size_t xen_count;
	struct menu_linux *kernel; /* the best first */
	size_t kernel_count;
	struct menu_entry *entry; /* by hypervisor, kernel, variant */
	size_t entry_count;
	struct str_list early; /* early initial ramdisks: "boot/intel-ucode.img" */
	char *uuid;	       /* of the root's file system, for ids; or the device */
};

/* Adds a line about a file; the path gets a slash in front. */
void menu_note(struct menu *menu, const char *path, const char *format, ...)
	_printf_(3, 4);

/* Fills everything above from the files. */
void menu_choose(struct menu *menu);

/* Fills entries and ids from hypervisors and kernels. */
void menu_pair(struct menu *menu);

/* Copies what xen.efi starts to the EFI system partition, and tells the entries. */
void menu_chain(struct menu *menu);

/* Writes entries and submenus. */
void menu_write(const struct menu *menu, struct str *text);

/* Writes what leads a default by a name of GRUB's own script to our entry, and says so. */
void menu_write_legacy(struct menu *menu, struct str *text);

/* "Debian GNU/Linux, with Xen 4.20 and Linux 6.1.0". The caller frees it. */
char *menu_title(const struct menu *menu, const struct menu_entry *entry);

/* Whether GRUB_DISABLE_SUBMENU is set. */
bool menu_is_flat(const struct menu_env *env);

/* Writes the entry that last booted healthily; false if it cannot be started any more. */
bool menu_write_good(struct menu *menu, struct str *text);

bool menu_is_debug(const struct image_hypervisor *image);
bool menu_is_recovery(enum menu_variant variant);
bool menu_is_xsm(enum menu_variant variant);

/* What dom0's root= is, for a kernel with or without an initial ramdisk. */
char *menu_root(const struct menu *menu, bool has_initrd);

/* A path below the root as GRUB finds it. The caller frees it. */
char *menu_path(const struct menu *menu, const char *path);

/* One word of GRUB's language, taken literally. */
void menu_add_word(struct str *text, const char *word);

/* Likewise, always in quotes. */
void menu_add_quoted(struct str *text, const char *word);

/*
 * Arguments as an administrator writes them in GRUB's variables: quotes, backslashes and
 * variables mean what they mean to GRUB. What would end the command or be no GRUB script
 * (";", a brace, an open quote, a lonely "$", "#") stands for itself.
 */
void menu_add_arguments(struct str *text, const char *arguments);
