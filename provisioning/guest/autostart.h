/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links to the configurations of guests that start with the host. */
#pragma once

#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"

/*
 * The name below `directory` (xendomains' XENDOMAINS_AUTO) that a configuration's link has. The
 * caller frees it.
 */
char *autostart_path(const char *directory, const char *config);

/* Makes the link, and the directory. -EEXIST if something else has its name. */
int autostart_add(const struct fs *host, const char *directory, const char *config,
		  struct err *err) _must_check_;

/*
 * What starts the guest of that configuration: links in `directory` that lead to it, by
 * whatever name, and a file of its name.
 */
int autostart_find(const struct fs *host, const char *directory, const char *config,
		   struct str_list *ret_paths, struct err *err) _must_check_;

/* Removes all that autostart_find() finds. */
int autostart_remove(const struct fs *host, const char *directory, const char *config,
		     struct err *err) _must_check_;
