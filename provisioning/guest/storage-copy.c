/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes from volume to volume: what is used is copied, what is not becomes zeros. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "guest/storage-parts.h"

#define BLOCK \
	((size_t)64 << 10) /* tested for zeros as a whole: thin pools' least chunk */
#define BUFFER ((size_t)4 << 20)

struct copy {
	int from, to;
	bool must_zero;	     /* the target holds old bytes */
	uint64_t zero_start; /* a run of zeros that is not written yet, up to here */
	char *buffer;
};

static int zero_by_writing(int fd, uint64_t offset, uint64_t length)
{
	_cleanup_free_ char *zeros = mem_alloc(BUFFER);

	while (length) {
		size_t part = length < BUFFER ? (size_t)length : BUFFER;
		ssize_t r = pwrite(fd, zeros, part, (off_t)offset);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return r < 0 ? -errno : -EIO;
		offset += (uint64_t)r;
		length -= (uint64_t)r;
	}
	return 0;
}

/* The kernel's own zeroing is by a command to the disk where that has one. */
int storage_zero(int fd, uint64_t offset, uint64_t length, struct err *err)
{
	uint64_t range[2] = {offset, length};
	struct stat st;
	int rc = 0;

	if (!length)
		return 0;
	if (fstat(fd, &st) < 0)
		return err_set(err, errno, "zero");
	if (S_ISBLK(st.st_mode))
		rc = ioctl(fd, BLKZEROOUT, range) < 0 ? -errno : 0;
	else if (fallocate(fd, FALLOC_FL_ZERO_RANGE, (off_t)offset, (off_t)length) < 0)
		rc = -errno;
	if (rc == -EOPNOTSUPP || rc == -EINVAL)
		rc = zero_by_writing(fd, offset, length);
	return rc < 0 ? err_set(err, -rc, "zero %llu bytes at %llu",
				(unsigned long long)length, (unsigned long long)offset)
		      : 0;
}

static bool is_zero(const char *bytes, size_t length)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0;
}

static int write_at(int fd, const char *bytes, size_t length, uint64_t offset)
{
	while (length) {
		ssize_t r = pwrite(fd, bytes, length, (off_t)offset);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		bytes += r;
		offset += (uint64_t)r;
		length -= (size_t)r;
	}
	return 0;
}

/* Zeroes what was passed over, up to `offset`. */
static int fill_gap(struct copy *copy, uint64_t offset, struct err *err)
{
	uint64_t start = copy->zero_start;

	if (!copy->must_zero || start >= offset)
		return 0;
	return storage_zero(copy->to, start, offset - start, err);
}

static int copy_buffer(struct copy *copy, size_t length, uint64_t offset, struct err *err)
{
	for (size_t done = 0; done < length;) {
		size_t size = 0;
		int rc;

		/* A run of blocks that are not all zeros, written at once. */
		while (done + size < length) {
			size_t left = length - done - size;
			size_t part = left < BLOCK ? left : BLOCK;

			if (is_zero(copy->buffer + done + size, part))
				break;
			size += part;
		}
		if (!size) {
			done += length - done < BLOCK ? length - done : BLOCK;
			continue;
		}
		rc = fill_gap(copy, offset + done, err);
		if (rc < 0)
			return rc;
		rc = write_at(copy->to, copy->buffer + done, size, offset + done);
		if (rc < 0)
			return err_set(err, -rc, "write");
		done += size;
		copy->zero_start = offset + done;
	}
	return 0;
}

static int copy_data(struct copy *copy, uint64_t offset, uint64_t end, struct err *err)
{
	(void)posix_fadvise(copy->from, (off_t)offset, (off_t)(end - offset),
			    POSIX_FADV_SEQUENTIAL);
	while (offset < end) {
		size_t wanted = end - offset < BUFFER ? (size_t)(end - offset) : BUFFER;
		ssize_t r = pread(copy->from, copy->buffer, wanted, (off_t)offset);
		int rc;

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return err_set(err, r < 0 ? errno : EIO, "read");
		rc = copy_buffer(copy, (size_t)r, offset, err);
		if (rc < 0)
			return rc;
		offset += (uint64_t)r;
	}
	return 0;
}

/* Where data begin and end from an offset on; a device is all data. */
static void find_data(int fd, uint64_t offset, uint64_t length, uint64_t *ret_start,
		      uint64_t *ret_end)
{
	off_t start = lseek(fd, (off_t)offset, SEEK_DATA), end;

	*ret_start = offset;
	*ret_end = length;
	if (start < 0) {
		if (errno == ENXIO)
			*ret_start = length;
		return;
	}
	end = lseek(fd, start, SEEK_HOLE);
	*ret_start = (uint64_t)start < length ? (uint64_t)start : length;
	if (end > 0 && (uint64_t)end < length)
		*ret_end = (uint64_t)end;
}

int storage_copy(int from, int to, uint64_t length, bool must_zero, struct err *err)
{
	_cleanup_free_ char *buffer = mem_alloc(BUFFER);
	struct copy copy = {from, to, must_zero, 0, buffer};
	uint64_t offset = 0, start, end;
	int rc = 0;

	while (rc == 0 && offset < length) {
		find_data(from, offset, length, &start, &end);
		rc = copy_data(&copy, start, end, err);
		offset = end;
	}
	if (rc == 0)
		rc = fill_gap(&copy, length, err);
	if (rc == 0 && fdatasync(to) < 0)
		rc = err_set(err, errno, "sync");
	return rc;
}
