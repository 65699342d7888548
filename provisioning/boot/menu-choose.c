/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which files are in the menu, in which order; and why others are not. */
#include <string.h>
#include <sys/stat.h>

#include "boot/menu-parts.h"
#include "host/kernel.h"
#include "host/note.h"

#define CONFIG_MAX (4 << 20)
#define KEPT_MAX (1 << 20)
#define KEPT_LIST "var/lib/xen/kept-hypervisors"

static const struct menu_loader multiboot = {"multiboot", "multiboot", "module"};
static const struct menu_loader multiboot2 = {"multiboot2", "multiboot2", "module2"};
static const struct menu_loader arm64 = {"xen_boot", "xen_hypervisor", "xen_module"};

/* ---- hypervisors ---- */

static const struct menu_loader *loader_of(const struct binary *binary)
{
	switch (binary->protocol) {
	case BINARY_MULTIBOOT:
		return &multiboot;
	case BINARY_MULTIBOOT2:
		return &multiboot2;
	case BINARY_ARM64:
		return &arm64;
	case BINARY_UNBOOTABLE:
		break;
	}
	return NULL;
}

static const char *unbootable_reason(const struct binary *binary)
{
	if (strcmp(binary->format, "efi") == 0)
		return "a program for UEFI, which multiboot cannot load";
	if (!binary->is_whole)
		return "a gzip file that cannot be unpacked";
	if (!binary->is_elf)
		return "the gzip of something that is no ELF file";
	return "an ELF file without a multiboot header";
}

bool menu_is_debug(const struct image_hypervisor *image)
{
	const char *name = strrchr(image->path, '/');

	return strstr(name, "-dbg") || strstr(name, "-debug");
}

/* Whether an upgrade left it for a way back (see xenhost-boot(8)). */
static bool is_kept(const char *list, const char *path)
{
	const char *cursor = list, *line;
	size_t length;

	while (str_next_line(&cursor, &line, &length))
		if (length == strlen(path) + 1 && line[0] == '/' &&
		    strncmp(line + 1, path, length - 1) == 0)
			return true;
	return false;
}

enum rank { FIRST, SECOND, OLD, RANKS };

/* Debug builds only come first where that was asked for, old builds never do. */
static enum rank rank_of(const struct menu *menu, const struct image_hypervisor *image,
			 const char *kept)
{
	bool wants_debug = strcmp(menu->env->flavour, "debug") == 0;

	if (is_kept(kept, image->path))
		return OLD;
	return menu_is_debug(image) == wants_debug ? FIRST : SECOND;
}

static void add_xen(struct menu *menu, const struct image_hypervisor *image)
{
	_cleanup_free_ char *policy = mem_textf("boot/xenpolicy-%s", image->version);

	menu->xen = mem_grow(menu->xen, menu->xen_count, sizeof(*menu->xen));
	menu->xen[menu->xen_count++] = (struct menu_xen){
		.image = image,
		.loader = loader_of(&image->binary),
		.name = *image->version ? image->version : "xen",
		.policy = fs_exists(menu->fs, policy) ? TAKE_PTR(policy) : NULL,
	};
}

/* What xen.efi chain-loads is none of multiboot's. */
static bool is_chained(const struct menu *menu, const struct image_hypervisor *image)
{
	return strcmp(menu->env->chainload, "yes") == 0 &&
	       strcmp(image->binary.format, "efi") == 0;
}

static void choose_xen(struct menu *menu)
{
	const struct images *images = &menu->images;
	_cleanup_str_ struct str kept = {0};

	(void)!fs_read(menu->fs, KEPT_LIST, KEPT_MAX, &kept, NULL);
	for (enum rank rank = FIRST; rank < RANKS; rank++)
		for (size_t i = 0; i < images->hypervisor_count; i++) {
			const struct image_hypervisor *image = &images->hypervisor[i];

			if (loader_of(&image->binary) &&
			    rank_of(menu, image, str_text(&kept)) == rank)
				add_xen(menu, image);
		}
	for (size_t i = 0; i < images->hypervisor_count; i++)
		if (!loader_of(&images->hypervisor[i].binary) &&
		    !is_chained(menu, &images->hypervisor[i]))
			menu_note(menu, images->hypervisor[i].path, "%s",
				  unbootable_reason(&images->hypervisor[i].binary));
	for (size_t i = 0; i < images->skipped_count; i++)
		menu_note(menu, images->skipped[i].path, "%s", images->skipped[i].reason);
}

