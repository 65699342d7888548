/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about storage: which PCI devices the system starts from, and volume groups. */
#include <stdlib.h>
#include <string.h>

#include "host/facts-parts.h"

#define MOUNTINFO_MAX (16 << 20)
#define DEVICES_MAX 256 /* below one mount: no machine has as many */

/* What a system cannot start without. */
static const char *const needed[] = {"/", "/usr", "/boot", "/boot/efi"};

/* The walk from a mount down to its disks. */
struct walk {
	const struct fs *fs;
	struct str_list block; /* names in /sys/class/block, each once */
	struct str_list pci;   /* addresses on their paths, each once */
};

static void add_once(struct str_list *list, const char *name)
{
	if (list->count < DEVICES_MAX && !str_list_has(list, name))
		str_list_add(list, name);
}

void facts_pci_path(const char *path, struct str_list *ret_addresses)
{
	while (*path) {
		size_t length = strcspn(path, "/");
		_cleanup_free_ char *part = mem_text_part(path, length);

		if (facts_is_pci_address(part))
			add_once(ret_addresses, part);
		path += length;
		path += *path == '/';
	}
}

char *facts_pci_of(const char *path)
{
	_cleanup_str_list_ struct str_list addresses = {0};

	facts_pci_path(path, &addresses);
	return addresses.count ? mem_text(addresses.item[addresses.count - 1]) : NULL;
}

/*
 * A namespace of an NVMe subsystem may have several controllers; its own path leads to
 * none of them: ".../virtual/nvme-subsystem/nvme-subsys0/nvme0n1".
 */
static void walk_nvme(struct walk *walk, const char *path)
{
	static const char part[] = "/nvme-subsystem/";
	const char *at = strstr(path, part);
	_cleanup_str_list_ struct str_list names = {0};
	_cleanup_free_ char *directory = NULL;

	if (!at)
		return;
	at += strlen(part);
	directory = mem_textf("sys/class/nvme-subsystem/%.*s", (int)strcspn(at, "/"), at);
	names = facts_names(walk->fs, directory);
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *link = mem_textf("%s/%s", directory, names.item[i]);
		_cleanup_free_ char *target = NULL;

		if (str_starts(names.item[i], "nvme") &&
		    fs_readlink(walk->fs, link, &target, NULL) == 0)
			facts_pci_path(target, &walk->pci);
	}
}

/* The disk that a partition is of: ".../block/sda/sda2" -> "sda". */
static void walk_disk(struct walk *walk, const char *path)
{
	const char *last = strrchr(path, '/'), *start = last;
	_cleanup_free_ char *disk = NULL;

	if (!last)
		return;
	while (start > path && start[-1] != '/')
		start--;
	disk = mem_text_part(start, (size_t)(last - start));
	add_once(&walk->block, disk);
}

static void walk_device(struct walk *walk, const char *name)
{
	_cleanup_free_ char *link = mem_textf("sys/class/block/%s", name);
	_cleanup_free_ char *slaves = mem_textf("%s/slaves", link);
	_cleanup_free_ char *partition = mem_textf("%s/partition", link);
	_cleanup_str_list_ struct str_list names = facts_names(walk->fs, slaves);
	_cleanup_free_ char *path = NULL;

	for (size_t i = 0; i < names.count; i++)
		add_once(&walk->block, names.item[i]);
	if (fs_readlink(walk->fs, link, &path, NULL) < 0)
		return;
	facts_pci_path(path, &walk->pci);
	walk_nvme(walk, path);
	if (fs_exists(walk->fs, partition))
		walk_disk(walk, path);
}

/* The devices of a file system of several; sysfs names them. */
static void walk_btrfs(struct walk *walk, const char *name)
{
	_cleanup_str_list_ struct str_list ids = facts_names(walk->fs, "sys/fs/btrfs");

	for (size_t i = 0; i < ids.count; i++) {
		_cleanup_free_ char *path =
			mem_textf("sys/fs/btrfs/%s/devices", ids.item[i]);
		_cleanup_str_list_ struct str_list names = facts_names(walk->fs, path);

		for (size_t j = 0; str_list_has(&names, name) && j < names.count; j++)
			add_once(&walk->block, names.item[j]);
	}
}

