/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's boot menu: an entry for each of its kernels, as its own update-grub makes them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/kernel-image.h"
#include "guest/identity-parts.h"
#include "guest/sandbox.h"

#define MENU "boot/grub/grub.cfg"
#define MARK "# Made with the guest" /* its first line: nobody made another one since */
#define SERIAL "serial --unit=0 --speed=115200" /* GRUB's words for ttyS0 */

struct kernel {
	char *version;
	char *image;
	char *ramdisk; /* NULL: none */
};

/* Stands for any that is there. */
static char no_name[] = "";

struct kernels {
	struct kernel *item;
	size_t count;
};

static void kernels_clear(struct kernels *kernels)
{
	for (size_t i = 0; i < kernels->count; i++) {
		free(kernels->item[i].version);
		free(kernels->item[i].image);
		free(kernels->item[i].ramdisk);
	}
	free(kernels->item);
	*kernels = (struct kernels){0};
}

/* Names go into a menu and its strings: none that means something there. */
static bool is_plain(const char *name)
{
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789.+-_~")] == '\0';
}

static bool is_file(const struct fs *root, const char *name)
{
	_cleanup_free_ char *path = mem_textf("boot/%s", name);
	struct stat st;

	return fs_stat(root, path, &st, NULL) == 0 && S_ISREG(st.st_mode);
}

/*
 * A pv guest's kernel is unpacked by what loads it, and GRUB's loader for them knows these
 * (grub-core/loader/i386/xen.c, and the filters of its files). What cannot be judged passes.
 */
static bool can_pvgrub_unpack(const char *compression)
{
	static const char *const known[] = {"none", "gzip", "xz", "lzo"};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (str_same(compression, known[i]))
			return true;
	return !compression;
}

/* Debian's, SUSE's and Red Hat's names. */
static char *find_ramdisk(const struct fs *root, const char *version)
{
	static const char *const forms[][2] = {
		{"initrd.img-", ""}, {"initrd-", ""}, {"initramfs-", ".img"}};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		_cleanup_free_ char *name =
			mem_textf("%s%s%s", forms[i][0], version, forms[i][1]);

		if (is_file(root, name))
			return TAKE_PTR(name);
	}
	return NULL;
}

static int compare_kernels(const void *a, const void *b)
{
	const struct kernel *x = a, *y = b;
	int order = strverscmp(y->version, x->version);

	return order ? order : strcmp(x->image, y->image);
}

/* The newest first. */
static int find_kernels(const struct identity *id, struct kernels *kernels,
			struct err *err)
{
	static const char *const prefixes[] = {"vmlinuz-", "vmlinux-"};
	bool has_to_unpack =
		id->guest->type == GUEST_PV && id->guest->boot == GUEST_PVGRUB;
	_cleanup_str_list_ struct str_list names = {0};
	const char *unknown = NULL; /* a compression */
	const struct fs *root = id->root;
	int rc = fs_readdir(root, "boot", &names, err);

	for (size_t i = 0; rc == 0 && i < names.count * ARRAY_SIZE(prefixes); i++) {
		const char *name = names.item[i / ARRAY_SIZE(prefixes)];
		const char *prefix = prefixes[i % ARRAY_SIZE(prefixes)];
		_cleanup_free_ char *path = mem_textf("boot/%s", name);
		const char *compression;
		struct kernel *kernel;

		if (!str_starts(name, prefix) || !is_plain(name) || !is_file(root, name))
			continue;
		compression = kernel_image_read(root, path).compression;
		if (has_to_unpack && !can_pvgrub_unpack(compression)) {
			unknown = compression;
			continue;
		}
		kernels->item =
			mem_grow(kernels->item, kernels->count, sizeof(*kernels->item));
		kernel = &kernels->item[kernels->count++];
		kernel->version = mem_text(name + strlen(prefix));
		kernel->image = mem_text(name);
		kernel->ramdisk = find_ramdisk(root, kernel->version);
	}
	if (rc == 0 && !kernels->count && unknown)
		return err_say(err, ENOEXEC,
			       "pvgrub cannot start the guest's kernels as pv, they are "
			       "packed by %s: --boot-via pygrub, or --type pvh",
			       unknown);
	if (rc == 0 && !kernels->count)
		return err_say(err, ENOENT, "the guest has no kernel in /boot");
	if (rc == 0)
		qsort(kernels->item, kernels->count, sizeof(*kernels->item),
		      compare_kernels);
	return rc;
}

