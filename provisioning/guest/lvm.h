/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volume groups, by the program lvm. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* What `lvs` tells of a logical volume. */
struct lvm_volume {
	char *vg, *name, *pool; /* "" without a pool */
	char *attr;		/* lv_attr, lvs(8): 't' a thin pool, 'V' thin ... */
	char *tags;		/* separated by commas */
	uint64_t size;		/* bytes */
	bool is_zeroing;	/* of a thin pool: new blocks are zeroed */
	double data, metadata;	/* per cent used; -1: not known */
};

struct lvm_volumes {
	struct lvm_volume *item;
	size_t count;
};

#define _cleanup_lvm_volumes_ _cleanup_(lvm_volumes_clear)
void lvm_volumes_clear(struct lvm_volumes *volumes);

/* Whether a text can name a volume group or logical volume (lvm(8), "VALID NAMES"). */
bool lvm_is_name(const char *text);

/* Runs `lvm` with these arguments. */
int lvm_run(const char *const *argv, struct err *err) _must_check_;

/*
 * Commands, one after the other, up to the first that fails: in one process, as a script
 * (lvm(8), "A file containing a simple script"), since the start of lvm takes as long as
 * what it does. A script has no quotes: words are without blanks, quotes and backslashes.
 */
int lvm_run_all(const struct str_list *commands, size_t count,
		struct err *err) _must_check_;

/* What `lvs --reportformat json` printed; lvm_fields() are what it must be asked for. */
int lvm_parse(const char *json, size_t length, struct lvm_volumes *ret_volumes,
	      struct err *err) _must_check_;

/*
 * The volumes of a group, or one of them ("VG/NAME"). What is not there is an error of the
 * program; -ENOENT for a volume that the group has not.
 */
int lvm_list(const char *group, struct lvm_volumes *ret_volumes,
	     struct err *err) _must_check_;
int lvm_find(const char *group, const char *name, struct lvm_volumes *ret_volume,
	     struct err *err) _must_check_;

/*
 * The extents of a linear volume, as lvextend(8) takes them: "/dev/sda:100-199". -ENOTSUP if
 * it is of another kind.
 */
int lvm_list_ranges(const char *group, const char *name, struct str_list *ret_ranges,
		    struct err *err) _must_check_;

/* Bytes that are free in a volume group, and of one extent. */
int lvm_free(const char *group, uint64_t *ret_free, uint64_t *ret_extent,
	     struct err *err) _must_check_;

/* Removes "VG/NAME" if it has that tag; what is absent or has it not is left: no error. */
int lvm_remove_tagged(const char *volume, const char *tag, struct err *err) _must_check_;
