/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs programs: by argument vector, never through a shell, never without an end. */
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

/* Where programs are looked for unless a struct run says otherwise. */
#define RUN_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

struct run {
	const char *const *
		argv; /* NULL-terminated; argv[0] without a slash is searched in `path` */
	const char *path; /* directories as in $PATH; NULL: RUN_PATH. Also the program's
			     PATH */
	const char *const *env;	 /* more "NAME=value", NULL-terminated; may be NULL */
	unsigned int timeout_ms; /* 0: no end is set */
	size_t output_limit;	 /* bytes of standard output */
	const int *input; /* a descriptor for its standard input; NULL: /dev/null */

	/*
	 * Gets all that the program writes, to standard output and standard error, as it
	 * comes; standard output is not kept then. NULL: none.
	 */
	void (*follow)(void *context, const char *bytes, size_t length);
	void *context;
};

/*
 * Runs a program to its end and hands over its standard output. Its standard input is
 * `input` or /dev/null and its whole environment is PATH, `env`, and HOME=/ and LC_ALL=C unless
 * `env` sets those; it has no other descriptor of ours, the default signals, and a process group
 * of its own.
 *
 * Errors name the program and quote the last line of its standard error, of those in its
 * own name if there are any:
 * -ENOENT not found; -EREMOTEIO it failed or died by a signal; -ETIMEDOUT it took longer
 * than timeout_ms; -EFBIG it wrote more than output_limit. In the last two cases its
 * process group is killed; in every case the program is reaped. A background process that
 * it leaves behind with our pipe is not waited for.
 */
int run_capture(const struct run *run, struct str *ret_output,
		struct err *err) _must_check_;

/*
 * Likewise, but what the program writes, standard output and error, goes to the descriptor
 * `fd` as it comes; output_limit says nothing then.
 */
int run_logged(const struct run *run, int fd, struct err *err) _must_check_;

/* The path of a program in a list of directories, or -ENOENT. The caller frees it. */
int run_find(const char *name, const char *path, char **ret_program,
	     struct err *err) _must_check_;
