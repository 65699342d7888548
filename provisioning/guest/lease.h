/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pool of addresses of `--ip auto`: /etc/xen-tools/ips.txt. */
#pragma once

#include "base/err.h"
#include "base/fs.h"
#include "guest/work.h"

/*
 * The file has an ADDRESS or ADDRESS/LENGTH on each line; what follows it after a colon
 * ("10.0.0.5: used by web") says that it is taken. Other lines are left as they are.
 */

/* The first free address. -ENOENT if there is none. The caller frees it. */
int lease_find(const struct fs *host, const char *file, char **ret_address,
	       struct err *err) _must_check_;

/*
 * Takes an address for a guest, under a lock on the file's directory, and notes it in
 * `work` (WORK_LEASE) before. `address` may have a length that the file's has not. -EAGAIN,
 * and nothing is changed, if somebody has taken it since lease_find().
 */
int lease_take(const struct fs *host, const char *file, const char *address,
	       const char *guest, struct work *work, struct err *err) _must_check_;

/*
 * The addresses that the pool says are a guest's; and those of `addresses`, which are in its
 * configuration, that are "used" by no name, as xen-tools writes it. No file: none.
 */
int lease_list(const struct fs *host, const char *file, const char *guest,
	       const struct str_list *addresses, struct str_list *ret_list,
	       struct err *err) _must_check_;

/* Makes the addresses that lease_list() finds free again; all others stay. */
int lease_free(const struct fs *host, const char *file, const char *guest,
	       const struct str_list *addresses, struct err *err) _must_check_;
