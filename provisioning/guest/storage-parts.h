/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kinds of storage, and what they share. */
#pragma once

#include "guest/lvm.h"
#include "guest/storage.h"

#define STORAGE_TAG "xenhost" /* on all volumes that we make, for `lvs @xenhost` */

/* What a kind does of storage.h's; `path` is storage_path(). */
struct storage_place {
	const struct storage *storage;
	const char *guest, *name, *path;
};

int storage_lvm_check(const struct storage *storage, uint64_t bytes,
		      struct err *err) _must_check_;
/*
 * The bytes of data in a thin pool, by its table and its status; 0 if they are not of one.
 * thin-provisioning.rst: "<metadata device> <data device> <block size in sectors> ...".
 */
uint64_t storage_pool_size(const char *table, const char *status);

int storage_lvm_check_free(const struct storage *storage, uint64_t bytes,
			   struct err *err) _must_check_;

/* An order (storage.h) with its places. */
struct storage_job {
	const struct storage_order *order;
	struct storage_place to, from; /* from.storage is NULL: zeros */
	char *to_path, *from_path;     /* owned; what the places have */
	bool is_snapshot; /* of a volume in the same pool: its bytes are there at once */
};

/* All in one run of lvm. What is no snapshot may have old bytes, if it is thick. */
int storage_lvm_make(const struct storage_job *jobs, size_t count, struct work *work,
		     struct err *err) _must_check_;
int storage_lvm_seal(const struct storage_place *place, struct err *err) _must_check_;

/*
 * Opens a volume for reading that may not be active; *ret_was_active: it was before. What
 * was not is to be put back, unless another command has it open by then.
 */
int storage_lvm_open(const struct storage_place *place, struct work *work, int *ret_fd,
		     bool *ret_was_active, struct err *err) _must_check_;
void storage_lvm_deactivate(const struct storage_place *place);

/* "VG/LV" of a path, or -ENOTSUP if it is not LVM's. The caller frees both. */
int storage_lvm_name(const char *path, char **ret_group, char **ret_name,
		     struct err *err) _must_check_;

/* Whether a path names that volume by its text, not only by a link: /dev/VG/LV. */
bool storage_lvm_is_path(const char *path, const char *group, const char *name);

int storage_lvm_check_removal(const char *group, const char *name,
			      struct err *err) _must_check_;
int storage_lvm_remove(const char *group, const char *name, struct err *err) _must_check_;

/* A volume that goes, or grows, by itself: -ENOTSUP for pools, origins, parts of others. */
int storage_lvm_find_plain(const char *group, const char *name,
			   struct lvm_volumes *ret_found, struct err *err) _must_check_;
int storage_lvm_grow(const char *group, const char *name, uint64_t size,
		     struct work *work, struct err *err) _must_check_;

int storage_file_check(const struct storage *storage, uint64_t bytes,
		       struct err *err) _must_check_;

int storage_file_check_free(const struct storage *storage, uint64_t bytes,
			    struct err *err) _must_check_;

/* What of `total` bytes can still be taken until it is nearly full; all in bytes. */
uint64_t storage_room(uint64_t total, uint64_t available);

/* An empty file, its directories made and noted. The caller closes it. */
int storage_file_make(const struct storage_place *place, struct work *work, int *ret_fd,
		      struct err *err) _must_check_;

/* Gives a file its size, and IMAGE_FULL its blocks. */
int storage_file_size(const struct storage_place *place, int fd, uint64_t size,
		      struct err *err) _must_check_;
int storage_file_seal(const struct storage_place *place, struct err *err) _must_check_;
int storage_file_remove(const char *path, struct err *err) _must_check_;

/* Makes a device (or the rest of one) read as zeros. */
int storage_zero(int fd, uint64_t offset, uint64_t length, struct err *err) _must_check_;

/*
 * Copies `length` bytes from one open file or device to another. Holes and blocks of zeros
 * are not written; where `must_zero`, they are made zeros. On the disk when it returns.
 */
int storage_copy(int from, int to, uint64_t length, bool must_zero,
		 struct err *err) _must_check_;
