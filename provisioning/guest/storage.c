/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the bytes of guests are: which kind does what. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "guest/extent.h"
#include "guest/guard.h"
#include "guest/mapper.h"
#include "guest/storage-parts.h"

void storage_clear(struct storage *storage)
{
	free(storage->vg);
	free(storage->pool);
	free(storage->dir);
	str_list_clear(&storage->device);
	*storage = (struct storage){0};
}

static bool is_lvm(const struct storage *storage)
{
	return storage->kind == STORAGE_LVM || storage->kind == STORAGE_THIN;
}

static const char *find_device(const struct storage *storage, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < storage->device.count; i++)
		if (strncmp(storage->device.item[i], name, length) == 0 &&
		    storage->device.item[i][length] == '=')
			return storage->device.item[i] + length + 1;
	return NULL;
}

char *storage_path(const struct storage *storage, const char *guest, const char *name)
{
	const char *device;

	if (is_lvm(storage))
		return mem_textf("/dev/%s/%s-%s", storage->vg, guest, name);
	if (storage->kind == STORAGE_DEVICE) {
		device = find_device(storage, name);
		return device ? mem_text(device) : NULL;
	}
	if (strcmp(guest, STORAGE_TEMPLATES) == 0)
		return mem_textf("%s/templates/%s.img", storage->dir, name);
	return mem_textf("%s/domains/%s/%s.img", storage->dir, guest, name);
}

int storage_check(const struct storage *storage, uint64_t bytes, struct err *err)
{
	if (is_lvm(storage))
		return storage_lvm_check(storage, bytes, err);
	return storage->kind == STORAGE_DIR ? storage_file_check(storage, bytes, err) : 0;
}

int storage_check_free(const struct storage *storage, uint64_t bytes, struct err *err)
{
	if (is_lvm(storage))
		return storage_lvm_check_free(storage, bytes, err);
	return storage->kind == STORAGE_DIR ? storage_file_check_free(storage, bytes, err)
					    : 0;
}

uint64_t storage_room(uint64_t total, uint64_t available)
{
	uint64_t reserve = total / 100 * (100 - STORAGE_FULL);

	return available > reserve ? available - reserve : 0;
}

/* A device that was given, claimed: nobody can mount it meanwhile. */
static int open_device(const struct storage_place *place, uint64_t size,
		       struct work *work, int *ret_fd, struct err *err)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	uint64_t has;
	int rc = guard_check(work_host(work), place->path, place->guest, err);

	if (rc < 0)
		return rc;
	fd = open(place->path, O_RDWR | O_EXCL | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_set(err, errno, "open '%s'", place->path);
	if (!S_ISBLK(st.st_mode))
		return err_say(err, ENOTBLK, "'%s': not a block device", place->path);
	rc = extent_size(fd, &has, err);
	if (rc < 0)
		return rc;
	if (has < size)
		return err_say(err, ENOSPC, "'%s': %llu MiB wanted, it has %llu",
			       place->path, (unsigned long long)(size >> 20),
			       (unsigned long long)(has >> 20));
	*ret_fd = TAKE_FD(fd);
	return 0;
}

/* The new volume, opened; LVM's are there already. */
static int open_target(const struct storage_place *to, uint64_t size, struct work *work,
		       int *ret_fd, struct err *err)
{
	if (to->storage->kind == STORAGE_DEVICE)
		return open_device(to, size, work, ret_fd, err);
	if (to->storage->kind == STORAGE_DIR)
		return storage_file_make(to, work, ret_fd, err);
	*ret_fd = open(to->path, O_RDWR | O_EXCL | O_CLOEXEC);
	return *ret_fd < 0 ? err_set(err, errno, "open '%s'", to->path) : 0;
}

static int zero_all(int fd, struct err *err)
{
	uint64_t size;
	int rc = extent_size(fd, &size, err);

	if (rc == 0)
		rc = storage_zero(fd, 0, size, err);
	if (rc == 0 && fdatasync(fd) < 0)
		rc = err_set(err, errno, "sync");
	return rc;
}

