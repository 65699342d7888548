/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kind of a domain, and what finds its kernel. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "guest/spec-parts.h"

/* In the order of enum guest_type and enum guest_boot. */
static const char *const types[] = {"pvh", "pv", "hvm"};
static const char *const boots[] = {"pvgrub", "pygrub", "kernel", "firmware"};

const char *guest_type_name(enum guest_type type)
{
	return types[type];
}

const char *guest_boot_name(enum guest_boot boot)
{
	return boots[boot];
}

/* A setting has one of the words, so it is one of them. */
static size_t index_of(const char *const *words, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (str_same(words[i], word))
			return i;
	return 0;
}

/* What was asked for, or what the type and the kernel imply. */
static enum guest_boot choose(const struct spec *spec)
{
	const struct settings *settings = spec->settings;
	const char *via = setting_text(settings, "boot-via");
	enum setting_level via_level = setting_level(settings, "boot-via");

	if (!spec->storage)
		return GUEST_KERNEL;
	/* A kernel in a file is one for guests that are booted so; xen-tools always has one. */
	if (setting_level(settings, "kernel") == LEVEL_LINE && via_level < LEVEL_LINE)
		return GUEST_KERNEL;
	if (setting_is_yes(settings, "pygrub") &&
	    setting_level(settings, "pygrub") >= via_level)
		return GUEST_PYGRUB;
	if (via)
		return (enum guest_boot)index_of(boots, ARRAY_SIZE(boots), via);
	return spec->guest->type == GUEST_HVM ? GUEST_FIRMWARE : GUEST_PVGRUB;
}

static int check_pair(const struct spec *spec, struct err *err)
{
	const struct guest *guest = spec->guest;
	bool is_hvm = guest->type == GUEST_HVM;

	if (is_hvm && guest->boot != GUEST_FIRMWARE && guest->boot != GUEST_KERNEL)
		return setting_error(spec->settings, "boot-via", err,
				     "hvm guests boot via firmware or kernel, not %s",
				     guest_boot_name(guest->boot));
	if (!is_hvm && guest->boot == GUEST_FIRMWARE)
		return setting_error(spec->settings, "boot-via", err,
				     "%s guests have no firmware; see --type hvm",
				     guest_type_name(guest->type));
	return 0;
}

/* "auto" is the file of dom0's own kernel. */
static int take_file(const struct spec *spec, const char *name, const char *prefix,
		     char **ret_path, struct err *err)
{
	const char *text = setting_text(spec->settings, name);
	struct utsname running;

	if (!text)
		return 0;
	if (strcmp(text, "auto") == 0) {
		if (uname(&running) < 0)
			return err_set(err, errno, "uname");
		*ret_path = mem_textf("/boot/%s-%s", prefix, running.release);
	} else {
		*ret_path = mem_text(text);
	}
	if ((*ret_path)[strcspn(*ret_path, "'\"\\")] || (*ret_path)[0] != '/')
		return setting_error(spec->settings, name, err,
				     "'%s' is no absolute path without quotes",
				     *ret_path);
	if (!fs_exists(spec->host, *ret_path))
		return setting_error(spec->settings, name, err, "there is no file '%s'",
				     *ret_path);
	return 0;
}

static int take_kernel(struct spec *spec, struct err *err)
{
	struct guest *guest = spec->guest;
	int rc = take_file(spec, "kernel", "vmlinuz", &guest->kernel, err);

	if (rc < 0)
		return rc;
	if (!guest->kernel)
		return setting_error(spec->settings, "kernel", err,
				     "which kernel shall boot it? 'auto' is dom0's");
	return take_file(spec, "initrd", "initrd.img", &guest->ramdisk, err);
}

/* Debian's grub-xen-host and SUSE's grub2-x86_64-xen, by type and processor. */
static int find_pvgrub(struct spec *spec, struct err *err)
{
	static const char *const names[][2] = {
		{"/usr/lib/grub-xen/grub-i386-xen_pvh.bin",
		 "/usr/share/grub2/i386-xen_pvh/grub.xen"},
		{"/usr/lib/grub-xen/grub-x86_64-xen.bin",
		 "/usr/share/grub2/x86_64-xen/grub.xen"},
		{"/usr/lib/grub-xen/grub-i386-xen.bin",
		 "/usr/share/grub2/i386-xen/grub.xen"},
	};
	const char *arch = setting_text(spec->settings, "arch");
	size_t kind = spec->guest->type == GUEST_PVH ? 0 : 1;

	if (kind && arch && strcmp(arch, "i386") == 0)
		kind = 2;
	for (size_t i = 0; i < 2; i++)
		if (fs_exists(spec->host, names[kind][i])) {
			spec->guest->kernel = mem_text(names[kind][i]);
			return 0;
		}
	return setting_error(spec->settings, "boot-via", err,
			     "pvgrub is missing: '%s', of the package %s",
			     names[kind][spec->is_suse],
			     spec->is_suse ? "grub2-x86_64-xen" : "grub-xen-host");
}

static int check_name(const struct spec *spec, const char *name, struct err *err)
{
	const char *text = setting_text(spec->settings, name);

	if (text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789")])
		return setting_error(spec->settings, name, err, "'%s' is no device",
				     text);
	return 0;
}

void spec_kind(struct spec *spec)
{
	spec->guest->type = (enum guest_type)index_of(
		types, ARRAY_SIZE(types), setting_text(spec->settings, "type"));
	/* Nothing but firmware boots a medium. */
	if (setting_level(spec->settings, "type") < LEVEL_LINE &&
	    setting_text(spec->settings, "install-from") &&
	    !setting_text(spec->settings, "install-kernel"))
		spec->guest->type = GUEST_HVM;
	spec->guest->boot = choose(spec);
}

int spec_boot(struct spec *spec, struct err *err)
{
	struct guest *guest = spec->guest;
	int rc;

	spec_kind(spec);
	rc = check_name(spec, "serial_device", err);
	if (rc < 0)
		return rc;
	guest->serial_device = mem_text(setting_text(spec->settings, "serial_device"));
	rc = check_pair(spec, err);
	if (rc < 0)
		return rc;
	if (guest->boot == GUEST_KERNEL)
		return take_kernel(spec, err);
	return guest->boot == GUEST_PVGRUB ? find_pvgrub(spec, err) : 0;
}
