/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB on a whole disk, for BIOS and UEFI, by the programs of the root itself. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "guest/disk.h"
#include "guest/extent.h"
#include "guest/sandbox.h"
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

/* One that GRUB may be installed for, if the root has it. */
struct platform {
	const char *name;   /* below /usr/lib/grub and /boot/grub */
	const char *module; /* a file there */
	const char *image;
	const char *disk; /* a module, to find it */
};

static const struct platform platforms[] = {
	{"i386-pc", "boot.img", BIOS_IMAGE, "biosdisk"},
	{"x86_64-efi", "modinfo.sh", UEFI_IMAGE, NULL},
};

static bool is_there(const struct fs *root, const struct platform *platform)
{
	_cleanup_free_ char *path =
		mem_textf("usr/lib/grub/%s/%s", platform->name, platform->module);

	return fs_exists(root, path);
}

struct making {
	struct template_build *build;
	const char *directory;
};

static int make_image(struct template_build *build, const struct platform *platform,
		      struct err *err)
{
	_cleanup_free_ char *source = mem_textf("/usr/lib/grub/%s", platform->name);
	const char *const steps[][24] = {
		{"mkdir", "-p", "/boot/grub", NULL},
		{"cp", "-r", source, "/boot/grub/", NULL},
		{"grub-mkimage", "-O", platform->name, "-p", PREFIX, "-o",
		 platform->image, MODULES, platform->disk, NULL},
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(steps); i++)
		rc = template_run(build, steps[i], NULL, err);
	return rc;
}

/* The root may be anybody's, and so may its programs. */
static int make_images(void *context, struct err *err)
{
	const struct making *making = context;
	_cleanup_fs_ struct fs root = FS_CLOSED;
	bool has[ARRAY_SIZE(platforms)] = {false};
	int rc = fs_open(making->directory, &root, err);

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(platforms); i++)
		has[i] = is_there(&root, &platforms[i]);
	if (rc == 0)
		rc = sandbox_enter(&root, making->directory, "template", false, err);
	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(platforms); i++)
		if (has[i])
			rc = make_image(making->build, &platforms[i], err);
	return rc;
}

static int install_bios(const char *path, const struct fs *root, struct err *err)
{
	_cleanup_str_ struct str boot = {0}, core = {0};
	int rc = fs_read(root, BOOT_IMAGE, IMAGE_MAX, &boot, err);

	if (rc == 0)
		rc = fs_read(root, BIOS_IMAGE, IMAGE_MAX, &core, err);
	return rc < 0 ? rc
		      : disk_install_boot(path, boot.text, boot.length, core.text,
					  core.length, err);
}

static int fill_esp(struct template_build *build, const char *esp, const int *image,
		    struct err *err)
{
	static const char *const env[] = {"MTOOLS_SKIP_CHECK=1", NULL};
	const char *const steps[][8] = {
		{"mkfs.vfat", "-F", "32", "-n", "EFI", esp, NULL},
		{"mmd", "-i", esp, "::/EFI", "::/EFI/BOOT", NULL},
		{"mcopy", "-i", esp, "-", "::/EFI/BOOT/BOOTX64.EFI", NULL},
	};
	int rc = 0;

	build->input = image;
	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(steps); i++)
		rc = template_run(build, steps[i], env, err);
	build->input = NULL;
	return rc;
}

static int install_uefi(struct template_build *build, const char *path,
			const struct fs *root, struct err *err)
{
	_cleanup_extent_ struct extent esp = EXTENT_NONE;
	_cleanup_close_ int image = -1;
	int rc = fs_open_file(root, UEFI_IMAGE, O_RDONLY | O_NONBLOCK, &image, err);

	if (rc == 0)
		rc = extent_open(path, DISK_ESP_OFFSET, false, true, &esp, err);
	return rc < 0 ? rc : fill_esp(build, esp.path, &image, err);
}

int template_install_grub(struct template_build *build, const char *path,
			  const char *directory, const struct fs *root, struct err *err)
{
	struct making making = {build, directory};
	bool has_bios = is_there(root, &platforms[0]);
	bool has_uefi = is_there(root, &platforms[1]);
	int rc;

	if (!has_bios && !has_uefi)
		return err_say(err, ENOENT,
			       "the root has no GRUB for its disk: neither grub-pc-bin "
			       "nor grub-efi-amd64-bin");
	template_say(build, "installing GRUB");
	rc = work_apart(make_images, &making, err);
	if (rc == 0 && has_bios)
		rc = install_bios(path, root, err);
	if (rc == 0 && has_uefi)
		rc = install_uefi(build, path, root, err);
	return rc < 0 ? err_wrap(err, "boot loader") : 0;
}
