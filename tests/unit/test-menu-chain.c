/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What xen.efi starts, on the EFI system partition: what comes, stays and goes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/esp.h"
#include "boot/grub-menu.h"
#include "boot/menu-parts.h"
#include "boot/trial.h"
#include "unit.h"

#define OURS "boot/efi" ESP_PATH
#define MENU "boot/grub/grub.cfg"

static const struct fs_access access_of_file = {
	.mode = 0600, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};

static bool is_on;
static const char *xen_args = "";

static const char *get(const char *name)
{
	if (strcmp(name, "GRUB_DEVICE_UUID") == 0)
		return "1234";
	if (strcmp(name, "GRUB_CMDLINE_XEN") == 0)
		return xen_args;
	if (strcmp(name, "XENHOST_CHAINLOAD") == 0)
		return is_on ? "yes" : "";
	return strcmp(name, "XENHOST_ESP") == 0 ? "/boot/efi" : NULL;
}

static void write_file(const struct unit_tree *tree, const char *path, const char *bytes,
		       size_t length)
{
	assert_int_equal(
		fs_replace(&tree->fs, path, bytes, length, &access_of_file, NULL, NULL),
		0);
}

static void add_kernel(const struct unit_tree *tree, const char *version)
{
	_cleanup_free_ char *kernel = mem_textf("boot/vmlinuz-%s", version);
	_cleanup_free_ char *config = mem_textf("boot/config-%s", version);
	_cleanup_free_ char *initrd = mem_textf("boot/initrd.img-%s", version);

	unit_file(tree, kernel, "\177ELF");
	unit_file(tree, config, "CONFIG_XEN_DOM0=y\n");
	unit_file(tree, initrd, version);
}

static void remove_kernel(const struct unit_tree *tree, const char *version)
{
	_cleanup_free_ char *kernel = mem_textf("boot/vmlinuz-%s", version);
	_cleanup_free_ char *initrd = mem_textf("boot/initrd.img-%s", version);

	assert_int_equal(fs_remove(&tree->fs, kernel, NULL), 0);
	assert_int_equal(fs_remove(&tree->fs, initrd, NULL), 0);
}

/* For multiboot, and where our packages have the one for UEFI. */
static void add_hypervisor(const struct unit_tree *tree)
{
	char elf[128] = "\177ELF";

	memcpy(elf + 64, "\xd6\x50\x52\xe8\0\0\0\0\x10\0\0\0\x1a\xaf\xad\x17", 16);
	write_file(tree, "boot/xen-4.20.gz", elf, sizeof(elf));
	unit_file(tree, "usr/lib/xen-4.20/boot/xen-4.20.efi", "MZ  ");
}

static void begin(const struct unit_tree *tree)
{
	is_on = true;
	xen_args = "";
	unit_dir(tree, "boot/efi/EFI");
	unit_dir(tree, "boot/grub");
	add_kernel(tree, "6.1");
	add_hypervisor(tree);
}

/* Makes the menu, as update-grub; the new one is not there before all of it is made. */
static void update(const struct unit_tree *tree, struct str_list *notes)
{
	_cleanup_str_ struct str text = {0};
	struct menu_env env;

	menu_env_fill(&env, get);
	str_add(&text, "menuentry_id_option=--id\nexport menuentry_id_option\n");
	menu_make(&tree->fs, &env, &text, notes);
	write_file(tree, MENU, str_text(&text), text.length);
}

static void parse(const struct unit_tree *tree, struct grub_menu *menu)
{
	assert_int_equal(grub_menu_read(&tree->fs, "uefi", menu, NULL), 0);
}

static bool is_there(const struct unit_tree *tree, const char *name)
{
	_cleanup_free_ char *path = mem_textf(OURS "/%s", name);

	return fs_exists(&tree->fs, path);
}

static void an_entry_says_what_the_files_do_not(void **state)
{
	_cleanup_str_list_ struct str_list notes = {0};
	_cleanup_grub_menu_ struct grub_menu menu = {0};

	begin(*state);
	xen_args = "dom0_mem=1G";
	update(*state, &notes);
	assert_int_equal(notes.count, 0);
	parse(*state, &menu);
	assert_string_equal(menu.entry[0].hypervisor, ESP_PATH "/xen-4.20.efi");
	assert_string_equal(menu.entry[0].hypervisor_args, "dom0_mem=1G");
	assert_string_equal(menu.entry[0].kernel, ESP_PATH "/vmlinuz-6.1");
	assert_string_equal(menu.entry[0].kernel_args, "root= ro");
	assert_int_equal(menu.entry[0].modules.count, 1);
	assert_string_equal(menu.entry[0].modules.item[0], ESP_PATH "/initrd.img-6.1");
}

/* Xen takes all behind the first "--" for dom0's. */
static void dom0_arguments_in_xens_are_no_second_end(void **state)
{
	_cleanup_str_list_ struct str_list notes = {0};
	_cleanup_grub_menu_ struct grub_menu menu = {0};

	begin(*state);
	xen_args = "loglvl=all -- debug";
	update(*state, &notes);
	parse(*state, &menu);
	assert_string_equal(menu.entry[0].hypervisor_args, "loglvl=all");
	assert_string_equal(menu.entry[0].kernel_args, "debug root= ro");
}

