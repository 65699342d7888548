/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command has made so far: it becomes a guest as a whole, or it vanishes. */
#pragma once

#include "base/err.h"
#include "base/fs.h"

/*
 * A work is a file in /var/lib/xenhost/guests/work with a line for each thing that is about to
 * be made, on the disk before it is, and locked while its process lives. So a failure undoes
 * it, and after a kill or a power cut the next command of any guest does.
 */
struct work;

enum work_kind {
	WORK_VOLUME,	/* "VG/NAME": lvremove */
	WORK_FILE,	/* a path: unlink; also links */
	WORK_DIRECTORY, /* a path: rmdir if it is empty then */
	WORK_HOSTS, /* "/etc/hosts NAME": the line that xenhost wrote for that guest */
	WORK_LEASE, /* "FILE ADDRESS": the address is free again */
};

/*
 * Takes the lock of a guest's name (or of "template-KEY"). -EBUSY if another process has it; a
 * work that a dead process left is undone first. The directories are made as needed.
 */
int work_begin(const struct fs *host, const char *name, struct work **ret_work,
	       struct err *err) _must_check_;

/* Notes, durably, that this is about to be made. It must not be there yet. */
int work_note(struct work *work, enum work_kind kind, const char *object,
	      struct err *err) _must_check_;

/* It is complete: nothing will be undone. */
int work_commit(struct work *work, struct err *err) _must_check_;

/*
 * Undoes what was noted, last first, unless it was committed; then lets the lock go and
 * frees. What resists stays noted, and is told.
 */
int work_end(struct work *work, struct err *err) _must_check_;

/* Undoes what dead processes left. Each is named in `ret_names`. */
int work_recover(const struct fs *host, struct str_list *ret_names,
		 struct err *err) _must_check_;

/*
 * Runs `step` in a child process, in a mount namespace of its own, and ends the work when it is over:
 * undone unless the child returned 0. Whatever ends the child (a signal, a crash, out of memory), this
 * process undoes; SIGINT, SIGTERM and SIGHUP are passed on to the child's processes and then undone too. The
 * child's error arrives here. Mounts vanish with the child.
 */
int work_run(struct work *work, int (*step)(void *context, struct err *err),
	     void *context, struct err *err) _must_check_;
