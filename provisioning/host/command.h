/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The programs that make something out of files: which a system has, and running them. */
#pragma once

#include "base/run.h"
#include "host/plan.h"

/* "grub": the kind in JSON and in the journal. A literal. */
const char *command_kind_name(enum command_kind kind);

/* "update-grub": the words to show for a kind on this root. A literal. */
const char *command_name(const struct fs *fs, enum command_kind kind);

/*
 * Whether the root has a program for it, and, for what concerns the running system only,
 * is that.
 */
bool command_can_run(const struct fs *fs, enum command_kind kind);

/* Runs it, in a chroot if the root is not the running system. */
int command_run(const struct fs *fs, enum command_kind kind,
		struct err *err) _must_check_;

/* Whether it is of no use on this root: units of a system that does not run. */
bool command_is_moot(const struct fs *fs, enum command_kind kind);
