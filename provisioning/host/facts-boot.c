/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about booting: loader, firmware, init, kernels and hypervisors in /boot. */
#include <stdlib.h>
#include <string.h>

#include "host/facts-parts.h"
#include "host/images.h"

#define SCRIPT_MAX (1 << 20)

/* Those that are, with the texts that facts own. */
static void take_kernel(const struct image_kernel *image, struct facts_boot *boot)
{
	boot->kernel = mem_grow(boot->kernel, boot->kernel_count, sizeof(*boot->kernel));
	boot->kernel[boot->kernel_count++] = (struct facts_kernel){
		.path = mem_text(image->path),
		.version = mem_text(image->version),
		.config = image->config ? mem_text(image->config) : NULL,
		.can_dom0 = image->can_dom0,
		.loop = image->loop ? mem_text(image->loop) : NULL,
		.pci_back = image->pci_back ? mem_text(image->pci_back) : NULL,
		.compression = image->compression ? mem_text(image->compression) : NULL,
	};
}

bool facts_is_version_of(const char *name_version, const char *running)
{
	/* What follows is the flavour: "-amd64", "-dbg". */
	size_t length = strcspn(name_version, "-");

	return length && strncmp(name_version, running, length) == 0 &&
	       strchr(".+-~", running[length]);
}

static void take_hypervisor(const struct image_hypervisor *image, struct facts_boot *boot)
{
	boot->hypervisor = mem_grow(boot->hypervisor, boot->hypervisor_count,
				    sizeof(*boot->hypervisor));
	boot->hypervisor[boot->hypervisor_count++] = (struct facts_hypervisor){
		.path = mem_text(image->path),
		.version = mem_text(image->version),
		.format = mem_text(image->binary.format),
	};
}

static void read_images(const struct fs *fs, struct facts_boot *boot)
{
	_cleanup_images_ struct images images = {0};

	images_read(fs, &images);
	for (size_t i = 0; i < images.kernel_count; i++)
		take_kernel(&images.kernel[i], boot);
	for (size_t i = 0; i < images.hypervisor_count; i++)
		take_hypervisor(&images.hypervisor[i], boot);
}

/* The first path that exists decides. */
static char *first_of(const struct fs *fs, const char *const (*table)[2])
{
	for (; (*table)[0]; table++)
		if (fs_exists(fs, (*table)[0]))
			return mem_text((*table)[1]);
	return NULL;
}

/*
 * A machine that was upgraded has the files of its former loaders too: newer ones come
 * first.
 */
static const char *const loaders[][2] = {
	{"boot/grub/grub.cfg", "grub2"},
	{"boot/grub2/grub.cfg", "grub2"},
	{"boot/loader/loader.conf", "systemd-boot"},
	{"boot/efi/loader/loader.conf", "systemd-boot"},
	{"boot/grub/menu.lst", "grub-legacy"},
	{"boot/grub/grub.conf", "grub-legacy"},
	{"etc/lilo.conf", "lilo"},
	{NULL, NULL},
};

/* What GRUB was installed for: all that an image can tell of the firmware. */
static const char *const firmwares[][2] = {
	{"boot/grub/x86_64-efi", "uefi"}, {"boot/grub2/x86_64-efi", "uefi"},
	{"boot/grub/i386-pc", "bios"},	  {"boot/grub2/i386-pc", "bios"},
	{"boot/efi/EFI", "uefi"},	  {NULL, NULL},
};

/* What the kernel was started by. */
static const char *const running_firmwares[][2] = {
	{"sys/firmware/efi", "uefi"},
	{"sys/firmware", "bios"},
	{NULL, NULL},
};

/* The name of the program that /sbin/init is; without a link it is sysvinit's own. */
static const char *const inits[] = {"systemd", "openrc", "runit", "busybox"};

static const char *read_init(const struct fs *fs)
{
	_cleanup_free_ char *target = facts_link_name(fs, "sbin/init");

	if (!target)
		return fs_exists(fs, "sbin/init") ? "sysvinit" : NULL;
	for (size_t i = 0; i < ARRAY_SIZE(inits); i++)
		if (str_starts(target, inits[i]))
			return inits[i];
	return NULL;
}

/*
 * Debian's grub-mkconfig sources /etc/default/grub.d, others' may not: the script itself
 * tells.
 */
static bool has_grub_drop_ins(const struct fs *fs, const struct facts *facts)
{
	static const char *const scripts[] = {"usr/sbin/grub-mkconfig",
					      "usr/sbin/grub2-mkconfig"};

	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		_cleanup_str_ struct str text = {0};

		if (fs_read(fs, scripts[i], SCRIPT_MAX, &text, NULL) == 0)
			return strstr(str_text(&text), "default/grub.d") != NULL;
	}
	return str_same(facts->os.family, "debian");
}

void facts_read_boot(const struct fs *fs, struct facts *facts)
{
	const char *init = read_init(fs);

	facts->boot.loader = first_of(fs, loaders);
	facts->boot.firmware = first_of(fs, firmwares);
	facts->boot.init = init ? mem_text(init) : NULL;
	facts->boot.has_grub_drop_ins = has_grub_drop_ins(fs, facts);
	read_images(fs, &facts->boot);
}

void facts_read_firmware(const struct fs *fs, struct facts *facts)
{
	char *firmware = first_of(fs, running_firmwares);

	if (!firmware)
		return;
	free(facts->boot.firmware);
	facts->boot.firmware = firmware;
}
