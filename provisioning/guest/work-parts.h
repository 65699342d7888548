/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of works share. */
#pragma once

#include "guest/work.h"

struct work {
	struct fs host; /* of its own */
	char *name, *path;
	char *tag;
	int fd; /* the record, locked */
};
