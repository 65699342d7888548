/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An error: a number for the program, a chain from intent to cause for people. */
#pragma once

#include "base/mem.h"

/*
 * A zeroed struct is "no error". Fallible functions take one as their last argument,
 * return 0 or a negative errno, and fill it exactly when they fail. Passing NULL discards
 * the words.
 *
 *	_cleanup_err_ struct err err = {0};
 *	if (fs_read(fs, path, limit, &text, &err) < 0)
 *		return err_wrap(ret_err, "bridge '%s'", name);
 */
struct err {
	int code;     /* a positive errno, 0: no error */
	char *text;   /* one line without the program's name, owned */
	char *detail; /* further lines to show below, e.g. a source line and a caret;
			 owned or NULL */
};

#define _cleanup_err_ _cleanup_(err_clear)

/* Sets "TEXT: strerror(code)", replacing what was there. Returns -code. */
int err_set(struct err *err, int code, const char *format, ...) _printf_(3, 4);

/* Sets "TEXT": for causes that errno's words do not tell. Returns -code. */
int err_say(struct err *err, int code, const char *format, ...) _printf_(3, 4);

/* Prefixes "TEXT: " to a set error, which must be given. Returns its -code. */
int err_wrap(struct err *err, const char *format, ...) _printf_(2, 3);

/* Frees the words; the struct is "no error" again. May run twice. */
void err_clear(struct err *err);

/*
 * These three are called through macros that let compilers and analyzers know that what
 * they return is negative: after "if (rc < 0) return rc;" outputs count as filled then.
 */
static inline int err_negative(int rc)
{
	if (rc >= 0)
		__builtin_unreachable();
	return rc;
}

#define err_set(...) err_negative((err_set)(__VA_ARGS__))
#define err_say(...) err_negative((err_say)(__VA_ARGS__))
#define err_wrap(...) err_negative((err_wrap)(__VA_ARGS__))
