/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our directory on the EFI system partition: what is copied, kept and left alone. */
#include <errno.h>
#include <string.h>

#include "boot/esp.h"
#include "unit.h"

#define OURS "boot/efi" ESP_PATH

static void open_esp(const struct unit_tree *tree, struct esp *esp)
{
	if (!fs_exists(&tree->fs, "boot/efi"))
		unit_dir(tree, "boot/efi");
	assert_true(esp_open(&tree->fs, "/boot/efi", esp));
}

static void assert_text(const struct unit_tree *tree, const char *path, const char *text)
{
	_cleanup_str_ struct str found = {0};

	assert_int_equal(fs_read(&tree->fs, path, 4096, &found, NULL), 0);
	assert_string_equal(str_text(&found), text);
}

static void files_are_copied_and_listed(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_esp_ struct esp esp = {0};

	unit_file(tree, "boot/vmlinuz", "kernel");
	open_esp(tree, &esp);
	assert_int_equal(esp_add(&esp, "vmlinuz", NULL, "boot/vmlinuz"), 0);
	assert_int_equal(esp_add(&esp, "vmlinuz", NULL, "boot/vmlinuz"), 0);
	assert_int_equal(esp_copy(&esp, NULL), 0);
	assert_true(esp.file[0].is_ready);
	assert_true(esp_has(&esp, "vmlinuz"));
	assert_text(tree, OURS "/vmlinuz", "kernel");
	assert_text(tree, OURS "/files",
		    "# What xenhost has copied here, see xenhost-boot(8).\nvmlinuz\n");
}

static void a_changed_source_is_copied_again(void **state)
{
	const struct unit_tree *tree = *state;

	for (size_t i = 0; i < 2; i++) {
		_cleanup_esp_ struct esp esp = {0};

		unit_file(tree, "boot/initrd", i ? "new" : "old");
		open_esp(tree, &esp);
		(void)esp_add(&esp, "initrd", NULL, "boot/initrd");
		assert_int_equal(esp_copy(&esp, NULL), 0);
	}
	assert_text(tree, OURS "/initrd", "new");
}

static void parts_begin_at_multiples_of_four(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_str_list_ struct str_list early = {0};
	_cleanup_str_ struct str found = {0};
	_cleanup_esp_ struct esp esp = {0};

	unit_file(tree, "boot/ucode", "micro");
	unit_file(tree, "boot/initrd", "rd");
	str_list_add(&early, "boot/ucode");
	open_esp(tree, &esp);
	(void)esp_add(&esp, "initrd", &early, "boot/initrd");
	assert_int_equal(esp_copy(&esp, NULL), 0);
	assert_int_equal(fs_read(&tree->fs, OURS "/initrd", 64, &found, NULL), 0);
	assert_int_equal(found.length, 10);
	assert_memory_equal(found.text, "micro\0\0\0rd", 10);
	assert_true(fs_is_copy(&tree->fs, &esp.file[0].sources, OURS "/initrd"));
}

static void what_others_have_there_stays(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_str_list_ struct str_list keep = {0};
	_cleanup_esp_ struct esp esp = {0};
	_cleanup_err_ struct err err = {0};

	unit_file(tree, OURS "/vmlinuz", "mine");
	unit_file(tree, "boot/vmlinuz", "kernel");
	open_esp(tree, &esp);
	(void)esp_add(&esp, "vmlinuz", NULL, "boot/vmlinuz");
	assert_int_equal(esp_copy(&esp, &err), -EEXIST);
	assert_string_equal(err.text, "'/" OURS "/vmlinuz' is not xenhost's");
	assert_false(esp.file[0].is_ready);
	assert_int_equal(esp_prune(&esp, &keep, NULL), 0);
	assert_text(tree, OURS "/vmlinuz", "mine");
}

static void a_list_leads_nowhere_else(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_str_list_ struct str_list keep = {0};
	_cleanup_esp_ struct esp esp = {0};

	unit_file(tree, OURS "/files", "../BOOT\n/etc/passwd\n..\nfiles\n\nold\n");
	unit_file(tree, OURS "/old", "");
	unit_file(tree, "boot/efi/EFI/BOOT", "mine");
	open_esp(tree, &esp);
	assert_int_equal(esp.listed.count, 1);
	assert_int_equal(esp_prune(&esp, &keep, NULL), 0);
	assert_text(tree, "boot/efi/EFI/BOOT", "mine");
	assert_false(fs_exists(&tree->fs, OURS));
}

static void what_is_kept_stays_listed(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_str_list_ struct str_list keep = {0};
	_cleanup_esp_ struct esp esp = {0};

	unit_file(tree, OURS "/files", "a\nb\n");
	unit_file(tree, OURS "/a", "");
	unit_file(tree, OURS "/b", "");
	unit_file(tree, OURS "/.b.xenhost-new", "of a kill");
	str_list_add(&keep, "a");
	assert_true(esp_open(&tree->fs, NULL, &esp));
	assert_int_equal(esp_prune(&esp, &keep, NULL), 0);
	assert_true(esp_has(&esp, "a"));
	assert_false(esp_has(&esp, "b"));
	assert_int_equal(unit_count(tree, OURS), 2);
}

/* FAT does not tell them apart. */
static void two_sources_have_no_one_name(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_esp_ struct esp esp = {0};

	open_esp(tree, &esp);
	assert_int_equal(esp_add(&esp, "vmlinuz-A", NULL, "boot/vmlinuz-A"), 0);
	assert_true(esp_add(&esp, "vmlinuz-a", NULL, "boot/vmlinuz-a") == (size_t)-1);
	assert_int_equal(esp.count, 1);
}

static void a_source_that_is_gone_fails(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_esp_ struct esp esp = {0};

	open_esp(tree, &esp);
	(void)esp_add(&esp, "vmlinuz", NULL, "boot/vmlinuz");
	assert_int_equal(esp_copy(&esp, NULL), -ENOENT);
	assert_false(fs_exists(&tree->fs, OURS "/vmlinuz"));
	assert_int_equal(unit_count(tree, OURS), 1);
}

static void paths_of_grub_are_found(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_free_ char *found = NULL;

	unit_file(tree, "efi/EFI/sles/xen.efi", "MZ");
	found = esp_locate(&tree->fs, "(hd0,gpt1)/EFI/sles/xen.efi");
	assert_string_equal(found, "efi/EFI/sles/xen.efi");
	assert_null(esp_locate(&tree->fs, "/EFI/sles/other.efi"));
	assert_null(esp_locate(&tree->fs, "xen.efi"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(files_are_copied_and_listed),
		unit_test_in_tree(a_changed_source_is_copied_again),
		unit_test_in_tree(parts_begin_at_multiples_of_four),
		unit_test_in_tree(what_others_have_there_stays),
		unit_test_in_tree(a_list_leads_nowhere_else),
		unit_test_in_tree(what_is_kept_stays_listed),
		unit_test_in_tree(two_sources_have_no_one_name),
		unit_test_in_tree(a_source_that_is_gone_fails),
		unit_test_in_tree(paths_of_grub_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
