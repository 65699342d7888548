/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where dom0's root file system is, and where GRUB finds files: as 20_linux_xen decides. */
#include <string.h>

#include "boot/menu-parts.h"

static bool is_true(const char *value)
{
	return strcmp(value, "true") == 0;
}

static bool has_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = words; (at = strstr(at, word)); at += length)
		if ((at == words || strchr(" \n", at[-1])) && strchr(" \n", at[length]))
			return true;
	return false;
}

static bool has_link(const struct menu *menu, const char *kind, const char *name)
{
	_cleanup_free_ char *path = mem_textf("dev/disk/by-%s/%s", kind, name);

	return *name && fs_exists(menu->fs, path);
}

/*
 * By its device where no name of the file system is known, wanted or there, and on LVM,
 * whose names are stable.
 */
static bool is_by_device(const struct menu *menu)
{
	const struct menu_env *env = menu->env;

	return (!*env->device_uuid && !*env->device_partuuid) ||
	       (is_true(env->disable_linux_uuid) &&
		is_true(env->disable_linux_partuuid)) ||
	       (!has_link(menu, "uuid", env->device_uuid) &&
		!has_link(menu, "partuuid", env->device_partuuid)) ||
	       (*env->device && fs_exists(menu->fs, env->device) &&
		has_word(env->abstraction, "lvm"));
}

/* "ZFS=pool/ROOT/debian": the path in the pool ends in "@" where no snapshot is meant. */
static char *zfs_root(const struct menu_env *env)
{
	size_t length = strlen(env->root_path);

	if (length && env->root_path[length - 1] == '@')
		length--;
	if (length && env->root_path[length - 1] == '/')
		length--;
	return mem_textf("ZFS=%s%.*s", env->pool, (int)length, env->root_path);
}

char *menu_root(const struct menu *menu, bool has_initrd)
{
	const struct menu_env *env = menu->env;

	/* UUID= is read by initial ramdisks only. */
	if (!has_initrd) {
		if (!*env->device_partuuid || is_true(env->disable_linux_partuuid))
			return mem_text(env->device);
		return mem_textf("PARTUUID=%s", env->device_partuuid);
	}
	if (strcmp(env->fs, "zfs") == 0)
		return zfs_root(env);
	if (is_by_device(menu))
		return mem_text(env->device);
	if (!*env->device_uuid || is_true(env->disable_linux_uuid))
		return mem_textf("PARTUUID=%s", env->device_partuuid);
	return mem_textf("UUID=%s", env->device_uuid);
}

char *menu_path(const struct menu *menu, const char *path)
{
	bool is_in_boot = str_starts(path, "boot/");
	const char *directory = is_in_boot ? menu->env->boot_path : menu->env->root_path;
	size_t length = strlen(directory);

	while (length && directory[length - 1] == '/')
		length--;
	return mem_textf("%.*s/%s", (int)length, directory,
			 is_in_boot ? path + strlen("boot/") : path);
}