/* The kernel's name for what is mounted; btrfs has a number of its own, so by its source. */
static char *block_name(const struct fs *fs, const char *number, const char *source)
{
	char *name = facts_link_name(fs, "sys/dev/block/%s", number);

	if (name || !str_starts(source, "/dev/"))
		return name;
	name = facts_link_name(fs, "%s", source);
	return name ? name : mem_text(strrchr(source, '/') + 1);
}

static void add_mount(const struct fs *fs, struct facts *facts, const char *number,
		      struct facts_mount *mount)
{
	struct walk walk = {.fs = fs};
	_cleanup_free_ char *name = block_name(fs, number, mount->source);

	if (name)
		add_once(&walk.block, name);
	if (name && str_same(mount->type, "btrfs"))
		walk_btrfs(&walk, name);
	for (size_t i = 0; i < walk.block.count; i++)
		walk_device(&walk, walk.block.item[i]);
	str_list_clear(&walk.block);
	mount->pci = walk.pci;
	facts->mount = mem_grow(facts->mount, facts->mount_count, sizeof(*facts->mount));
	facts->mount[facts->mount_count++] = *mount;
	*mount = (struct facts_mount){0};
}

/* "\040" for a blank and the like: proc(5), /proc/PID/mounts. */
static char *unescape(const char *text, size_t length)
{
	_cleanup_str_ struct str result = {0};

	for (size_t i = 0; i < length; i++) {
		unsigned int byte = 0;
		size_t digits = 0;

		while (text[i] == '\\' && digits < 3 && i + 1 + digits < length &&
		       text[i + 1 + digits] >= '0' && text[i + 1 + digits] <= '7')
			byte = byte * 8 + (unsigned int)(text[i + 1 + digits++] - '0');
		if (digits == 3 && byte && byte < 256) {
			str_add_char(&result, (char)byte);
			i += 3;
		} else {
			str_add_char(&result, text[i]);
		}
	}
	return result.text ? str_take(&result) : mem_text("");
}

struct span {
	const char *text;
	size_t length;
};

/* The next of the fields that a blank separates; false at the end. */
static bool next_field(struct span *rest, struct span *ret_field)
{
	const char *blank;
	size_t length;

	if (!rest->length)
		return false;
	blank = memchr(rest->text, ' ', rest->length);
	length = blank ? (size_t)(blank - rest->text) : rest->length;
	*ret_field = (struct span){rest->text, length};
	length += blank != NULL;
	*rest = (struct span){rest->text + length, rest->length - length};
	return true;
}

bool facts_mount_line(const char *line, size_t length, char **ret_number,
		      struct facts_mount *ret_mount)
{
	struct span rest = {line, length}, field[6] = {0}, mark, type, source;

	for (size_t i = 0; i < ARRAY_SIZE(field); i++)
		if (!next_field(&rest, &field[i]))
			return false;
	/* Any number of tags, then a mark. */
	do {
		if (!next_field(&rest, &mark))
			return false;
	} while (mark.length != 1 || *mark.text != '-');
	if (!next_field(&rest, &type) || !next_field(&rest, &source))
		return false;
	*ret_number = mem_text_part(field[2].text, field[2].length);
	*ret_mount = (struct facts_mount){
		.path = unescape(field[4].text, field[4].length),
		.source = unescape(source.text, source.length),
		.type = unescape(type.text, type.length),
	};
	return true;
}

static void mount_clear(struct facts_mount *mount)
{
	free(mount->path);
	free(mount->source);
	free(mount->type);
	str_list_clear(&mount->pci);
	*mount = (struct facts_mount){0};
}

