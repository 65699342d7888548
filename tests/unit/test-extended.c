/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Superblocks of ext file systems: what is not one that we know is left to tune2fs. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "guest/extended.h"
#include "unit.h"

#define TREE(state) ((struct unit_tree *)*(state))
#define UUID "6b1c2d3e-4f50-4a61-8b72-9c83ad94be01"

static char *make(void **state, off_t size)
{
	char *path = mem_textf("%s/image", TREE(state)->path);

	unit_file(TREE(state), "image", "");
	assert_int_equal(truncate(path, size), 0);
	return path;
}

static void too_short_for_a_superblock(void **state)
{
	_cleanup_err_ struct err err = {0};
	_cleanup_free_ char *path = make(state, 1500);

	assert_int_equal(extended_rename(path, UUID, &err), -EIO);
	assert_false(extended_is_filling(path));
}

static void what_has_no_superblock_is_not_written(void **state)
{
	_cleanup_err_ struct err err = {0};
	_cleanup_free_ char *path = make(state, 1 << 20);
	struct stat st;

	assert_true(extended_rename(path, UUID, &err) < 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_blocks, 0);
	assert_false(extended_is_filling(path));
}

static void a_shift_that_is_too_large_is_not_taken(void **state)
{
	_cleanup_free_ char *path = make(state, 1 << 20);
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_int_equal(pwrite(fd, "\xff\xff\xff\xff", 4, 1024 + 0x18), 4);
	assert_false(extended_is_filling(path));
	assert_int_equal(pwrite(fd, "\x02\x00\x00\x00", 4, 1024 + 0x18), 4);
	assert_int_equal(pwrite(fd, "\x00\x01\x00\x00", 4, 1024 + 0x04), 4);
	assert_true(extended_is_filling(path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(too_short_for_a_superblock),
		unit_test_in_tree(what_has_no_superblock_is_not_written),
		unit_test_in_tree(a_shift_that_is_too_large_is_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
