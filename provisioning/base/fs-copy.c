/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files below a root directory: one made of the bytes of others. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fs-draft.h"

#define BLOCK (256 << 10)
#define ALIGNMENT 4

static const char zeros[ALIGNMENT];

/* What is done with each piece of the sources, in order; 0, or -errno ends it. */
struct sink {
	int (*take)(struct sink *sink, const char *bytes, size_t length);
	const struct draft *draft; /* for writing */
	int fd;			   /* for comparing */
	char *there;
	bool is_same;
	uint64_t length; /* so far */
};

static int pass(struct sink *sink, const char *bytes, size_t length)
{
	int rc = length ? sink->take(sink, bytes, length) : 0;

	sink->length += length;
	return rc;
}

static ssize_t read_some(int fd, char *bytes, size_t length)
{
	size_t done = 0;

	while (done < length) {
		ssize_t r = read(fd, bytes + done, length - done);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			break;
		done += (size_t)r;
	}
	return (ssize_t)done;
}

static int pass_file(const struct fs *fs, const char *path, struct sink *sink,
		     struct err *err)
{
	size_t over = sink->length % ALIGNMENT;
	_cleanup_free_ char *block = mem_alloc(BLOCK);
	_cleanup_close_ int fd = -1;
	struct stat st;
	ssize_t count;
	int rc = fs_open_file(fs, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, &fd, err);

	if (rc < 0)
		return rc;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return err_say(err, EINVAL, "read '%s': not a regular file", path);
	rc = pass(sink, zeros, over ? ALIGNMENT - over : 0);
	while (rc == 0 && (count = read_some(fd, block, BLOCK)) != 0) {
		if (count < 0)
			return err_set(err, (int)-count, "read '%s'", path);
		rc = pass(sink, block, (size_t)count);
	}
	return rc;
}

static int write_piece(struct sink *sink, const char *bytes, size_t length)
{
	return draft_write(sink->draft, bytes, length);
}

int fs_copy(const struct fs *fs, const struct str_list *sources, const char *path,
	    struct err *err)
{
	_cleanup_draft_ struct draft draft = DRAFT_CLOSED;
	struct sink sink = {.take = write_piece, .draft = &draft};
	_cleanup_err_ struct err cause = {0};
	const char *name;
	int rc = fs_open_parent(fs, path, &draft.dir, &name, &cause);

	if (rc == 0) {
		draft.name = mem_text(name);
		rc = draft_open(&draft);
	}
	for (size_t i = 0; rc == 0 && i < sources->count; i++)
		rc = pass_file(fs, sources->item[i], &sink, &cause);
	if (rc == 0)
		rc = draft_publish(&draft, !fs->is_unsynced);
	if (rc < 0 && cause.text)
		return err_say(err, -rc, "write '%s': %s", path, cause.text);
	return rc < 0 ? err_set(err, -rc, "write '%s'", path) : 0;
}

static int compare_piece(struct sink *sink, const char *bytes, size_t length)
{
	ssize_t count = read_some(sink->fd, sink->there, length);

	sink->is_same =
		count == (ssize_t)length && memcmp(sink->there, bytes, length) == 0;
	return sink->is_same ? 0 : -EBADMSG;
}

bool fs_is_copy(const struct fs *fs, const struct str_list *sources, const char *path)
{
	_cleanup_free_ char *there = mem_alloc(BLOCK);
	_cleanup_close_ int fd = -1;
	struct sink sink = {.take = compare_piece, .there = there, .is_same = true};
	char more;

	if (fs_open_file(fs, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, &fd, NULL) < 0)
		return false;
	sink.fd = fd;
	for (size_t i = 0; i < sources->count; i++)
		if (pass_file(fs, sources->item[i], &sink, NULL) < 0)
			return false;
	return sink.is_same && read_some(fd, &more, 1) == 0;
}
