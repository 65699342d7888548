/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changing lines of a file that several of our processes change. */
#pragma once

#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"

/* A file's text while nobody else of us changes it: its directory is flock(2)ed. */
struct lines {
	const struct fs *fs;
	const char *path;
	struct str text; /* empty if the file is absent */
	bool is_absent;
	struct fs_access access;
	int lock;
};

#define _cleanup_lines_ _cleanup_(lines_close)
#define LINES_CLOSED ((struct lines){.lock = -1})

/* Waits for the lock; reads. `path` must outlive it. */
int lines_open(const struct fs *fs, const char *path, struct lines *ret_lines,
	       struct err *err) _must_check_;

/* Replaces the file's text; its access is as it was, or 0644. */
int lines_write(const struct lines *lines, const struct str *text,
		struct err *err) _must_check_;

/* May run twice, and on LINES_CLOSED. */
void lines_close(struct lines *lines);
