/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands in the way of a guest. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "guest/create.h"
#include "unit.h"

/* A guest "web" on a given device (a file will do), its configuration in srv/xen. */
static int check_with(const struct unit_tree *tree, bool is_forced, struct err *err)
{
	_cleanup_free_ char *path = mem_textf("%s/image", tree->path);
	char name[] = "web", config[] = "/srv/xen/web.cfg", volume_name[] = "disk";
	char mac[] = "00:16:3e:00:00:01";
	struct guest_volume volume = {.name = volume_name, .path = path};
	struct guest_nic nic = {0};
	const struct guest guest = {.name = name,
				    .config = config,
				    .volume = &volume,
				    .volume_count = 1,
				    .nic = &nic,
				    .nic_count = 1};
	const struct storage storage = {.kind = STORAGE_DEVICE, .is_forced = is_forced};
	const struct create create = {
		.host = &tree->fs, .guest = &guest, .storage = &storage};

	memcpy(nic.mac, mac, sizeof(mac));
	return create_check(&create, err);
}

static int check(const struct unit_tree *tree, struct err *err)
{
	return check_with(tree, false, err);
}

static void nothing_stands_in_the_way(void **state)
{
	unit_file(*state, "image", "");
	unit_file(*state, "srv/xen/db.cfg",
		  "name = 'db'\nvif = ['mac=00:16:3e:00:00:02']\ndisk = ['file:/b,a,w']");
	assert_int_equal(check(*state, NULL), 0);
}

/* Where xen-tools.conf has all configurations. */
static void a_guest_in_the_directory_of_its_configuration(void **state)
{
	_cleanup_err_ struct err err = {0};

	unit_file(*state, "image", "");
	unit_file(*state, "srv/xen/db.cfg",
		  "name = 'db'\nvif = ['mac=00:16:3e:00:00:01']");
	assert_int_equal(check(*state, &err), -EEXIST);
	assert_string_equal(err.text,
			    "MAC address 00:16:3e:00:00:01: '/srv/xen/db.cfg' has it");
}

static void a_given_device_that_a_guest_there_has(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_free_ char *text =
		mem_textf("name = 'db'\ndisk = ['file:%s/alias,xvda,w']", tree->path);
	_cleanup_free_ char *wanted =
		mem_textf("'%s/image': '/srv/xen/db.cfg' names it", tree->path);
	_cleanup_err_ struct err err = {0};

	unit_file(*state, "image", "");
	unit_link(*state, "alias", "image");
	unit_file(*state, "srv/xen/db.cfg", text);
	assert_int_equal(check(*state, &err), -EBUSY);
	assert_string_equal(err.text, wanted);
}

/* The second of two devices, before the first is written. */
static void a_given_device_that_is_in_use(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_free_ char *path = mem_textf("%s/image", tree->path);
	_cleanup_free_ char *wanted = mem_textf("'%s': a process has it open", path);
	_cleanup_close_ int fd = -1;
	_cleanup_err_ struct err err = {0};

	unit_file(*state, "image", "");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(check(tree, &err), -EBUSY);
	assert_string_equal(err.text, wanted);
}

/* Here it can only be a configuration: what it names is not known. */
static void a_given_device_and_a_guest_that_cannot_be_read(void **state)
{
	_cleanup_err_ struct err err = {0};

	unit_file(*state, "image", "");
	unit_file(*state, "srv/xen/xl.conf", "{ not a guest's }");
	assert_int_equal(check(*state, NULL), 0);
	unit_file(*state, "srv/xen/db.cfg", "name = 'db'\ndisk = [");
	assert_int_equal(check(*state, &err), -EBUSY);
	assert_non_null(strstr(err.text, "image': whether '/srv/xen/db.cfg' names it: "));
}

static void write_image(const struct unit_tree *tree, size_t offset, const char *bytes,
			size_t length)
{
	int fd = -1;

	assert_int_equal(fs_open_file(&tree->fs, "image", O_RDWR, &fd, NULL), 0);
	assert_int_equal(pwrite(fd, bytes, length, (off_t)offset), length);
	assert_int_equal(ftruncate(fd, 1 << 16), 0);
	assert_int_equal(close(fd), 0);
}

static void assert_taken(const struct unit_tree *tree, const char *what)
{
	_cleanup_free_ char *wanted =
		mem_textf("'%s/image': it has '%s' already; --force writes over it",
			  tree->path, what);
	_cleanup_err_ struct err err = {0};

	assert_int_equal(check(tree, &err), -EEXIST);
	assert_string_equal(err.text, wanted);
	assert_int_equal(check_with(tree, true, NULL), 0);
}

static void a_given_device_with_a_signature(void **state)
{
	unit_file(*state, "image", "");
	write_image(*state, 1024, "\1\0\0\0\017\0\0\0", 8);
	write_image(*state, 4086, "SWAPSPACE2", 10);
	assert_taken(*state, "swap");
}

static void a_given_disk_with_partitions(void **state)
{
	unit_file(*state, "image", "");
	write_image(*state, 446, "\0\0\0\0\203\0\0\0\10\0\0\0\10\0\0\0", 16);
	write_image(*state, 510, "\125\252", 2);
	assert_taken(*state, "dos");
}

