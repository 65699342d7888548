/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the pool share. */
#pragma once

#include "guest/lease.h"

enum { LEASE_LIMIT = 1 << 20 };

/* A line, taken apart. */
struct lease_line {
	char *address;	 /* NULL: it is something else */
	const char *use; /* behind the colon; NULL: it is free */
};

/* Locks the pool against others; closing the descriptor lets it go. */
int lease_lock(const struct fs *host, const char *file, int *ret_fd,
	       struct err *err) _must_check_;

/* Writes to `out` what becomes of a line. */
typedef void lease_change(const char *text, const struct lease_line *line, void *context,
			  struct str *out);

/* The whole text of a pool, changed line by line. */
void lease_rewrite(const char *text, lease_change *change, void *context,
		   struct str *out);

int lease_write(const struct fs *host, const char *file, const struct str *text,
		struct err *err) _must_check_;
