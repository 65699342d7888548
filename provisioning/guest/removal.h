/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking a guest away with all that is its own, and nothing else. */
#pragma once

#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"
#include "guest/inventory.h"

/* Where else than in its configuration a guest may have left something; NULL: nowhere. */
struct removal_places {
	const char *dir;	/* DIR/domains/GUEST/ */
	const char *vg;		/* /dev/VG/GUEST-disk, GUEST-swap */
	const char *lease_file; /* guest/lease.h */
};

/* What goes, in this order, and what stays. */
struct removal {
	const char *name;
	struct str_list link;	/* that start it with the host */
	struct str_list volume; /* of the running system */
	bool has_hosts;		/* lines in dom0's hosts file */
	const char *lease_file;
	struct str_list lease; /* addresses that go back to the pool */
	const char *config;    /* NULL: none is left */
	struct str_list left;  /* "'PATH': why it stays" */
	char *doubt;	       /* why no volume can go; NULL: none */
};

#define _cleanup_removal_ _cleanup_(removal_clear)

/* May run twice. */
void removal_clear(struct removal *removal);

/*
 * Whether a text may be a part of paths: guest_is_name() is stricter, which not all guests
 * obey that others made.
 */
bool removal_is_name(const char *name);

/*
 * Finds out what there is of a guest. Its own are volumes that are called after it, in
 * the way of xen-tools: /dev/VG/GUEST-NAME, DIR/domains/GUEST/NAME; of those its
 * configuration names, whatever their names are, so a guest's that was made with a
 * partition file too. Others stay: devices that were given, what another guest's
 * configuration names, and what is called after a longer name of one: web-db-disk while
 * there is web-db. Of a volume that is not active lvm is asked; if that cannot tell, its
 * error. -ENOENT if there is nothing of such a guest. `name`, `places` and the
 * inventory must outlive the result.
 */
int removal_plan(const struct fs *host, const struct inventory *inventory,
		 const char *name, const struct removal_places *places,
		 struct removal *ret_removal, struct err *err) _must_check_;

/* -EBUSY if it runs, or somebody has one of its volumes (guest/guard.h). */
int removal_check(const struct fs *host, const struct removal *removal,
		  struct err *err) _must_check_;

/* Says what is gone: "removed '/etc/xen/web.cfg'". May be NULL. */
typedef void removal_say(void *context, const char *text);

/*
 * Takes it away, unless removal_check() finds a reason against it: then all is still there. The configuration goes last, so that an interrupted
 * removal can be done again.
 */
int removal_run(const struct fs *host, const struct removal *removal, removal_say *say,
		void *context, struct err *err) _must_check_;
