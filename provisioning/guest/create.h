/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The making of a guest: everything, or nothing is left. */
#pragma once

#include "base/err.h"
#include "base/fs.h"
#include "guest/spec.h"
#include "guest/storage.h"

/* Says, in a few words, what is being done; `context` is the caller's. */
typedef void create_progress(void *context, const char *text);

struct create {
	const struct fs *host; /* dom0 */
	const struct guest *guest;
	const struct storage *storage; /* NULL: it has no volumes */
	create_progress *progress;     /* may be NULL */
	void *context;
};

/*
 * What stands in the way, before anything is touched: a configuration, a domain or a volume
 * of that name, another guest with that MAC or address, storage that is absent or full, a
 * given device that has a file system or partitions (unless storage's is_forced), a
 * kernel, bridge or program that is missing. Each error names one; nothing is written.
 */
int create_check(const struct create *create, struct err *err) _must_check_;

/*
 * Likewise, while nobody else begins: and until the work ends no other one gets the guest's
 * addresses, MACs and given devices. -EEXIST if one that goes on has them.
 */
int create_claim(const struct create *create, struct work *work,
		 struct err *err) _must_check_;

/*
 * Writes the guest's configuration, noted in `work` before. -EEXIST, and nothing is touched,
 * if it is there: whoever made it has that name.
 */
int create_config(const struct fs *host, const struct guest *guest, struct work *work,
		  struct err *err) _must_check_;

/*
 * Makes the guest: template, volumes, identity, roles, configuration, final roles, link,
 * line in hosts, in that order; of one with an installer volumes and configuration. If
 * anything fails, or ends this process, all of that is undone, the template apart, which the
 * next guest uses. A guest that was there before is never touched.
 * *ret_password is the generated password, to be shown once; the caller wipes it
 * (explicit_bzero) and frees it; NULL if none was made.
 */
int create_guest(const struct create *create, char **ret_password,
		 struct err *err) _must_check_;

/*
 * The guest of that configuration is installed: what starts its installer is taken out of
 * it (xlcfg_cut_installer()). -EBUSY while it runs; -ENOENT if that is not there.
 */
int create_finish(const struct fs *host, const char *name, const char *path,
		  struct err *err) _must_check_;

/* Starts it, when it is complete. It stays if that fails; its log has what xl says. */
int create_start(const struct create *create, struct err *err) _must_check_;
