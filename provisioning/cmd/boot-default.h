/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The default of GRUB's menu, looked at after an apply and by check. */
#pragma once

#include "boot/grub-verify.h"
#include "cmd/host.h"

/*
 * What is asked for: what the resource "boot" plans for, and otherwise that the default
 * stays what it is.
 */
enum desc_boot_default boot_default_wanted(const struct desc *desc,
					   const struct facts *facts,
					   const struct fs *fs);

/* What apply_options.check needs. */
struct boot_default_check {
	const struct host *host;
	struct grub_default before;
};

/*
 * Remembers the default and has it checked when the menu was made anew; `check` has to
 * outlive the options, and is for grub_default_clear(&check->before).
 */
void boot_default_begin(const struct host *host, struct apply_options *options,
			struct boot_default_check *check);

/* Warns, after the menu was made, if GRUB does not start xen.efi although it is to. */
void boot_default_warn(const struct host *host);

/* It only checks: boot.default-wrong. */
extern const struct resource boot_default_resource;
