/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our directory on the EFI system partition: copies of what xen.efi is and reads. */
#pragma once

#include "base/fs.h"

/*
 * xen.efi reads its file, dom0's kernel and the initial RAM file system from the directory
 * that it is in itself (Xen's docs/misc/efi.pandoc), so all of them are copied to the
 * partition that the firmware reads. What we have copied is listed, a name a line, in
 * "files" there, before it is copied: nothing else in the directory is ever written over
 * or removed.
 */
#define ESP_PATH "/EFI/xenhost" /* as GRUB finds it */

/* A file in that directory. */
struct esp_file {
	char *name;
	struct str_list
		sources; /* below the root, as fs_copy() takes them; none: the copy
				    that is there is all there is */
	bool is_ready;	 /* it is there, as it shall be */
};

struct esp {
	const struct fs *fs;
	char *mount;	 /* of the partition, below the root: "boot/efi" */
	char *directory; /* "boot/efi/EFI/xenhost" */
	struct str_list listed;
	struct esp_file *file; /* what shall be there, in the order of copying */
	size_t count;
};

#define _cleanup_esp_ _cleanup_(esp_clear)

/* `mount` is below the root; NULL: where our directory is. False if that is nowhere. */
bool esp_open(const struct fs *fs, const char *mount, struct esp *ret_esp);

/*
 * Adds a file once and returns its number. Where two sources would have one name, the
 * second gets none: (size_t)-1. `more` comes in front of `source`; both may be NULL.
 */
size_t esp_add(struct esp *esp, const char *name, const struct str_list *more,
	       const char *source);

/* Whether a name is in our directory, and ours. */
bool esp_has(const struct esp *esp, const char *name);

/*
 * Copies what is not as its sources are. The room for all of it is looked for first: with
 * too little (-ENOSPC) nothing is written. Each file is whole or not there, whenever this
 * is stopped; is_ready tells which, also after a failure.
 */
int esp_copy(struct esp *esp, struct err *err) _must_check_;

/* Makes a small file of ours have this text; nothing is written if it does. */
int esp_write(struct esp *esp, const char *name, const struct str *text,
	      struct err *err) _must_check_;

/* A small file in our directory; nothing if it cannot be read. */
void esp_read(const struct esp *esp, const char *name, struct str *ret_text);

/* Removes what is listed and not in `keep`; the directory goes with its last file. */
int esp_prune(struct esp *esp, const struct str_list *keep, struct err *err) _must_check_;

/*
 * A path of GRUB's on the partition, "($root)/EFI/sles/xen.efi", below the root; NULL if
 * it is nowhere. The caller frees it.
 */
char *esp_locate(const struct fs *fs, const char *path);

/* May run twice. */
void esp_clear(struct esp *esp);
