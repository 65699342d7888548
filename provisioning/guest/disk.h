/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole disks: a partition table, what boots, and a root as the last partition. */
#pragma once

#include <stdint.h>

#include "base/err.h"

/*
 * GPT: 1 a BIOS boot partition of 1 MiB, 2 an EFI system partition of 64 MiB, 3 the root,
 * which goes to the end. Both GRUBs in it find the root as the third partition of the disk
 * that they were loaded from, and in it /boot/grub/grub.cfg, whatever its UUID is.
 */
#define DISK_BOOT_OFFSET ((uint64_t)1 << 20)
#define DISK_ESP_OFFSET ((uint64_t)2 << 20)
#define DISK_ROOT_OFFSET ((uint64_t)66 << 20)
#define DISK_ROOT_PARTITION 3

/* What there is beside the root: in front of it, and the table's copy at the end. */
#define DISK_OVERHEAD (DISK_ROOT_OFFSET + ((uint64_t)2 << 20))

/* Writes the table, and an empty file system in the EFI system partition. */
int disk_make(const char *path, struct err *err) _must_check_;

/*
 * Installs GRUB for BIOS and UEFI with the programs of a root (packages grub-common,
 * grub-pc-bin, grub-efi-amd64-bin) that is mounted at `directory`. BIOS needs grub-pc-bin,
 * what the root has not is left out: at least one must be there, else -ENOENT.
 */
int disk_install_grub(const char *path, const char *directory,
		      struct err *err) _must_check_;

/* Ends the table, and the root in it, so that the disk can be cut to `size` bytes. */
int disk_shrink(const char *path, uint64_t size, struct err *err) _must_check_;

/*
 * After a disk was cloned or got another size: the table's copy is moved to its end, and
 * the root goes up to that. The file system is not touched (filesystem_grow()).
 */
int disk_grow(const char *path, struct err *err) _must_check_;

/* Gives a clone a disk identifier of its own. */
int disk_rename(const char *path, const char *uuid, struct err *err) _must_check_;
