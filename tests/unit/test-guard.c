/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has a volume: what mounts, domains and configurations tell. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "guest/guard-parts.h"
#include "unit.h"

#define TREE(state) ((struct unit_tree *)*(state))

static const char mountinfo[] =
	"22 1 253:0 / / rw,relatime shared:1 - ext4 /dev/mapper/vg0-root rw\n"
	"29 22 253:12 / /srv/a\\040b rw - xfs /dev/mapper/vg0-x rw\n"
	"30 22 0:25 / /tmp rw - tmpfs tmpfs rw\n";

static void a_mount_is_found_by_its_number(void **state)
{
	_cleanup_err_ struct err err = {0};

	(void)state;
	assert_int_equal(guard_mounts(mountinfo, makedev(253, 12), &err), -EBUSY);
	assert_string_equal(err.text, "it is mounted at '/srv/a\\040b'");
	assert_int_equal(guard_mounts(mountinfo, makedev(253, 1), &err), 0);
	assert_int_equal(guard_mounts(mountinfo, makedev(25, 312), &err), 0);
	assert_int_equal(guard_mounts("", makedev(253, 12), &err), 0);
	assert_int_equal(guard_mounts("1 2\n3\n\n", makedev(253, 12), &err), 0);
}

/* As in sysfs: a link by number, to a directory in that of its disk. */
static void a_partition_and_its_disk_are_the_same_bytes(void **state)
{
	const dev_t disk = makedev(8, 16), first = makedev(8, 17),
		    second = makedev(8, 18);
	const struct fs *root = &TREE(state)->fs;

	unit_file(TREE(state), "sys/devices/sdb/dev", "8:16\n");
	unit_file(TREE(state), "sys/devices/sdb/sdb1/partition", "1\n");
	unit_file(TREE(state), "sys/devices/sdb/sdb2/partition", "2\n");
	unit_dir(TREE(state), "sys/dev/block");
	unit_link(TREE(state), "sys/dev/block/8:16", "../../devices/sdb");
	unit_link(TREE(state), "sys/dev/block/8:17", "../../devices/sdb/sdb1");
	unit_link(TREE(state), "sys/dev/block/8:18", "../../devices/sdb/sdb2");
	assert_true(guard_overlaps(root, disk, first));
	assert_true(guard_overlaps(root, second, disk));
	assert_true(guard_overlaps(root, first, first));
	assert_false(guard_overlaps(root, first, second));
	assert_false(guard_overlaps(root, disk, makedev(253, 1)));
}

/* A multipath device may be another host's physical volume; a volume's bytes are a guest's. */
static void what_lvm_made_is_no_disk(void **state)
{
	const struct fs *root = &TREE(state)->fs;

	unit_file(TREE(state), "sys/dev/block/253:1/dm/uuid", "LVM-abc\n");
	unit_file(TREE(state), "sys/dev/block/253:2/dm/uuid", "mpath-360\n");
	unit_dir(TREE(state), "sys/dev/block/8:16");
	assert_true(guard_is_volume(root, makedev(253, 1)));
	assert_false(guard_is_volume(root, makedev(253, 2)));
	assert_false(guard_is_volume(root, makedev(8, 16)));
	assert_false(guard_is_volume(root, makedev(8, 32)));
}

static void partitions_are_those_of_the_disk(void **state)
{
	_cleanup_str_list_ struct str_list names = {0};
	const struct fs *root = &TREE(state)->fs;

	unit_file(TREE(state), "sys/devices/sdb/dev", "8:16\n");
	unit_file(TREE(state), "sys/devices/sdb/queue/depth", "1\n");
	unit_file(TREE(state), "sys/devices/sdb/sdb1/partition", "1\n");
	unit_file(TREE(state), "sys/devices/sdb/sdb2/partition", "2\n");
	unit_dir(TREE(state), "sys/dev/block");
	unit_link(TREE(state), "sys/dev/block/8:16", "../../devices/sdb");
	unit_link(TREE(state), "sys/dev/block/8:17", "../../devices/sdb/sdb1");
	assert_int_equal(guard_partitions(root, makedev(8, 17), &names, NULL), 0);
	assert_int_equal(guard_partitions(root, makedev(8, 32), &names, NULL), 0);
	assert_int_equal(names.count, 0);
	assert_int_equal(guard_partitions(root, makedev(8, 16), &names, NULL), 0);
	assert_int_equal(names.count, 2);
	assert_string_equal(names.item[0], "sdb1");
	assert_string_equal(names.item[1], "sdb2");
}

static void only_dom0_has_domains(void **state)
{
	const struct fs *root = &TREE(state)->fs;

	assert_false(guard_has_domains(root));
	unit_file(TREE(state), "sys/hypervisor/type", "kvm\n");
	assert_false(guard_has_domains(root));
	/* Without xenfs it cannot be known. */
	unit_file(TREE(state), "sys/hypervisor/type", "xen\n");
	assert_true(guard_has_domains(root));
	unit_file(TREE(state), "proc/xen/capabilities", "");
	assert_false(guard_has_domains(root));
	unit_file(TREE(state), "proc/xen/capabilities", "control_d\n");
	assert_true(guard_has_domains(root));
}

static void members_are_known_by_their_type(void **state)
{
	(void)state;
	assert_true(guard_is_member("LVM2_member"));
	assert_true(guard_is_member("linux_raid_member"));
	assert_false(guard_is_member("ext4"));
	assert_false(guard_is_member(""));
}

/* An image in the tree; its path, which the caller frees. */
static char *make_image(void **state, const char *name, struct stat *ret_stat)
{
	char *path = mem_textf("%s/%s", TREE(state)->path, name);

	unit_file(TREE(state), name, "x");
	assert_int_equal(stat(path, ret_stat), 0);
	return path;
}

