/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole disks: their partition table, and what BIOS starts. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <zlib.h>

#include "guest/disk.h"
#include "guest/extent.h"

#define SECTOR ((uint64_t)512)
#define ENTRIES 128
#define TABLE_SECTORS ((uint64_t)32)
#define END_SECTORS (TABLE_SECTORS + 1) /* the copy: the table, then its header */
#define ALIGNMENT ((uint64_t)2048)	/* of the last partition's end */

/* As on the disk, little endian (UEFI 2.10, 5.3.2). */
struct header {
	char signature[8];
	uint32_t revision, length, sum, zero;
	uint64_t own, other, first, last;
	unsigned char id[16];
	uint64_t table;
	uint32_t count, entry_length, table_sum;
	char rest[512 - 92];
} __attribute__((packed));

struct entry {
	unsigned char type[16], id[16];
	uint64_t first, last, flags;
	uint16_t name[36];
} __attribute__((packed));

struct table {
	struct header header;
	struct entry entry[ENTRIES];
};

/* Byte by byte: of a GUID the first three parts are little endian. */
static const unsigned char type_bios[16] = "\x48\x61\x68\x21\x49\x64\x6f\x6e"
					   "\x74\x4e\x65\x65\x64\x45\x46\x49";
static const unsigned char type_esp[16] = "\x28\x73\x2a\xc1\x1f\xf8\xd2\x11"
					  "\xba\x4b\x00\xa0\xc9\x3e\xc9\x3b";
static const unsigned char type_linux[16] = "\xaf\x3d\xc6\x0f\x83\x84\x72\x47"
					    "\x8e\x79\x3d\x69\xd8\x47\x7d\xe4";

static void make_id(unsigned char id[16])
{
	if (getrandom(id, 16, 0) != 16)
		mem_abort();
	id[7] = (unsigned char)((id[7] & 0x0f) | 0x40); /* RFC 4122, 4.4 */
	id[8] = (unsigned char)((id[8] & 0x3f) | 0x80);
}

static uint32_t sum_of(const void *bytes, size_t length)
{
	return (uint32_t)crc32_z(0, bytes, length);
}

static int write_at(int fd, const void *bytes, size_t length, uint64_t sector)
{
	ssize_t r = pwrite(fd, bytes, length, (off_t)(sector * SECTOR));

	if (r < 0)
		return -errno;
	return (size_t)r == length ? 0 : -ENOSPC;
}

static int read_table(int fd, struct table *table)
{
	struct header *header = &table->header;
	uint32_t sum;

	if (pread(fd, header, sizeof(*header), SECTOR) != sizeof(*header) ||
	    pread(fd, table->entry, sizeof(table->entry), 2 * SECTOR) !=
		    sizeof(table->entry))
		return -EINVAL;
	sum = le32toh(header->sum);
	header->sum = 0;
	if (memcmp(header->signature, "EFI PART", 8) != 0 ||
	    le32toh(header->length) != 92 || le32toh(header->count) != ENTRIES ||
	    le32toh(header->entry_length) != sizeof(struct entry) ||
	    le64toh(header->table) != 2 || sum != sum_of(header, 92) ||
	    le32toh(header->table_sum) != sum_of(table->entry, sizeof(table->entry)))
		return -EINVAL;
	return 0;
}

/* For programs that know no GPT: one partition over all (5.2.3). Code in front stays. */
static int write_mbr(int fd, uint64_t sectors)
{
	static const unsigned char whole[12] = {0, 0, 2, 0, 0xee, 0xff, 0xff, 0xff, 1};
	unsigned char mbr[SECTOR] = {0};
	uint32_t count =
		htole32(sectors > UINT32_MAX ? UINT32_MAX : (uint32_t)sectors - 1);

	if (pread(fd, mbr, 440, 0) != 440)
		return -EIO;
	memcpy(mbr + 446, whole, sizeof(whole));
	memcpy(mbr + 446 + 12, &count, sizeof(count));
	mbr[510] = 0x55;
	mbr[511] = 0xaa;
	return write_at(fd, mbr, sizeof(mbr), 0);
}

static int write_header(int fd, struct header *header, uint64_t own, uint64_t other,
			uint64_t table)
{
	header->own = htole64(own);
	header->other = htole64(other);
	header->table = htole64(table);
	header->sum = 0;
	header->sum = htole32(sum_of(header, 92));
	return write_at(fd, header, sizeof(*header), own);
}

/* The copy first: one of both is always whole. */
static int write_table(int fd, struct table *table, uint64_t sectors)
{
	struct header *header = &table->header;
	int rc;

	memcpy(header->signature, "EFI PART", 8);
	header->revision = htole32(0x10000);
	header->length = htole32(92);
	header->first = htole64(TABLE_SECTORS + 2);
	header->last = htole64(sectors - END_SECTORS - 1);
	header->count = htole32(ENTRIES);
	header->entry_length = htole32(sizeof(struct entry));
	header->table_sum = htole32(sum_of(table->entry, sizeof(table->entry)));
	rc = write_at(fd, table->entry, sizeof(table->entry), sectors - END_SECTORS);
	if (rc == 0)
		rc = write_header(fd, header, sectors - 1, 1, sectors - END_SECTORS);
	if (rc == 0)
		rc = write_at(fd, table->entry, sizeof(table->entry), 2);
	if (rc == 0)
		rc = write_header(fd, header, 1, sectors - 1, 2);
	if (rc == 0)
		rc = write_mbr(fd, sectors);
	return rc == 0 && fsync(fd) < 0 ? -errno : rc;
}

