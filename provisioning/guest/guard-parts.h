/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is guarded, and the single checks. */
#pragma once

#include <sys/stat.h>

#include "guest/guard.h"

/* -EBUSY "it is mounted at ..." by a text like /proc/self/mountinfo, proc_pid_mountinfo(5). */
int guard_mounts(const char *mountinfo, dev_t device, struct err *err) _must_check_;

/* Whether two devices have bytes in common: they are one, or a partition and its disk. */
bool guard_overlaps(const struct fs *system, dev_t a, dev_t b);

/* Whether a device is a volume of LVM, not a disk or what stands for one (multipath). */
bool guard_is_volume(const struct fs *system, dev_t device);

/*
 * Whether other domains can have something: this is dom0. A guest of Xen has none; where
 * xenfs is not mounted, which tells that, it counts as dom0.
 */
bool guard_has_domains(const struct fs *system);

/* Whether libblkid's name of a type is that of a physical volume or a member of a RAID. */
bool guard_is_member(const char *type);

/* The names of a disk's partitions in sysfs: "sda1". */
int guard_partitions(const struct fs *system, dev_t device, struct str_list *ret_names,
		     struct err *err) _must_check_;

/*
 * -EBUSY if a disk or partition, or a partition of the disk, says that it is a member. What a
 * guest wrote on a volume of LVM is no reason.
 */
int guard_signature(const char *path, dev_t device, struct err *err) _must_check_;

/* Whether a path of the running system is that device or file, or has a part of it. */
bool guard_is_same(const char *path, const struct stat *wanted);

/* -EBUSY if the configuration of another guest in `host` names it. */
int guard_configurations(const struct fs *host, const struct stat *wanted,
			 const char *guest, struct err *err) _must_check_;

/*
 * -EBUSY if a domain of `xl list -l` (a text in JSON) has it as a disk, or the name; either
 * may be NULL.
 */
int guard_domains(const char *json, size_t length, const struct stat *wanted,
		  const char *name, struct err *err) _must_check_;
