/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes that are files. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "guest/storage-parts.h"

int storage_file_check(const struct storage *storage, uint64_t bytes, struct err *err)
{
	uint64_t available, total;
	struct statvfs st;

	if (statvfs(storage->dir, &st) < 0)
		return err_set(err, errno, "directory '%s'", storage->dir);
	available = (uint64_t)st.f_bavail * st.f_frsize;
	total = (uint64_t)st.f_blocks * st.f_frsize;
	if (storage->image == IMAGE_FULL && available < bytes)
		return err_say(err, ENOSPC,
			       "directory '%s': %llu MiB wanted, %llu MiB free",
			       storage->dir, (unsigned long long)(bytes >> 20),
			       (unsigned long long)(available >> 20));
	if (available / (100 - STORAGE_FULL) < total / 100)
		return err_say(err, ENOSPC,
			       "directory '%s': its file system is more than %d %% full",
			       storage->dir, STORAGE_FULL);
	return 0;
}

int storage_file_check_free(const struct storage *storage, uint64_t bytes,
			    struct err *err)
{
	int rc = storage_file_check(storage, bytes, err);
	struct statvfs st;
	uint64_t room;

	if (rc < 0)
		return rc;
	if (statvfs(storage->dir, &st) < 0)
		return err_set(err, errno, "directory '%s'", storage->dir);
	room = storage_room((uint64_t)st.f_blocks * st.f_frsize,
			    (uint64_t)st.f_bavail * st.f_frsize);
	if (room < bytes)
		return err_say(err, ENOSPC,
			       "directory '%s': %llu MiB wanted, %llu MiB free until it "
			       "is %d %% full",
			       storage->dir, (unsigned long long)(bytes >> 20),
			       (unsigned long long)(room >> 20), STORAGE_FULL);
	return 0;
}

/* Makes a directory that is not there, noted; 0 also if it is there. */
static int make_directory(const char *path, struct work *work, struct err *err)
{
	struct stat st;
	int rc;

	if (lstat(path, &st) == 0)
		return S_ISDIR(st.st_mode)
			       ? 0
			       : err_say(err, ENOTDIR, "'%s': not a directory", path);
	rc = work_note(work, WORK_IMAGE, path, err);
	if (rc == 0 && mkdir(path, 0755) < 0 && errno != EEXIST)
		return err_set(err, errno, "make '%s'", path);
	return rc;
}

static char *parent_of(const char *path)
{
	return mem_text_part(path, (size_t)(strrchr(path, '/') - path));
}

/* DIR itself must be there: a disk that is not mounted is no place for guests. */
static int make_parents(const struct storage_place *place, struct work *work,
			struct err *err)
{
	_cleanup_free_ char *parent = parent_of(place->path), *above = parent_of(parent);
	int rc = 0;

	if (strcmp(above, place->storage->dir) != 0)
		rc = make_directory(above, work, err);
	return rc < 0 ? rc : make_directory(parent, work, err);
}

int storage_file_make(const struct storage_place *place, struct work *work, int *ret_fd,
		      struct err *err)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	int rc;

	if (lstat(place->path, &st) == 0)
		return err_set(err, EEXIST, "make '%s'", place->path);
	rc = make_parents(place, work, err);
	if (rc == 0)
		rc = work_note(work, WORK_IMAGE, place->path, err);
	if (rc < 0)
		return rc;
	fd = open(place->path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST) {
		rc = work_forget(work, WORK_IMAGE, place->path, err);
		return rc < 0 ? rc : err_set(err, EEXIST, "make '%s'", place->path);
	}
	if (fd < 0)
		return err_set(err, errno, "make '%s'", place->path);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int storage_file_size(const struct storage_place *place, int fd, uint64_t size,
		      struct err *err)
{
	int rc = ftruncate(fd, (off_t)size) < 0 ? -errno : 0;

	if (rc == 0 && place->storage->image == IMAGE_FULL)
		rc = -posix_fallocate(fd, 0, (off_t)size);
	return rc < 0 ? err_set(err, -rc, "make '%s' %llu MiB large", place->path,
				(unsigned long long)(size >> 20))
		      : 0;
}

int storage_file_seal(const struct storage_place *place, struct err *err)
{
	_cleanup_close_ int fd = open(place->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fchmod(fd, 0400) < 0 || fsync(fd) < 0)
		return err_set(err, errno, "seal '%s'", place->path);
	return 0;
}

/* The directory of a guest goes with its last file; one of somebody else's stays. */
int storage_file_remove(const char *path, struct err *err)
{
	_cleanup_free_ char *parent = parent_of(path), *above = NULL;
	_cleanup_close_ int dir = -1;

	dir = open(parent[0] ? parent : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || unlinkat(dir, strrchr(path, '/') + 1, 0) < 0 || fsync(dir) < 0)
		return err_set(err, errno, "remove '%s'", path);
	if (!strrchr(parent, '/'))
		return 0;
	above = parent_of(parent);
	if (str_ends(above, "/domains") && rmdir(parent) < 0 && errno != ENOTEMPTY &&
	    errno != EEXIST)
		return err_set(err, errno, "remove '%s'", parent);
	return 0;
}
