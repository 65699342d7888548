/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest gets from dom0, and its hosts file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "guest/identity-parts.h"
#include "unit.h"

#define SKELETON "etc/xen-tools/skel/"

/* Two roots below one tree. */
static struct fs root_of(const struct unit_tree *tree, const char *name)
{
	_cleanup_free_ char *path = mem_textf("%s/%s", tree->path, name);
	struct fs fs = FS_CLOSED;

	assert_int_equal(fs_open(path, &fs, NULL), 0);
	return fs;
}

static int run_step(const struct unit_tree *tree, struct guest *guest,
		    int (*step)(struct identity *id, struct err *err), struct err *err)
{
	_cleanup_fs_ struct fs root = root_of(tree, "guest"),
			       host = root_of(tree, "dom0");
	struct identity id = {.guest = guest, .root = &root, .host = &host};

	return step(&id, err);
}

static void copy(const struct unit_tree *tree)
{
	_cleanup_err_ struct err err = {0};
	struct guest guest = {0};

	if (run_step(tree, &guest, identity_copies, &err) < 0)
		fail_msg("%s", err.text);
}

static void assert_text(const struct unit_tree *tree, const char *path, const char *text)
{
	_cleanup_str_ struct str found = {0};

	assert_int_equal(fs_read(&tree->fs, path, 4096, &found, NULL), 0);
	assert_string_equal(str_text(&found), text);
}

static void the_skeleton_lies_over_the_guest_with_its_modes_and_links(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_free_ char *script =
		mem_textf("%s/dom0/" SKELETON "usr/local/bin/tool", tree->path);
	_cleanup_free_ char *target = NULL;
	struct stat st;

	unit_file(tree, "dom0/" SKELETON "usr/local/bin/tool", "#!/bin/sh\n");
	assert_int_equal(chmod(script, 0750), 0);
	unit_file(tree, "dom0/" SKELETON "etc/motd", "new\n");
	unit_link(tree, "dom0/" SKELETON "etc/link", "/etc/motd");
	unit_file(tree, "guest/etc/motd", "old\n");
	unit_file(tree, "guest/etc/other", "stays\n");
	copy(tree);
	assert_text(tree, "guest/etc/motd", "new\n");
	assert_text(tree, "guest/etc/other", "stays\n");
	assert_int_equal(fs_stat(&tree->fs, "guest/usr/local/bin/tool", &st, NULL), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(fs_readlink(&tree->fs, "guest/etc/link", &target, NULL), 0);
	assert_string_equal(target, "/etc/motd");
}

static void a_skeleton_with_a_fifo_is_refused(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_free_ char *fifo = mem_textf("%s/dom0/" SKELETON "etc/fifo", tree->path);
	_cleanup_err_ struct err err = {0};
	struct guest guest = {0};

	unit_dir(tree, "guest");
	unit_dir(tree, "dom0/" SKELETON "etc");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(run_step(tree, &guest, identity_copies, &err), -EINVAL);
	assert_string_equal(err.text, "'" SKELETON "etc/fifo': neither a file, a "
				      "directory nor a symbolic link");
}

static void a_time_zone_that_the_guest_has_is_a_link(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_free_ char *target = NULL;

	unit_file(tree, "dom0/usr/share/zoneinfo/Asia/Tokyo", "TZif");
	unit_link(tree, "dom0/etc/localtime", "/usr/share/zoneinfo/Asia/Tokyo");
	unit_file(tree, "guest/usr/share/zoneinfo/Asia/Tokyo", "TZif");
	copy(tree);
	assert_int_equal(fs_readlink(&tree->fs, "guest/etc/localtime", &target, NULL), 0);
	assert_string_equal(target, "/usr/share/zoneinfo/Asia/Tokyo");
}

static void a_time_zone_that_the_guest_has_not_is_copied(void **state)
{
	struct unit_tree *tree = *state;

	unit_file(tree, "dom0/usr/share/zoneinfo/Asia/Tokyo", "TZif-tokyo");
	unit_link(tree, "dom0/etc/localtime", "/usr/share/zoneinfo/Asia/Tokyo");
	unit_file(tree, "guest/usr/share/zoneinfo/Etc/UTC", "TZif-utc");
	unit_link(tree, "guest/etc/localtime", "/usr/share/zoneinfo/Etc/UTC");
	copy(tree);
	assert_text(tree, "guest/etc/localtime", "TZif-tokyo");
	assert_text(tree, "guest/usr/share/zoneinfo/Etc/UTC", "TZif-utc");
}

static void what_kept_services_from_starting_is_removed(void **state)
{
	struct unit_tree *tree = *state;

	unit_dir(tree, "dom0");
	unit_file(tree, "guest/usr/sbin/policy-rc.d", "exit 101\n");
	copy(tree);
	assert_false(fs_exists(&tree->fs, "guest/usr/sbin/policy-rc.d"));
}

static void write_name(const struct unit_tree *tree, bool has_copied_hosts)
{
	char name[] = "web";
	_cleanup_err_ struct err err = {0};
	struct guest guest = {.name = name, .has_copied_hosts = has_copied_hosts};

	unit_dir(tree, "guest");
	unit_file(tree, "dom0/etc/hosts",
		  "127.0.0.1\tlocalhost\n127.0.1.1\tdom0\n192.0.2.1\trouter\n");
	if (run_step(tree, &guest, identity_name, &err) < 0)
		fail_msg("%s", err.text);
}

/* dom0's own name must not become one of the guest. */
static void copied_hosts_lack_the_one_that_is_dom0_itself(void **state)
{
	write_name(*state, true);
	assert_text(*state, "guest/etc/hosts",
		    "127.0.0.1\tlocalhost\n192.0.2.1\trouter\n127.0.1.1 web\n");
}

/* guests.md, 1.18: copyhosts = 0 copied them. */
static void defect_6_hosts_that_are_not_asked_for_are_not_copied(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_str_ struct str hosts = {0};

	write_name(tree, false);
	assert_int_equal(fs_read(&tree->fs, "guest/etc/hosts", 4096, &hosts, NULL), 0);
	assert_null(strstr(hosts.text, "192.0.2.1"));
	assert_non_null(strstr(hosts.text, "127.0.1.1 web\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(
			the_skeleton_lies_over_the_guest_with_its_modes_and_links),
		unit_test_in_tree(a_skeleton_with_a_fifo_is_refused),
		unit_test_in_tree(a_time_zone_that_the_guest_has_is_a_link),
		unit_test_in_tree(a_time_zone_that_the_guest_has_not_is_copied),
		unit_test_in_tree(what_kept_services_from_starting_is_removed),
		unit_test_in_tree(copied_hosts_lack_the_one_that_is_dom0_itself),
		unit_test_in_tree(defect_6_hosts_that_are_not_asked_for_are_not_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
