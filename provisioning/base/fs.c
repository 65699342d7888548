/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files below a root directory: opening and reading. Writing is in fs-replace.c. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/fs.h"

static void close_dir(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}

int fs_open(const char *path, struct fs *ret_fs, struct err *err)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return err_set(err, errno, "root '%s'", path);
	*ret_fs = (struct fs){.root = fd, .path = mem_text(path)};
	return 0;
}

void fs_close(struct fs *fs)
{
	if (!fs)
		return;
	mem_close_ref(&fs->root);
	free(fs->path);
	*fs = FS_CLOSED;
}

bool fs_is_host(const struct fs *fs)
{
	struct stat host, root;

	return stat("/", &host) == 0 && fstat(fs->root, &root) == 0 &&
	       host.st_dev == root.st_dev && host.st_ino == root.st_ino;
}

int fs_open_file(const struct fs *fs, const char *path, int flags, int *ret_fd,
		 struct err *err)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned int)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long fd;

	/*
	 * EAGAIN: something was renamed while the kernel resolved "..", it asks to try
	 * again.
	 */
	for (int attempt = 0; attempt < 100; attempt++) {
		fd = syscall(SYS_openat2, fs->root, path, &how, sizeof(how));
		if (fd >= 0) {
			*ret_fd = (int)fd;
			return 0;
		}
		if (errno != EAGAIN && errno != EINTR)
			break;
	}
	if (errno == ENOSYS)
		return err_say(err, ENOSYS,
			       "open '%s': the kernel has no openat2, Linux 5.6 or newer "
			       "is needed",
			       path);
	return err_set(err, errno, "open '%s'", path);
}

int fs_read(const struct fs *fs, const char *path, size_t limit, struct str *ret_text,
	    struct err *err)
{
	_cleanup_str_ struct str text = {0};
	_cleanup_close_ int fd = -1;
	char buffer[16384];
	struct stat st;
	int rc;

	rc = fs_open_file(fs, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, &fd, err);
	if (rc < 0)
		return rc;
	if (fstat(fd, &st) < 0)
		return err_set(err, errno, "read '%s'", path);
	if (!S_ISREG(st.st_mode))
		return err_say(err, EINVAL, "read '%s': not a regular file", path);
	for (;;) {
		ssize_t r = read(fd, buffer, sizeof(buffer));

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_set(err, errno, "read '%s'", path);
		if (r == 0)
			break;
		if ((size_t)r > limit - text.length)
			return err_say(err, EFBIG, "read '%s': larger than %zu bytes",
				       path, limit);
		str_add_bytes(&text, buffer, (size_t)r);
	}
	str_clear(ret_text);
	*ret_text = text;
	text = (struct str){0};
	return 0;
}

int fs_readdir(const struct fs *fs, const char *path, struct str_list *ret_names,
	       struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	_cleanup_(close_dir) DIR *dir = NULL;
	_cleanup_close_ int fd = -1;
	int rc;

	rc = fs_open_file(fs, path, O_RDONLY | O_DIRECTORY, &fd, err);
	if (rc < 0)
		return rc;
	dir = fdopendir(fd);
	if (!dir)
		return err_set(err, errno, "list '%s'", path);
	(void)TAKE_FD(fd);
	for (;;) {
		const struct dirent *entry;

		errno = 0;
		entry = readdir(dir);
		if (!entry)
			break;
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			str_list_add(&names, entry->d_name);
	}
	if (errno)
		return err_set(err, errno, "list '%s'", path);
	str_list_sort(&names);
	str_list_clear(ret_names);
	*ret_names = names;
	names = (struct str_list){0};
	return 0;
}

int fs_readlink(const struct fs *fs, const char *path, char **ret_target, struct err *err)
{
	_cleanup_close_ int fd = -1;
	size_t room = 256;
	int rc;

	rc = fs_open_file(fs, path, O_PATH | O_NOFOLLOW, &fd, err);
	if (rc < 0)
		return rc;
	for (;;) {
		_cleanup_free_ char *target = mem_alloc(room);
		ssize_t r = readlinkat(fd, "", target, room);

		/* For an empty name ENOENT is the answer to what is no link. */
		if (r < 0 && (errno == EINVAL || errno == ENOENT))
			return err_say(err, EINVAL, "read link '%s': not a symbolic link",
				       path);
		if (r < 0)
			return err_set(err, errno, "read link '%s'", path);
		if ((size_t)r < room) {
			target[r] = '\0';
			*ret_target = TAKE_PTR(target);
			return 0;
		}
		room *= 2;
	}
}

int fs_stat(const struct fs *fs, const char *path, struct stat *ret_stat, struct err *err)
{
	_cleanup_close_ int fd = -1;
	int rc;

	rc = fs_open_file(fs, path, O_PATH, &fd, err);
	if (rc < 0)
		return rc;
	if (fstat(fd, ret_stat) < 0)
		return err_set(err, errno, "stat '%s'", path);
	return 0;
}

int fs_lstat(const struct fs *fs, const char *path, struct stat *ret_stat,
	     struct err *err)
{
	_cleanup_close_ int fd = -1;
	int rc;

	rc = fs_open_file(fs, path, O_PATH | O_NOFOLLOW, &fd, err);
	if (rc < 0)
		return rc;
	if (fstat(fd, ret_stat) < 0)
		return err_set(err, errno, "stat '%s'", path);
	return 0;
}

bool fs_exists(const struct fs *fs, const char *path)
{
	struct stat st;

	return fs_stat(fs, path, &st, NULL) == 0;
}

bool fs_is_program(const struct fs *fs, const char *path)
{
	struct stat st;

	return fs_stat(fs, path, &st, NULL) == 0 && S_ISREG(st.st_mode) &&
	       (st.st_mode & 0111) != 0;
}
