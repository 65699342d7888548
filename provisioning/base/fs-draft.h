/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that is being made, beside the one that it becomes; of base/fs-*.c alone. */
#pragma once

#include "base/fs.h"

/* Its directory, and its names there. Unlinked unless it was published. */
struct draft {
	int dir, fd;
	char *name;	/* where it will be */
	char *new_name; /* where it is while it is written; NULL when there is nothing to
			   unlink */
};

#define DRAFT_CLOSED ((struct draft){.dir = -1, .fd = -1})
#define _cleanup_draft_ _cleanup_(draft_clear)

/* `name` and `dir` are set; what a kill left is removed. -errno. */
int draft_open(struct draft *draft);
int draft_write(const struct draft *draft, const char *bytes, size_t length);

/* It is on the disk by its name when this returns, if `is_synced`. */
int draft_publish(struct draft *draft, bool is_synced);
void draft_clear(struct draft *draft);