/* ---- kernels ---- */

/* The driver of the root's file system, in GRUB's words; the first is the newest. */
static const struct {
	const char *fs, *options[3];
} drivers[] = {
	{"ext2", {"EXT4_FS", "EXT3_FS", "EXT2_FS"}},
	{"xfs", {"XFS_FS"}},
	{"btrfs", {"BTRFS_FS"}},
	{"f2fs", {"F2FS_FS"}},
	{"jfs", {"JFS_FS"}},
	{"reiserfs", {"REISERFS_FS"}},
};

static bool is_built_in(const char *config, const char *const options[3])
{
	for (size_t i = 0; i < 3 && options[i]; i++)
		if (facts_config_value(config, options[i]) == 'y')
			return true;
	return false;
}

/*
 * Why a kernel without an initial ramdisk cannot find its root, NULL if it may. What is
 * not known for certain is no reason.
 */
static char *initrd_reason(const struct menu *menu, const struct image_kernel *image)
{
	const struct menu_env *env = menu->env;
	_cleanup_str_ struct str config = {0};

	if (*env->abstraction)
		return mem_textf("its root is on %s", env->abstraction);
	if (strcmp(env->fs, "zfs") == 0)
		return mem_text("its root is on zfs");
	if (!image->config || fs_read(menu->fs, image->config, CONFIG_MAX, &config, NULL))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
		if (strcmp(drivers[i].fs, env->fs) == 0 &&
		    !is_built_in(str_text(&config), drivers[i].options))
			return mem_textf("its driver for %s is a module", env->fs);
	return NULL;
}

/* As far as nothing must be unpacked for it: that takes longer than all of the menu. */
static bool has_notes_against(const struct menu *menu, const struct image_kernel *image)
{
	return str_same(image->compression, "none") &&
	       note_read(menu->fs, image->path).dom0 == FACTS_NO;
}

/* Why it is no kernel for dom0, NULL if it is one. */
static const char *kernel_reason(const struct menu *menu,
				 const struct image_kernel *image)
{
	const struct menu_env *env = menu->env;

	if (!str_starts(image->path, "boot/") &&
	    strcmp(env->device, env->device_boot) != 0)
		return "not on the file system of /boot, where GRUB looks";
	if (!image->is_kernel)
		return "not a kernel: neither a bzImage nor an ELF file";
	if (!image->config)
		return "no configuration is there to tell whether it can be dom0's";
	if (image->can_dom0 != FACTS_YES)
		return "its configuration has no CONFIG_XEN_DOM0=y: it cannot be dom0's";
	if (has_notes_against(menu, image))
		return "its ELF notes do not let Xen start it as dom0's";
	return NULL;
}

/* A debugger's uncompressed copy of a kernel, as SUSE has: no word about it. */
static bool is_debuggers(const struct image_kernel *image)
{
	return str_starts(image->path, "boot/vmlinux-") &&
	       (str_ends(image->path, ".gz") || str_ends(image->path, ".xz"));
}

static void add_kernel(struct menu *menu, const struct image_kernel *image)
{
	menu->kernel = mem_grow(menu->kernel, menu->kernel_count, sizeof(*menu->kernel));
	menu->kernel[menu->kernel_count++] = (struct menu_linux){
		.image = image,
		.initrd = kernel_initrd(menu->fs, image->path, image->version,
					menu->env->machine),
	};
}

/* Without its initial ramdisk a kernel stays only if no other has one (QubesOS #3915). */
static void leave_out_bare(struct menu *menu)
{
	size_t with = 0, count = 0;

	for (size_t i = 0; i < menu->kernel_count; i++)
		with += menu->kernel[i].initrd != NULL;
	for (size_t i = 0; i < menu->kernel_count; i++) {
		const struct image_kernel *image = menu->kernel[i].image;
		_cleanup_free_ char *reason =
			menu->kernel[i].initrd ? NULL : initrd_reason(menu, image);

		if (reason)
			menu_note(menu, image->path, "no initial ramdisk, and %s%s",
				  reason, with ? "" : "; no other kernel has one");
		if (!reason || !with)
			menu->kernel[count++] = menu->kernel[i];
	}
	menu->kernel_count = count;
}

