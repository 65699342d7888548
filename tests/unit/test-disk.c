/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Partition tables of whole disks. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/run.h"
#include "guest/disk.h"
#include "guest/extent.h"
#include "unit.h"

#define MIB ((off_t)1 << 20)

static char *make_file(const struct unit_tree *tree, off_t size)
{
	char *path = mem_textf("%s/disk.img", tree->path);
	_cleanup_close_ int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, size), 0);
	return path;
}

/* What sfdisk(8), which is none of ours, finds. */
static void dump(const char *path, struct str *text)
{
	const char *const verify[] = {"sfdisk", "--verify", path, NULL};
	const char *const argv[] = {"sfdisk", "--dump", path, NULL};
	const struct run check = {.argv = verify, .output_limit = 65536};
	const struct run run = {.argv = argv, .output_limit = 65536};
	_cleanup_err_ struct err err = {0};

	if (run_capture(&check, text, &err) < 0)
		fail_msg("%s", err.text);
	assert_non_null(strstr(str_text(text), "No errors detected"));
	assert_int_equal(run_capture(&run, text, NULL), 0);
}

static void assert_part(const struct str *text, int number, const char *wanted)
{
	_cleanup_free_ char *start = mem_textf("disk.img%d : ", number);
	const char *found = strstr(str_text(text), start);

	assert_non_null(found);
	if (!str_starts(found + strlen(start), wanted))
		fail_msg("'%.80s', not '%s'", found, wanted);
}

static void a_disk_has_three_partitions(void **state)
{
	_cleanup_free_ char *path = make_file(*state, 256 * MIB);
	_cleanup_str_ struct str text = {0};

	assert_int_equal(disk_make(path, NULL), 0);
	dump(path, &text);
	assert_part(&text, 1,
		    "start=        2048, size=        2048, "
		    "type=21686148-6449-6E6F-744E-656564454649");
	assert_part(&text, 2,
		    "start=        4096, size=      131072, "
		    "type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B");
	assert_part(&text, 3,
		    "start=      135168, size=      387072, "
		    "type=0FC63DAF-8483-4772-8E79-3D69D8477DE4");
}

static void the_last_one_grows_with_the_disk(void **state)
{
	_cleanup_free_ char *path = make_file(*state, 256 * MIB);
	_cleanup_str_ struct str text = {0};

	assert_int_equal(disk_make(path, NULL), 0);
	assert_int_equal(truncate(path, 512 * MIB), 0);
	assert_int_equal(disk_fit(path, 0, NULL), 0);
	dump(path, &text);
	assert_part(&text, 3, "start=      135168, size=      911360, ");
}

static void a_disk_can_be_cut_behind_what_it_was_fitted_to(void **state)
{
	_cleanup_free_ char *path = make_file(*state, 512 * MIB);
	_cleanup_str_ struct str text = {0};

	assert_int_equal(disk_make(path, NULL), 0);
	assert_int_equal(disk_fit(path, 256 * MIB, NULL), 0);
	assert_int_equal(truncate(path, 256 * MIB), 0);
	dump(path, &text);
	assert_part(&text, 3, "start=      135168, size=      387072, ");
}

static void a_clone_has_identifiers_of_its_own(void **state)
{
	_cleanup_free_ char *path = make_file(*state, 256 * MIB);
	_cleanup_str_ struct str before = {0}, after = {0};
	const char *first, *second;

	assert_int_equal(disk_make(path, NULL), 0);
	dump(path, &before);
	assert_int_equal(disk_rename(path, NULL), 0);
	dump(path, &after);
	first = strstr(str_text(&before), "label-id: ");
	second = strstr(str_text(&after), "label-id: ");
	assert_true(first && second && strncmp(first, second, 46) != 0);
	first = strstr(str_text(&before), "uuid=");
	second = strstr(str_text(&after), "uuid=");
	assert_true(first && second && strncmp(first, second, 41) != 0);
	assert_part(&after, 3, "start=      135168, size=      387072, ");
}

static void a_disk_that_is_too_small_is_refused(void **state)
{
	_cleanup_free_ char *path = make_file(*state, 64 * MIB);
	_cleanup_err_ struct err err = {0};

	assert_int_equal(disk_make(path, &err), -EINVAL);
	assert_non_null(strstr(err.text, "a disk of 64 MiB has no room for that"));
}

static void what_has_no_table_of_ours_stays_as_it_is(void **state)
{
	_cleanup_free_ char *path = make_file(*state, 256 * MIB);
	_cleanup_err_ struct err err = {0};
	struct stat st;

	assert_int_equal(disk_fit(path, 0, &err), -EINVAL);
	assert_non_null(strstr(err.text, "has no partition table that we made"));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_blocks, 0);
}

static void boot_code_is_told_where_the_next_part_is(void **state)
{
	_cleanup_free_ char *path = make_file(*state, 256 * MIB);
	unsigned char boot[512], core[2048], read[512];
	_cleanup_close_ int fd = -1;
	_cleanup_str_ struct str text = {0};

	memset(boot, 0xaa, sizeof(boot));
	memset(core, 0xcc, sizeof(core));
	assert_int_equal(disk_make(path, NULL), 0);
	assert_int_equal(
		disk_install_boot(path, boot, sizeof(boot), core, sizeof(core), NULL), 0);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(pread(fd, read, sizeof(read), 0), sizeof(read));
	assert_memory_equal(read + 0x5c, "\x00\x08\0\0\0\0\0\0", 8);
	assert_int_equal(read[0], 0xaa);
	assert_int_equal(pread(fd, read, sizeof(read), 2048 * 512), sizeof(read));
	assert_memory_equal(read + 0x1f4, "\x01\x08\0\0\0\0\0\0", 8);
	assert_int_equal(read[0], 0xcc);
	dump(path, &text);
	/* And a table that is written anew leaves it. */
	assert_int_equal(disk_rename(path, NULL), 0);
	assert_int_equal(pread(fd, read, sizeof(read), 0), sizeof(read));
	assert_int_equal(read[0], 0xaa);
}

static void images_of_a_wrong_size_are_refused(void **state)
{
	_cleanup_free_ char *path = make_file(*state, 256 * MIB);
	unsigned char image[2048] = {0};

	assert_int_equal(disk_make(path, NULL), 0);
	assert_int_equal(disk_install_boot(path, image, 511, image, 2048, NULL), -EINVAL);
	assert_int_equal(disk_install_boot(path, image, 512, image, 512, NULL), -EINVAL);
	assert_int_equal(disk_install_boot(path, image, 512, image, 1048577, NULL),
			 -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(a_disk_has_three_partitions),
		unit_test_in_tree(the_last_one_grows_with_the_disk),
		unit_test_in_tree(a_disk_can_be_cut_behind_what_it_was_fitted_to),
		unit_test_in_tree(a_clone_has_identifiers_of_its_own),
		unit_test_in_tree(a_disk_that_is_too_small_is_refused),
		unit_test_in_tree(what_has_no_table_of_ours_stays_as_it_is),
		unit_test_in_tree(boot_code_is_told_where_the_next_part_is),
		unit_test_in_tree(images_of_a_wrong_size_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
