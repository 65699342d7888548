/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHA-256 of bytes and files, as text. */
#include <errno.h>
#include <fcntl.h>

#include "base/digest.h"

void digest_bytes(const void *bytes, size_t length, char ret_text[DIGEST_TEXT])
{
	SHA2_CTX sum;

	SHA256Init(&sum);
	SHA256Update(&sum, bytes, length);
	(void)SHA256End(&sum, ret_text);
}

int digest_fd(int fd, char ret_text[DIGEST_TEXT], struct err *err)
{
	const size_t room = (size_t)1 << 18;
	_cleanup_free_ unsigned char *buffer = mem_alloc(room);
	SHA2_CTX sum;

	SHA256Init(&sum);
	for (;;) {
		ssize_t r = read(fd, buffer, room);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_set(err, errno, "read");
		if (r == 0)
			break;
		SHA256Update(&sum, buffer, (size_t)r);
	}
	(void)SHA256End(&sum, ret_text);
	return 0;
}

int digest_file(const struct fs *fs, const char *path, char ret_text[DIGEST_TEXT],
		struct err *err)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	int rc = fs_open_file(fs, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, &fd, err);

	if (rc < 0)
		return rc;
	if (fstat(fd, &st) < 0)
		return err_set(err, errno, "read '%s'", path);
	if (!S_ISREG(st.st_mode))
		return err_say(err, EINVAL, "read '%s': not a regular file", path);
	rc = digest_fd(fd, ret_text, err);
	return rc < 0 ? err_wrap(err, "'%s'", path) : 0;
}
