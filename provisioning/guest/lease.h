/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses for guests out of a list: xen-tools' ips.txt. */
#pragma once

#include "base/err.h"
#include "base/fs.h"
#include "guest/work.h"

#define LEASE_FILE "/etc/xen-tools/ips.txt"

/*
 * The file has an address on each line, with ": used" behind it while a guest has it; blank
 * lines and "#" comments are passed over. Any other line is an error.
 *
 * Takes the first free one, which is noted in `work` before; the caller frees its text.
 * -ENOSPC if all are used. Two processes never get the same.
 */
int lease_take(const struct fs *host, const char *file, struct work *work,
	       char **ret_address, struct err *err) _must_check_;

/* It is free again. No error if it is not there or free already. */
int lease_free(const struct fs *host, const char *file, const char *address,
	       struct err *err) _must_check_;

/* Whether a guest has it. */
bool lease_is_used(const struct fs *host, const char *file, const char *address);
