/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A template as small as it can be, so that small guests can be made of it. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "guest/disk.h"
#include "guest/extent.h"
#include "guest/lvm.h"
#include "guest/template-parts.h"

#define MIB ((uint64_t)1 << 20)
#define ROOM (32 * MIB)	     /* for what makes a clone that guest, before it is grown */
#define EXTENT_MAX (4 * MIB) /* LVM's usual extent: volumes are multiples of it */

/* Where ext4(5) has its size (linux/fs/ext4/ext4.h, struct ext4_super_block). */
#define SUPERBLOCK 1024
#define BLOCKS_LOW 0x4
#define LOG_BLOCK_SIZE 0x18
#define BLOCKS_HIGH 0x150

static int read_word(int fd, off_t place, uint32_t *ret_word)
{
	uint32_t word;

	if (pread(fd, &word, sizeof(word), SUPERBLOCK + place) != sizeof(word))
		return -EIO;
	*ret_word = le32toh(word);
	return 0;
}

static int read_size(const char *path, uint64_t *ret_size, struct err *err)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint32_t low = 0, high = 0, log_size = 0;

	if (fd < 0)
		return err_set(err, errno, "open '%s'", path);
	if (read_word(fd, BLOCKS_LOW, &low) < 0 ||
	    read_word(fd, BLOCKS_HIGH, &high) < 0 ||
	    read_word(fd, LOG_BLOCK_SIZE, &log_size) < 0 || log_size > 6)
		return err_set(err, EIO, "read '%s'", path);
	*ret_size = (((uint64_t)high << 32) + low) << (10 + log_size);
	return 0;
}

/* To the least, then up again a little: *ret_size bytes. */
static int shrink_extent(struct template_build *build, const char *path,
			 uint64_t *ret_size, struct err *err)
{
	const char *const check[] = {"e2fsck", "-f", "-p", path, NULL};
	const char *const least[] = {"resize2fs", "-M", path, NULL};
	_cleanup_free_ char *size = NULL;
	const char *const more[] = {"resize2fs", path, NULL, NULL};
	const char *argv[ARRAY_SIZE(more)];
	uint64_t bytes = 0;
	int rc = template_run(build, check, NULL, err);

	if (rc == 0)
		rc = template_run(build, least, NULL, err);
	if (rc == 0)
		rc = read_size(path, &bytes, err);
	if (rc < 0)
		return rc;
	bytes = (bytes + bytes / 32 + ROOM) / EXTENT_MAX * EXTENT_MAX;
	size = mem_textf("%" PRIu64 "K", bytes / 1024);
	memcpy(argv, more, sizeof(argv));
	argv[2] = size;
	rc = template_run(build, argv, NULL, err);
	*ret_size = bytes;
	return rc;
}

static int cut_volume(const struct template_build *build, const char *path, uint64_t size,
		      struct err *err)
{
	const struct template *template = build->template;
	_cleanup_free_ char *bytes = mem_textf("%" PRIu64 "b", size);
	const char *const argv[] = {"lvm",     "lvreduce", "--yes", "--force", "--quiet",
				    "--quiet", "--size",   bytes,   path,      NULL};

	if (template->store.kind != STORAGE_DIR)
		return lvm_run(argv, err);
	return truncate(path, (off_t)size) < 0
		       ? err_set(err, errno, "truncate '%s'", path)
		       : 0;
}

int template_shrink(struct template_build *build, struct err *err)
{
	struct template *template = build->template;
	_cleanup_free_ char *path =
		storage_path(&template->store, STORAGE_TEMPLATES, template->volume);
	_cleanup_extent_ struct extent extent = EXTENT_NONE;
	uint64_t size = 0;
	int rc;

	if (!str_starts(template->fs, "ext"))
		return 0;
	rc = extent_open(path, template->root_offset, false, false, &extent, err);
	if (rc == 0)
		rc = shrink_extent(build, extent.path, &size, err);
	extent_clear(&extent);
	if (template->root_offset)
		size += DISK_OVERHEAD;
	if (rc < 0 || size >= template->size)
		return rc < 0 ? err_wrap(err, "shrink '%s'", path) : 0;
	if (template->root_offset)
		rc = disk_fit(path, size, err);
	if (rc == 0)
		rc = cut_volume(build, path, size, err);
	if (rc < 0)
		return err_wrap(err, "shrink '%s'", path);
	template->size = size;
	return 0;
}
