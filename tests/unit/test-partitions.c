/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Partition files: the order of volumes, and what is refused. */
#include <errno.h>
#include <string.h>

#include "guest/partitions.h"
#include "unit.h"

#define ROOT "[root]\nsize=1G\ntype=ext4\nmountpoint=/\n"

static int read_text(const char *text, struct partition_list *list, struct err *err)
{
	return partition_list_read("p", text, strlen(text), list, err);
}

/* "NAME MIB FS MOUNTPOINT OPTIONS|" of each. */
static void assert_list(const char *text, const char *wanted)
{
	struct partition_list list = {0};
	_cleanup_err_ struct err err = {0};
	_cleanup_str_ struct str found = {0};

	if (read_text(text, &list, &err) < 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < list.count; i++)
		str_addf(&found, "%s %ju %s %s %s|", list.item[i].name,
			 (uintmax_t)(list.item[i].size >> 20), list.item[i].fs,
			 list.item[i].mountpoint ? list.item[i].mountpoint : "-",
			 list.item[i].options);
	assert_string_equal(str_text(&found), wanted);
	partition_list_clear(&list);
}

static void assert_wrong(const char *text, const char *wanted)
{
	struct partition_list list = {0};
	_cleanup_err_ struct err err = {0};

	assert_int_equal(read_text(text, &list, &err), -EINVAL);
	assert_string_equal(err.text, wanted);
	assert_int_equal(list.count, 0);
}

static void swap_comes_first_then_the_shortest_mount_point(void **state)
{
	(void)state;
	assert_list("[var-tmp]\nsize=1.5G\ntype=xfs\nmountpoint=/var/tmp\n"
		    "options=nodev,nosuid\n" ROOT "[swap]\nsize=2Gb\ntype=swap\n"
		    "[var]\nsize=4G\ntype=xfs\nmountpoint=/var\n",
		    "swap 2048 swap - sw|root 1024 ext4 / defaults|"
		    "var 4096 xfs /var defaults|var-tmp 1536 xfs /var/tmp nodev,nosuid|");
}

static void equal_lengths_stay_as_in_the_file(void **state)
{
	(void)state;
	assert_list("[b]\nsize=1G\ntype=ext4\nmountpoint=/usr\n"
		    "[a]\nsize=1G\ntype=ext4\nmountpoint=/opt\n" ROOT,
		    "root 1024 ext4 / defaults|b 1024 ext4 /usr defaults|"
		    "a 1024 ext4 /opt defaults|");
}

static void comments_blanks_and_empty_options(void **state)
{
	(void)state;
	assert_list("# one\n; two\n\n  [root]  \n size = 512M \ntype = btrfs\r\n"
		    "mountpoint = /\noptions =\n",
		    "root 512 btrfs / defaults|");
}

static void what_is_refused(void **state)
{
	(void)state;
	assert_wrong("", "p:0: no volume is mounted at '/'");
	assert_wrong("size=1G\n", "p:1: before the first section: 'size=1G'");
	assert_wrong("[root\n", "p:1: no section: '[root'");
	assert_wrong("[../x]\n", "p:1: a volume's name has letters, digits and '-' only: "
				 "'../x'");
	assert_wrong(ROOT "[root]\n", "p:5: a second section 'root'");
	assert_wrong("[root]\nsize=x\n", "p:2: no size: 'x'");
	assert_wrong("[root]\ntype=reiserfs\n",
		     "p:2: no file system that can be made: 'reiserfs'");
	assert_wrong("[root]\nsise=1G\n", "p:2: a volume has size, type, mountpoint and "
					  "options, no 'sise'");
	assert_wrong("[root]\nsize\n", "p:2: not 'key = value': 'size'");
	assert_wrong("[root]\ntype=ext4\nmountpoint=/\n",
		     "p:3: no size or no type is set for 'root'");
	assert_wrong("[a]\nsize=1G\ntype=ext4\n", "p:3: no mountpoint is set for 'a'");
	assert_wrong("[s]\nsize=1G\ntype=swap\nmountpoint=/s\n" ROOT,
		     "p:8: swap space is not mounted: 's'");
	assert_wrong(ROOT "[b]\nsize=1G\ntype=ext4\nmountpoint=/\n",
		     "p:8: two volumes are mounted at '/'");
	assert_wrong("[a]\nsize=1G\ntype=ext4\nmountpoint=/a\n",
		     "p:4: no volume is mounted at '/'");
	assert_wrong("[a]\noptions=a:b\n", "p:2: a blank or colon in 'a:b'");
}

static void a_mount_point_leads_nowhere_else(void **state)
{
	const char *const paths[] = {"var", "/..", "/a/../b", "/./a",	"/a//b",
				     "/a/", "//",  "/a/..",   "/../etc"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		_cleanup_free_ char *text = mem_textf("[a]\nmountpoint=%s\n", paths[i]);
		_cleanup_free_ char *wanted =
			mem_textf("p:2: no absolute path: '%s'", paths[i]);

		assert_wrong(text, wanted);
	}
	assert_list(ROOT "[a]\nsize=1G\ntype=ext4\nmountpoint=/..a/.b\n",
		    "root 1024 ext4 / defaults|a 1024 ext4 /..a/.b defaults|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(swap_comes_first_then_the_shortest_mount_point),
		cmocka_unit_test(equal_lengths_stay_as_in_the_file),
		cmocka_unit_test(comments_blanks_and_empty_options),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(a_mount_point_leads_nowhere_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
