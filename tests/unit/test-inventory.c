/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guests of a host. */
#include <errno.h>

#include "guest/inventory.h"
#include "unit.h"

static void read_all(const struct unit_tree *tree, struct inventory *inventory)
{
	assert_int_equal(inventory_read(&tree->fs, "/etc/xen", ".cfg", inventory, NULL),
			 0);
	assert_int_equal(inventory_read(&tree->fs, INVENTORY_VM_DIR, "", inventory, NULL),
			 0);
}

/* "NAME PATH|" of each. */
static void assert_guests(const struct unit_tree *tree, const char *wanted)
{
	_cleanup_inventory_ struct inventory inventory = {0};
	_cleanup_str_ struct str found = {0};

	read_all(tree, &inventory);
	for (size_t i = 0; i < inventory.count; i++)
		str_addf(&found, "%s %s%s|", inventory.guest[i].name,
			 inventory.guest[i].path,
			 inventory.guest[i].fault ? " damaged" : "");
	assert_string_equal(str_text(&found), wanted);
}

static void both_directories_are_read(void **state)
{
	const struct unit_tree *tree = *state;

	unit_file(tree, "etc/xen/web.cfg", "name = 'web'\n");
	unit_file(tree, "etc/xen/xl.conf", "autoballoon=0\n");
	unit_file(tree, "etc/xen/.old.cfg", "name = 'old'\n");
	unit_file(tree, "etc/xen/vm/db", "name = 'database'\n");
	unit_file(tree, "etc/xen/vm/db.xml", "<domain/>\n");
	unit_file(tree, "etc/xen/vm/db~", "name = 'database'\n");
	unit_link(tree, "etc/xen/vm/web", "../web.cfg");
	unit_link(tree, "etc/xen/gone.cfg", "nowhere");
	unit_dir(tree, "etc/xen/dir.cfg");
	assert_guests(tree, "web /etc/xen/web.cfg|database /etc/xen/vm/db|");
}

static void a_damaged_configuration_is_one(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_inventory_ struct inventory inventory = {0};

	unit_file(tree, "etc/xen/web.cfg", "name = 'web\n");
	unit_file(tree, "etc/xen/x.cfg", "memory = 1\n");
	assert_guests(tree, "web /etc/xen/web.cfg damaged|x /etc/xen/x.cfg damaged|");
	read_all(tree, &inventory);
	assert_string_equal(inventory.guest[0].fault, "/etc/xen/web.cfg:1: a quoted text "
						      "does not end on its line");
	assert_string_equal(inventory.guest[1].fault, "/etc/xen/x.cfg: it has no name");
}

static void no_directory_has_no_guests(void **state)
{
	assert_guests(*state, "");
}

static void a_guest_is_found_by_its_name(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_inventory_ struct inventory inventory = {0};
	const struct inventory_guest *guest = NULL;
	_cleanup_err_ struct err err = {0};

	unit_file(tree, "etc/xen/a.cfg", "name = 'web'\n");
	unit_file(tree, "etc/xen/b.cfg", "name = 'two'\n");
	unit_file(tree, "etc/xen/c.cfg", "name = 'two'\n");
	read_all(tree, &inventory);
	assert_int_equal(inventory_find(&inventory, "web", &guest, NULL), 0);
	assert_string_equal(guest->path, "/etc/xen/a.cfg");
	assert_int_equal(inventory_find(&inventory, "a", &guest, NULL), -ENOENT);
	assert_int_equal(inventory_find(&inventory, "two", &guest, &err), -EEXIST);
	assert_string_equal(err.text, "'/etc/xen/b.cfg' and '/etc/xen/c.cfg' are both of "
				      "that name");
}

static void another_user_of_a_volume_is_found(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_free_ char *image = mem_textf("%s/srv/a", tree->path);
	_cleanup_free_ char *two =
		mem_textf("name = 'two'\ndisk = ['%s/srv/link,,xvda,r']\n", tree->path);
	_cleanup_inventory_ struct inventory inventory = {0};
	const struct inventory_guest *web;

	unit_file(tree, "etc/xen/a.cfg",
		  "name = 'web'\ndisk = ['/srv/a,,xvda', '/c,,b']\n");
	unit_file(tree, "etc/xen/b.cfg", two);
	unit_file(tree, "etc/xen/d.cfg",
		  "name = 'three'\n"
		  "disk = ['vdev=a,backend=s,target=/c']\n");
	unit_file(tree, "srv/a", "");
	unit_link(tree, "srv/link", "a");
	read_all(tree, &inventory);
	web = &inventory.guest[0];
	assert_string_equal(inventory_user(&inventory, image, web)->name, "two");
	assert_null(inventory_user(&inventory, "/c", web));
	assert_string_equal(inventory_user(&inventory, "/c", NULL)->name, "web");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(both_directories_are_read),
		unit_test_in_tree(a_damaged_configuration_is_one),
		unit_test_in_tree(no_directory_has_no_guests),
		unit_test_in_tree(a_guest_is_found_by_its_name),
		unit_test_in_tree(another_user_of_a_volume_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