/* The path of a volume in its place; -EINVAL where no device was given. */
static int find_place(const struct storage *storage, const char *guest, const char *name,
		      struct storage_place *ret_place, char **ret_path, struct err *err)
{
	char *path = storage_path(storage, guest, name);

	if (!path)
		return err_say(err, EINVAL, "no device was given for volume '%s'", name);
	*ret_path = path;
	*ret_place = (struct storage_place){storage, guest, name, path};
	return 0;
}

static int err_larger(uint64_t has, uint64_t wanted, struct err *err)
{
	return err_say(
		err, EINVAL, "the template has %llu MiB, more than the %llu wanted",
		(unsigned long long)(has >> 20), (unsigned long long)(wanted >> 20));
}

/* The bytes of a template into a new volume, and zeros behind them. */
static int copy(const struct storage_place *to, int from_fd, int to_fd, uint64_t size,
		bool is_old, struct err *err)
{
	bool is_file = to->storage->kind == STORAGE_DIR;
	bool is_shared = is_file && to->storage->image == IMAGE_SPARSE &&
			 ioctl(to_fd, FICLONE, from_fd) == 0;
	uint64_t length, end = size;
	int rc = extent_size(from_fd, &length, err);

	if (rc == 0 && length > size)
		rc = err_larger(length, size, err);
	if (rc == 0 && is_file)
		rc = storage_file_size(to, to_fd, size, err);
	if (rc == 0 && is_shared && fsync(to_fd) < 0)
		return err_set(err, errno, "sync '%s'", to->path);
	if (rc == 0 && !is_shared)
		rc = storage_copy(from_fd, to_fd, length, is_old, err);
	if (rc == 0 && is_old)
		rc = extent_size(to_fd, &end, err);
	if (rc == 0 && is_old && end > length)
		rc = storage_zero(to_fd, length, end - length, err);
	return rc;
}

/* A template in a file is just opened. */
static int open_template(const struct storage_place *from, struct work *work, int *ret_fd,
			 bool *ret_was_active, struct err *err)
{
	int fd;

	if (is_lvm(from->storage))
		return storage_lvm_open(from, work, ret_fd, ret_was_active, err);
	fd = open(from->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, errno, "open '%s'", from->path);
	*ret_fd = fd;
	*ret_was_active = true;
	return 0;
}

static int copy_template(const struct storage_job *job, int fd, bool is_old,
			 struct work *work, struct err *err)
{
	_cleanup_close_ int from_fd = -1;
	bool was_active = true;
	int rc = open_template(&job->from, work, &from_fd, &was_active, err);

	if (rc < 0)
		return rc;
	rc = copy(&job->to, from_fd, fd, job->order->size, is_old, err);
	(void)close(TAKE_FD(from_fd));
	if (!was_active)
		storage_lvm_deactivate(&job->from);
	return rc;
}

/* A snapshot has its bytes; it was as large as its template, and is as large as asked now. */
static int check_snapshot(const struct storage_job *job, struct err *err)
{
	_cleanup_close_ int fd = open(job->to.path, O_RDONLY | O_CLOEXEC);
	uint64_t size;
	int rc = fd < 0 ? err_set(err, errno, "open '%s'", job->to.path)
			: extent_size(fd, &size, err);

	if (rc < 0)
		return rc;
	return size < job->order->size
		       ? err_say(err, EIO, "'%s': %llu MiB wanted, it has %llu",
				 job->to.path,
				 (unsigned long long)(job->order->size >> 20),
				 (unsigned long long)(size >> 20))
		       : 0;
}

/* Gives a volume its bytes. */
static int fill(const struct storage_job *job, struct work *work, struct err *err)
{
	const struct storage_order *order = job->order;
	const struct storage *storage = job->to.storage;
	/* Bytes of an earlier guest may be in it. */
	bool is_old = storage->kind == STORAGE_LVM || storage->kind == STORAGE_DEVICE;
	_cleanup_close_ int fd = -1;
	int rc;

	if (job->is_snapshot)
		return check_snapshot(job, err);
	rc = open_target(&job->to, order->size, work, &fd, err);
	if (rc == 0 && order->from)
		return copy_template(job, fd, is_old, work, err);
	if (rc == 0 && is_old)
		rc = zero_all(fd, err);
	return rc == 0 && storage->kind == STORAGE_DIR
		       ? storage_file_size(&job->to, fd, order->size, err)
		       : rc;
}