static void set_entry(struct entry *entry, const unsigned char type[16], const char *name,
		      uint64_t offset, uint64_t end)
{
	memcpy(entry->type, type, sizeof(entry->type));
	make_id(entry->id);
	entry->first = htole64(offset / SECTOR);
	entry->last = htole64(end / SECTOR - 1);
	for (size_t i = 0; name[i]; i++)
		entry->name[i] = htole16((uint16_t)name[i]);
}

/* Sectors of a volume of `size` bytes, or of the whole one. */
static int count_sectors(int fd, uint64_t size, uint64_t *ret_sectors, struct err *err)
{
	uint64_t has = 0;
	int rc = extent_size(fd, &has, err);

	if (rc < 0)
		return rc;
	if (size > has || (size ? size : has) < DISK_OVERHEAD + DISK_BOOT_OFFSET)
		return err_say(err, EINVAL, "a disk of %llu MiB has no room for that",
			       (unsigned long long)(has >> 20));
	*ret_sectors = (size ? size : has) / SECTOR;
	return 0;
}

static uint64_t end_of_last(uint64_t sectors)
{
	return (sectors - END_SECTORS) / ALIGNMENT * ALIGNMENT;
}

int disk_make(const char *path, struct err *err)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC);
	_cleanup_free_ struct table *table = mem_alloc(sizeof(*table));
	uint64_t sectors = 0;
	int rc;

	if (fd < 0)
		return err_set(err, errno, "partitions on '%s'", path);
	rc = count_sectors(fd, 0, &sectors, err);
	if (rc < 0)
		return err_wrap(err, "partitions on '%s'", path);
	make_id(table->header.id);
	set_entry(&table->entry[0], type_bios, "BIOS", DISK_BOOT_OFFSET, DISK_ESP_OFFSET);
	set_entry(&table->entry[1], type_esp, "EFI", DISK_ESP_OFFSET, DISK_ROOT_OFFSET);
	set_entry(&table->entry[2], type_linux, "root", DISK_ROOT_OFFSET,
		  end_of_last(sectors) * SECTOR);
	rc = write_table(fd, table, sectors);
	return rc < 0 ? err_set(err, -rc, "partitions on '%s'", path) : 0;
}

static struct entry *find_last(struct table *table)
{
	static const unsigned char none[16];
	struct entry *last = NULL;

	for (size_t i = 0; i < ENTRIES; i++) {
		struct entry *entry = &table->entry[i];

		if (memcmp(entry->type, none, sizeof(none)) != 0 &&
		    (!last || le64toh(entry->first) > le64toh(last->first)))
			last = entry;
	}
	return last;
}

static int open_table(const char *path, struct table *table, int *ret_fd, struct err *err)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return err_set(err, errno, "open '%s'", path);
	if (read_table(fd, table) < 0 || !find_last(table))
		return err_say(err, EINVAL, "'%s' has no partition table that we made",
			       path);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int disk_fit(const char *path, uint64_t size, struct err *err)
{
	_cleanup_free_ struct table *table = mem_alloc(sizeof(*table));
	_cleanup_close_ int fd = -1;
	struct entry *last;
	uint64_t sectors = 0;
	int rc = open_table(path, table, &fd, err);

	if (rc == 0)
		rc = count_sectors(fd, size, &sectors, err);
	if (rc < 0)
		return err_wrap(err, "partitions on '%s'", path);
	last = find_last(table);
	if (le64toh(last->first) >= end_of_last(sectors))
		return err_say(err, EINVAL, "'%s': its last partition begins after that",
			       path);
	last->last = htole64(end_of_last(sectors) - 1);
	rc = write_table(fd, table, sectors);
	return rc < 0 ? err_set(err, -rc, "partitions on '%s'", path) : 0;
}

int disk_rename(const char *path, struct err *err)
{
	_cleanup_free_ struct table *table = mem_alloc(sizeof(*table));
	_cleanup_close_ int fd = -1;
	int rc = open_table(path, table, &fd, err);

	if (rc < 0)
		return rc;
	make_id(table->header.id);
	for (size_t i = 0; i < ENTRIES; i++)
		if (table->entry[i].first)
			make_id(table->entry[i].id);
	rc = write_table(fd, table, le64toh(table->header.other) + 1);
	return rc < 0 ? err_set(err, -rc, "partitions on '%s'", path) : 0;
}

/* Where GRUB's images have the sector of what they load (its i386/pc/boot.h). */
#define BOOT_NEXT 0x5c
#define CORE_NEXT (SECTOR - 12)

int disk_install_boot(const char *path, const void *boot, size_t boot_length,
		      const void *core, size_t core_length, struct err *err)
{
	const uint64_t sector = DISK_BOOT_OFFSET / SECTOR;
	const uint64_t first = htole64(sector), second = htole64(sector + 1);
	_cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC);
	_cleanup_free_ unsigned char *image = mem_alloc(core_length);
	unsigned char code[440];
	int rc;

	if (fd < 0)
		return err_set(err, errno, "open '%s'", path);
	if (boot_length != SECTOR || core_length < 2 * SECTOR ||
	    core_length > DISK_ESP_OFFSET - DISK_BOOT_OFFSET)
		return err_say(err, EINVAL, "'%s': these are no images of GRUB", path);
	memcpy(code, boot, sizeof(code));
	memcpy(code + BOOT_NEXT, &first, sizeof(first));
	memcpy(image, core, core_length);
	memcpy(image + CORE_NEXT, &second, sizeof(second));
	rc = write_at(fd, image, core_length, sector);
	if (rc == 0)
		rc = write_at(fd, code, sizeof(code), 0);
	if (rc == 0 && fsync(fd) < 0)
		rc = -errno;
	return rc < 0 ? err_set(err, -rc, "boot loader on '%s'", path) : 0;
}
