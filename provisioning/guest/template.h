/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Roots that were built once for a recipe, and are cloned. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "guest/spec.h"
#include "guest/storage.h"

/*
 * A template is a volume of the guest STORAGE_TEMPLATES and a record,
 * /var/lib/xenhost/templates/KEY.json, whose time of modification is that of its last use.
 * What a build says is in /var/log/xen-tools/template-KEY.log.
 *
 * A bootstrapped root has the packages of priority "important" or more, a kernel (the
 * cloud kernel where the suite has it, unless `packages` has a linux-image), an initial
 * RAM file system with all drivers, openssh-server, GRUB's programs, what checks its file
 * system, and `packages`. It has no /boot/grub/grub.cfg, so that kernel packages make
 * none: the guest's own is made with its identity.
 */

/* 16 hexadecimal digits: of SHA-256 over everything that goes in (template_key()). */
#define TEMPLATE_KEY 17

struct template
{
	char key[TEMPLATE_KEY];
	char *volume; /* the name of its volume: KEY, with a number if refreshed */
	struct storage store; /* where it is kept */
	uint64_t size;	      /* bytes of its volume */
	uint64_t root_offset; /* bytes: 0 with LAYOUT_PLAIN */
	char *fs;	      /* of the root */
	char *recipe;	      /* as it was hashed, for people */
	struct str_list
		releases; /* URIs of the InRelease files; none: it has no repository */
	char *proxy;	  /* for downloads; NULL: none */
	char *state; /* of the repository when it was built: digest of them; "" if unknown */
	char *content; /* digest of all its files */
	char *source; /* what `source_digest` is of: path and times of a tar; "" if none */
	char *source_digest;
	time_t built;
	time_t used;
	int lock; /* -1, or held: it is not removed or changed. template_clear() lets it go */
};

#define TEMPLATE_NONE ((struct template){.lock = -1})
#define _cleanup_template_ _cleanup_(template_clear)

/* May run twice. */
void template_clear(struct template *template);

/*
 * Where a template is kept that shall be cloned to `target`: the thin pool, the directory,
 * or /var/lib/xenhost (so that its volume is in /var/lib/xenhost/templates).
 */
void template_store(const struct storage *target, struct storage *ret_store);

/* Says what is done and how far it is; may be NULL. Called in a child process too. */
typedef void template_progress(void *context, const char *text);

/*
 * The template of a recipe, locked; built when there is none, which takes minutes and the network. Two
 * processes that want the same one: the second says so and waits for the first. An
 * interrupted build leaves nothing. -EREMOTEIO if the bootstrapping program fails: the
 * error has its words and the log's name. -ENOSPC if the storage is full.
 */
int template_get(const struct fs *host, const struct recipe *recipe,
		 const struct storage *target, template_progress *progress, void *context,
		 struct template *ret_template, struct err *err) _must_check_;

/*
 * The key of a recipe, and the text that it is the digest of: a line for each of the
 * format's version, the method and its program's digest, layout, file system, storage,
 * distribution, suite, architecture, mirrors, components, packages (those of the base
 * too), the keyring's digest, and that of the source (a tar's or image's bytes; names,
 * times and sizes of a directory). A proxy is not in it.
 */
int template_key(const struct fs *host, const struct recipe *recipe,
		 const struct storage *store, char ret_key[TEMPLATE_KEY],
		 struct str *ret_text, struct err *err) _must_check_;

/* All that there are, by the time of their last use, oldest first; not locked. */
struct template_list {
	struct template *item;
	size_t count;
};
void template_list_clear(struct template_list *list);
int template_list_read(const struct fs *host, struct template_list *ret_list,
		       struct err *err) _must_check_;

/* -EBUSY while a clone of it is being made. Its guests are not concerned. */
int template_remove(const struct fs *host, const struct template *template,
		    struct err *err) _must_check_;

/*
 * Upgrades a copy of it, if the repository has moved, and puts that in its place. One
 * without a repository never changes. -EBUSY while a clone of it is being made.
 */
int template_refresh(const struct fs *host, const struct template *template,
		     template_progress *progress, void *context, bool *ret_has_changed,
		     struct err *err) _must_check_;

/*
 * Whether its file system is whole, and its files are those that were built: -EUCLEAN
 * tells what is not.
 */
int template_verify(const struct fs *host, const struct template *template,
		    struct err *err) _must_check_;

/* After a clone of LAYOUT_DISK: its table goes to its end, with identifiers of its own. */
int template_fit_disk(const char *path, struct err *err) _must_check_;

/*
 * Mounts its root, which cannot be written, in this process's own mount namespace, as
 * filesystem_mount() does; filesystem_unmount() ends it.
 */
int template_mount(const struct template *template, char **ret_directory,
		   struct fs *ret_root, struct err *err) _must_check_;
