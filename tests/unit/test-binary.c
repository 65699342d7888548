/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a hypervisor's file is, by its content. */
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#include "host/binary.h"
#include "unit.h"

#define SIZE (40 << 10)

static void put(uint8_t *bytes, uint32_t number)
{
	for (size_t i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(number >> (8 * i));
}

/* An ELF file with a header of multiboot2 at a place. */
static void make_elf(uint8_t bytes[SIZE], size_t at)
{
	memset(bytes, 0, SIZE);
	memcpy(bytes, "\177ELF", 4);
	put(bytes + at, 0xe85250d6);
	put(bytes + at + 8, 16);
	put(bytes + at + 12, 0U - 0xe85250d6 - 16);
}

static size_t pack(const uint8_t *bytes, size_t length, uint8_t *packed, size_t room)
{
	z_stream stream = {0};

	assert_int_equal(
		deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
		Z_OK);
	stream.next_in = bytes;
	stream.avail_in = (uInt)length;
	stream.next_out = packed;
	stream.avail_out = (uInt)room;
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(deflateEnd(&stream), Z_OK);
	return room - stream.avail_out;
}

static void headers_are_found_where_the_specification_allows_them(void **state)
{
	static const size_t good[] = {8, 64, 32760 - 16}, bad[] = {4, 68, 32768};
	uint8_t bytes[SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		make_elf(bytes, good[i]);
		assert_int_equal(binary_judge(bytes, SIZE).protocol, BINARY_MULTIBOOT2);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		make_elf(bytes, bad[i]);
		assert_int_equal(binary_judge(bytes, SIZE).protocol, BINARY_UNBOOTABLE);
	}
}

static void a_wrong_checksum_is_no_header(void **state)
{
	uint8_t bytes[SIZE];

	(void)state;
	make_elf(bytes, 64);
	bytes[64 + 12] ^= 1;
	assert_int_equal(binary_judge(bytes, SIZE).protocol, BINARY_UNBOOTABLE);
	/* Of another processor: MIPS. */
	make_elf(bytes, 64);
	put(bytes + 64 + 4, 4);
	put(bytes + 64 + 12, 0U - 0xe85250d6 - 4 - 16);
	assert_int_equal(binary_judge(bytes, SIZE).protocol, BINARY_UNBOOTABLE);
}

static void what_is_in_a_gzip_counts(void **state)
{
	uint8_t bytes[SIZE], packed[2 * SIZE];
	struct binary binary;
	size_t length;

	(void)state;
	make_elf(bytes, 4096);
	length = pack(bytes, SIZE, packed, sizeof(packed));
	binary = binary_judge(packed, length);
	assert_string_equal(binary.format, "gzip");
	assert_true(binary.is_elf);
	assert_int_equal(binary.protocol, BINARY_MULTIBOOT2);
	/* Cut short it still tells what it has. */
	assert_true(binary_judge(packed, length - 9).is_elf);
	binary = binary_judge((const uint8_t *)"\x1f\x8b\x08\x00nothing", 11);
	assert_string_equal(binary.format, "gzip");
	assert_false(binary.is_whole);
	length = pack((const uint8_t *)"text", 4, packed, sizeof(packed));
	binary = binary_judge(packed, length);
	assert_true(binary.is_whole);
	assert_false(binary.is_elf);
}

static void programs_for_uefi_are_told_by_their_processor(void **state)
{
	uint8_t bytes[512] = "MZ";

	(void)state;
	bytes[0x3c] = 0x80;
	memcpy(bytes + 0x80, "PE\0\0\x64\x86", 6);
	assert_string_equal(binary_judge(bytes, sizeof(bytes)).format, "efi");
	assert_int_equal(binary_judge(bytes, sizeof(bytes)).protocol, BINARY_UNBOOTABLE);
	memcpy(bytes + 0x84, "\x64\xaa", 2);
	assert_int_equal(binary_judge(bytes, sizeof(bytes)).protocol, BINARY_ARM64);
	/* A header that is said to be beyond the file. */
	put(bytes + 0x3c, 0xfffffffe);
	assert_int_equal(binary_judge(bytes, sizeof(bytes)).protocol, BINARY_UNBOOTABLE);
}

static void all_else_is_nothing(void **state)
{
	(void)state;
	assert_null(binary_judge((const uint8_t *)"", 0).format);
	assert_null(binary_judge((const uint8_t *)"MZ", 2).format);
	assert_null(binary_judge((const uint8_t *)"console=vga\n", 12).format);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_found_where_the_specification_allows_them),
		cmocka_unit_test(a_wrong_checksum_is_no_header),
		cmocka_unit_test(what_is_in_a_gzip_counts),
		cmocka_unit_test(programs_for_uefi_are_told_by_their_processor),
		cmocka_unit_test(all_else_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