static int prepare(const struct storage *storage, const char *guest,
		   const struct storage_order *order, struct storage_job *job,
		   struct err *err)
{
	const struct storage *from = order->from;
	int rc;

	job->order = order;
	rc = find_place(storage, guest, order->name, &job->to, &job->to_path, err);
	if (rc == 0 && from)
		rc = find_place(from, STORAGE_TEMPLATES, order->key, &job->from,
				&job->from_path, err);
	if (rc == 0 && from && order->key_size > order->size)
		rc = err_larger(order->key_size, order->size, err);
	job->is_snapshot = from && from->kind == STORAGE_THIN &&
			   storage->kind == STORAGE_THIN &&
			   strcmp(from->vg, storage->vg) == 0 &&
			   strcmp(from->pool, storage->pool) == 0;
	return rc < 0 ? err_wrap(err, "volume '%s' of '%s'", order->name, guest) : 0;
}

static int make_all(const struct storage *storage, const char *guest,
		    const struct storage_job *jobs, size_t count, struct work *work,
		    struct err *err)
{
	int rc = is_lvm(storage) ? storage_lvm_make(jobs, count, work, err) : 0;

	if (rc < 0)
		return err_wrap(err, "volumes of '%s'", guest);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		rc = fill(&jobs[i], work, err);
		if (rc < 0)
			err_wrap(err, "volume '%s' of '%s'", jobs[i].order->name, guest);
	}
	return rc;
}

int storage_make(const struct storage *storage, const char *guest,
		 const struct storage_order *orders, size_t count, struct work *work,
		 struct err *err)
{
	struct storage_job *jobs = mem_alloc((count + 1) * sizeof(*jobs));
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = prepare(storage, guest, &orders[i], &jobs[i], err);
	if (rc == 0)
		rc = make_all(storage, guest, jobs, count, work, err);
	for (size_t i = 0; i < count; i++) {
		free(jobs[i].to_path);
		free(jobs[i].from_path);
	}
	free(jobs);
	return rc;
}

int storage_seal(const struct storage *storage, const char *guest, const char *name,
		 struct err *err)
{
	_cleanup_free_ char *path = NULL;
	struct storage_place place;
	int rc = find_place(storage, guest, name, &place, &path, err);

	if (rc < 0)
		return rc;
	if (is_lvm(storage))
		return storage_lvm_seal(&place, err);
	if (storage->kind == STORAGE_DIR)
		return storage_file_seal(&place, err);
	return err_say(err, ENOTSUP, "seal '%s': a device that was given", path);
}

/*
 * What a path is: a regular file (1), or a volume of LVM (0) with its names. A volume that
 * is not active has no device that anybody could have open.
 */
static int resolve(const struct fs *host, const char *path, const char *guest,
		   char **ret_group, char **ret_name, struct err *err)
{
	struct stat st, link;
	bool is_there = lstat(path, &link) == 0 && stat(path, &st) == 0;
	int rc = 0;

	if (path[0] != '/')
		return err_say(err, EINVAL, "'%s': not an absolute path", path);
	if (is_there && S_ISREG(st.st_mode) && S_ISLNK(link.st_mode))
		return err_say(err, ENOTSUP, "'%s': a symbolic link", path);
	if (is_there)
		rc = guard_check(host, path, guest, err);
	if (rc < 0)
		return rc;
	if (is_there && S_ISREG(st.st_mode))
		return 1;
	return storage_lvm_name(path, ret_group, ret_name, err);
}

int storage_is_there(const char *path, struct err *err)
{
	_cleanup_free_ char *group = NULL, *name = NULL;
	struct stat st;
	int rc;

	if (lstat(path, &st) == 0)
		return 1;
	if (errno != ENOENT)
		return err_set(err, errno, "'%s'", path);
	rc = storage_lvm_name(path, &group, &name, err);
	if (rc == -ENOENT) {
		err_clear(err);
		return 0;
	}
	return rc < 0 ? rc : 1;
}