static const struct guest_volume *volume_at(const struct guest *guest,
					    const char *mountpoint)
{
	for (size_t i = 0; i < guest->volume_count; i++)
		if (str_same(guest->volume[i].mountpoint, mountpoint))
			return &guest->volume[i];
	return NULL;
}

/* What the kernel calls its console; the last of them is where a login comes. */
static char *console_words(const struct guest *guest)
{
	const char *device = identity_console_device(guest);
	const char *speed = str_starts(device, "ttyS") ? ",115200" : "";

	return mem_textf("%sconsole=%s%s",
			 guest->type == GUEST_HVM ? "console=tty0 " : "", device, speed);
}

/*
 * What a kernel is given besides its root. Each character on an emulated console is a trip
 * to the device model: there the kernel is told to be quiet, as Debian's menus tell it too.
 */
static char *kernel_words(const struct guest *guest)
{
	_cleanup_free_ char *console = console_words(guest);

	return mem_textf("%s%s", guest->type == GUEST_HVM ? "quiet " : "", console);
}

/*
 * Only an initial RAM file system knows UUIDs. Without one the kernel takes the device,
 * which the configuration names.
 */
static char *root_word(const struct guest *guest, const struct guest_volume *root,
		       const struct kernel *kernel)
{
	bool is_disk = guest->recipe.layout == LAYOUT_DISK;

	if (kernel->ramdisk)
		return mem_textf("UUID=%s", root->uuid);
	return mem_textf("/dev/%s%s", root->device, is_disk ? "3" : "");
}

static void add_entry(struct str *menu, const struct guest *guest,
		      const struct guest_volume *root, const struct kernel *kernel,
		      const char *directory)
{
	_cleanup_free_ char *where = root_word(guest, root, kernel);
	_cleanup_free_ char *words = kernel_words(guest);

	str_addf(menu,
		 "\nmenuentry \"Linux %s\" --class gnu-linux --class os {\n"
		 "\tlinux %s/%s root=%s ro %s\n",
		 kernel->version, directory, kernel->image, where, words);
	if (kernel->ramdisk)
		str_addf(menu, "\tinitrd %s/%s\n", directory, kernel->ramdisk);
	str_add(menu, "}\n");
}

/* As GRUB and pygrub, which knows no more than these words, read it. */
static void add_head(struct str *menu, const struct guest *guest)
{
	const struct guest_volume *boot = volume_at(guest, "/boot");

	str_add(menu, MARK "; update-grub in it makes its own.\n"
			   "set default=\"0\"\n"
			   "set timeout=2\n");
	if (guest->type == GUEST_HVM)
		str_add(menu, SERIAL "\n"
				     "terminal_input console serial\n"
				     "terminal_output console serial\n");
	str_addf(menu, "search --no-floppy --fs-uuid --set=root %s\n",
		 boot ? boot->uuid : guest->volume[0].uuid);
}

/* Where kernels are in the file system that GRUB reads. */
static const char *directory_of(const struct guest *guest)
{
	return volume_at(guest, "/boot") ? "" : "/boot";
}

static void make_menu(const struct guest *guest, const struct kernels *kernels,
		      struct str *menu)
{
	add_head(menu, guest);
	for (size_t i = 0; i < kernels->count; i++)
		add_entry(menu, guest, &guest->volume[0], &kernels->item[i],
			  directory_of(guest));
}

/*
 * A guest without update-grub would keep this menu when its kernel is upgraded, and the
 * kernel that is in it would be removed in the end; and update-grub cannot run where
 * xen-update-image upgrades a guest. Debian's kernel packages run what is
 * in these directories (Debian Linux Kernel Handbook, "Update hooks").
 */
