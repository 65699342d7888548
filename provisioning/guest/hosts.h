/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests in dom0's hosts(5). */
#pragma once

#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"

#define HOSTS_FILE "/etc/hosts"

/*
 * A line for each address of a guest, "ADDRESS NAME # xenhost: NAME", which are what
 * hosts_remove() takes away: lines that somebody else wrote stay. `addresses` may end in
 * "/LENGTH". -EINVAL for what is none. Lines that are there are not added again.
 */
int hosts_add(const struct fs *host, const char *name, const struct str_list *addresses,
	      struct err *err) _must_check_;
int hosts_remove(const struct fs *host, const char *name, struct err *err) _must_check_;

/* Whether there is a line of ours for that guest. */
bool hosts_has(const struct fs *host, const char *name);
