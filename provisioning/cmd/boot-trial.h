/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that change the boot do for a trial of it. */
#pragma once

#include "boot/trial.h"
#include "cmd/host.h"

/* What the hooks of struct apply_options need. */
struct boot_trial {
	struct desc desc; /* when it is not the host's */
	struct facts facts;
	const struct desc *desc_used; /* NULL: it cannot be read */
	const struct facts *facts_used;
	void (*say)(const char *text, void *data);
	struct grub_menu before; /* the menu, before */
	char *obstacle;		 /* why there is no trial; NULL: there is */
};

#define _cleanup_boot_trial_ _cleanup_(boot_trial_clear)

/* Has the boot that an apply changes tried; `trial` has to outlive the options. */
void boot_trial_begin(const struct host *host, struct apply_options *options,
		      struct boot_trial *trial);

/* Likewise for a rollback, which works with a description that is wrong, or without. */
void boot_trial_begin_undo(const struct call *call, const struct fs *fs,
			   struct apply_options *options, struct boot_trial *trial);

void boot_trial_clear(struct boot_trial *trial);

/* Tells what is tried. */
char *boot_trial_line(const struct trial *trial);

/* Makes the menu anew. */
int boot_trial_make_menu(const struct fs *fs, void (*say)(const char *text, void *data),
			 void *data, struct err *err) _must_check_;

/*
 * Removes copies on the EFI system partition that nothing starts any more, after the menu
 * or the last good boot has changed. That it cannot is no more than told.
 */
void boot_trial_prune_copies(const struct fs *fs);

/* Has Xen restart the machine in `seconds`; 0: not any more. Does nothing if it is not. */
void boot_trial_set_deadman(uint64_t seconds);
