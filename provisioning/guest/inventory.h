/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guests of a host, as their configurations tell. */
#pragma once

#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"
#include "guest/xlcfg.h"

/* Where SUSE keeps configurations, without an extension. */
#define INVENTORY_VM_DIR "/etc/xen/vm"

struct inventory_guest {
	char *name;  /* as the configuration says, else of its file */
	char *path;  /* of the configuration */
	char *fault; /* why it cannot be read; NULL: `cfg` is what it says */
	struct xlcfg cfg;
	dev_t device; /* the file, by whatever name */
	ino_t inode;
};

struct inventory {
	struct inventory_guest *guest; /* by the names of their files */
	size_t count;
};

#define _cleanup_inventory_ _cleanup_(inventory_clear)

/* May run twice. */
void inventory_clear(struct inventory *inventory);

/*
 * Whether a file of that name is a configuration where their names end in `extension`; "":
 * all but hidden ones, backups and those of other tools (.xml, .sxp).
 */
bool inventory_is_config(const char *name, const char *extension);

/*
 * Adds the configurations in a directory. A file that is in the inventory already is not
 * added again. A directory that is absent has none.
 */
int inventory_read(const struct fs *fs, const char *directory, const char *extension,
		   struct inventory *inventory, struct err *err) _must_check_;

/* The guest of that name. -ENOENT if there is none, -EEXIST if two configurations have it. */
int inventory_find(const struct inventory *inventory, const char *name,
		   const struct inventory_guest **ret_guest,
		   struct err *err) _must_check_;

/*
 * Another guest than `guest` whose configuration names the volume at `path` (of the running
 * system), by whatever name of it; NULL if there is none. Disks of other domains do not
 * count.
 */
const struct inventory_guest *inventory_user(const struct inventory *inventory,
					     const char *path,
					     const struct inventory_guest *guest);
