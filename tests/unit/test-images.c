/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which files in /boot are kernels and hypervisors. */
#include <unistd.h>

#include "host/images.h"
#include "host/kernel.h"
#include "unit.h"

static void link_hard(const struct unit_tree *tree, const char *from, const char *to)
{
	_cleanup_free_ char *old = mem_textf("%s/%s", tree->path, from);
	_cleanup_free_ char *new = mem_textf("%s/%s", tree->path, to);

	assert_int_equal(link(old, new), 0);
}

static void a_file_with_many_names_is_one_image(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_images_ struct images images = {0};

	unit_file(tree, "boot/xen-4.20.3.gz", "\177ELF");
	unit_link(tree, "boot/xen-4.20.gz", "xen-4.20.3.gz");
	unit_link(tree, "boot/xen.gz", "/boot/xen-4.20.3.gz");
	link_hard(tree, "boot/xen-4.20.3.gz", "boot/xen-4.gz");
	unit_file(tree, "boot/vmlinuz-6.1.0", "\177ELF");
	unit_link(tree, "boot/vmlinuz", "vmlinuz-6.1.0");
	unit_link(tree, "vmlinuz-6.1.0", "boot/vmlinuz-6.1.0");
	images_read(&tree->fs, &images);
	assert_int_equal(images.hypervisor_count, 1);
	assert_string_equal(images.hypervisor[0].path, "boot/xen-4.20.3.gz");
	assert_int_equal(images.kernel_count, 1);
	assert_string_equal(images.kernel[0].path, "boot/vmlinuz-6.1.0");
}

static void a_link_out_of_boot_is_an_image(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_images_ struct images images = {0};

	unit_file(tree, "usr/lib/xen/xen", "\177ELF");
	unit_link(tree, "boot/xen-4.20", "../usr/lib/xen/xen");
	images_read(&tree->fs, &images);
	assert_int_equal(images.hypervisor_count, 1);
	assert_string_equal(images.hypervisor[0].path, "boot/xen-4.20");
}

static void what_is_skipped_has_a_reason(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_images_ struct images images = {0};

	unit_file(tree, "boot/vmlinuz-6.1.0.dpkg-new", "\177ELF");
	unit_file(tree, "boot/xen-4.20.gz.old", "\177ELF");
	unit_link(tree, "boot/xen-gone", "nowhere");
	unit_file(tree, "boot/xen.cfg", "text");
	unit_file(tree, "boot/xen-4.20.config", "text");
	unit_dir(tree, "boot/xen-directory");
	images_read(&tree->fs, &images);
	assert_int_equal(images.hypervisor_count, 0);
	assert_int_equal(images.kernel_count, 0);
	assert_int_equal(images.skipped_count, 4);
	assert_string_equal(images.skipped[0].path, "boot/vmlinuz-6.1.0.dpkg-new");
	assert_string_equal(images.skipped[0].reason, "left by dpkg");
	assert_string_equal(images.skipped[3].reason,
			    "neither an ELF file nor the gzip of one");
}

static void an_old_kernel_has_the_configuration_of_its_former_name(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_images_ struct images images = {0};
	_cleanup_free_ char *initrd = NULL;

	unit_file(tree, "boot/vmlinuz-6.1.0.old", "\177ELF");
	unit_file(tree, "boot/config-6.1.0", "CONFIG_XEN_DOM0=y\n");
	unit_file(tree, "boot/initrd-6.1.0.img.old", "");
	unit_file(tree, "boot/initrd.img-6.1.0", "");
	images_read(&tree->fs, &images);
	assert_int_equal(images.kernel[0].can_dom0, FACTS_YES);
	assert_string_equal(images.kernel[0].config, "boot/config-6.1.0");
	initrd = kernel_initrd(&tree->fs, images.kernel[0].path, images.kernel[0].version,
			       "x86_64");
	assert_string_equal(initrd, "boot/initrd-6.1.0.img.old");
}

static void initial_ramdisks_of_gentoo_are_found(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_free_ char *none =
		kernel_initrd(&tree->fs, "boot/kernel-6.1.0", "6.1.0", "i686");
	_cleanup_free_ char *found = NULL;

	assert_null(none);
	unit_file(tree, "boot/initramfs-genkernel-x86-6.1.0", "");
	found = kernel_initrd(&tree->fs, "boot/kernel-6.1.0", "6.1.0", "i686");
	assert_string_equal(found, "boot/initramfs-genkernel-x86-6.1.0");
}

static void an_empty_root_has_none(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_images_ struct images images = {0};

	images_read(&tree->fs, &images);
	assert_int_equal(
		images.kernel_count + images.hypervisor_count + images.skipped_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(a_file_with_many_names_is_one_image),
		unit_test_in_tree(a_link_out_of_boot_is_an_image),
		unit_test_in_tree(what_is_skipped_has_a_reason),
		unit_test_in_tree(an_old_kernel_has_the_configuration_of_its_former_name),
		unit_test_in_tree(initial_ramdisks_of_gentoo_are_found),
		unit_test_in_tree(an_empty_root_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