static void another_guests_configuration_is_found(void **state)
{
	static const char *const files[] = {"etc/xen/db.cfg", "etc/xen/vm/db",
					    "etc/xen/auto/db.cfg"};
	_cleanup_err_ struct err err = {0};
	struct stat st;
	_cleanup_free_ char *path = make_image(state, "srv/web.img", &st);
	_cleanup_free_ char *text = mem_textf("disk = [ 'file:%s,xvda2,w' ]\n", path);

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *wanted = mem_textf("'%s' names it", files[i]);

		unit_file(TREE(state), files[i], text);
		assert_int_equal(guard_configurations(&TREE(state)->fs, &st, "web", &err),
				 -EBUSY);
		assert_string_equal(err.text, wanted);
		assert_int_equal(guard_configurations(&TREE(state)->fs, &st, "db", &err),
				 0);
		assert_int_equal(guard_configurations(&TREE(state)->fs, &st, NULL, &err),
				 -EBUSY);
		assert_int_equal(fs_remove(&TREE(state)->fs, files[i], NULL), 0);
	}
	assert_int_equal(guard_configurations(&TREE(state)->fs, &st, NULL, &err), 0);
}

static void another_name_of_the_file_is_the_same(void **state)
{
	_cleanup_err_ struct err err = {0};
	struct stat st, other;
	_cleanup_free_ char *path = make_image(state, "srv/web.img", &st);
	_cleanup_free_ char *unrelated = make_image(state, "srv/db.img", &other);
	_cleanup_free_ char *alias = mem_textf("%s/srv/alias.img", TREE(state)->path);
	_cleanup_free_ char *text = mem_textf("disk = [ 'file:%s,xvda2,w' ]\n", alias);

	unit_link(TREE(state), "srv/alias.img", "web.img");
	unit_file(TREE(state), "etc/xen/db.cfg", text);
	assert_int_equal(guard_configurations(&TREE(state)->fs, &st, "web", &err),
			 -EBUSY);
	assert_int_equal(guard_configurations(&TREE(state)->fs, &other, "web", &err), 0);
}

static void a_name_that_begins_alike_is_another_guest(void **state)
{
	_cleanup_err_ struct err err = {0};
	struct stat st;
	_cleanup_free_ char *path = make_image(state, "srv/web.img", &st);
	_cleanup_free_ char *text = mem_textf("disk = [ 'file:%s,xvda2,w' ]\n", path);

	unit_file(TREE(state), "etc/xen/web2.cfg", text);
	assert_int_equal(guard_configurations(&TREE(state)->fs, &st, "web", &err),
			 -EBUSY);
}

static void a_domain_that_has_it(void **state)
{
	_cleanup_err_ struct err err = {0};
	struct stat st, other;
	_cleanup_free_ char *path = make_image(state, "srv/web.img", &st);
	_cleanup_free_ char *unrelated = make_image(state, "srv/db.img", &other);
	_cleanup_free_ char *json = mem_textf(
		"[{\"domid\":0,\"config\":{\"c_info\":{\"name\":\"Domain-0\"}}},"
		"{\"domid\":3,\"config\":{\"c_info\":{\"name\":\"web\"},\"disks\":["
		"{\"pdev_path\":\"%s\",\"vdev\":\"xvda\"},{\"vdev\":\"xvdb\"}]}}]",
		path);
	size_t length = strlen(json);

	assert_int_equal(guard_domains(json, length, &st, NULL, &err), -EBUSY);
	assert_string_equal(err.text, "domain 'web' has it");
	assert_int_equal(guard_domains(json, length, &other, NULL, &err), 0);
	assert_int_equal(guard_domains(json, length, NULL, "web", &err), -EBUSY);
	assert_string_equal(err.text, "domain 'web' is there");
	assert_int_equal(guard_domains(json, length, NULL, "we", &err), 0);
	assert_int_equal(guard_domains("{}", 2, NULL, "we", &err), -EPROTO);
	assert_int_equal(guard_domains("", 0, NULL, "we", &err), -EPROTO);
}

static void a_file_that_is_open_is_in_use(void **state)
{
	_cleanup_err_ struct err err = {0};
	struct stat st;
	_cleanup_free_ char *path = make_image(state, "srv/web.img", &st);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_int_equal(guard_check(&TREE(state)->fs, path, "web", &err), -EBUSY);
	(void)close(fd);
	fd = -1;
	assert_int_equal(guard_check(&TREE(state)->fs, path, "web", &err), 0);
}

static void neither_file_nor_device(void **state)
{
	_cleanup_err_ struct err err = {0};

	assert_int_equal(guard_check(&TREE(state)->fs, TREE(state)->path, NULL, &err),
			 -EINVAL);
	assert_int_equal(guard_check(&TREE(state)->fs, "/dev/null", NULL, &err), -EINVAL);
	assert_int_equal(guard_check(&TREE(state)->fs, "/no/such", NULL, &err), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mount_is_found_by_its_number),
		unit_test_in_tree(a_partition_and_its_disk_are_the_same_bytes),
		unit_test_in_tree(what_lvm_made_is_no_disk),
		unit_test_in_tree(partitions_are_those_of_the_disk),
		unit_test_in_tree(only_dom0_has_domains),
		cmocka_unit_test(members_are_known_by_their_type),
		unit_test_in_tree(another_guests_configuration_is_found),
		unit_test_in_tree(another_name_of_the_file_is_the_same),
		unit_test_in_tree(a_name_that_begins_alike_is_another_guest),
		unit_test_in_tree(a_domain_that_has_it),
		unit_test_in_tree(a_file_that_is_open_is_in_use),
		unit_test_in_tree(neither_file_nor_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
