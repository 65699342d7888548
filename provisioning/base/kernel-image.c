/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of a Linux kernel: how what is in it is compressed. */
#include <endian.h>
#include <fcntl.h>
#include <string.h>

#include "base/kernel-image.h"

/* The setup header: Documentation/arch/x86/boot.rst in the kernel's source. */
#define SETUP_SECTS 0x1f1
#define HEADER_MAGIC 0x202
#define HEADER_VERSION 0x206
#define PAYLOAD_OFFSET 0x248
#define PAYLOAD_LENGTH 0x24c
#define HEADER_END 0x250
#define ARM64_MAGIC 0x38
#define SECTOR 512
#define VERSION_WITH_PAYLOAD 0x208

static uint32_t number_at(const uint8_t *bytes, size_t length)
{
	uint32_t number = 0;

	memcpy(&number, bytes, length);
	return le32toh(number);
}

bool kernel_image_payload(const uint8_t *head, size_t length, uint64_t *ret_offset,
			  uint64_t *ret_length)
{
	uint32_t sectors;

	if (length < HEADER_END || memcmp(head + HEADER_MAGIC, "HdrS", 4) != 0 ||
	    number_at(head + HEADER_VERSION, 2) < VERSION_WITH_PAYLOAD)
		return false;
	/* Zero stands for four, for old boot loaders' sake. */
	sectors = head[SETUP_SECTS] ? head[SETUP_SECTS] : 4;
	*ret_offset =
		(uint64_t)(sectors + 1) * SECTOR + number_at(head + PAYLOAD_OFFSET, 4);
	*ret_length = number_at(head + PAYLOAD_LENGTH, 4);
	return true;
}

const char *kernel_image_compression(const uint8_t *magic, size_t length)
{
	static const struct {
		uint8_t magic[4];
		size_t length;
		const char *name;
	} known[] = {
		{{0x1f, 0x8b}, 2, "gzip"},
		{{0x1f, 0x9e}, 2, "gzip"},
		{{'B', 'Z'}, 2, "bzip2"},
		{{0x5d, 0x00}, 2, "lzma"},
		{{0xfd, '7'}, 2, "xz"},
		{{0x89, 'L', 'Z', 'O'}, 4, "lzo"},
		{{0x02, 0x21}, 2, "lz4"},
		{{0x28, 0xb5}, 2, "zstd"},
		{{0x7f, 'E', 'L', 'F'}, 4, "none"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (length >= known[i].length &&
		    memcmp(magic, known[i].magic, known[i].length) == 0)
			return known[i].name;
	return NULL;
}

/* arm64's Image: Documentation/arch/arm64/booting.rst. */
static bool is_arm64_image(const uint8_t *head, size_t length)
{
	return length >= ARM64_MAGIC + 4 && memcmp(head + ARM64_MAGIC, "ARM\x64", 4) == 0;
}

struct kernel_image kernel_image_read(const struct fs *fs, const char *path)
{
	_cleanup_close_ int fd = -1;
	struct kernel_image image = {0};
	uint8_t head[HEADER_END], magic[4];
	ssize_t length;

	if (fs_open_file(fs, path, O_RDONLY | O_NONBLOCK, &fd, NULL) < 0)
		return image;
	length = pread(fd, head, sizeof(head), 0);
	if (length < 0)
		return image;
	image.is_packed =
		kernel_image_payload(head, (size_t)length, &image.start, &image.length);
	if (image.is_packed) {
		length = pread(fd, magic, sizeof(magic), (off_t)image.start);
		image.compression =
			length < 0 ? NULL
				   : kernel_image_compression(magic, (size_t)length);
	} else {
		/* An ELF file, or one compressed as a whole, tells by its beginning. */
		image.compression = kernel_image_compression(head, (size_t)length);
	}
	image.is_kernel = image.is_packed || image.compression ||
			  is_arm64_image(head, (size_t)length);
	return image;
}