/* As resolve(), for removal: whose it is was decided by its path, so that must be its own. */
static int resolve_own(const struct fs *host, const char *path, const char *guest,
		       char **ret_group, char **ret_name, struct err *err)
{
	int rc = resolve(host, path, guest, ret_group, ret_name, err);

	if (rc == 0 && !storage_lvm_is_path(path, *ret_group, *ret_name))
		return err_say(err, ENOTSUP, "'%s': leads to the volume '%s/%s'", path,
			       *ret_group, *ret_name);
	return rc;
}

int storage_check_removal(const struct fs *host, const char *path, const char *guest,
			  struct err *err)
{
	_cleanup_free_ char *group = NULL, *name = NULL;
	int rc = resolve_own(host, path, guest, &group, &name, err);

	if (rc == 0)
		rc = storage_lvm_check_removal(group, name, err);
	return rc < 0 ? rc : 0;
}

int storage_remove(const struct fs *host, const char *path, const char *guest,
		   struct err *err)
{
	_cleanup_free_ char *group = NULL, *name = NULL;
	int rc = resolve_own(host, path, guest, &group, &name, err);

	if (rc == 0)
		rc = storage_lvm_remove(group, name, err);
	else if (rc > 0)
		rc = storage_file_remove(path, err);
	return rc < 0 ? err_wrap(err, "remove '%s'", path) : 0;
}

static int grow_file(const char *path, uint64_t size, struct err *err)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	bool is_full;
	int rc = 0;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_set(err, errno, "open '%s'", path);
	if ((uint64_t)st.st_size > size)
		return err_say(err, EINVAL, "has %llu MiB already",
			       (unsigned long long)st.st_size >> 20);
	is_full = st.st_blocks * 512 >= st.st_size;
	if (is_full)
		rc = -posix_fallocate(fd, 0, (off_t)size);
	else if (ftruncate(fd, (off_t)size) < 0)
		rc = -errno;
	if (rc == 0 && fsync(fd) < 0)
		rc = -errno;
	return rc < 0 ? err_set(err, -rc, "resize") : 0;
}

int storage_grow(const struct fs *host, const char *path, const char *guest,
		 uint64_t size, struct work *work, struct err *err)
{
	_cleanup_free_ char *group = NULL, *name = NULL;
	int rc = resolve(host, path, guest, &group, &name, err);

	if (rc == 0)
		rc = storage_lvm_grow(group, name, size, work, err);
	else if (rc > 0)
		rc = grow_file(path, size, err);
	return rc < 0 ? err_wrap(err, "grow '%s'", path) : 0;
}

/* What a thin volume has of its pool: "<mapped sectors> <highest mapped sector>". */
static bool measure_thin(dev_t device, uint64_t *ret_allocated)
{
	_cleanup_free_ char *name = NULL, *type = NULL, *line = NULL;
	uint64_t sectors;

	if (mapper_find(device, &name, NULL) < 0 ||
	    mapper_target(name, true, &type, &line, NULL) < 0 ||
	    strcmp(type, "thin") != 0)
		return false;
	line[strcspn(line, " ")] = '\0';
	if (!str_to_number(line, UINT64_MAX / 512, &sectors))
		return false;
	*ret_allocated = sectors * 512;
	return true;
}

int storage_measure(const char *path, struct storage_use *ret_use, struct err *err)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	uint64_t size;
	struct stat st;
	int rc;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_set(err, errno, "measure '%s'", path);
	rc = extent_size(fd, &size, err);
	if (rc < 0)
		return err_wrap(err, "measure '%s'", path);
	ret_use->size = size;
	ret_use->allocated = size;
	if (S_ISREG(st.st_mode))
		ret_use->allocated = (uint64_t)st.st_blocks * 512;
	else
		(void)measure_thin(st.st_rdev, &ret_use->allocated);
	return 0;
}
