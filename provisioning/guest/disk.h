/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole disks: a partition table, what boots, and a root as the last partition. */
#pragma once

#include <stdint.h>

#include "base/err.h"

/*
 * GPT (UEFI 2.10, 5.3) with sectors of 512 bytes: 1 a BIOS boot partition of 1 MiB, 2 an
 * EFI system partition of 64 MiB, 3 the root, which goes to the end.
 */
#define DISK_BOOT_OFFSET ((uint64_t)1 << 20)
#define DISK_ESP_OFFSET ((uint64_t)2 << 20)
#define DISK_ROOT_OFFSET ((uint64_t)66 << 20)

/* What there is beside the root: in front of it, and the table's copy at the end. */
#define DISK_OVERHEAD (DISK_ROOT_OFFSET + ((uint64_t)2 << 20))

/* Writes the table, with new identifiers. The partitions are empty. */
int disk_make(const char *path, struct err *err) _must_check_;

/*
 * Lets the table, and the last partition in it, end with `size` bytes (0: with the volume).
 * For a clone that is larger, and before a volume is made smaller. File systems are not
 * touched. -EINVAL if there is no such table, or the last partition has no room.
 */
int disk_fit(const char *path, uint64_t size, struct err *err) _must_check_;

/* Gives a clone identifiers of its own: of the disk and of its partitions. */
int disk_rename(const char *path, struct err *err) _must_check_;

/*
 * Makes BIOS start GRUB: boot.img into the first sector, core.img (at most 1 MiB) into the
 * BIOS boot partition, each told where the next is.
 */
int disk_install_boot(const char *path, const void *boot, size_t boot_length,
		      const void *core, size_t core_length, struct err *err) _must_check_;
