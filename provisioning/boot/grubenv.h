/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's environment block: the variables that a boot hands to the next one. */
#pragma once

#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"

/*
 * A file of 1024 bytes, and of whatever size it was made with: the line "# GRUB
 * Environment Block", "NAME=VALUE" lines in which a backslash stands before a backslash
 * and a newline, and '#' up to the end. GRUB reads and writes it in place
 * (grub-editenv(1), GRUB's manual, "Environment block").
 */
struct grubenv {
	struct str_list name, value; /* in pairs, in the file's order */
	struct str_list comment;     /* further lines that begin with '#' */
	size_t size;		     /* of the file; 0: there is none yet */
};

#define _cleanup_grubenv_ _cleanup_(grubenv_clear)

/* An absent file is an empty block. -EBADMSG if it is no such block. */
int grubenv_read(const struct fs *fs, const char *path, struct grubenv *ret_env,
		 struct err *err) _must_check_;
int grubenv_parse(const char *text, size_t length, struct grubenv *ret_env,
		  struct err *err) _must_check_;

/* Into an empty one. */
void grubenv_copy(const struct grubenv *env, struct grubenv *ret_copy);

/* NULL: not set. Of several, the last counts, as for GRUB. */
const char *grubenv_get(const struct grubenv *env, const char *name);

/* A NULL value unsets. A name has no '=', newline or '#' at its start. */
void grubenv_set(struct grubenv *env, const char *name, const char *value);

/* The bytes of the file. -ENOSPC if the variables do not fit. */
int grubenv_render(const struct grubenv *env, struct str *ret_text,
		   struct err *err) _must_check_;

/* Replaces the file, at once; its access stays. -ENOSPC as above. */
int grubenv_write(const struct fs *fs, const char *path, const struct grubenv *env,
		  struct err *err) _must_check_;

/* May run twice. */
void grubenv_clear(struct grubenv *env);