static const struct guest *diskless(void)
{
	static char name[] = "web", config[] = "/etc/xen/web.cfg", kernel[] = "/k",
		    template[] = "/etc/xen/template";
	static const struct guest guest = {.name = name,
					   .config = config,
					   .kernel = kernel,
					   .config_template = template};

	return &guest;
}

static struct work *begin(const struct unit_tree *tree)
{
	struct work *work = NULL;

	assert_int_equal(work_begin(&tree->fs, "web", &work, NULL), 0);
	return work;
}

static void a_configuration_goes_with_its_work(void **state)
{
	const struct unit_tree *tree = *state;
	struct work *work = begin(tree);

	unit_file(*state, "etc/xen/template", "name = '@NAME@'\n");
	assert_int_equal(create_config(&tree->fs, diskless(), work, NULL), 0);
	assert_true(fs_exists(&tree->fs, "etc/xen/web.cfg"));
	assert_int_equal(work_end(work, NULL), 0);
	assert_false(fs_exists(&tree->fs, "etc/xen/web.cfg"));
}

/* A template takes minutes: somebody else was faster. */
static void a_configuration_that_came_meanwhile_stays(void **state)
{
	const struct unit_tree *tree = *state;
	struct work *work = begin(tree);
	_cleanup_str_ struct str text = {0};
	_cleanup_err_ struct err err = {0};

	unit_file(*state, "etc/xen/template", "memory = 1\n");
	unit_file(*state, "etc/xen/web.cfg", "name = 'web'\n");
	assert_int_equal(create_config(&tree->fs, diskless(), work, &err), -EEXIST);
	assert_string_equal(err.text,
			    "'/etc/xen/web.cfg': there is a guest of that name");
	assert_int_equal(work_end(work, NULL), 0);
	assert_int_equal(fs_read(&tree->fs, "etc/xen/web.cfg", 4096, &text, NULL), 0);
	assert_string_equal(str_text(&text), "name = 'web'\n");
}

/* A guest with that MAC and address, on a given device if `path` is not NULL. */
static int claim(const struct unit_tree *tree, struct work *work, char *name,
		 const char *mac, const char *address, char *path, struct err *err)
{
	char config[] = "/etc/xen/new.cfg", volume_name[] = "disk";
	struct guest_volume volume = {.name = volume_name, .path = path};
	struct guest_nic nic = {0};
	const struct guest guest = {.name = name,
				    .config = config,
				    .volume = &volume,
				    .volume_count = path ? 1 : 0,
				    .nic = &nic,
				    .nic_count = 1};
	const struct storage storage = {.kind = STORAGE_DEVICE};
	const struct create create = {
		.host = &tree->fs, .guest = &guest, .storage = path ? &storage : NULL};
	int rc;

	memcpy(nic.mac, mac, strlen(mac) + 1);
	str_list_add(&nic.addresses, address);
	rc = create_claim(&create, work, err);
	str_list_clear(&nic.addresses);
	return rc;
}

/* Neither has a configuration yet. */
static void two_that_are_made_at_once(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_free_ char *image = mem_textf("%s/image", tree->path);
	_cleanup_free_ char *alias = mem_textf("%s/alias", tree->path);
	_cleanup_free_ char *wanted =
		mem_textf("device %s: 'web', which is being made, has it", image);
	char web[] = "web", mail[] = "mail";
	struct work *first = begin(tree), *second = NULL;
	_cleanup_err_ struct err err = {0};

	unit_file(*state, "image", "");
	unit_link(*state, "alias", "image");
	assert_int_equal(work_begin(&tree->fs, mail, &second, NULL), 0);
	assert_int_equal(
		claim(tree, first, web, "00:16:3e:00:00:0a", "10.0.0.2/24", image, NULL),
		0);
	assert_int_equal(
		claim(tree, second, mail, "00:16:3E:00:00:0A", "10.0.0.3/24", NULL, &err),
		-EEXIST);
	assert_string_equal(
		err.text,
		"MAC address 00:16:3e:00:00:0a: 'web', which is being made, has it");
	err_clear(&err);
	assert_int_equal(
		claim(tree, second, mail, "00:16:3e:00:00:0b", "10.0.0.2/8", NULL, &err),
		-EEXIST);
	assert_string_equal(err.text,
			    "address 10.0.0.2: 'web', which is being made, has it");
	err_clear(&err);
	assert_int_equal(
		claim(tree, second, mail, "00:16:3e:00:00:0b", "10.0.0.3/8", alias, &err),
		-EEXIST);
	assert_string_equal(err.text, wanted);
	assert_int_equal(work_end(first, NULL), 0);
	assert_int_equal(
		claim(tree, second, mail, "00:16:3e:00:00:0b", "10.0.0.2/8", alias, NULL),
		0);
	assert_int_equal(work_end(second, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(nothing_stands_in_the_way),
		unit_test_in_tree(a_guest_in_the_directory_of_its_configuration),
		unit_test_in_tree(a_given_device_that_a_guest_there_has),
		unit_test_in_tree(a_given_device_that_is_in_use),
		unit_test_in_tree(a_given_device_and_a_guest_that_cannot_be_read),
		unit_test_in_tree(a_given_device_with_a_signature),
		unit_test_in_tree(a_given_disk_with_partitions),
		unit_test_in_tree(a_configuration_goes_with_its_work),
		unit_test_in_tree(a_configuration_that_came_meanwhile_stays),
		unit_test_in_tree(two_that_are_made_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
