/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel's file: where its payload is, and how that is compressed. */
#include <stdio.h>
#include <string.h>

#include "base/kernel-image.h"
#include "unit.h"

static void assert_compression(const struct unit_tree *tree, const void *bytes,
			       size_t length, const char *expected)
{
	_cleanup_free_ char *path = mem_textf("%s/vmlinuz", tree->path);
	FILE *file = fopen(path, "w");
	const char *found;

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
	found = kernel_image_read(&tree->fs, "vmlinuz").compression;
	if (expected)
		assert_string_equal(found, expected);
	else
		assert_null(found);
}

/* A header of the boot protocol with one setup sector; its payload is 16 bytes behind. */
static void make_image(uint8_t image[2048], const char *magic, size_t length)
{
	memset(image, 0, 2048);
	memcpy(image, "MZ", 2);
	image[0x1f1] = 1;
	memcpy(image + 0x202, "HdrS\x0f\x02", 6);
	image[0x248] = 16;
	memcpy(image + 1024 + 16, magic, length);
}

static void a_payload_is_known_by_its_first_bytes(void **state)
{
	static const struct {
		const char *magic, *name;
	} known[] = {
		{"\x1f\x8b", "gzip"},
		{"\x1f\x9e", "gzip"},
		{"BZh9", "bzip2"},
		{"\xfd"
		 "7zX",
		 "xz"},
		{"\x89LZO", "lzo"},
		{"\x02\x21\x4c\x18", "lz4"},
		{"\x28\xb5\x2f\xfd", "zstd"},
		{"\177ELF", "none"},
		{"\x01\x02\x03\x04", NULL},
	};
	uint8_t image[2048];

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		make_image(image, known[i].magic, strlen(known[i].magic));
		assert_compression(*state, image, sizeof(image), known[i].name);
	}
	make_image(image, "\x5d\0\0", 3);
	assert_compression(*state, image, sizeof(image), "lzma");
}

static void no_setup_sectors_are_four(void **state)
{
	uint8_t image[4096] = {0};

	make_image(image, "", 0);
	image[0x1f1] = 0;
	memcpy(image + 5 * 512 + 16, "\x28\xb5", 2);
	assert_compression(*state, image, sizeof(image), "zstd");
}

static void what_has_no_payload_is_unknown(void **state)
{
	uint8_t image[2048];

	make_image(image, "\x1f\x8b", 2);
	memcpy(image + 0x206, "\x07\x02", 2); /* before payloads were told */
	assert_compression(*state, image, sizeof(image), NULL);
	make_image(image, "\x1f\x8b", 2);
	memset(image + 0x248, 0xff, 4);
	assert_compression(*state, image, sizeof(image), NULL);
	make_image(image, "\x1f\x8b", 2);
	assert_compression(*state, image, 0x24f, NULL);
	assert_compression(*state, "", 0, NULL);
}

static void a_whole_that_is_compressed_tells_at_its_start(void **state)
{
	assert_compression(*state, "\x1f\x8b\x08", 3, "gzip");
	assert_compression(*state, "\177ELF", 4, "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(a_payload_is_known_by_its_first_bytes),
		unit_test_in_tree(no_setup_sectors_are_four),
		unit_test_in_tree(what_has_no_payload_is_unknown),
		unit_test_in_tree(a_whole_that_is_compressed_tells_at_its_start),
	};

	return cmocka_run_group_tests_name("kernel-image", tests, NULL, NULL);
}
