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

/* What a path leads to may be another guest's: its text says whose it is. */
static void a_volume_has_two_paths(void **state)
{
	(void)state;
	assert_true(storage_lvm_is_path("/dev/vg-0/web-disk", "vg-0", "web-disk"));
	assert_true(
		storage_lvm_is_path("/dev/mapper/vg--0-web--disk", "vg-0", "web-disk"));
	assert_false(storage_lvm_is_path("/dev/vg-0/web-disk", "vg-0", "db-disk"));
	assert_false(storage_lvm_is_path("/dev/vg-0/web-disk", "vg-1", "web-disk"));
	assert_false(storage_lvm_is_path("/dev/dm-0", "vg-0", "web-disk"));
	assert_false(storage_lvm_is_path("/dev/links/web-disk", "vg-0", "web-disk"));
}

static void room_is_what_is_free_until_it_is_nearly_full(void **state)
{
	(void)state;
	assert_int_equal(storage_room(1000, 1000), 900);
	assert_int_equal(storage_room(1000, 101), 1);
	assert_int_equal(storage_room(1000, 100), 0);
	assert_int_equal(storage_room(1000, 7), 0);
}

static void a_pool_has_as_much_as_its_blocks(void **state)
{
	const char *table = "254:1 254:2 128 0 1 skip_block_zeroing";

	(void)state;
	assert_int_equal(storage_pool_size(table, "3 10/4096 5/16384 - rw no_discard"),
			 1024 * MIB);
	assert_int_equal(storage_pool_size(table, "Fail"), 0);
	assert_int_equal(storage_pool_size("", "3 10/4096 5/16384 -"), 0);
}

/* A guest's holes are promises; what a build writes is not. */
static void what_is_written_now_must_be_free(void **state)
{
	const struct storage storage = {.kind = STORAGE_DIR, .dir = TREE(state)->path};
	_cleanup_err_ struct err err = {0};

	assert_int_equal(storage_check(&storage, UINT64_MAX / 2, NULL), 0);
	assert_int_equal(storage_check_free(&storage, 0, NULL), 0);
	assert_int_equal(storage_check_free(&storage, UINT64_MAX / 2, &err), -ENOSPC);
	assert_non_null(strstr(err.text, "8796093022207 MiB wanted"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_those_of_xen_tools),
		cmocka_unit_test(a_given_device_is_found_by_its_name),
		unit_test_in_tree(a_copy_has_the_same_bytes_and_the_holes),
		unit_test_in_tree(zeros_that_are_written_are_not_copied),
		unit_test_in_tree(no_old_byte_is_left),
		cmocka_unit_test(a_volume_has_two_paths),
		cmocka_unit_test(room_is_what_is_free_until_it_is_nearly_full),
		cmocka_unit_test(a_pool_has_as_much_as_its_blocks),
		unit_test_in_tree(what_is_written_now_must_be_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
