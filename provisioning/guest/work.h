/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command has made so far: it becomes a guest as a whole, or it vanishes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"

/*
 * A work is a file in /var/lib/xenhost/guests/work with a line for each thing that is about to
 * be made, on the disk before it is, and locked while its process lives. So a failure undoes
 * it, and after a kill or a power cut the next command that makes or removes that name does.
 */
struct work;

#define WORK_DIR "var/lib/xenhost/guests/work"

enum work_kind {
	WORK_VOLUME, /* "VG/NAME": lvremove, if it has the tag of this work (work_tag()) */
	WORK_ACTIVE, /* "VG/NAME": lvchange --activate n, if nobody has it open */
	WORK_IMAGE, /* a file or directory of this system, whatever the root: as with those
		       below */
	WORK_FILE,  /* a path below the root: unlink; also links */
	WORK_DIRECTORY, /* likewise: rmdir if it is empty then */
	WORK_HOSTS,	/* "etc/hosts NAME": the lines that end with "# xenhost: NAME" */
	WORK_LEASE, /* "FILE ADDRESS": "ADDRESS: used by NAME" (the work's) is "ADDRESS" again */
	WORK_SPARE, /* like a volume, of which nothing is a guest's yet */
	WORK_CLAIM, /* by work_claim(): nothing is to be undone */
};

/*
 * Takes the lock of a guest's name (or of "template-KEY"). -EBUSY if another process has it; a
 * work that a dead process left is undone first, whose last programs are waited for: but
 * -EBUSY, and nothing is undone, while a volume or image of it is in use (guest/guard.h),
 * and a file that was made later under a noted path stays. The directories are made as
 * needed.
 */
int work_begin(const struct fs *host, const char *name, struct work **ret_work,
	       struct err *err) _must_check_;

/* The root that it was begun in. */
const struct fs *work_host(const struct work *work);

/* The tag that volumes must be made with; valid while the work is. */
const char *work_tag(const struct work *work);

/* Notes, durably, that this is about to be made. It must not be there yet. */
int work_note(struct work *work, enum work_kind kind, const char *object,
	      struct err *err) _must_check_;

/* The last note of that object was wrong: somebody else made it, it will stay. */
int work_forget(struct work *work, enum work_kind kind, const char *object,
		struct err *err) _must_check_;

/*
 * Takes what only one guest can have, "address 192.0.2.7", "MAC address 00:16:3e:00:00:07", before
 * there is a configuration that says so: -EEXIST if another work that goes on has it. Then
 * `check` is asked about those that are complete, while nobody else takes anything.
 */
int work_claim(struct work *work, const struct str_list *things,
	       int (*check)(void *context, struct err *err), void *context,
	       struct err *err) _must_check_;

/* It is complete: nothing will be undone. */
int work_commit(struct work *work, struct err *err) _must_check_;

/*
 * Undoes what was noted, last first, unless it was committed; then lets the lock go and
 * frees. What resists stays noted, and is told. NULL is no work.
 */
int work_end(struct work *work, struct err *err) _must_check_;

/* Undoes what dead processes left. Each is named in `ret_names`, also where it failed. */
int work_recover(const struct fs *host, struct str_list *ret_names,
		 struct err *err) _must_check_;

/* Likewise of one name, before it is made again. */
int work_recover_name(const struct fs *host, const char *name,
		      struct err *err) _must_check_;

/*
 * What a dead process left of that name, for the next work_begin() to undo: "volume VG/NAME" and
 * the like. Spare volumes and claims are left out.
 */
int work_left(const struct fs *host, const char *name, struct str_list *ret_notes,
	      struct err *err) _must_check_;

/*
 * -EBUSY if there is something that work_left() tells of: for
 * commands that change what is there, which work_begin() would undo.
 */
int work_check_whole(const struct fs *host, const char *name,
		     struct err *err) _must_check_;

/*
 * Runs `step` in a child process and ends the work, which is freed: committed if the child
 * returned 0, else undone, whatever ended it (a signal, a crash, out of memory). The
 * child's error arrives here. Needs root.
 *
 * The child has a mount namespace of its own, so that its mounts vanish with it, and is
 * the first process of a process namespace: all programs that it started, in whatever
 * process group, end when it ends, and it ends when this process does, also by SIGKILL.
 * SIGINT, SIGTERM and SIGHUP (unless ignored) end its programs by SIGTERM, which lvm heeds
 * between two changes only, those left after some seconds by SIGKILL; then what was noted
 * is undone and the error is EINTR.
 */
int work_run(struct work *work, int (*step)(void *context, struct err *err),
	     void *context, struct err *err) _must_check_;

/*
 * Likewise a part of such a step, in a child of its child: what it mounts, and where its root is,
 * is nothing to what follows. The step goes on with its error.
 */
int work_apart(int (*step)(void *context, struct err *err), void *context,
	       struct err *err) _must_check_;
