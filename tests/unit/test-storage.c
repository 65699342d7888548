/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where volumes are, and copies of their bytes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/storage-parts.h"
#include "unit.h"

#define TREE(state) ((struct unit_tree *)*(state))
#define MIB ((size_t)1 << 20)

static void assert_path(const struct storage *storage, const char *guest,
			const char *name, const char *wanted)
{
	_cleanup_free_ char *path = storage_path(storage, guest, name);

	assert_string_equal(path, wanted);
}

static void paths_are_those_of_xen_tools(void **state)
{
	char vg[] = "vg0", pool[] = "pool", dir[] = "/srv/xen";
	const struct storage lvm = {.kind = STORAGE_LVM, .vg = vg};
	const struct storage thin = {.kind = STORAGE_THIN, .vg = vg, .pool = pool};
	const struct storage files = {.kind = STORAGE_DIR, .dir = dir};

	(void)state;
	assert_path(&lvm, "web", "disk", "/dev/vg0/web-disk");
	assert_path(&thin, "web", "swap", "/dev/vg0/web-swap");
	assert_path(&files, "web", "disk", "/srv/xen/domains/web/disk.img");
	assert_path(&lvm, STORAGE_TEMPLATES, "0a", "/dev/vg0/xenhost_template-0a");
	assert_path(&files, STORAGE_TEMPLATES, "0a", "/srv/xen/templates/0a.img");
}

static void a_given_device_is_found_by_its_name(void **state)
{
	_cleanup_storage_ struct storage storage = {.kind = STORAGE_DEVICE};

	(void)state;
	str_list_add(&storage.device, "disk2=/dev/sdb");
	str_list_add(&storage.device, "disk=/dev/sdc=1");
	assert_path(&storage, "web", "disk", "/dev/sdc=1");
	assert_path(&storage, "web", "disk2", "/dev/sdb");
	assert_null(storage_path(&storage, "web", "swap"));
}

static int open_in(void **state, const char *name)
{
	_cleanup_free_ char *path = mem_textf("%s/%s", TREE(state)->path, name);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	return fd;
}

static void put(int fd, const char *text, size_t offset)
{
	assert_int_equal(pwrite(fd, text, strlen(text), (off_t)offset), strlen(text));
}

static void assert_same(int a, int b, size_t length)
{
	_cleanup_free_ char *bytes_a = mem_alloc(length), *bytes_b = mem_alloc(length);

	assert_int_equal(pread(a, bytes_a, length, 0), length);
	assert_int_equal(pread(b, bytes_b, length, 0), length);
	assert_memory_equal(bytes_a, bytes_b, length);
}

/* Bytes at all kinds of edges: of blocks, of buffers, of the whole. */
static void fill(int fd, size_t length)
{
	assert_int_equal(ftruncate(fd, (off_t)length), 0);
	put(fd, "first", 0);
	put(fd, "over a block's edge", (64 << 10) - 5);
	put(fd, "one block", 640 << 10);
	put(fd, "over a buffer's edge", 4 * MIB - 5);
	put(fd, "x", 6 * MIB);
	put(fd, "last", length - 4);
}

static void a_copy_has_the_same_bytes_and_the_holes(void **state)
{
	_cleanup_close_ int from = open_in(state, "from"), to = open_in(state, "to");
	size_t length = 9 * MIB + 4097;
	struct stat st;

	fill(from, length);
	assert_int_equal(ftruncate(to, (off_t)length), 0);
	assert_int_equal(storage_copy(from, to, length, false, NULL), 0);
	assert_same(from, to, length);
	assert_int_equal(fstat(to, &st), 0);
	assert_true(st.st_blocks * 512 < (off_t)(2 * MIB));
}

static void zeros_that_are_written_are_not_copied(void **state)
{
	_cleanup_close_ int from = open_in(state, "from"), to = open_in(state, "to");
	_cleanup_free_ char *zeros = mem_alloc(2 * MIB);
	struct stat st;

	assert_int_equal(write(from, zeros, 2 * MIB), 2 * MIB);
	assert_int_equal(ftruncate(to, (off_t)(2 * MIB)), 0);
	assert_int_equal(storage_copy(from, to, 2 * MIB, false, NULL), 0);
	assert_int_equal(fstat(to, &st), 0);
	assert_int_equal(st.st_blocks, 0);
}

static void no_old_byte_is_left(void **state)
{
	_cleanup_close_ int from = open_in(state, "from"), to = open_in(state, "to");
	size_t length = 9 * MIB + 4097;
	_cleanup_free_ char *old = mem_alloc(length);

	memset(old, 'O', length);
	fill(from, length);
	assert_int_equal(write(to, old, length), length);
	assert_int_equal(storage_copy(from, to, length, true, NULL), 0);
	assert_same(from, to, length);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_those_of_xen_tools),
		cmocka_unit_test(a_given_device_is_found_by_its_name),
		unit_test_in_tree(a_copy_has_the_same_bytes_and_the_holes),
		unit_test_in_tree(zeros_that_are_written_are_not_copied),
		unit_test_in_tree(no_old_byte_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
