/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changing lines of a file that several of our processes change. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "guest/lines.h"

#define FILE_MAX ((size_t)16 << 20)

static int lock_parent(const struct fs *fs, const char *path, int *ret_lock,
		       struct err *err)
{
	_cleanup_close_ int directory = -1;
	const char *name;
	int rc = fs_open_parent(fs, path, &directory, &name, err);

	if (rc < 0)
		return rc;
	while (flock(directory, LOCK_EX) < 0)
		if (errno != EINTR)
			return err_set(err, errno, "lock the directory of '%s'", path);
	*ret_lock = TAKE_FD(directory);
	return 0;
}

int lines_open(const struct fs *fs, const char *path, struct lines *ret_lines,
	       struct err *err)
{
	_cleanup_lines_ struct lines lines = LINES_CLOSED;
	struct stat st = {0};
	int rc = lock_parent(fs, path, &lines.lock, err);

	if (rc < 0)
		return rc;
	lines.fs = fs;
	lines.path = path;
	lines.access = (struct fs_access){0644, FS_KEEP_UID, FS_KEEP_GID};
	rc = fs_read(fs, path, FILE_MAX, &lines.text, err);
	if (rc == -ENOENT) {
		err_clear(err);
		lines.is_absent = true;
		rc = 0;
	} else if (rc == 0) {
		rc = fs_stat(fs, path, &st, err);
	}
	if (rc < 0)
		return rc;
	if (!lines.is_absent)
		lines.access.mode = st.st_mode & 07777;
	*ret_lines = lines;
	lines = LINES_CLOSED;
	(void)lines;
	return 0;
}

int lines_write(const struct lines *lines, const struct str *text, struct err *err)
{
	return fs_replace(lines->fs, lines->path, str_text(text), text->length,
			  &lines->access, NULL, err);
}

void lines_close(struct lines *lines)
{
	str_clear(&lines->text);
	if (lines->lock >= 0)
		(void)close(lines->lock);
	*lines = LINES_CLOSED;
}