void facts_read_mounts(const struct fs *fs, struct facts *facts)
{
	struct facts_mount found[ARRAY_SIZE(needed)] = {0};
	char *number[ARRAY_SIZE(needed)] = {0};
	_cleanup_str_ struct str text = {0};
	const char *cursor, *line;
	size_t length;

	if (fs_read(fs, "proc/self/mountinfo", MOUNTINFO_MAX, &text, NULL) < 0)
		return;
	cursor = str_text(&text);
	while (str_next_line(&cursor, &line, &length)) {
		struct facts_mount mount;
		char *mount_number;

		if (!facts_mount_line(line, length, &mount_number, &mount))
			continue;
		/* What is mounted later over the same place hides it. */
		for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
			if (strcmp(mount.path, needed[i]) != 0)
				continue;
			mount_clear(&found[i]);
			free(number[i]);
			found[i] = mount;
			number[i] = mount_number;
			mount = (struct facts_mount){0};
			mount_number = NULL;
			break;
		}
		mount_clear(&mount);
		free(mount_number);
	}
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		if (number[i])
			add_mount(fs, facts, number[i], &found[i]);
		free(number[i]);
	}
}

/* ---- volume groups ---- */

bool facts_is_volume_group(const char *name)
{
	return name[0] && name[0] != '-' && name[0] != '.' &&
	       !name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz0123456789+_.-")];
}

/*
 * lvm(8): a volume's name for the device mapper is GROUP-VOLUME, with each "-" in either
 * of them doubled.
 */
char *facts_volume_group(const char *mapped)
{
	_cleanup_str_ struct str name = {0};

	for (; *mapped; mapped++) {
		if (*mapped == '-' && *++mapped != '-')
			break;
		str_add_char(&name, *mapped);
	}
	if (!*mapped || !facts_is_volume_group(str_text(&name)))
		return NULL;
	return str_take(&name);
}

/* Groups with a volume that is in use now. */
static void list_active(const struct fs *fs, struct str_list *groups)
{
	_cleanup_str_list_ struct str_list names = facts_names(fs, "sys/block");

	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *id = NULL, *mapped = NULL, *group = NULL;

		if (!str_starts(names.item[i], "dm-"))
			continue;
		id = facts_attribute(fs, "sys/block/%s/dm/uuid", names.item[i]);
		if (!id || !str_starts(id, "LVM-"))
			continue;
		mapped = facts_attribute(fs, "sys/block/%s/dm/name", names.item[i]);
		group = mapped ? facts_volume_group(mapped) : NULL;
		if (group)
			str_list_add(groups, group);
	}
	str_list_sort(groups);
}

static void add_group(struct facts *facts, const char *name, enum facts_answer is_active)
{
	size_t count = facts->volume_group_count;

	if (count && strcmp(facts->volume_group[count - 1].name, name) == 0)
		return;
	facts->volume_group =
		mem_grow(facts->volume_group, count, sizeof(*facts->volume_group));
	facts->volume_group[facts->volume_group_count++] = (struct facts_volume_group){
		.name = mem_text(name),
		.is_active = is_active,
	};
}

/* Merges two sorted lists: lvm keeps a file for each group it knows, vgcfgbackup(8). */
void facts_read_volume_groups(const struct fs *fs, bool has_hardware, struct facts *facts)
{
	_cleanup_str_list_ struct str_list kept = facts_names(fs, "etc/lvm/backup"),
					   active = {0};
	enum facts_answer other = FACTS_UNKNOWN;
	size_t i = 0, j = 0;

	if (has_hardware && fs_exists(fs, "sys/block")) {
		list_active(fs, &active);
		other = FACTS_NO;
	}
	while (i < kept.count || j < active.count) {
		int order = i == kept.count	? 1
			    : j == active.count ? -1
						: strcmp(kept.item[i], active.item[j]);

		if (order >= 0)
			add_group(facts, active.item[j++], FACTS_YES);
		else if (facts_is_volume_group(kept.item[i]))
			add_group(facts, kept.item[i], other);
		i += order <= 0;
	}
}
