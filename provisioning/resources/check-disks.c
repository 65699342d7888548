/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disks of guests: whether one is written that another guest has too. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "guest/autostart.h"
#include "guest/inventory.h"
#include "host/check.h"
#include "resources/resources.h"

static const struct advice unchecked = {
	.id = "guests.disk-unchecked",
	.severity = SEVERITY_WARNING,
	.why = "xen-2.0-user-manual.diff.txt:206: a file system that two guests mount "
	       "read-write is damaged for good: w! leaves out the check for that, and xl "
	       "refuses it",
	.setting = "w in the only guest that has the disk, or r in all of them; NFS or a "
		   "cluster file system for what several guests write",
};

static const struct advice shared = {
	.id = "guests.disk-shared",
	.severity = SEVERITY_WARNING,
	.why = "README.SUSE.txt:624: a file system that is shared and mounted read-write "
	       "gets corrupted; guests can share what all of them mount read-only",
	.setting = "r in all guests that have the disk; NFS or a cluster file system for "
		   "what several guests write",
};

struct held_disk {
	const struct inventory_guest *guest;
	const struct xlcfg_disk *disk;
	bool is_there;
	struct stat st; /* if it is */
};

struct held_disks {
	struct held_disk *item;
	size_t count;
};

static void held_disks_clear(struct held_disks *disks)
{
	free(disks->item);
}

/* By one name, or by two that lead to one file or device. */
static bool is_same(const struct held_disk *a, const struct held_disk *b)
{
	if (strcmp(a->disk->path, b->disk->path) == 0)
		return true;
	return a->is_there && b->is_there && a->st.st_dev == b->st.st_dev &&
	       a->st.st_ino == b->st.st_ino;
}

/* Two configurations of one name are of one guest: it cannot run twice. */
static bool is_conflict(const struct held_disk *a, const struct held_disk *b)
{
	return (a->disk->is_writable || b->disk->is_writable) &&
	       strcmp(a->guest->name, b->guest->name) != 0 && is_same(a, b);
}

static void tell_shared(struct checker *checker, const struct held_disk *a,
			const struct held_disk *b)
{
	const struct held_disk *writer = a->disk->is_writable ? a : b;
	const struct held_disk *other = writer == a ? b : a;
	bool has_other_name = strcmp(writer->disk->path, other->disk->path) != 0;

	check_add(checker, &shared, "%s is for writing in %s, and for %s in %s%s%s",
		  writer->disk->path, writer->guest->path,
		  other->disk->is_writable ? "writing" : "reading", other->guest->path,
		  has_other_name ? " as " : "", has_other_name ? other->disk->path : "");
}

/* Each disk once, with the first of those before it. */
static void check_shared(struct checker *checker, const struct held_disks *disks)
{
	for (size_t i = 0; i < disks->count; i++) {
		size_t k = 0;

		while (k < i && !is_conflict(&disks->item[k], &disks->item[i]))
			k++;
		if (k < i)
			tell_shared(checker, &disks->item[k], &disks->item[i]);
	}
}

/* Those that dom0 has; an empty drive has nothing. */
static void add_disks(const struct fs *fs, const struct inventory_guest *guest,
		      struct held_disks *disks)
{
	for (size_t i = 0; i < guest->cfg.disk_count; i++) {
		struct held_disk disk = {.guest = guest, .disk = &guest->cfg.disk[i]};

		if (!disk.disk->path[0] || disk.disk->backend)
			continue;
		disk.is_there = disk.disk->path[0] == '/' &&
				fs_stat(fs, disk.disk->path, &disk.st, NULL) == 0;
		disks->item = mem_grow(disks->item, disks->count, sizeof(*disks->item));
		disks->item[disks->count++] = disk;
	}
}

static void check_unchecked(struct checker *checker, const struct inventory_guest *guest)
{
	for (size_t i = 0; i < guest->cfg.disk_count; i++) {
		const struct xlcfg_disk *disk = &guest->cfg.disk[i];

		if (disk->is_shared)
			check_add(checker, &unchecked,
				  "%s has access %s in %s, which xl refuses", disk->path,
				  disk->is_writable ? "w!" : "r!", guest->path);
	}
}

/* What a directory tells that cannot be read is left out. */
static void read_guests(const struct fs *fs, struct inventory *ret_inventory)
{
	_cleanup_free_ char *automatic = autostart_dir(fs);

	(void)!inventory_read(fs, "/etc/xen", ".cfg", ret_inventory, NULL);
	(void)!inventory_read(fs, INVENTORY_VM_DIR, "", ret_inventory, NULL);
	(void)!inventory_read(fs, automatic, "", ret_inventory, NULL);
}

static void check(struct checker *checker)
{
	_cleanup_(held_disks_clear) struct held_disks disks = {0};
	_cleanup_inventory_ struct inventory guests = {0};

	read_guests(checker->fs, &guests);
	for (size_t i = 0; i < guests.count; i++) {
		check_unchecked(checker, &guests.guest[i]);
		add_disks(checker->fs, &guests.guest[i], &disks);
	}
	check_shared(checker, &disks);
}

const struct resource resource_guest_disks = {.name = "guest-disks", .check = check};
