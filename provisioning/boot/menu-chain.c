/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What xen.efi starts, on the EFI system partition: for hosts with secure boot. */
#include <stdlib.h>
#include <string.h>

#include "boot/esp.h"
#include "boot/menu-parts.h"
#include "boot/trial.h"
#include "boot/xen-cfg.h"
#include "host/facts-parts.h"

#define MENU_MAX (16 << 20)
#define NONE ((size_t)-1)

/* What an entry needs there: numbers of files, or NONE. */
struct parts {
	size_t xen, kernel, ramdisk, policy;
	bool is_wanted; /* false: it is started by multiboot alone */
};

struct chain {
	struct menu *menu;
	struct esp esp;
	struct parts *parts; /* of each entry */
	struct str
		menus; /* what may start copies: the menu on the disk, the good entry */
};

/* ---- names ---- */

/* What neither GRUB, nor Xen's file, nor the partition gives a meaning. */
static char *clean_name(const char *path)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789._+~-";
	const char *slash = strrchr(path, '/');
	char *name = mem_text(slash ? slash + 1 : path);

	for (char *c = name; *c; c++)
		if (!strchr(safe, *c))
			*c = '_';
	return name;
}

/* "boot/xen-4.20.gz" -> "xen-4.20". */
static char *stem_of(const char *path)
{
	char *name = clean_name(path);

	if (str_ends(name, ".gz"))
		name[strlen(name) - strlen(".gz")] = '\0';
	return name;
}

/* "xen-4.20.efi" -> "xen-4.20.cfg", and back. */
static char *with_tail(const char *name, const char *tail)
{
	return mem_textf("%.*s%s", (int)(strlen(name) - strlen(".efi")), name, tail);
}

/* ---- the programs ---- */

static bool is_program(const struct fs *fs, const char *path)
{
	struct binary binary = binary_read(fs, path);

	return str_same(binary.format, "efi") && binary.protocol != BINARY_ARM64;
}

/* Where packages have it: Debian's in /boot, ours by branch, SUSE's, and Xen's own. */
static char *find_program(const struct fs *fs, const char *name)
{
	static const char *const directories[] = {"boot", "usr/share/efi/x86_64",
						  "usr/lib64/efi", "usr/lib/efi"};
	_cleanup_str_list_ struct str_list names = facts_names(fs, "usr/lib");

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		char *path = mem_textf("%s/%s", directories[i], name);

		if (is_program(fs, path))
			return path;
		free(path);
	}
	for (size_t i = 0; i < names.count; i++) {
		char *path = mem_textf("usr/lib/%s/boot/%s", names.item[i], name);

		if (str_starts(names.item[i], "xen-") && is_program(fs, path))
			return path;
		free(path);
	}
	return NULL;
}

/*
 * The number of its copy. An earlier build that an upgrade kept has no other file than
 * the one that was copied while its package was there.
 */
static size_t add_program(struct chain *chain, const struct menu_xen *xen)
{
	_cleanup_free_ char *stem = stem_of(xen->image->path);
	_cleanup_free_ char *name = mem_textf("%s.efi", stem);
	_cleanup_free_ char *path = find_program(chain->menu->fs, name);

	if (xen->image->binary.protocol == BINARY_ARM64)
		return NONE;
	if (path || esp_has(&chain->esp, name))
		return esp_add(&chain->esp, name, NULL, path);
	menu_note(chain->menu, xen->image->path,
		  "no %s of it is there: it is started by %s", name, xen->loader->load);
	return NONE;
}

/* ---- what shall be there ---- */

static size_t add_file(struct chain *chain, const struct str_list *more, const char *path)
{
	_cleanup_free_ char *name = clean_name(path);

	return esp_add(&chain->esp, name, more, path);
}

/* Early microcode is in front, where the kernel and Xen (ucode=scan) look for it. */
static size_t add_ramdisk(struct chain *chain, const char *initrd)
{
	const struct str_list *early = &chain->menu->early;

	return initrd ? add_file(chain, early, initrd)
		      : esp_add(&chain->esp, "early.img", early, NULL);
}

static void add_entry(struct chain *chain, size_t number, size_t xen)
{
	const struct menu_entry *entry = &chain->menu->entry[number];
	const char *initrd = entry->kernel->initrd;
	bool has_ramdisk = initrd || chain->menu->early.count;
	bool has_policy = menu_is_xsm(entry->variant);
	struct parts *parts = &chain->parts[number];

	parts->xen = xen;
	parts->kernel = add_file(chain, NULL, entry->kernel->image->path);
	parts->ramdisk = has_ramdisk ? add_ramdisk(chain, initrd) : NONE;
	parts->policy = has_policy ? add_file(chain, NULL, entry->xen->policy) : NONE;
	parts->is_wanted = parts->kernel != NONE &&
			   (!has_ramdisk || parts->ramdisk != NONE) &&
			   (!has_policy || parts->policy != NONE);
	if (!parts->is_wanted)
		menu_note(chain->menu, entry->kernel->image->path,
			  "its copy for xen.efi would have the name of another's");
}

