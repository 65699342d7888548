/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB on a whole disk, for BIOS and UEFI, by the programs of the root itself. */
#include <errno.h>
#include <stdlib.h>

#include "guest/disk.h"
#include "guest/extent.h"
#include "guest/template-parts.h"

#define IMAGE_MAX ((size_t)1 << 20)
#define BOOT_IMAGE "/boot/grub/i386-pc/boot.img"
#define BIOS_IMAGE "/boot/grub/i386-pc/core.img"
#define UEFI_IMAGE "/boot/grub/x86_64-efi/core.efi"

/*
 * The root is the third partition of the disk that the image was loaded from, whatever its
 * UUID is: clones get others. What is not in the image comes from there.
 */
#define PREFIX "(,gpt3)/boot/grub"
#define MODULES                                                               \
	"part_gpt", "ext2", "xfs", "btrfs", "normal", "configfile", "search", \
		"search_fs_uuid", "linux", "gzio", "echo", "test", "serial", "terminal"

static int copy_modules(struct template_build *build, const char *directory,
			const char *platform, struct err *err)
{
	_cleanup_free_ char *source = mem_textf("/usr/lib/grub/%s", platform);
	const char *const make[] = {"mkdir", "-p", "/boot/grub", NULL};
	const char *const copy[] = {"cp", "-r", source, "/boot/grub/", NULL};
	int rc = template_run_inside(build, directory, make, err);

	return rc < 0 ? rc : template_run_inside(build, directory, copy, err);
}

static int install_bios(struct template_build *build, const char *path,
			const char *directory, const struct fs *root, struct err *err)
{
	const char *const image[] = {"grub-mkimage", "-O", "i386-pc",  "-p",
				     PREFIX,	     "-o", BIOS_IMAGE, "biosdisk",
				     MODULES,	     NULL};
	_cleanup_str_ struct str boot = {0}, core = {0};
	int rc = copy_modules(build, directory, "i386-pc", err);

	if (rc == 0)
		rc = template_run_inside(build, directory, image, err);
	if (rc == 0)
		rc = fs_read(root, BOOT_IMAGE, IMAGE_MAX, &boot, err);
	if (rc == 0)
		rc = fs_read(root, BIOS_IMAGE, IMAGE_MAX, &core, err);
	return rc < 0 ? rc
		      : disk_install_boot(path, boot.text, boot.length, core.text,
					  core.length, err);
}

static int fill_esp(struct template_build *build, const char *esp, const char *image,
		    struct err *err)
{
	static const char *const env[] = {"MTOOLS_SKIP_CHECK=1", NULL};
	const char *const steps[][8] = {
		{"mkfs.vfat", "-F", "32", "-n", "EFI", esp, NULL},
		{"mmd", "-i", esp, "::/EFI", "::/EFI/BOOT", NULL},
		{"mcopy", "-i", esp, image, "::/EFI/BOOT/BOOTX64.EFI", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		int rc = template_run(build, steps[i], env, err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

static int install_uefi(struct template_build *build, const char *path,
			const char *directory, struct err *err)
{
	const char *const make[] = {"grub-mkimage", "-O",    "x86_64-efi",
				    "-p",	    PREFIX,  "-o",
				    UEFI_IMAGE,	    MODULES, NULL};
	_cleanup_free_ char *image = mem_textf("%s" UEFI_IMAGE, directory);
	_cleanup_extent_ struct extent esp = EXTENT_NONE;
	int rc = copy_modules(build, directory, "x86_64-efi", err);

	if (rc == 0)
		rc = template_run_inside(build, directory, make, err);
	if (rc == 0)
		rc = extent_open(path, DISK_ESP_OFFSET, false, true, &esp, err);
	return rc < 0 ? rc : fill_esp(build, esp.path, image, err);
}

int template_install_grub(struct template_build *build, const char *path,
			  const char *directory, const struct fs *root, struct err *err)
{
	bool has_bios = fs_exists(root, "usr/lib/grub/i386-pc/boot.img");
	bool has_uefi = fs_exists(root, "usr/lib/grub/x86_64-efi/modinfo.sh");
	int rc = 0;

	if (!has_bios && !has_uefi)
		return err_say(err, ENOENT,
			       "the root has no GRUB for its disk: neither grub-pc-bin "
			       "nor grub-efi-amd64-bin");
	template_say(build, "installing GRUB");
	rc = template_inside_begin(directory, root, err);
	if (rc == 0 && has_bios)
		rc = install_bios(build, path, directory, root, err);
	if (rc == 0 && has_uefi)
		rc = install_uefi(build, path, directory, err);
	if (rc == 0)
		rc = template_inside_end(directory, root, err);
	return rc < 0 ? err_wrap(err, "boot loader") : 0;
}
