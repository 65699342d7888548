/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where in a kernel's file its ELF file is, unpacked if that is asked for. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "base/kernel-image.h"
#include "base/run.h"
#include "host/note-parts.h"

#define UNPACKED_MAX (128 << 20)
#define UNPACK_TIMEOUT_MS 10000

/* Of a file. */
struct part {
	uint64_t at, length;
};

/* Where in a file the ELF file is, or what is compressed; false if there is none. */
static bool find_payload(const struct fs *fs, const char *path, int *ret_fd,
			 struct part *ret_part, const char **ret_compression)
{
	const struct kernel_image image = kernel_image_read(fs, path);
	_cleanup_close_ int fd = -1;
	struct stat st;
	uint64_t length;

	if (!image.compression ||
	    fs_open_file(fs, path, O_RDONLY | O_NONBLOCK, &fd, NULL) < 0 ||
	    fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	length = image.is_packed ? image.length : (uint64_t)st.st_size;
	if (image.start > (uint64_t)st.st_size ||
	    length > (uint64_t)st.st_size - image.start)
		return false;
	/* Linux puts the length behind what does not tell its own. */
	if (image.is_packed && strcmp(image.compression, "gzip") != 0 &&
	    strcmp(image.compression, "none") != 0) {
		if (length < sizeof(uint32_t))
			return false;
		length -= sizeof(uint32_t);
	}
	*ret_fd = TAKE_FD(fd);
	*ret_part = (struct part){image.start, length};
	*ret_compression = image.compression;
	return true;
}

/* A file of its own in memory with a part of a file, to be read from its beginning. */
static int copy_part(int fd, struct part part)
{
	_cleanup_close_ int copy = memfd_create("xenhost-payload", MFD_CLOEXEC);
	char buffer[16384];

	if (copy < 0 || part.length > UNPACKED_MAX)
		return -1;
	while (part.length) {
		size_t room = part.length < sizeof(buffer) ? part.length : sizeof(buffer);
		ssize_t r = pread(fd, buffer, room, (off_t)part.at);

		if (r <= 0 || write(copy, buffer, (size_t)r) != r)
			return -1;
		part.at += (size_t)r;
		part.length -= (size_t)r;
	}
	if (lseek(copy, 0, SEEK_SET) < 0)
		return -1;
	return TAKE_FD(copy);
}

static struct note judge_unpacked(int fd, struct part part, const char *compression)
{
	/* xz alone takes as much memory as a file asks for. */
	static const struct {
		const char *compression, *argv[5];
	} ways[] = {
		{"gzip", {"gzip", "-dc", NULL}},
		{"bzip2", {"bzip2", "-dc", NULL}},
		{"lzma", {"xz", "-dc", "--format=lzma", "--memory=256MiB", NULL}},
		{"xz", {"xz", "-dc", "--format=xz", "--memory=256MiB", NULL}},
		{"lzo", {"lzop", "-dc", NULL}},
		{"lz4", {"lz4", "-dc", NULL}},
		{"zstd", {"zstd", "-dc", NULL}},
	};
	_cleanup_close_ int input = copy_part(fd, part);
	_cleanup_str_ struct str bytes = {0};

	for (size_t i = 0; input >= 0 && i < ARRAY_SIZE(ways); i++)
		if (strcmp(ways[i].compression, compression) == 0 &&
		    run_capture(&(struct run){.argv = ways[i].argv,
					      .timeout_ms = UNPACK_TIMEOUT_MS,
					      .output_limit = UNPACKED_MAX,
					      .input = &input},
				&bytes, NULL) == 0)
			break;
	return note_judge((const uint8_t *)str_text(&bytes), bytes.length);
}

static struct note read_file(const struct fs *fs, const char *path, bool unpacks)
{
	const struct note unknown = {FACTS_UNKNOWN, FACTS_UNKNOWN, FACTS_UNKNOWN};
	_cleanup_close_ int fd = -1;
	const char *compression;
	struct part part;

	if (!find_payload(fs, path, &fd, &part, &compression))
		return unknown;
	if (strcmp(compression, "none") == 0)
		return note_judge_source(&(struct note_source){
			.fd = fd, .start = part.at, .length = part.length});
	return unpacks ? judge_unpacked(fd, part, compression) : unknown;
}

struct note note_read(const struct fs *fs, const char *path)
{
	return read_file(fs, path, false);
}

struct note note_unpack(const struct fs *fs, const char *path)
{
	return read_file(fs, path, true);
}