static void plan(struct chain *chain)
{
	struct menu *menu = chain->menu;

	for (size_t x = 0; x < menu->xen_count; x++) {
		size_t number = add_program(chain, &menu->xen[x]);

		for (size_t i = 0; number != NONE && i < menu->entry_count; i++)
			if (menu->entry[i].xen == &menu->xen[x])
				add_entry(chain, i, number);
	}
}

/* ---- what menus name ---- */

static void add_text(const struct fs *fs, const char *path, struct str *text)
{
	_cleanup_str_ struct str file = {0};

	if (path && fs_read(fs, path, MENU_MAX, &file, NULL) == 0)
		str_addf(text, "%s\n", str_text(&file));
}

/*
 * A menu that cannot be run may be one that GRUB can: all of it counts then. Without a
 * trial, the last good entry in it is one that was.
 */
static void read_menus(const struct fs *fs, struct str *text)
{
	bool is_armed = fs_exists(fs, TRIAL_ARMED);
	_cleanup_grub_menu_ struct grub_menu menu = {0};

	add_text(fs, TRIAL_GOOD, text);
	if (grub_menu_read(fs, "uefi", &menu, NULL) < 0)
		add_text(fs, grub_menu_config_path(fs), text);
	for (size_t i = 0; i < menu.count; i++)
		if (menu.entry[i].kind != GRUB_SUBMENU &&
		    (is_armed || !str_same(menu.entry[i].id, TRIAL_GOOD_ID)))
			str_addf(text, "%s\n", menu.entry[i].text);
}

static bool is_named(const struct str *menus, const char *efi, const char *section)
{
	_cleanup_free_ char *words = mem_textf(ESP_PATH "/%s %s %s ", efi, efi, section);

	return strstr(str_text(menus), words) != NULL;
}

static void add_once(struct str_list *list, const char *text)
{
	if (text && !str_list_has(list, text))
		str_list_add(list, text);
}

static void keep_section(struct str_list *keep, const struct xen_cfg_section *section)
{
	add_once(keep, section->kernel);
	add_once(keep, section->ramdisk);
	add_once(keep, section->xsm);
}

/* The files of each section that a menu names. */
static void keep_named(const struct esp *esp, const struct str *menus,
		       struct str_list *keep)
{
	for (size_t i = 0; i < esp->listed.count; i++) {
		const char *name = esp->listed.item[i];
		_cleanup_xen_cfg_ struct xen_cfg cfg = {0};
		_cleanup_str_ struct str text = {0};
		_cleanup_free_ char *efi = NULL;

		if (!str_ends(name, ".cfg"))
			continue;
		efi = with_tail(name, ".efi");
		esp_read(esp, name, &text);
		xen_cfg_parse(str_text(&text), text.length, &cfg);
		for (size_t k = 0; k < cfg.count; k++) {
			if (!is_named(menus, efi, cfg.section[k].name))
				continue;
			add_once(keep, name);
			add_once(keep, efi);
			keep_section(keep, &cfg.section[k]);
		}
	}
}

int menu_chain_prune(const struct fs *fs, struct err *err)
{
	_cleanup_str_list_ struct str_list keep = {0};
	_cleanup_str_ struct str menus = {0};
	_cleanup_esp_ struct esp esp = {0};

	if (!esp_open(fs, NULL, &esp))
		return 0;
	read_menus(fs, &menus);
	keep_named(&esp, &menus, &keep);
	return esp_prune(&esp, &keep, err);
}

/* Room is made by what is old, but not by what the menu on the disk still starts. */
static int prune(struct chain *chain, struct err *err)
{
	struct esp *esp = &chain->esp;
	_cleanup_str_list_ struct str_list keep = {0};

	keep_named(esp, &chain->menus, &keep);
	for (size_t i = 0; i < esp->count; i++) {
		const char *name = esp->file[i].name;
		_cleanup_free_ char *cfg =
			str_ends(name, ".efi") ? with_tail(name, ".cfg") : NULL;

		add_once(&keep, name);
		add_once(&keep, cfg);
	}
	return esp_prune(esp, &keep, err);
}

/* ---- the files of xen.efi ---- */

static bool is_ready(const struct chain *chain, size_t number)
{
	return number == NONE || chain->esp.file[number].is_ready;
}

static char *name_of(const struct chain *chain, size_t number)
{
	return number == NONE ? NULL : chain->esp.file[number].name;
}

/* Named after the kernel's file: it says no more than that and what belongs to it. */
static char *section_name(const struct chain *chain, size_t entry)
{
	return mem_textf("%s%s", name_of(chain, chain->parts[entry].kernel),
			 menu_is_xsm(chain->menu->entry[entry].variant) ? ".xsm" : "");
}

