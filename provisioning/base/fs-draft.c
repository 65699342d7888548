/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that is being made, beside the one that it becomes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fs-draft.h"

void draft_clear(struct draft *draft)
{
	if (draft->new_name)
		(void)unlinkat(draft->dir, draft->new_name, 0);
	mem_close_ref(&draft->fd);
	mem_close_ref(&draft->dir);
	free(draft->name);
	free(draft->new_name);
}

int draft_write(const struct draft *draft, const char *bytes, size_t length)
{
	while (length) {
		ssize_t r = write(draft->fd, bytes, length);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		bytes += r;
		length -= (size_t)r;
	}
	return 0;
}

int draft_open(struct draft *draft)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	_cleanup_free_ char *new_name = mem_textf(".%s.xenhost-new", draft->name);

	if (unlinkat(draft->dir, new_name, 0) < 0 && errno != ENOENT)
		return -errno;
	draft->fd = openat(draft->dir, new_name, flags, 0600);
	if (draft->fd < 0)
		return -errno;
	draft->new_name = TAKE_PTR(new_name);
	return 0;
}

/*
 * Nothing may be renamed that is not on the disk, and the new name must be on the disk
 * too.
 */
int draft_publish(struct draft *draft, bool is_synced)
{
	if (is_synced && fsync(draft->fd) < 0)
		return -errno;
	if (renameat(draft->dir, draft->new_name, draft->dir, draft->name) < 0)
		return -errno;
	mem_free_ref(&draft->new_name);
	return is_synced && fsync(draft->dir) < 0 ? -errno : 0;
}
