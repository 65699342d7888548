/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices of device-mapper: LVM's volumes as the kernel has them, without running lvm. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

/* "VG", "a-b", "tpool" -> "VG-a--b-tpool"; `layer` may be NULL. The caller frees it. */
char *mapper_name(const char *group, const char *volume, const char *layer);

/* The other way; false if it is no such name, or has a layer. The caller frees both. */
bool mapper_split(const char *name, char **ret_group, char **ret_volume);

/* The name of LVM's device with a number; -ENOTSUP if it is none of LVM's. */
int mapper_find(dev_t device, char **ret_name, struct err *err) _must_check_;

/* How often a device is open, by mounts and guests too. -ENOTSUP if it is not mapper's. */
int mapper_opens(dev_t device, unsigned int *ret_count, struct err *err) _must_check_;

/* A device's only target, "thin-pool", its line of the table or status; -ENOENT. */
int mapper_target(const char *name, bool is_status, char **ret_type, char **ret_line,
		  struct err *err) _must_check_;
