/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's disk is somebody else's: whatever is where an identity writes or reads, nothing
 * leads out of it, nothing waits for ever, and each refusal is one line.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/identity.h"
#include "unit.h"

/* What a guest of Debian 12 has; what a test puts in place of it comes before. */
static void fill(const struct unit_tree *tree)
{
	static const char *const files[] = {
		"usr/lib/systemd/systemd", "usr/lib/systemd/network/99-default.link",
		"usr/sbin/ifup", "boot/vmlinuz-6.1.0", "boot/initrd.img-6.1.0"};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (!fs_exists(&tree->fs, files[i]))
			unit_file(tree, files[i], "");
	if (!fs_exists(&tree->fs, "etc/network"))
		unit_dir(tree, "etc/network");
	if (!fs_exists(&tree->fs, "etc/shadow"))
		unit_file(tree, "etc/shadow", "root:*:1::::::\n");
}

static int write_typed(const struct unit_tree *tree, enum guest_type type,
		       struct err *err)
{
	struct guest_volume volume = {.device = mem_text("xvda2"),
				      .fs = mem_text("ext4"),
				      .mountpoint = mem_text("/"),
				      .uuid = "11111111-2222-3333-4444-555555555555"};
	struct guest_nic nic = {.mac = "00:16:3e:00:00:01", .is_dhcp = true};
	_cleanup_free_ char *name = mem_text("web"), *password = NULL,
			    *key = mem_text("ssh-ed25519 AAAA one");
	struct guest guest = {.name = name,
			      .type = type,
			      .volume = &volume,
			      .volume_count = 1,
			      .nic = &nic,
			      .nic_count = 1,
			      .ssh_keys = {.item = &key, .count = 1}};
	_cleanup_fs_ struct fs host = FS_CLOSED;
	int rc;

	/* A dom0 without files for guests. */
	assert_int_equal(fs_open("/proc", &host, NULL), 0);
	rc = identity_write(&guest, &tree->fs, &host, &password, err);
	free(volume.device);
	free(volume.fs);
	free(volume.mountpoint);
	return rc;
}

static int write_to(const struct unit_tree *tree, struct err *err)
{
	return write_typed(tree, GUEST_PVH, err);
}

static void assert_refused(const struct unit_tree *tree, const char *words)
{
	_cleanup_err_ struct err err = {0};

	fill(tree);
	assert_true(write_to(tree, &err) < 0);
	assert_string_equal(err.text, words);
	assert_null(strchr(err.text, '\n'));
}

static void assert_accepted(const struct unit_tree *tree)
{
	_cleanup_err_ struct err err = {0};

	fill(tree);
	if (write_to(tree, &err) < 0)
		fail_msg("%s", err.text);
}

static void make_fifo(const struct unit_tree *tree, const char *path)
{
	_cleanup_free_ char *full = mem_textf("%s/%s", tree->path, path);

	assert_int_equal(mkfifo(full, 0600), 0);
}

static void what_it_is_made_of_is_accepted(void **state)
{
	assert_accepted(*state);
}

static void a_directory_where_a_file_belongs_is_refused(void **state)
{
	unit_dir(*state, "etc/hostname");
	assert_refused(*state, "host name: write 'etc/hostname': not a regular file");
}

static void a_fifo_is_not_waited_for(void **state)
{
	unit_dir(*state, "etc");
	make_fifo(*state, "etc/fstab");
	assert_refused(*state, "fstab: write 'etc/fstab': not a regular file");
}

static void a_fifo_that_would_be_read_is_not_waited_for(void **state)
{
	unit_dir(*state, "etc");
	make_fifo(*state, "etc/shadow");
	assert_refused(*state, "root's password: read 'etc/shadow': not a regular file");
}

static void a_file_where_a_directory_belongs_is_refused(void **state)
{
	unit_file(*state, "root", "");
	assert_refused(*state, "authorized keys: open 'root': Not a directory");
}

static void a_huge_file_is_refused(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_free_ char *path = mem_textf("%s/etc/shadow", tree->path);

	unit_file(tree, "etc/shadow", "");
	assert_int_equal(truncate(path, (off_t)1 << 40), 0);
	assert_refused(tree, "root's password: read 'etc/shadow': larger than 1048576 "
			     "bytes");
}

static void bytes_that_are_no_text_are_refused(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_free_ char *path = mem_textf("%s/etc/shadow", tree->path);

	unit_file(tree, "etc/shadow", "");
	assert_int_equal(truncate(path, 100), 0);
	assert_refused(tree, "root's password: read 'etc/shadow': not a text");
}

static void links_that_go_round_are_refused(void **state)
{
	unit_link(*state, "etc/hosts", "hosts.1");
	unit_link(*state, "etc/hosts.1", "hosts");
	assert_refused(*state, "host name: write 'etc/hosts': open 'etc/hosts': Too many "
			       "levels of symbolic links");
}