static int write_hooks(struct identity *id, struct err *err)
{
	static const char *const paths[] = {"etc/kernel/postinst.d/zz-xenhost-menu",
					    "etc/kernel/postrm.d/zz-xenhost-menu"};
	const struct guest_volume *volume = &id->guest->volume[0];
	const struct kernel with = {.ramdisk = no_name}, without = {0};
	_cleanup_free_ char *uuid = root_word(id->guest, volume, &with);
	_cleanup_free_ char *device = root_word(id->guest, volume, &without);
	_cleanup_free_ char *words = kernel_words(id->guest);
	const char *directory = directory_of(id->guest);
	_cleanup_str_ struct str script = {0};
	int rc = 0;

	str_add(&script,
		"#!/bin/sh\n"
		"# Makes the boot menu anew: an entry for each kernel that is "
		"there.\n"
		"# Where update-grub is, only while xen-update-image upgrades the guest, "
		"and "
		"not over its menu.\n"
		"if command -v update-grub >/dev/null; then\n"
		"\t[ \"$(cat /run/systemd/container 2>/dev/null)\" = " SANDBOX_CONTAINER
		" ] || exit 0\n"
		"\tgrep -q '^" MARK "' /boot/grub/grub.cfg || exit 0\n"
		"fi\n"
		"[ -d /boot/grub ] && cd /boot || exit 0\n{\n\tcat <<'END'\n");
	add_head(&script, id->guest);
	str_addf(&script,
		 "END\n"
		 "\tfor version in $(ls | sed -n 's/^vmlinuz-//p' | sort -rV); do\n"
		 "\t\troot=%s initrd=\n"
		 "\t\t[ ! -f \"initrd.img-$version\" ] || root=%s "
		 "initrd=initrd.img-$version\n"
		 "\t\tprintf '\\nmenuentry \"Linux %%s\" --class gnu-linux --class os "
		 "{\\n' \"$version\"\n"
		 "\t\tprintf '\\tlinux %s/vmlinuz-%%s root=%%s ro %s\\n' \"$version\" "
		 "\"$root\"\n"
		 "\t\t[ -z \"$initrd\" ] || printf '\\tinitrd %s/%%s\\n' \"$initrd\"\n"
		 "\t\techo '}'\n"
		 "\tdone\n"
		 "} >grub/grub.cfg.new && sync && mv grub/grub.cfg.new grub/grub.cfg\n",
		 device, uuid, directory, words, directory);
	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(paths); i++)
		rc = identity_put(id->root, paths[i], str_text(&script), 0755, err);
	return rc;
}

/* Debian's update-grub reads the directory; others only the one file. */
static int write_defaults(struct identity *id, struct err *err)
{
	_cleanup_free_ char *console = console_words(id->guest);
	_cleanup_free_ char *words = mem_textf("GRUB_CMDLINE_LINUX=\"%s\"", console);
	const struct {
		const char *name, *line;
		bool is_for_firmware; /* its consoles, which the other types do not have */
	} settings[] = {
		{"GRUB_TIMEOUT", "GRUB_TIMEOUT=2", false},
		{"GRUB_CMDLINE_LINUX", words, false},
		{"GRUB_DISABLE_OS_PROBER", "GRUB_DISABLE_OS_PROBER=true", false},
		{"GRUB_TERMINAL", "GRUB_TERMINAL=\"console serial\"", true},
		{"GRUB_SERIAL_COMMAND", "GRUB_SERIAL_COMMAND=\"" SERIAL "\"", true},
	};
	bool is_debian = fs_exists(id->root, "usr/bin/dpkg");
	const char *path =
		is_debian ? "etc/default/grub.d/xenhost.cfg" : "etc/default/grub";
	_cleanup_str_ struct str text = {0};
	int rc = 0;

	if (!is_debian && !fs_exists(id->root, path))
		return 0;
	if (!is_debian)
		rc = identity_get(id->root, path, &text, err);
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		if (!settings[i].is_for_firmware || id->guest->type == GUEST_HVM)
			identity_set(&text, settings[i].name, settings[i].line);
	return rc == 0 ? identity_put(id->root, path, str_text(&text), 0644, err) : rc;
}

/* kernel-img.conf(5) of linux-base: the links /vmlinuz and /initrd.img are kept up. */
static int write_kernel_img(struct identity *id, struct err *err)
{
	if (!fs_exists(id->root, "usr/bin/dpkg"))
		return 0;
	return identity_put(id->root, "etc/kernel-img.conf",
			    "do_symlinks = yes\ndo_bootloader = no\n"
			    "do_initrd = yes\nlink_in_boot = no\n",
			    0644, err);
}

int identity_menu(struct identity *id, struct err *err)
{
	_cleanup_(kernels_clear) struct kernels kernels = {0};
	_cleanup_str_ struct str menu = {0};
	int rc;

	if (id->guest->boot == GUEST_KERNEL)
		return 0;
	rc = find_kernels(id, &kernels, err);
	if (rc < 0)
		return rc;
	make_menu(id->guest, &kernels, &menu);
	rc = identity_put(id->root, MENU, str_text(&menu), 0644, err);
	if (rc == 0 && fs_exists(id->root, "boot/grub2"))
		rc = identity_put(id->root, "boot/grub2/grub.cfg", str_text(&menu), 0644,
				  err);
	if (rc == 0 && fs_exists(id->root, "usr/bin/dpkg"))
		rc = write_hooks(id, err);
	if (rc == 0)
		rc = write_defaults(id, err);
	return rc == 0 ? write_kernel_img(id, err) : rc;
}
