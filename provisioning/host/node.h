/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is, or shall be, at a path: nothing, a file, a link or a directory. */
#pragma once

#include <stdbool.h>

#include "base/fs.h"

enum node_kind { NODE_ABSENT, NODE_FILE, NODE_LINK, NODE_DIRECTORY };

struct node {
	enum node_kind kind;
	struct str bytes;	 /* of a file; the target of a link */
	struct fs_access access; /* of a file or directory */
};

#define _cleanup_node_ _cleanup_(node_clear)

/* More than any configuration file that is worth changing. */
#define NODE_MAX (8 << 20)

/*
 * What is at a path now. A link is a NODE_FILE if it leads to a file, as writing follows
 * it, unless `is_link_wanted`. -EINVAL if it is a link to nothing, or something else.
 */
int node_read(const struct fs *fs, const char *path, bool is_link_wanted,
	      struct node *ret_node, struct err *err) _must_check_;

/*
 * Makes a path be that, atomically. A link that is there is followed by a file and
 * replaced by a link; a directory that is there is not replaced by a file or link, and
 * left alone when it shall be absent and is not empty: what is in it is not ours.
 */
int node_write(const struct fs *fs, const char *path, const struct node *node,
	       struct err *err) _must_check_;

/* Kept owners (FS_KEEP_UID) are equal to any. */
bool node_is_equal(const struct node *a, const struct node *b);

void node_copy(const struct node *node, struct node *ret_node);

/* May run twice. */
void node_clear(struct node *node);
