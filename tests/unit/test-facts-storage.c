/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about storage: from a mount through every layer down to PCI devices. */
#include <stdlib.h>
#include <string.h>

#include "host/facts-parts.h"
#include "unit.h"

#define DISK "../../devices/pci0000:00/0000:00:1c.0/0000:02:00.0/ata1/block/sda"
#define OTHER "../../devices/pci0000:00/0000:00:1f.2/ata2/block/sdb"

/* "/ ADDRESS...; /boot ADDRESS...;" */
static void assert_mounts(const struct unit_tree *tree, const char *expected)
{
	_cleanup_facts_ struct facts facts = {0};
	_cleanup_str_ struct str text = {0};

	facts_read_mounts(&tree->fs, &facts);
	for (size_t i = 0; i < facts.mount_count; i++) {
		str_add(&text, facts.mount[i].path);
		for (size_t j = 0; j < facts.mount[i].pci.count; j++)
			str_addf(&text, " %s", facts.mount[i].pci.item[j]);
		str_add(&text, ";");
	}
	assert_string_equal(str_text(&text), expected);
}

static void a_partition_is_on_every_device_of_its_path(void **state)
{
	struct unit_tree *tree = *state;

	unit_file(tree, "proc/self/mountinfo",
		  "25 1 8:2 / / rw shared:1 master:2 - ext4 /dev/root rw\n"
		  "26 25 8:1 / /boot rw - ext4 /dev/sda1 rw\n"
		  "27 25 8:3 / /srv rw - ext4 /dev/sda3 rw\n");
	unit_link(tree, "sys/dev/block/8:2", DISK "/sda2");
	unit_link(tree, "sys/class/block/sda2", DISK "/sda2");
	unit_link(tree, "sys/class/block/sda1", DISK "/sda1");
	assert_mounts(tree, "/ 0000:00:1c.0 0000:02:00.0;/boot 0000:00:1c.0 "
			    "0000:02:00.0;");
}

static void a_logical_volume_on_raid_is_on_all_its_disks(void **state)
{
	struct unit_tree *tree = *state;

	unit_file(tree, "proc/self/mountinfo",
		  "25 1 254:0 / / rw - ext4 /dev/mapper/vg-root rw\n");
	unit_link(tree, "sys/dev/block/254:0", "../../devices/virtual/block/dm-0");
	unit_dir(tree, "sys/devices/virtual/block/md0/slaves/sda");
	unit_dir(tree, "sys/devices/virtual/block/md0/slaves/sdb");
	unit_file(tree, "sys/devices/virtual/block/md0/md0p1/partition", "1\n");
	unit_dir(tree, "sys/devices/virtual/block/dm-0/slaves/md0p1");
	unit_link(tree, "sys/class/block/dm-0", "../../devices/virtual/block/dm-0");
	unit_link(tree, "sys/class/block/md0", "../../devices/virtual/block/md0");
	unit_link(tree, "sys/class/block/md0p1", "../../devices/virtual/block/md0/md0p1");
	unit_link(tree, "sys/class/block/sda", DISK);
	unit_link(tree, "sys/class/block/sdb", OTHER);
	assert_mounts(tree, "/ 0000:00:1c.0 0000:02:00.0 0000:00:1f.2;");
}

static void btrfs_is_on_all_its_devices(void **state)
{
	struct unit_tree *tree = *state;

	unit_file(tree, "proc/self/mountinfo",
		  "25 1 0:25 /@ / rw - btrfs /dev/mapper/disk rw,subvol=/@\n");
	unit_link(tree, "dev/mapper/disk", "../sda");
	unit_dir(tree, "sys/fs/btrfs/8e/devices/sda");
	unit_dir(tree, "sys/fs/btrfs/8e/devices/sdb");
	unit_dir(tree, "sys/fs/btrfs/9f/devices/sdc");
	unit_link(tree, "sys/class/block/sda", DISK);
	unit_link(tree, "sys/class/block/sdb", OTHER);
	unit_link(tree, "sys/class/block/sdc", "../../devices/0000:09:00.0/block/sdc");
	assert_mounts(tree, "/ 0000:00:1c.0 0000:02:00.0 0000:00:1f.2;");
}

static void an_nvme_namespace_is_on_its_controllers(void **state)
{
	struct unit_tree *tree = *state;

	unit_file(tree, "proc/self/mountinfo", "25 1 259:1 / / rw - ext4 /dev/x rw\n");
	unit_link(tree, "sys/dev/block/259:1",
		  "../../devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1/nvme0n1p1");
	unit_link(tree, "sys/class/block/nvme0n1p1",
		  "../../devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1/nvme0n1p1");
	unit_link(tree, "sys/class/nvme-subsystem/nvme-subsys0/nvme0",
		  "../../../pci0000:00/0000:05:00.0/nvme/nvme0");
	assert_mounts(tree, "/ 0000:05:00.0;");
}