static void what_the_menu_on_the_disk_starts_stays(void **state)
{
	_cleanup_str_list_ struct str_list notes = {0};
	const struct unit_tree *tree = *state;

	begin(tree);
	add_kernel(tree, "6.0");
	update(tree, &notes);
	remove_kernel(tree, "6.0");
	/* Whatever stops this before the new menu is there: the old one can start. */
	update(tree, &notes);
	assert_true(is_there(tree, "vmlinuz-6.0"));
	assert_true(is_there(tree, "initrd.img-6.0"));
	assert_int_equal(menu_chain_prune(&tree->fs, NULL), 0);
	assert_false(is_there(tree, "vmlinuz-6.0"));
	assert_false(is_there(tree, "initrd.img-6.0"));
	assert_true(is_there(tree, "vmlinuz-6.1"));
}

/* The entry of a menu, as the last good one. */
static void keep_good(const struct unit_tree *tree, const char *path)
{
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	size_t found;

	parse(tree, &menu);
	found = grub_menu_find(&menu, path);
	assert_true(found != GRUB_NONE);
	if (!fs_exists(&tree->fs, TRIAL_DIR))
		unit_dir(tree, TRIAL_DIR);
	assert_int_equal(trial_good_write(&tree->fs, &menu.entry[found], NULL), 0);
}

static void the_last_good_boot_keeps_its_files(void **state)
{
	_cleanup_str_list_ struct str_list notes = {0};
	_cleanup_grub_menu_ struct grub_menu good = {0};
	const struct unit_tree *tree = *state;

	begin(tree);
	update(tree, &notes);
	keep_good(tree, "xen");
	add_kernel(tree, "6.2");
	remove_kernel(tree, "6.1");
	for (size_t i = 0; i < 2; i++)
		update(tree, &notes);
	assert_int_equal(menu_chain_prune(&tree->fs, NULL), 0);
	assert_true(is_there(tree, "vmlinuz-6.1"));
	assert_int_equal(trial_good_read(&tree->fs, "uefi", &good, NULL), 0);
	assert_string_equal(good.entry[0].kernel, ESP_PATH "/vmlinuz-6.1");
	assert_true(trial_has_files(&tree->fs, &good.entry[0]));
	assert_int_equal(fs_remove(&tree->fs, TRIAL_GOOD, NULL), 0);
	assert_int_equal(menu_chain_prune(&tree->fs, NULL), 0);
	assert_false(is_there(tree, "vmlinuz-6.1"));
}

static void switched_off_nothing_is_left(void **state)
{
	_cleanup_str_list_ struct str_list notes = {0};
	const struct unit_tree *tree = *state;

	begin(tree);
	update(tree, &notes);
	is_on = false;
	update(tree, &notes);
	assert_true(is_there(tree, "vmlinuz-6.1"));
	assert_int_equal(menu_chain_prune(&tree->fs, NULL), 0);
	assert_false(fs_exists(&tree->fs, OURS));
	assert_true(fs_exists(&tree->fs, "boot/efi/EFI"));
	assert_int_equal(notes.count, 0);
}

/* Its package took the program with it when it was upgraded. */
static void an_earlier_build_starts_from_its_copy(void **state)
{
	_cleanup_str_list_ struct str_list notes = {0};
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	const struct unit_tree *tree = *state;

	begin(tree);
	update(tree, &notes);
	assert_int_equal(fs_remove(&tree->fs, "usr/lib/xen-4.20/boot/xen-4.20.efi", NULL),
			 0);
	update(tree, &notes);
	parse(tree, &menu);
	assert_string_equal(menu.entry[0].hypervisor, ESP_PATH "/xen-4.20.efi");
	assert_int_equal(notes.count, 0);
}

static void a_file_that_is_no_program_is_not_taken(void **state)
{
	_cleanup_str_list_ struct str_list notes = {0};
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	const struct unit_tree *tree = *state;

	begin(tree);
	write_file(tree, "usr/lib/xen-4.20/boot/xen-4.20.efi", "text", 4);
	update(tree, &notes);
	parse(tree, &menu);
	assert_string_equal(menu.entry[0].hypervisor, "/boot/xen-4.20.gz");
	assert_int_equal(notes.count, 1);
	assert_string_equal(notes.item[0],
			    "'/boot/xen-4.20.gz': no xen-4.20.efi of it is "
			    "there: it is started by multiboot2");
}

static void nothing_is_written_the_second_time(void **state)
{
	_cleanup_str_list_ struct str_list notes = {0};
	const struct unit_tree *tree = *state;
	struct stat first, second;

	begin(tree);
	update(tree, &notes);
	assert_int_equal(fs_stat(&tree->fs, OURS "/xen-4.20.cfg", &first, NULL), 0);
	update(tree, &notes);
	assert_int_equal(fs_stat(&tree->fs, OURS "/xen-4.20.cfg", &second, NULL), 0);
	assert_true(first.st_ino == second.st_ino);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(an_entry_says_what_the_files_do_not),
		unit_test_in_tree(dom0_arguments_in_xens_are_no_second_end),
		unit_test_in_tree(what_the_menu_on_the_disk_starts_stays),
		unit_test_in_tree(the_last_good_boot_keeps_its_files),
		unit_test_in_tree(switched_off_nothing_is_left),
		unit_test_in_tree(an_earlier_build_starts_from_its_copy),
		unit_test_in_tree(a_file_that_is_no_program_is_not_taken),
		unit_test_in_tree(nothing_is_written_the_second_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
