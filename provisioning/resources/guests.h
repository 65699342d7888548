/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What others must know of the guests that start with the host. */
#pragma once

#include "base/fs.h"

/*
 * The directory of configurations of guests that xendomains starts, as its own file says
 * (XENDOMAINS_AUTO). The caller frees it.
 */
char *guests_auto_dir(const struct fs *fs);
