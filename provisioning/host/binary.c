/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a hypervisor's file is, by its content. */
#include <endian.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define ZLIB_CONST
#include <zlib.h>

#include "host/binary.h"

#define MULTIBOOT_MAGIC 0x1badb002U
#define MULTIBOOT_ALIGN 4
#define MULTIBOOT_WITHIN (8 << 10)
#define MULTIBOOT2_MAGIC 0xe85250d6U
#define MULTIBOOT2_ALIGN 8
#define MULTIBOOT2_WITHIN (32 << 10)

/* PE: where the header is, and the machine in it. */
#define PE_OFFSET 0x3c
#define PE_MACHINE_ARM64 0xaa64

/* gzip's header and trailer, for zlib's inflateInit2(). */
#define GZIP_WINDOW (15 + 16)

static uint32_t number_at(const uint8_t *bytes)
{
	uint32_t number;

	memcpy(&number, bytes, sizeof(number));
	return le32toh(number);
}

/* "The checksum, when added to the other magic fields, must have a sum of zero." */
static bool has_multiboot2(const uint8_t *bytes, size_t length)
{
	for (size_t at = 0; at + 16 <= length && at < MULTIBOOT2_WITHIN;
	     at += MULTIBOOT2_ALIGN) {
		const uint8_t *header = bytes + at;

		if (number_at(header) == MULTIBOOT2_MAGIC && number_at(header + 4) == 0 &&
		    number_at(header) + number_at(header + 8) + number_at(header + 12) ==
			    0)
			return true;
	}
	return false;
}

static bool has_multiboot(const uint8_t *bytes, size_t length)
{
	for (size_t at = 0; at + 12 <= length && at < MULTIBOOT_WITHIN;
	     at += MULTIBOOT_ALIGN) {
		const uint8_t *header = bytes + at;

		if (number_at(header) == MULTIBOOT_MAGIC &&
		    number_at(header) + number_at(header + 4) + number_at(header + 8) ==
			    0)
			return true;
	}
	return false;
}

static bool is_arm64(const uint8_t *bytes, size_t length)
{
	uint32_t at;

	if (length < PE_OFFSET + 4)
		return false;
	at = number_at(bytes + PE_OFFSET);
	return length >= 6 && at <= length - 6 && memcmp(bytes + at, "PE\0\0", 4) == 0 &&
	       (bytes[at + 4] | bytes[at + 5] << 8) == PE_MACHINE_ARM64;
}

/* The beginning of what a gzip holds; 0 if there is nothing to be had. */
static size_t inflate_head(const uint8_t *bytes, size_t length, uint8_t *ret_bytes,
			   size_t room)
{
	z_stream stream = {
		.next_in = bytes,
		.avail_in = (uInt)length,
		.next_out = ret_bytes,
		.avail_out = (uInt)room,
	};

	if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
		return 0;
	/* However it ends: what came out is what a reader of the file would get. */
	(void)inflate(&stream, Z_SYNC_FLUSH);
	(void)inflateEnd(&stream);
	return room - stream.avail_out;
}

static struct binary judge_plain(const uint8_t *bytes, size_t length)
{
	struct binary binary = {.is_whole = true};

	if (length >= 4 && memcmp(bytes, "\177ELF", 4) == 0) {
		binary.format = "elf";
		binary.is_elf = true;
		if (has_multiboot2(bytes, length))
			binary.protocol = BINARY_MULTIBOOT2;
		else if (has_multiboot(bytes, length))
			binary.protocol = BINARY_MULTIBOOT;
	} else if (length >= 4 && memcmp(bytes, "MZ", 2) == 0) {
		binary.format = "efi";
		if (is_arm64(bytes, length))
			binary.protocol = BINARY_ARM64;
	}
	return binary;
}

struct binary binary_judge(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ uint8_t *head = NULL;
	struct binary binary;
	size_t inside;

	if (length < 4 || memcmp(bytes, "\x1f\x8b", 2) != 0)
		return judge_plain(bytes, length);
	head = mem_alloc(MULTIBOOT2_WITHIN);
	inside = inflate_head(bytes, length, head, MULTIBOOT2_WITHIN);
	binary = judge_plain(head, inside);
	binary.format = "gzip";
	binary.is_whole = inside != 0;
	return binary;
}

struct binary binary_read(const struct fs *fs, const char *path)
{
	_cleanup_free_ uint8_t *head = mem_alloc(BINARY_HEAD);
	_cleanup_close_ int fd = -1;
	size_t length = 0;
	ssize_t r = 1;

	if (fs_open_file(fs, path, O_RDONLY | O_NONBLOCK, &fd, NULL) < 0)
		return (struct binary){0};
	while (length < BINARY_HEAD && r > 0) {
		r = pread(fd, head + length, BINARY_HEAD - length, (off_t)length);
		length += r > 0 ? (size_t)r : 0;
	}
	return binary_judge(head, length);
}
