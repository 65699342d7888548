/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The superblock of ext2, ext3 and ext4. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "guest/extended.h"
#include "guest/extent.h"
#include "guest/filesystem-parts.h"

/* Where things are (linux/fs/ext4/ext4.h), all little-endian. */
#define SUPERBLOCK 1024
#define SIZE ((size_t)1024)
#define BLOCKS 0x04
#define BLOCK_SHIFT 0x18 /* of a block's size, less 10 */
#define MAGIC 0x38	 /* and the state in the upper half */
#define INCOMPATIBLE 0x60
#define READ_ONLY 0x64
#define UUID 0x68
#define BLOCKS_HIGH 0x150
#define CHECKSUM_TYPE 0x175
#define CHECKSUM 0x3fc

#define CLEAN 0x1ef53U /* no errors, unmounted */
#define HAS_RECOVERY 0x4U
#define HAS_64BIT 0x80U	 /* BLOCKS_HIGH counts */
#define HAS_SEED 0x2000U /* incompatible */
#define HAS_SUMS 0x400U	 /* read-only compatible */
#define CRC32C 1

/* A superblock, and the bytes of the volume around it. */
struct superblock {
	unsigned char bytes[SIZE];
	uint64_t volume;
};

static uint32_t get(const struct superblock *super, size_t offset)
{
	uint32_t value;

	memcpy(&value, super->bytes + offset, sizeof(value));
	return le32toh(value);
}

static int read_superblock(int fd, struct superblock *super, struct err *err)
{
	ssize_t r = pread(fd, super->bytes, SIZE, SUPERBLOCK);

	if (r != (ssize_t)SIZE)
		return err_set(err, r < 0 ? errno : EIO, "read the superblock");
	return extent_size(fd, &super->volume, err);
}

bool extended_is_filling(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct superblock super;
	uint64_t blocks;
	uint32_t shift;

	if (fd < 0 || read_superblock(fd, &super, NULL) < 0)
		return false;
	blocks = get(&super, BLOCKS);
	shift = get(&super, BLOCK_SHIFT);
	if (get(&super, INCOMPATIBLE) & HAS_64BIT)
		blocks |= (uint64_t)get(&super, BLOCKS_HIGH) << 32;
	return shift <= 6 && blocks == super.volume >> (shift + 10);
}

/* CRC-32C (Castagnoli) without its last inversion, as ext4 has it: RFC 3720, 12.1. */
static uint32_t crc32c(const unsigned char *bytes, size_t length)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < length; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ ((crc & 1) ? 0x82f63b78U : 0);
	}
	return crc;
}

static bool has_checksum(const struct superblock *super)
{
	return super->bytes[CHECKSUM_TYPE] == CRC32C &&
	       crc32c(super->bytes, CHECKSUM) == get(super, CHECKSUM);
}

/* Only what is whole, and where nothing but the superblock depends on the UUID. */
static bool is_one_block(const struct superblock *super)
{
	uint32_t features = get(super, INCOMPATIBLE);

	return get(super, MAGIC) == CLEAN && (get(super, READ_ONLY) & HAS_SUMS) &&
	       (features & HAS_SEED) && !(features & HAS_RECOVERY) && has_checksum(super);
}

static unsigned char digit(char c)
{
	return (unsigned char)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

static void put_uuid(struct superblock *super, const char *uuid)
{
	unsigned char *to = super->bytes + UUID;
	uint32_t crc;

	for (; *uuid; uuid += 2) {
		if (*uuid == '-')
			uuid++;
		*to++ = (unsigned char)(digit(uuid[0]) << 4 | digit(uuid[1]));
	}
	crc = htole32(crc32c(super->bytes, CHECKSUM));
	memcpy(super->bytes + CHECKSUM, &crc, sizeof(crc));
}

static int write_superblock(const char *path, const struct superblock *super,
			    struct err *err)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_EXCL | O_CLOEXEC);

	if (fd < 0)
		return err_set(err, errno, "open '%s'", path);
	if (pwrite(fd, super->bytes, SIZE, SUPERBLOCK) != (ssize_t)SIZE ||
	    fdatasync(fd) < 0)
		return err_set(err, errno ? errno : EIO, "write the superblock");
	return 0;
}

/* Seeding is one block too: without, tune2fs wants a full check and writes all metadata. */
static int run_tune2fs(const char *path, const struct superblock *super, const char *uuid,
		       struct err *err)
{
	bool needs_seed = (get(super, READ_ONLY) & HAS_SUMS) &&
			  !(get(super, INCOMPATIBLE) & HAS_SEED);
	const char *const plain[] = {"tune2fs", "-U", uuid, path, NULL};
	const char *const seed[] = {"tune2fs", "-O", "metadata_csum_seed", "-U", uuid,
				    path,      NULL};

	return filesystem_run(needs_seed ? seed : plain, err);
}

int extended_rename(const char *path, const char *uuid, struct err *err)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct superblock super;
	int rc;

	if (fd < 0)
		return err_set(err, errno, "open '%s'", path);
	rc = read_superblock(fd, &super, err);
	if (rc < 0)
		return rc;
	if (!is_one_block(&super))
		return run_tune2fs(path, &super, uuid, err);
	put_uuid(&super, uuid);
	return write_superblock(path, &super, err);
}