static bool is_whole(const struct chain *chain, const struct parts *parts)
{
	return parts->is_wanted && is_ready(chain, parts->xen) &&
	       is_ready(chain, parts->kernel) && is_ready(chain, parts->ramdisk) &&
	       is_ready(chain, parts->policy);
}

static void add_section(const struct chain *chain, size_t entry, struct str_list *names,
			struct str *text)
{
	const struct parts *parts = &chain->parts[entry];
	_cleanup_free_ char *name = section_name(chain, entry);
	const struct xen_cfg_section section = {
		.name = name,
		.kernel = name_of(chain, parts->kernel),
		.ramdisk = name_of(chain, parts->ramdisk),
		.xsm = name_of(chain, parts->policy),
	};

	if (str_list_has(names, name))
		return;
	if (!names->count)
		xen_cfg_add_default(text, name);
	str_list_add(names, name);
	xen_cfg_add(text, &section);
}

/* Sections of the file that is there, for a menu that is there. */
static void add_carried(const struct chain *chain, const char *efi, const char *file,
			const struct str_list *names, struct str *text)
{
	_cleanup_xen_cfg_ struct xen_cfg old = {0};
	_cleanup_str_ struct str there = {0};

	if (!esp_has(&chain->esp, file))
		return;
	esp_read(&chain->esp, file, &there);
	xen_cfg_parse(str_text(&there), there.length, &old);
	for (size_t i = 0; i < old.count; i++)
		if (!str_list_has(names, old.section[i].name) &&
		    is_named(&chain->menus, efi, old.section[i].name))
			xen_cfg_add(text, &old.section[i]);
}

static void tell_entries(struct chain *chain, struct menu_xen *xen, const char *efi)
{
	xen->efi = mem_text(efi);
	for (size_t i = 0; i < chain->menu->entry_count; i++) {
		struct menu_entry *entry = &chain->menu->entry[i];

		if (entry->xen == xen && is_whole(chain, &chain->parts[i]))
			entry->section = section_name(chain, i);
	}
}

static int write_file(struct chain *chain, struct menu_xen *xen, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	_cleanup_str_ struct str text = {0};
	_cleanup_free_ char *file = NULL;
	const char *efi = NULL;
	int rc;

	for (size_t i = 0; i < chain->menu->entry_count; i++) {
		const struct parts *parts = &chain->parts[i];

		if (chain->menu->entry[i].xen != xen || !is_whole(chain, parts))
			continue;
		efi = name_of(chain, parts->xen);
		add_section(chain, i, &names, &text);
	}
	if (!efi)
		return 0;
	file = with_tail(efi, ".cfg");
	add_carried(chain, efi, file, &names, &text);
	rc = esp_write(&chain->esp, file, &text, err);
	if (rc == 0)
		tell_entries(chain, xen, efi);
	return rc;
}

/* ---- all of it ---- */

static void note_failure(struct menu *menu, const struct err *err)
{
	menu_note(menu, menu->env->esp + strspn(menu->env->esp, "/"),
		  "not everything is copied for xen.efi: %s; what is not is started by "
		  "multiboot",
		  err->text);
}

static void copy(struct chain *chain)
{
	struct menu *menu = chain->menu;
	_cleanup_err_ struct err err = {0};
	int rc = prune(chain, &err);

	if (rc == 0)
		rc = esp_copy(&chain->esp, &err);
	if (rc < 0)
		note_failure(menu, &err);
	for (size_t i = 0; i < menu->xen_count; i++) {
		_cleanup_err_ struct err cause = {0};

		if (write_file(chain, &menu->xen[i], &cause) < 0)
			note_failure(menu, &cause);
	}
}

static void clear(struct chain *chain)
{
	esp_clear(&chain->esp);
	free(chain->parts);
	str_clear(&chain->menus);
}

void menu_chain(struct menu *menu)
{
	_cleanup_(clear) struct chain chain = {.menu = menu};
	_cleanup_err_ struct err err = {0};

	if (strcmp(menu->env->chainload, "yes") != 0) {
		if (menu_chain_prune(menu->fs, &err) < 0)
			menu_note(menu, "EFI", "old copies for xen.efi stay: %s",
				  err.text);
		return;
	}
	if (*menu->env->esp == '\0' || !esp_open(menu->fs, menu->env->esp, &chain.esp)) {
		menu_note(menu, "boot/efi",
			  "no EFI system partition is mounted: nothing is copied for "
			  "xen.efi, and Xen is started by multiboot");
		return;
	}
	chain.parts = mem_alloc((menu->entry_count + 1) * sizeof(*chain.parts));
	read_menus(menu->fs, &chain.menus);
	plan(&chain);
	copy(&chain);
}