static void the_last_mount_of_a_place_counts(void **state)
{
	struct unit_tree *tree = *state;

	unit_file(tree, "proc/self/mountinfo",
		  "25 1 8:0 / / rw - ext4 /dev/sda rw\n"
		  "26 1 8:1 / / rw - ext4 /dev/sdb rw\nnonsense\n");
	unit_link(tree, "sys/class/block/sda", DISK);
	unit_link(tree, "sys/class/block/sdb", OTHER);
	assert_mounts(tree, "/ 0000:00:1f.2;");
}

static void devices_that_are_their_own_slaves_end(void **state)
{
	struct unit_tree *tree = *state;

	unit_file(tree, "proc/self/mountinfo", "25 1 8:0 / / rw - ext4 /dev/a rw\n");
	unit_dir(tree, "sys/class/block/a/slaves/b");
	unit_dir(tree, "sys/class/block/b/slaves/a");
	assert_mounts(tree, "/;");
}

static void a_file_system_from_the_network_is_on_none(void **state)
{
	struct unit_tree *tree = *state;

	unit_file(tree, "proc/self/mountinfo", "25 1 0:9 / / rw - nfs host:/x rw\n");
	assert_mounts(tree, "/;");
}

static void mount_lines_are_taken_apart(void **state)
{
	static const char line[] =
		"36 35 98:0 /r /a\\040b\\134\\9 rw master:1 - ext3 /dev/x rw";
	static const char *const wrong[] = {"", "36 35 98:0 / /a rw",
					    "36 35 98:0 / /a rw -",
					    "36 35 98:0 / /a rw - ext3"};
	struct facts_mount mount = {0};
	_cleanup_free_ char *number = NULL;

	(void)state;
	assert_true(facts_mount_line(line, strlen(line), &number, &mount));
	assert_string_equal(number, "98:0");
	assert_string_equal(mount.path, "/a b\\\\9");
	assert_string_equal(mount.type, "ext3");
	assert_string_equal(mount.source, "/dev/x");
	free(mount.path);
	free(mount.type);
	free(mount.source);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(
			facts_mount_line(wrong[i], strlen(wrong[i]), &number, &mount));
}

static void assert_group(const char *mapped, const char *expected)
{
	_cleanup_free_ char *group = facts_volume_group(mapped);

	if (expected)
		assert_string_equal(group, expected);
	else
		assert_null(group);
}

static void the_group_ends_at_a_single_dash(void **state)
{
	(void)state;
	assert_group("vg0-root", "vg0");
	assert_group("my--vg-a--b", "my-vg");
	assert_group("crypt", NULL);
	assert_group("-x", NULL);
	assert_group("a/b-x", NULL);
	assert_group("", NULL);
	assert_group("a-", NULL);
}

static void groups_come_from_backups_and_volumes_in_use(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_facts_ struct facts facts = {0};

	unit_file(tree, "etc/lvm/backup/old", "");
	unit_file(tree, "etc/lvm/backup/vg0", "");
	unit_file(tree, "etc/lvm/backup/not a name", "");
	unit_file(tree, "sys/block/dm-0/dm/uuid", "LVM-abc\n");
	unit_file(tree, "sys/block/dm-0/dm/name", "vg0-root\n");
	unit_file(tree, "sys/block/dm-1/dm/uuid", "LVM-abd\n");
	unit_file(tree, "sys/block/dm-1/dm/name", "vg0-swap\n");
	unit_file(tree, "sys/block/dm-2/dm/uuid", "CRYPT-x\n");
	unit_file(tree, "sys/block/dm-2/dm/name", "other-x\n");
	unit_file(tree, "sys/block/dm-3/dm/uuid", "LVM-x\n");
	unit_file(tree, "sys/block/dm-3/dm/name", "a-x\n");
	facts_read_volume_groups(&tree->fs, true, &facts);
	assert_int_equal(facts.volume_group_count, 3);
	assert_string_equal(facts.volume_group[0].name, "a");
	assert_int_equal(facts.volume_group[0].is_active, FACTS_YES);
	assert_string_equal(facts.volume_group[1].name, "old");
	assert_int_equal(facts.volume_group[1].is_active, FACTS_NO);
	assert_string_equal(facts.volume_group[2].name, "vg0");
	assert_int_equal(facts.volume_group[2].is_active, FACTS_YES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(a_partition_is_on_every_device_of_its_path),
		unit_test_in_tree(a_logical_volume_on_raid_is_on_all_its_disks),
		unit_test_in_tree(btrfs_is_on_all_its_devices),
		unit_test_in_tree(an_nvme_namespace_is_on_its_controllers),
		unit_test_in_tree(the_last_mount_of_a_place_counts),
		unit_test_in_tree(devices_that_are_their_own_slaves_end),
		unit_test_in_tree(a_file_system_from_the_network_is_on_none),
		cmocka_unit_test(mount_lines_are_taken_apart),
		cmocka_unit_test(the_group_ends_at_a_single_dash),
		unit_test_in_tree(groups_come_from_backups_and_volumes_in_use),
	};

	return cmocka_run_group_tests_name("facts-storage", tests, NULL, NULL);
}
