/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is at a path: nothing, a file, a link or a directory. */
#include <errno.h>
#include <string.h>

#include "host/node.h"

static int read_file(const struct fs *fs, const char *path, const struct stat *st,
		     struct node *node, struct err *err)
{
	node->kind = NODE_FILE;
	node->access = (struct fs_access){
		.mode = st->st_mode & 07777, .uid = st->st_uid, .gid = st->st_gid};
	return fs_read(fs, path, NODE_MAX, &node->bytes, err);
}

static int read_link(const struct fs *fs, const char *path, struct node *node,
		     struct err *err)
{
	_cleanup_free_ char *target = NULL;
	int rc = fs_readlink(fs, path, &target, err);

	if (rc < 0)
		return rc;
	node->kind = NODE_LINK;
	str_add(&node->bytes, target);
	return 0;
}

int node_read(const struct fs *fs, const char *path, bool is_link_wanted,
	      struct node *ret_node, struct err *err)
{
	_cleanup_node_ struct node node = {0};
	_cleanup_err_ struct err cause = {0};
	struct stat st;
	int rc = fs_lstat(fs, path, &st, &cause);

	if (rc == 0 && S_ISLNK(st.st_mode)) {
		if (is_link_wanted) {
			rc = read_link(fs, path, &node, err);
			if (rc < 0)
				return rc;
			goto done;
		}
		rc = fs_stat(fs, path, &st, &cause);
		if (rc == -ENOENT)
			return err_say(err, EINVAL, "'%s' is a link to nothing", path);
	}
	if (rc == -ENOENT || rc == -ENOTDIR) {
		*ret_node = (struct node){.kind = NODE_ABSENT};
		return 0;
	}
	if (rc < 0)
		return err_say(err, -rc, "%s", cause.text);
	if (S_ISREG(st.st_mode)) {
		rc = read_file(fs, path, &st, &node, err);
		if (rc < 0)
			return rc;
	} else if (S_ISDIR(st.st_mode)) {
		node.kind = NODE_DIRECTORY;
		node.access = (struct fs_access){
			.mode = st.st_mode & 07777, .uid = st.st_uid, .gid = st.st_gid};
	} else {
		return err_say(err, EINVAL, "'%s' is neither a file nor a directory",
			       path);
	}
done:
	*ret_node = node;
	node = (struct node){0};
	return 0;
}

int node_write(const struct fs *fs, const char *path, const struct node *node,
	       struct err *err)
{
	switch (node->kind) {
	case NODE_FILE:
		return fs_replace(fs, path, str_text(&node->bytes), node->bytes.length,
				  &node->access, NULL, err);
	case NODE_LINK:
		return fs_link(fs, path, str_text(&node->bytes), err);
	case NODE_DIRECTORY:
		return fs_mkdir(fs, path, &node->access, err);
	case NODE_ABSENT:
		break;
	}
	return fs_remove(fs, path, err);
}

/* What was read from a disk has an owner; what is planned may leave it open. */
static bool access_is_equal(const struct fs_access *a, const struct fs_access *b)
{
	bool same_uid =
		a->uid == b->uid || a->uid == FS_KEEP_UID || b->uid == FS_KEEP_UID;
	bool same_gid =
		a->gid == b->gid || a->gid == FS_KEEP_GID || b->gid == FS_KEEP_GID;

	return a->mode == b->mode && same_uid && same_gid;
}

bool node_is_equal(const struct node *a, const struct node *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == NODE_ABSENT)
		return true;
	/* A directory is there or not: its mode is not ours to judge. */
	if (a->kind == NODE_DIRECTORY)
		return true;
	if (a->bytes.length != b->bytes.length ||
	    memcmp(str_text(&a->bytes), str_text(&b->bytes), a->bytes.length) != 0)
		return false;
	return a->kind == NODE_LINK || access_is_equal(&a->access, &b->access);
}

void node_copy(const struct node *node, struct node *ret_node)
{
	struct node copy = {.kind = node->kind, .access = node->access};

	str_add_bytes(&copy.bytes, str_text(&node->bytes), node->bytes.length);
	*ret_node = copy;
}

void node_clear(struct node *node)
{
	if (!node)
		return;
	str_clear(&node->bytes);
	*node = (struct node){0};
}
