/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a guest's volumes are, which ones it has, and what they are called inside. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "guest/guard-parts.h"
#include "guest/partitions.h"
#include "guest/places.h"
#include "guest/spec-parts.h"

enum { PARTITIONS_LIMIT = 1 << 20 };

static const char *const storages[] = {"lvm", "dir", "image-dev"};

#define STORAGE_WORDS "--lvm, --dir or --image-dev"

/*
 * The ones of the highest level that has one: a command line clears what files set. A
 * family's place of images is taken when nothing is set.
 */
static int choose_storage(const struct spec *spec, const char **ret_name, struct err *err)
{
	const char *found = NULL;
	enum setting_level level = LEVEL_INITIAL;

	for (size_t i = 0; i < ARRAY_SIZE(storages); i++) {
		enum setting_level its = setting_level(spec->settings, storages[i]);

		if (!setting_text(spec->settings, storages[i]) || its < level)
			continue;
		if (found && its == level)
			return setting_error(spec->settings, storages[i], err,
					     "--%s is given as well; a guest has one "
					     "storage",
					     found);
		found = storages[i];
		level = its;
	}
	if (!found && places_of(spec->host)->images)
		found = "dir";
	if (!found)
		return err_say(err, EINVAL, "no storage is given: " STORAGE_WORDS);
	*ret_name = found;
	return 0;
}

