/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entries for Xen in GRUB's menu: what 20_linux_xen makes, without its defects. */
#pragma once

#include "base/fs.h"
#include "base/str.h"

/*
 * What grub-mkconfig exports (GRUB's manual, "Simple configuration handling"), and what
 * grub.d/20_xenhost found out with the functions of grub-mkconfig_lib. Nothing is NULL:
 * what is not set is "", as GRUB's scripts see it.
 */
struct menu_env {
	const char *xen, *xen_default; /* GRUB_CMDLINE_XEN ... */
	const char *linux_always, *linux_default,
		*linux_recovery;	       /* GRUB_CMDLINE_LINUX ... */
	const char *replace, *replace_default; /* GRUB_CMDLINE_LINUX_XEN_REPLACE ... */
	const char *top_xen, *top_linux;       /* GRUB_TOP_LEVEL_XEN, GRUB_TOP_LEVEL */
	const char *disable_submenu, *disable_recovery, *recovery_title;
	const char *early_stock, *early_custom; /* GRUB_EARLY_INITRD_LINUX_... */
	const char *disable_uuid, *disable_linux_uuid, *disable_linux_partuuid;
	const char *distributor;
	const char *device, *device_uuid, *device_partuuid; /* of / */
	const char *device_boot; /* of /boot, where GRUB looks for files */
	const char *fs;		 /* of /, in GRUB's words */
	const char *actual_default, *save_default;

	const char *chainload;	 /* XENHOST_CHAINLOAD: "yes", else no */
	const char *esp;	 /* where the EFI system partition is mounted, or "" */
	const char *esp_prepare; /* as `prepare`, for it */
	const char *flavour;	 /* XENHOST_FLAVOUR: "debug", else release */
	const char *boot_path; /* /boot in GRUB's file system: "/boot", "/", "/@/boot" */
	const char *root_path; /* / in GRUB's file system: "/", "/@" */
	const char *prepare;   /* prepare_grub_to_access_device, lines of script */
	const char *abstraction;  /* below /: "lvm", "mdraid1x" ... */
	const char *pool;	  /* zfs: the label of the pool of / */
	const char *simple_title; /* "%s, with Xen hypervisor" in the language of GRUB */
	const char *machine;	  /* uname -m */
};

/*
 * Asks for each variable by its name; what is NULL counts as "". What is asked for must
 * stay as long as the struct.
 */
void menu_env_fill(struct menu_env *ret_env, const char *(*get)(const char *name));

/*
 * Writes the menu of a root as a script for GRUB: the entry "xen" and a submenu
 * "xen-advanced-UUID" with one for each hypervisor. While a trial is armed (boot/trial.h),
 * the entry "xenhost-good" is behind them, and before them what turns the variables of a
 * trial into what GRUB does (xenhost-boot(8)). Nothing if there is nothing to start.
 *
 * Each file that has no entry, and why, is a line in `ret_notes`: "'/boot/xen.cfg':
 * neither an ELF file nor the gzip of one".
 *
 * With `chainload`, copies what xen.efi reads to the EFI system partition first
 * (boot/esp.h); each entry whose files are there chain-loads it where GRUB was started by
 * UEFI. Without, it removes the copies that no menu names, as menu_chain_prune().
 */
void menu_make(const struct fs *fs, const struct menu_env *env, struct str *ret_text,
	       struct str_list *ret_notes);

/*
 * Removes copies on the EFI system partition that neither the menu on the disk nor the last
 * good boot starts: those of the menu before, once a new one is there.
 */
int menu_chain_prune(const struct fs *fs, struct err *err) _must_check_;