/* The outside is beside the tree: an absolute link, one with dots, and a directory's. */
static void links_to_the_outside_lead_nowhere(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_free_ char *outside = mem_textf("%s.outside", tree->path);
	_cleanup_free_ char *dots =
		mem_textf("../../../../../../../../..%s/ssh", outside);
	_cleanup_free_ char *hosts = mem_textf("%s/hosts", outside);
	_cleanup_free_ char *ssh = mem_textf("%s/ssh", outside);
	_cleanup_err_ struct err err = {0};

	assert_int_equal(mkdir(outside, 0755), 0);
	assert_int_equal(mkdir(ssh, 0755), 0);
	unit_link(tree, "etc/hosts", hosts);
	unit_link(tree, "root/.ssh", dots);
	unit_link(tree, "var/lib/systemd", outside);
	fill(tree);
	assert_true(write_to(tree, &err) < 0);
	/* Empty still, or they could not be removed. */
	assert_int_equal(rmdir(ssh), 0);
	assert_int_equal(rmdir(outside), 0);
}

/* They are refused for root's keys, where whose directory it is counts. */
static void a_link_for_the_directory_of_keys_is_refused(void **state)
{
	unit_dir(*state, "etc/other");
	unit_link(*state, "root/.ssh", "/etc/other");
	assert_refused(*state, "authorized keys: open 'root/.ssh': Not a directory");
}

static void names_that_mean_something_in_a_menu_are_no_kernels(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_str_ struct str menu = {0};

	unit_file(tree, "boot/vmlinuz-1\" { reboot }", "");
	unit_file(tree, "boot/vmlinuz-$(reboot)", "");
	unit_dir(tree, "boot/vmlinuz-directory");
	assert_accepted(tree);
	assert_int_equal(fs_read(&tree->fs, "boot/grub/grub.cfg", 4096, &menu, NULL), 0);
	assert_null(strstr(menu.text, "reboot"));
	assert_null(strstr(menu.text, "directory"));
	assert_non_null(strstr(menu.text, "vmlinuz-6.1.0"));
}

static void a_guest_without_a_kernel_is_refused(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_err_ struct err err = {0};

	fill(tree);
	assert_int_equal(fs_remove(&tree->fs, "boot/vmlinuz-6.1.0", NULL), 0);
	assert_int_equal(write_to(tree, &err), -ENOENT);
	assert_string_equal(err.text, "boot menu: the guest has no kernel in /boot");
}

/* The loader of a pv guest unpacks its kernel, and GRUB's knows no lz4 and no zstd. */
static void a_kernel_that_pvgrub_cannot_unpack_is_none_for_pv(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_err_ struct err err = {0};
	_cleanup_str_ struct str menu = {0};

	unit_file(tree, "boot/vmlinuz-6.1.0", "\x02\x21\x4c\x18");
	fill(tree);
	assert_int_equal(write_typed(tree, GUEST_PVH, &err), 0);
	assert_int_equal(write_typed(tree, GUEST_PV, &err), -ENOEXEC);
	assert_string_equal(
		err.text,
		"boot menu: pvgrub cannot start the guest's kernels as pv, they "
		"are packed by lz4: --boot-via pygrub, or --type pvh");
	unit_file(tree, "boot/vmlinuz-5.10.0",
		  "\xfd"
		  "7zX");
	assert_int_equal(write_typed(tree, GUEST_PV, &err), 0);
	assert_int_equal(fs_read(&tree->fs, "boot/grub/grub.cfg", 4096, &menu, NULL), 0);
	assert_non_null(strstr(menu.text, "vmlinuz-5.10.0"));
	assert_null(strstr(menu.text, "vmlinuz-6.1.0"));
}

static void a_guest_without_a_network_stack_is_refused(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_err_ struct err err = {0};

	fill(tree);
	assert_int_equal(fs_remove(&tree->fs, "usr/sbin/ifup", NULL), 0);
	assert_int_equal(write_to(tree, &err), -ENOENT);
	assert_true(str_starts(err.text, "network: the guest has none of netplan"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(what_it_is_made_of_is_accepted),
		unit_test_in_tree(a_directory_where_a_file_belongs_is_refused),
		unit_test_in_tree(a_fifo_is_not_waited_for),
		unit_test_in_tree(a_fifo_that_would_be_read_is_not_waited_for),
		unit_test_in_tree(a_file_where_a_directory_belongs_is_refused),
		unit_test_in_tree(a_huge_file_is_refused),
		unit_test_in_tree(bytes_that_are_no_text_are_refused),
		unit_test_in_tree(links_that_go_round_are_refused),
		unit_test_in_tree(links_to_the_outside_lead_nowhere),
		unit_test_in_tree(a_link_for_the_directory_of_keys_is_refused),
		unit_test_in_tree(names_that_mean_something_in_a_menu_are_no_kernels),
		unit_test_in_tree(a_guest_without_a_kernel_is_refused),
		unit_test_in_tree(a_kernel_that_pvgrub_cannot_unpack_is_none_for_pv),
		unit_test_in_tree(a_guest_without_a_network_stack_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