/* lvm(8), "VALID NAMES". */
static int check_lvm_name(const struct spec *spec, const char *setting, struct err *err)
{
	const char *name = setting_text(spec->settings, setting);

	if (!name[0] || strlen(name) > 127 || name[0] == '-' || name[0] == '.' ||
	    name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+_.-")])
		return setting_error(spec->settings, setting, err,
				     "'%s' is no name of LVM", name);
	return 0;
}

static int take_lvm(struct spec *spec, struct err *err)
{
	const char *pool = setting_text(spec->settings, "lvm_thin");

	if (check_lvm_name(spec, "lvm", err) < 0)
		return -EINVAL;
	spec->storage->kind = STORAGE_LVM;
	spec->storage->vg = mem_text(setting_text(spec->settings, "lvm"));
	if (!pool)
		return 0;
	if (check_lvm_name(spec, "lvm_thin", err) < 0)
		return -EINVAL;
	spec->storage->kind = STORAGE_THIN;
	spec->storage->pool = mem_text(pool);
	return 0;
}

int spec_check_path(const struct spec *spec, const char *setting, const char *path,
		    struct err *err)
{
	if (path[strcspn(path, ",'\"\\")])
		return setting_error(spec->settings, setting, err,
				     "xl cannot use a path with commas, quotes or "
				     "backslashes: '%s'",
				     path);
	return 0;
}

static int take_dir(struct spec *spec, struct err *err)
{
	const char *path = setting_text(spec->settings, "dir");
	struct stat st;
	size_t length;

	if (!path)
		path = places_of(spec->host)->images;
	length = strlen(path);
	if (spec_check_path(spec, "dir", path, err) < 0)
		return -EINVAL;
	if (fs_stat(spec->host, path, &st, NULL) < 0 || !S_ISDIR(st.st_mode))
		return setting_error(spec->settings, "dir", err,
				     "there is no directory '%s'", path);
	while (length > 1 && path[length - 1] == '/')
		length--;
	spec->storage->kind = STORAGE_DIR;
	spec->storage->dir = mem_text_part(path, length);
	return 0;
}

static void add_device(struct spec *spec, const char *name, const char *path)
{
	_cleanup_free_ char *pair = mem_textf("%s=%s", name, path);

	str_list_add(&spec->storage->device, pair);
}

/* A given device has the size that it has, unless another one was asked for. */
static int measure_device(const struct spec *spec, const char *setting,
			  const char *size_setting, uint64_t *ret_size, struct err *err)
{
	const struct settings *settings = spec->settings;
	_cleanup_close_ int fd = -1;
	int rc = fs_open_file(spec->host, setting_text(settings, setting),
			      O_RDONLY | O_NONBLOCK, &fd, NULL);
	off_t end = rc < 0 ? 0 : lseek(fd, 0, SEEK_END);

	if (rc < 0 || end <= 0)
		return setting_error(settings, setting, err, "there is no device '%s'",
				     setting_text(settings, setting));
	*ret_size = setting_size(settings, size_setting);
	if (setting_level(settings, size_setting) < LEVEL_LINE)
		*ret_size = (uint64_t)end >> 20 << 20;
	return 0;
}

/* By whatever names; a disk and its partition have bytes in common too. */
static bool is_same_device(const struct fs *host, const char *a, const char *b)
{
	struct stat first, second;

	if (fs_stat(host, a, &first, NULL) < 0 || fs_stat(host, b, &second, NULL) < 0)
		return strcmp(a, b) == 0;
	if (S_ISBLK(first.st_mode) && S_ISBLK(second.st_mode))
		return guard_overlaps(host, first.st_rdev, second.st_rdev);
	return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

static int take_devices(struct spec *spec, struct err *err)
{
	const struct settings *settings = spec->settings;
	const char *swap = setting_text(settings, "swap-dev");
	const char *root = setting_text(settings, "image-dev");

	spec->storage->kind = STORAGE_DEVICE;
	if (setting_text(settings, "partitions") && !spec->guest->has_installer)
		return setting_error(settings, "partitions", err,
				     "volumes are made in --lvm or --dir only");
	if (spec_check_path(spec, "image-dev", root, err) < 0)
		return -EINVAL;
	add_device(spec, "disk", root);
	if (!swap || setting_is_yes(settings, "noswap"))
		return 0;
	if (spec_check_path(spec, "swap-dev", swap, err) < 0)
		return -EINVAL;
	if (is_same_device(spec->host, swap, root))
		return setting_error(settings, "swap-dev", err,
				     "it is the device of the root");
	add_device(spec, "swap", swap);
	return 0;
}

/* Of xen-tools it replaced guests, and its file may have it for good. */
static int take_force(struct spec *spec, struct err *err)
{
	const struct settings *settings = spec->settings;

	if (!setting_is_yes(settings, "force"))
		return 0;
	if (setting_level(settings, "force") < LEVEL_LINE)
		return setting_error(settings, "force", err,
				     "it is for the command line, where a given device "
				     "may lose its file system");
	if (spec->storage->kind != STORAGE_DEVICE)
		return setting_error(settings, "force", err,
				     "it is for --image-dev; an existing guest is never "
				     "replaced: remove it with xen-delete-image(8)");
	spec->storage->is_forced = true;
	return 0;
}

static int take_storage(struct spec *spec, struct err *err)
{
	const struct settings *settings = spec->settings;
	const char *name = NULL, *image = setting_text(settings, "image");
	int rc = choose_storage(spec, &name, err);

	if (rc < 0)
		return rc;
	if (setting_text(settings, "lvm_thin") && strcmp(name, "lvm") != 0 &&
	    setting_level(settings, "lvm_thin") >= setting_level(settings, name))
		return setting_error(settings, "lvm_thin", err, "it needs --lvm");
	if (setting_text(settings, "swap-dev") && strcmp(name, "image-dev") != 0 &&
	    setting_level(settings, "swap-dev") >= setting_level(settings, name))
		return setting_error(settings, "swap-dev", err, "it needs --image-dev");
	spec->storage->image = strcmp(image, "full") == 0 ? IMAGE_FULL : IMAGE_SPARSE;
	if (strcmp(name, "lvm") == 0)
		return take_lvm(spec, err);
	return strcmp(name, "dir") == 0 ? take_dir(spec, err) : take_devices(spec, err);
}

static int default_partitions(const struct spec *spec, struct partition_list *list,
			      struct err *err)
{
	const struct settings *settings = spec->settings;
	const char *fs = setting_text(settings, "fs");
	_cleanup_free_ char *options = mem_textf("%s_options", fs);
	uint64_t size = setting_size(settings, "size");
	uint64_t swap = setting_size(settings, "swap");
	bool has_swap = !setting_is_yes(settings, "noswap");

	if (spec->storage->kind == STORAGE_DEVICE) {
		has_swap = spec->storage->device.count > 1;
		if (measure_device(spec, "image-dev", "size", &size, err) < 0)
			return -EINVAL;
		if (has_swap && measure_device(spec, "swap-dev", "swap", &swap, err) < 0)
			return -EINVAL;
	}
	if (has_swap && !spec->guest->has_installer)
		partition_list_add(list, "swap", swap, "swap", NULL, "sw");
	partition_list_add(list, "disk", size, fs, "/", setting_text(settings, options));
	return 0;
}

char *spec_partitions(const struct spec *spec)
{
	const char *name = setting_text(spec->settings, "partitions");

	if (!name || name[0] == '/')
		return name ? mem_text(name) : NULL;
	return mem_textf("%s/%s", setting_text(spec->settings, "partitionsdir"), name);
}

static int read_partitions(const struct spec *spec, const char *path,
			   struct partition_list *list, struct err *err)
{
	_cleanup_str_ struct str text = {0};
	int rc;

	if (!fs_exists(spec->host, path))
		return setting_error(spec->settings, "partitions", err,
				     "there is no file '%s'", path);
	rc = fs_read(spec->host, path, PARTITIONS_LIMIT, &text, err);
	if (rc < 0)
		return rc;
	return partition_list_read(path, str_text(&text), text.length, list, err);
}

static int set_partitions(const struct spec *spec, struct partition_list *list,
			  struct err *err)
{
	_cleanup_free_ char *path = spec_partitions(spec);

	if (path && !spec->guest->has_installer)
		return read_partitions(spec, path, list, err);
	return default_partitions(spec, list, err);
}

static bool is_root(const struct partition *partition)
{
	return partition->mountpoint && strcmp(partition->mountpoint, "/") == 0;
}

/*
 * As xen-tools numbers them: by their place in the list, from 1; a given root is 2, with or
 * without swap space. Whole disks have letters, the root's first.
 */
static char *device_name(const struct spec *spec, size_t place, bool is_root_volume,
			 size_t *letter)
{
	const char *disk = setting_text(spec->settings, "disk_device");

	if (spec->guest->recipe.layout == LAYOUT_DISK)
		return mem_textf("%.*s%c", (int)strlen(disk) - 1, disk,
				 is_root_volume ? 'a' : (char)('a' + ++*letter));
	if (spec->storage->kind == STORAGE_DEVICE && is_root_volume)
		place = 1;
	return mem_textf("%s%zu", disk, place + 1);
}

static const char *given_device(const struct storage *storage, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < storage->device.count; i++)
		if (strncmp(storage->device.item[i], name, length) == 0 &&
		    storage->device.item[i][length] == '=')
			return storage->device.item[i] + length + 1;
	return NULL;
}

static void add_volume(struct spec *spec, const struct partition *partition, char *device)
{
	struct guest *guest = spec->guest;
	struct guest_volume *volume;
	const char *given = given_device(spec->storage, partition->name);

	guest->volume =
		mem_grow(guest->volume, guest->volume_count, sizeof(*guest->volume));
	volume = &guest->volume[guest->volume_count++];
	*volume = (struct guest_volume){
		.name = mem_text(partition->name),
		.path = given ? mem_text(given)
			      : storage_path(spec->storage, guest->name, partition->name),
		.device = device,
		.size = ((partition->size + (1 << 20) - 1) >> 20) << 20,
		.fs = mem_text(partition->fs),
		.mountpoint =
			partition->mountpoint ? mem_text(partition->mountpoint) : NULL,
		.options = mem_text(partition->options),
	};
	spec_uuid(volume->uuid);
}

/* The root comes first, whatever its number. */
static void add_volumes(struct spec *spec, const struct partition_list *list)
{
	size_t letter = 0;

	for (size_t i = 0; i < list->count; i++)
		if (is_root(&list->item[i]))
			add_volume(spec, &list->item[i],
				   device_name(spec, i, true, &letter));
	for (size_t i = 0; i < list->count; i++)
		if (!is_root(&list->item[i]))
			add_volume(spec, &list->item[i],
				   device_name(spec, i, false, &letter));
}

/* File system of the root decides the template's. */
static int check_volumes(struct spec *spec, struct err *err)
{
	struct guest *guest = spec->guest;
	const struct guest_volume *root = &guest->volume[0];

	if (root->size < (uint64_t)64 << 20)
		return setting_error(spec->settings,
				     setting_text(spec->settings, "partitions")
					     ? "partitions"
					     : "size",
				     err, "the root is too small for any system: %ju MiB",
				     (uintmax_t)(root->size >> 20));
	if (guest->volume_count > 15)
		return setting_error(spec->settings, "partitions", err,
				     "more than 15 volumes");
	free(guest->recipe.fs);
	guest->recipe.fs = mem_text(root->fs);
	guest->recipe.room = root->size;
	for (size_t i = 0; i < guest->volume_count; i++)
		if (spec->storage->kind == STORAGE_DIR &&
		    fs_exists(spec->host, guest->volume[i].path))
			return err_say(err, EEXIST,
				       "%s is there already; xen-delete-image(8) removes "
				       "a guest",
				       guest->volume[i].path);
	return 0;
}

/* Firmware starts a boot loader on a disk with partitions; on these volumes there are none. */
int spec_check_parts(struct spec *spec, struct err *err)
{
	const struct guest *guest = spec->guest;

	for (size_t i = 1; guest->boot == GUEST_FIRMWARE && i < guest->volume_count; i++)
		if (guest->volume[i].mountpoint)
			return setting_error(spec->settings, "partitions", err,
					     "firmware cannot boot a system on several "
					     "volumes ('%s'): --boot-via kernel, or "
					     "--type pvh",
					     guest->volume[i].mountpoint);
	return 0;
}

static void leave_empty(struct guest_volume *volume)
{
	free(volume->fs);
	free(volume->mountpoint);
	volume->fs = mem_text("empty");
	volume->mountpoint = NULL;
}

int spec_layout(struct spec *spec, struct err *err)
{
	_cleanup_(partition_list_clear) struct partition_list list = {0};
	const char *disk = setting_text(spec->settings, "disk_device");
	int rc = take_storage(spec, err);

	if (rc == 0)
		rc = take_force(spec, err);
	if (rc < 0)
		return rc;
	if (disk[strspn(disk, "abcdefghijklmnopqrstuvwxyz")] || strlen(disk) < 3)
		return setting_error(spec->settings, "disk_device", err,
				     "'%s' is no disk: write xvda or sda", disk);
	rc = set_partitions(spec, &list, err);
	if (rc < 0)
		return rc;
	add_volumes(spec, &list);
	if (spec->guest->has_installer)
		leave_empty(&spec->guest->volume[0]);
	return check_volumes(spec, err);
}
