/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What misleads GRUB's script for Xen: strays in /boot, variables that work no more. */
#include <fcntl.h>
#include <string.h>

#include "base/shell.h"
#include "host/facts-parts.h"
#include "resources/check-parts.h"
#include "resources/grub.h"
#include "resources/resources.h"

#define DEBIAN_DROP_IN "etc/default/grub.d/xen.cfg"

static const struct advice stray = {
	.id = "boot.stray",
	.severity = SEVERITY_WARNING,
	.why = "GRUB's script takes every /boot/xen* for a hypervisor and makes entries "
	       "that do not boot",
	.setting = "move it out of /boot, then update-grub",
};

static const struct advice efi_entry = {
	.id = "boot.efi-entry",
	.severity = SEVERITY_INFO,
	.why = "GRUB's script makes an entry of it that GRUB cannot boot; Debian's "
	       "packages put it there",
	.setting = "choose the entries of the .gz file",
};

static const struct advice stale_drop_in = {
	.id = "boot.stale-xen-cfg",
	.severity = SEVERITY_WARNING,
	.why = "it stays when its package is removed, and makes an entry the default "
	       "that "
	       "is not there any more",
	.setting = "apt-get purge xen-hypervisor-common, then update-grub",
};

static const struct advice two_scripts = {
	.id = "boot.two-scripts",
	.severity = SEVERITY_WARNING,
	.why = "GRUB's own script makes a second set of entries for Xen, some of which "
	       "do not boot",
	.setting =
		"chmod a-x /etc/grub.d/20_linux_xen, then update-grub; on a SUSE apply "
		"does both",
};

static const struct advice default_lost = {
	.id = "boot.default-lost",
	.severity = SEVERITY_ERROR,
	.why = "without submenus there is no such entry: GRUB boots Linux without Xen, "
	       "and does not say so",
	.setting = "remove GRUB_DISABLE_SUBMENU, then update-grub",
};

/* ---- strays ---- */

/* What the script (20_linux_xen of GRUB 2.06 to 2.12) leaves out by name. */
static bool is_left_out(const char *name)
{
	static const char *const tails[] = {".rpmsave", ".rpmnew", ".sig", ".config"};

	for (size_t i = 0; i < ARRAY_SIZE(tails); i++)
		if (str_ends(name, tails[i]))
			return true;
	return strstr(name, ".dpkg-") || str_starts(name, "xen-syms-") ||
	       str_starts(name, "xenpolicy-");
}

enum image { IMAGE_NONE, IMAGE_BOOTABLE, IMAGE_EFI };

/* A backup has the right bytes: only the name tells. */
static enum image look_at(const struct fs *fs, const char *path)
{
	static const char *const backups[] = {".bak", ".old", ".orig", ".save", "~"};
	_cleanup_close_ int fd = -1;
	uint8_t start[4] = {0};

	for (size_t i = 0; i < ARRAY_SIZE(backups); i++)
		if (str_ends(path, backups[i]))
			return IMAGE_NONE;
	if (fs_open_file(fs, path, O_RDONLY | O_NONBLOCK, &fd, NULL) < 0 ||
	    read(fd, start, sizeof(start)) != sizeof(start))
		return IMAGE_NONE;
	if (memcmp(start, "MZ", 2) == 0)
		return IMAGE_EFI;
	if ((start[0] == 0x1f && start[1] == 0x8b) || memcmp(start, "\177ELF", 4) == 0)
		return IMAGE_BOOTABLE;
	return IMAGE_NONE;
}

static void check_stray(struct checker *checker, const char *name)
{
	_cleanup_free_ char *path = mem_textf("boot/%s", name);
	enum image image;
	struct stat st;

	if (fs_stat(checker->fs, path, &st, NULL) < 0 || !S_ISREG(st.st_mode))
		return;
	image = look_at(checker->fs, path);
	if (image == IMAGE_EFI)
		check_add(checker, &efi_entry, "%s gets an entry that does not boot",
			  path);
	else if (image == IMAGE_NONE)
		check_add(checker, &stray, "%s is taken for a hypervisor", path);
}

/* GRUB's own script, also where it was put first; grub-mkconfig runs what may be run. */
static const char *find_stock_script(const struct checker *checker)
{
	static const char *const paths[] = {GRUB_SCRIPTS "/20_linux_xen",
					    GRUB_SCRIPTS "/08_linux_xen"};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct stat st;

		if (fs_stat(checker->fs, paths[i], &st, NULL) == 0 && (st.st_mode & 0111))
			return paths[i];
	}
	return NULL;
}

static void check_strays(struct checker *checker)
{
	_cleanup_str_list_ struct str_list names = {0};

	names = facts_names(checker->fs, "boot");
	for (size_t i = 0; i < names.count; i++)
		if (str_starts(names.item[i], "xen") && !is_left_out(names.item[i]))
			check_stray(checker, names.item[i]);
}

/* ---- variables ---- */

static bool is_yes(const char *value)
{
	return str_same(value, "y") || str_same(value, "yes") || str_same(value, "true");
}

/*
 * Whether the default is an entry that only a menu with submenus has: the first one, or
 * one inside a submenu. Debian's drop-in makes it the first one unless told not to.
 */
static bool needs_submenus(const struct checker *checker, const char *text)
{
	_cleanup_free_ char *entry = shell_value(text, "GRUB_DEFAULT");
	_cleanup_free_ char *override = shell_value(text, "XEN_OVERRIDE_GRUB_DEFAULT");

	if (fs_exists(checker->fs, DEBIAN_DROP_IN) && !str_same(override, "0"))
		return true;
	return entry &&
	       (strstr(entry, "Xen hypervisor") || strstr(entry, "xen-gnulinux-simple") ||
		(strchr(entry, '>') && strcasestr(entry, "xen")));
}

static void check(struct checker *checker)
{
	bool has_hypervisor = checker->facts->boot.hypervisor_count != 0;
	bool has_generator = grub_has_generator(checker->fs);
	const char *stock = find_stock_script(checker);
	_cleanup_free_ char *without = NULL;
	_cleanup_str_ struct str text = {0};

	if (stock && has_generator)
		check_add(checker, &two_scripts, "%s runs beside " GRUB_GENERATOR, stock);
	if (stock)
		check_strays(checker);
	if (!has_hypervisor && fs_exists(checker->fs, DEBIAN_DROP_IN))
		check_add(checker, &stale_drop_in,
			  DEBIAN_DROP_IN " is there, but no hypervisor");
	/* Ours has the entry with and without submenus, and only what boots. */
	if (has_generator)
		return;
	check_read_grub(checker, &text);
	without = shell_value(str_text(&text), "GRUB_DISABLE_SUBMENU");
	if (has_hypervisor && is_yes(without) && needs_submenus(checker, str_text(&text)))
		check_add(checker, &default_lost,
			  "GRUB_DISABLE_SUBMENU removes the entry that is the default");
}

const struct resource resource_grub_menu = {.name = "grub-menu", .check = check};
