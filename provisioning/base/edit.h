/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changing single lines of somebody else's file, so that the old ones can be put back. */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/*
 * A line that we change stays above ours, one that we add is marked:
 *
 *	# xenhost replaced: GRUB_CMDLINE_XEN="loglvl=all"
 *	GRUB_CMDLINE_XEN="loglvl=all dom0_mem=2048M,max:2048M"
 *	# xenhost added:
 *	GRUB_TERMINAL="console serial"
 *	# xenhost disabled: T0:23:respawn:/sbin/getty -L ttyS0 9600 vt100
 *
 * Text, comments and order around them are untouched. A new plan begins with
 * edit_revert(), so it depends on the file's own lines and the description alone. The line
 * below a "replaced" or "added" is taken for ours, whatever it says, unless it is a mark.
 *
 * Reverting an edited text gives the text before its first edit, byte for byte, if that
 * had no marks; also where it does not end in a newline. No mark is left.
 */
void edit_revert(const char *text, struct str *ret_text);

/* How a file sets things, by name. */
struct edit_syntax {
	/* Whether a line, without its newline, sets `name`. */
	bool (*is_setting)(const char *line, const char *name);

	/*
	 * Where the value ends that begins on the first line of `text`, which is such a
	 * line; NULL if nowhere. May be NULL: at the end of its line.
	 */
	const char *(*find_end)(const char *text);
};

extern const struct edit_syntax edit_shell;  /* NAME=VALUE, also behind "export" */
extern const struct edit_syntax edit_equals; /* NAME = VALUE, indented or not */
extern const struct edit_syntax edit_sxp;    /* (NAME VALUE) */

/* Whether some line sets `name`. */
bool edit_has(const char *text, const struct edit_syntax *syntax, const char *name);

/*
 * The last line that sets `name`, or NULL. The caller frees it.
 */
char *edit_find(const char *text, const struct edit_syntax *syntax, const char *name);

/*
 * Makes `line` the one that sets `name`: in place of the last that does (or below it, if its
 * value goes over several lines, which are disabled then), else at the end
 * of the text, or, if `section` is not NULL, after the line that begins with it (and at
 * the end with "SECTION\n\tLINE\n}" if there is none: lvm.conf's form).
 */
void edit_set(struct str *text, const struct edit_syntax *syntax, const char *name,
	      const char *line, const char *section);

/* Disables each line of the file's own for which `is_unwanted` is true. */
void edit_disable(struct str *text,
		  bool (*is_unwanted)(const char *line, const void *data),
		  const void *data);

/* What becomes of a line, counted from 0: `text` in its place, or NULL: it is disabled. */
struct edit_change {
	size_t line;
	char *text;
};

/* Changes lines, each at most once, in any order. */
void edit_lines(struct str *text, const struct edit_change *changes, size_t count);

/* Adds a marked line at the end. */
void edit_add(struct str *text, const char *line);

/* Likewise, unless there is a line that sets it by itself. */
void edit_add_once(struct str *text, const struct edit_syntax *syntax, const char *line);

/*
 * Makes the value of a shell assignment what it was and more words: NAME="OLD WORDS". If
 * nothing sets `name`, OLD is the value of `base` (NULL: none). -EINVAL if the old value
 * does not end on its line, or runs a command: where its quotes end cannot be told.
 */
int edit_append_words(struct str *text, const char *name, const char *base,
		      const char *words, struct err *err) _must_check_;
