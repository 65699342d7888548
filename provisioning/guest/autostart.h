/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links to the configurations of guests that start with the host. */
#pragma once

#include <stdbool.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"
#include "guest/work.h"

/*
 * The directory of configurations of guests that xendomains starts, as its own file says
 * (XENDOMAINS_AUTO). The caller frees it.
 */
char *autostart_dir(const struct fs *host);

/*
 * The file that xendomains saved the guest of that name in (below XENDOMAINS_SAVE) when the host
 * stopped, and restores when it starts; NULL if there is none. The caller frees it.
 */
char *autostart_saved(const struct fs *host, const char *name);

/*
 * Makes a link to a configuration (an absolute path) there, and the directory; the link is
 * noted in `work` before. What autostart_find() finds by that name is left. -EEXIST if
 * something else has its name.
 */
int autostart_add(const struct fs *host, const char *config, struct work *work,
		  struct err *err) _must_check_;

/* Whether that file is the configuration itself: then it is nothing that leads to it. */
bool autostart_is_config(const struct fs *host, const char *config,
			 const struct stat *st);

/*
 * What starts the guest of that configuration: links there that lead to it, by whatever
 * name, and a file of its name.
 */
int autostart_find(const struct fs *host, const char *config, struct str_list *ret_paths,
		   struct err *err) _must_check_;

/* Removes all that autostart_find() finds. */
int autostart_remove(const struct fs *host, const char *config,
		     struct err *err) _must_check_;
