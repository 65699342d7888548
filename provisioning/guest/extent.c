/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A part of a volume as a device or file of its own: where a partition begins and ends. */
#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "guest/extent.h"

#define ATTEMPTS 64 /* others may take the loop device that was free */
#define SECTOR 512  /* of libblkid's partitions */

void extent_clear(struct extent *extent)
{
	mem_close_ref(&extent->loop);
	free(extent->path);
	*extent = EXTENT_NONE;
}

int extent_size(int fd, uint64_t *ret_size, struct err *err)
{
	uint64_t size;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_set(err, errno, "size");
	if (S_ISREG(st.st_mode)) {
		*ret_size = (uint64_t)st.st_size;
		return 0;
	}
	if (!S_ISBLK(st.st_mode))
		return err_say(err, EINVAL, "neither a file nor a block device");
	if (ioctl(fd, BLKGETSIZE64, &size) < 0)
		return err_set(err, errno, "size");
	*ret_size = size;
	return 0;
}

static void free_probe(blkid_probe *probe)
{
	blkid_free_probe(*probe);
}

/* How long the partition is that begins at an offset. */
static int find_length(int fd, uint64_t offset, uint64_t *ret_length, struct err *err)
{
	_cleanup_(free_probe) blkid_probe probe = blkid_new_probe();
	blkid_partlist list;

	if (!probe)
		mem_abort();
	if (blkid_probe_set_device(probe, fd, 0, 0) < 0)
		return err_set(err, errno ? errno : EIO, "partitions");
	(void)blkid_probe_enable_superblocks(probe, 0);
	(void)blkid_probe_enable_partitions(probe, 1);
	list = blkid_probe_get_partitions(probe);
	for (int i = 0; list && i < blkid_partlist_numof_partitions(list); i++) {
		blkid_partition part = blkid_partlist_get_partition(list, i);

		if ((uint64_t)blkid_partition_get_start(part) * SECTOR != offset)
			continue;
		*ret_length = (uint64_t)blkid_partition_get_size(part) * SECTOR;
		return 0;
	}
	return err_say(err, ENOENT, "no partition begins at byte %llu",
		       (unsigned long long)offset);
}

static int configure(const struct loop_config *config, struct extent *extent,
		     struct err *err)
{
	_cleanup_close_ int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);

	if (control < 0)
		return err_set(err, errno, "open '/dev/loop-control'");
	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		int number = ioctl(control, LOOP_CTL_GET_FREE);
		_cleanup_free_ char *path = mem_textf("/dev/loop%d", number);
		_cleanup_close_ int fd = -1;

		if (number < 0)
			return err_set(err, errno, "find a free loop device");
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return err_set(err, errno, "open '%s'", path);
		if (ioctl(fd, LOOP_CONFIGURE, config) == 0) {
			extent->loop = TAKE_FD(fd);
			extent->path = TAKE_PTR(path);
			return 0;
		}
		if (errno != EBUSY)
			return err_set(err, errno, "attach '%s'", path);
	}
	return err_set(err, EBUSY, "find a free loop device");
}

static int attach(int fd, uint64_t offset, bool is_read_only, struct extent *extent,
		  struct err *err)
{
	struct loop_config config = {
		.fd = (uint32_t)fd,
		.info = {.lo_offset = offset,
			 .lo_flags = (uint32_t)LO_FLAGS_AUTOCLEAR |
				     (is_read_only ? (uint32_t)LO_FLAGS_READ_ONLY : 0U)},
	};
	uint64_t length;
	int rc = 0;

	if (offset) {
		rc = find_length(fd, offset, &length, err);
		config.info.lo_sizelimit = rc < 0 ? 0 : length;
	}
	return rc < 0 ? rc : configure(&config, extent, err);
}

int extent_open(const char *path, uint64_t offset, bool is_read_only, bool must_be_device,
		struct extent *ret_extent, struct err *err)
{
	_cleanup_extent_ struct extent extent = EXTENT_NONE;
	_cleanup_close_ int fd = open(path, (is_read_only ? O_RDONLY : O_RDWR) |
						    O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	int rc = 0;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_set(err, errno, "open '%s'", path);
	if (!S_ISBLK(st.st_mode) && !S_ISREG(st.st_mode))
		return err_say(err, EINVAL,
			       "open '%s': neither a file nor a block device", path);
	if (offset || (must_be_device && S_ISREG(st.st_mode)))
		rc = attach(fd, offset, is_read_only, &extent, err);
	else
		extent.path = mem_text(path);
	if (rc < 0)
		return err_wrap(err, "'%s'", path);
	*ret_extent = extent;
	extent = EXTENT_NONE;
	return 0;
}
