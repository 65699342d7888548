/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guests of a host, as their configurations tell. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "guest/guard-parts.h"
#include "guest/inventory.h"

#define CONFIG_MAX ((size_t)1 << 20)

static void guest_free(struct inventory_guest *guest)
{
	free(guest->name);
	free(guest->path);
	free(guest->fault);
	xlcfg_clear(&guest->cfg);
}

void inventory_clear(struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->count; i++)
		guest_free(&inventory->guest[i]);
	free(inventory->guest);
	*inventory = (struct inventory){0};
}

bool inventory_is_config(const char *name, const char *extension)
{
	static const char *const others[] = {"~", ".xml", ".sxp", ".bak", ".orig"};

	if (name[0] == '.')
		return false;
	if (*extension)
		return str_ends(name, extension) && strlen(name) > strlen(extension);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (str_ends(name, others[i]))
			return false;
	return true;
}

static bool has_file(const struct inventory *inventory, const struct stat *st)
{
	for (size_t i = 0; i < inventory->count; i++)
		if (inventory->guest[i].device == st->st_dev &&
		    inventory->guest[i].inode == st->st_ino)
			return true;
	return false;
}

/* A fault is kept with the guest. */
static void read_config(const struct fs *fs, struct inventory_guest *guest)
{
	_cleanup_err_ struct err err = {0};
	_cleanup_str_ struct str text = {0};
	int rc = fs_read(fs, guest->path, CONFIG_MAX, &text, &err);

	if (rc == 0)
		rc = xlcfg_read(guest->path, str_text(&text), text.length, &guest->cfg,
				&err);
	if (rc == 0 && !guest->cfg.name)
		(void)err_say(&err, EINVAL, "%s: it has no name", guest->path);
	guest->fault = TAKE_PTR(err.text);
	if (guest->cfg.name) {
		free(guest->name);
		guest->name = mem_text(guest->cfg.name);
	}
}

static void add(const struct fs *fs, const char *directory, const char *name,
		const char *extension, struct inventory *inventory)
{
	_cleanup_free_ char *path = mem_textf("%s/%s", directory, name);
	struct inventory_guest guest = {0};
	struct stat st;

	/* A link to nothing is no configuration of anything. */
	if (fs_stat(fs, path, &st, NULL) < 0 || !S_ISREG(st.st_mode) ||
	    has_file(inventory, &st))
		return;
	guest.device = st.st_dev;
	guest.inode = st.st_ino;
	guest.path = TAKE_PTR(path);
	guest.name = mem_text_part(name, strlen(name) - strlen(extension));
	read_config(fs, &guest);
	inventory->guest =
		mem_grow(inventory->guest, inventory->count, sizeof(*inventory->guest));
	inventory->guest[inventory->count++] = guest;
}

int inventory_read(const struct fs *fs, const char *directory, const char *extension,
		   struct inventory *inventory, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	int rc = fs_readdir(fs, directory, &names, err);

	if (rc == -ENOENT) {
		err_clear(err);
		return 0;
	}
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < names.count; i++)
		if (inventory_is_config(names.item[i], extension))
			add(fs, directory, names.item[i], extension, inventory);
	return 0;
}

int inventory_find(const struct inventory *inventory, const char *name,
		   const struct inventory_guest **ret_guest, struct err *err)
{
	const struct inventory_guest *found = NULL;

	for (size_t i = 0; i < inventory->count; i++) {
		const struct inventory_guest *guest = &inventory->guest[i];

		if (strcmp(guest->name, name) != 0)
			continue;
		if (found)
			return err_say(err, EEXIST, "'%s' and '%s' are both of that name",
				       found->path, guest->path);
		found = guest;
	}
	if (!found)
		return err_say(err, ENOENT, "there is no such guest");
	*ret_guest = found;
	return 0;
}

/* Whether two paths of the running system lead to one file or device. */
static bool is_same_volume(const char *a, const char *b)
{
	struct stat st;

	return strcmp(a, b) == 0 || (stat(a, &st) == 0 && guard_is_same(b, &st));
}

static bool uses(const struct inventory_guest *guest, const char *path)
{
	for (size_t i = 0; i < guest->cfg.disk_count; i++) {
		const struct xlcfg_disk *disk = &guest->cfg.disk[i];

		if (*disk->path && !disk->backend && is_same_volume(disk->path, path))
			return true;
	}
	return false;
}

const struct inventory_guest *inventory_user(const struct inventory *inventory,
					     const char *path,
					     const struct inventory_guest *guest)
{
	for (size_t i = 0; i < inventory->count; i++)
		if (&inventory->guest[i] != guest && uses(&inventory->guest[i], path))
			return &inventory->guest[i];
	return NULL;
}