static void choose_kernels(struct menu *menu)
{
	const struct images *images = &menu->images;

	for (size_t i = 0; i < images->kernel_count; i++) {
		const struct image_kernel *image = &images->kernel[i];
		const char *reason = kernel_reason(menu, image);

		/* "vmlinuz" alone is a link or a copy for a boot loader without a menu. */
		if (*image->version == '\0' || is_debuggers(image))
			continue;
		if (reason)
			menu_note(menu, image->path, "%s", reason);
		else
			add_kernel(menu, image);
	}
	leave_out_bare(menu);
}

/* ---- an administrator's choice ---- */

/* Moves the item of this file to the front. False if it is of none of them. */
static bool move_to_front(const struct menu *menu, const char *path, void *items,
			  size_t count, size_t size,
			  const char *(*path_of)(const void *item))
{
	struct stat wanted, st;

	if (fs_stat(menu->fs, path, &wanted, NULL) < 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		char *item = (char *)items + i * size;
		_cleanup_free_ char *chosen = NULL;

		if (fs_stat(menu->fs, path_of(item), &st, NULL) < 0 ||
		    st.st_dev != wanted.st_dev || st.st_ino != wanted.st_ino)
			continue;
		chosen = mem_alloc(size);
		memcpy(chosen, item, size);
		memmove((char *)items + size, items, i * size);
		memcpy(items, chosen, size);
		return true;
	}
	return false;
}

static const char *xen_path(const void *item)
{
	return ((const struct menu_xen *)item)->image->path;
}

static const char *kernel_path(const void *item)
{
	return ((const struct menu_linux *)item)->image->path;
}

static void note_top(struct menu *menu, const char *name, const char *value)
{
	const char *reason = "it has no entry";
	_cleanup_free_ char *line = NULL;

	if (value[0] != '/')
		reason = "no absolute path";
	else if (!fs_exists(menu->fs, value))
		reason = "it is not there";
	line = mem_textf("'%s': %s is ignored: %s", value, name, reason);
	str_list_add(menu->notes, line);
}

static void choose_top(struct menu *menu)
{
	const char *xen = menu->env->top_xen, *kernel = menu->env->top_linux;

	if (*xen &&
	    (xen[0] != '/' || !move_to_front(menu, xen, menu->xen, menu->xen_count,
					     sizeof(*menu->xen), xen_path)))
		note_top(menu, "GRUB_TOP_LEVEL_XEN", xen);
	if (*kernel && (kernel[0] != '/' ||
			!move_to_front(menu, kernel, menu->kernel, menu->kernel_count,
				       sizeof(*menu->kernel), kernel_path)))
		note_top(menu, "GRUB_TOP_LEVEL", kernel);
}

/* ---- all of it ---- */

static void add_early(struct menu *menu, const char *names)
{
	while (*names) {
		size_t length = strcspn(names, " \t\n");
		_cleanup_free_ char *path = mem_textf("boot/%.*s", (int)length, names);

		if (length && fs_exists(menu->fs, path))
			str_list_add(&menu->early, path);
		names += length;
		names += strspn(names, " \t\n");
	}
}

/* Of what is there but cannot be used, the files themselves are told about. */
static void note_nothing(struct menu *menu)
{
	if (menu->xen_count == 0)
		menu_note(menu, "boot", "no hypervisor is there: no entry for Xen");
	else if (menu->kernel_count == 0)
		menu_note(menu, "boot",
			  "no kernel there can be dom0's: no entry for Xen");
}

static char *uuid_of(const struct menu_env *env)
{
	char *uuid;

	if (*env->device_uuid && strcmp(env->disable_uuid, "true") != 0)
		return mem_text(env->device_uuid);
	uuid = mem_text(env->device);
	for (char *c = uuid; (c = strchr(c, ' '));)
		*c = '_';
	return uuid;
}

void menu_choose(struct menu *menu)
{
	images_read(menu->fs, &menu->images);
	menu->uuid = uuid_of(menu->env);
	choose_xen(menu);
	choose_kernels(menu);
	choose_top(menu);
	add_early(menu, menu->env->early_stock);
	add_early(menu, menu->env->early_custom);
	note_nothing(menu);
}
