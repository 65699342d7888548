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

/* 16 hexadecimal digits: of SHA-256 over everything that goes in (template.c tells what). */
#define TEMPLATE_KEY 17

struct template
{
	char key[TEMPLATE_KEY];
	struct storage store; /* where it is kept */
	uint64_t size;	      /* bytes of its volume */
	uint64_t root_offset; /* bytes: 0 with LAYOUT_PLAIN */
	char *recipe;	      /* as it was hashed, for people */
	char *state; /* of the repository when it was built: digest of InRelease; "" if unknown */
	time_t built;
	time_t used;
};

#define _cleanup_template_ _cleanup_(template_clear)
void template_clear(struct template *template);

/* Where a template is kept that shall be cloned to `target`: the pool, the directory, or
 * /var/lib/xenhost/templates. */
void template_store(const struct storage *target, struct storage *ret_store);

/* Says what is done and how far it is; may be NULL. */
typedef void template_progress(void *context, const char *text);

/*
 * The template of a recipe; built when there is none, which takes minutes and the network. Two
 * processes that want the same one: the second waits for the first. An interrupted build leaves nothing.
 */
int template_get(const struct fs *host, const struct recipe *recipe,
		 const struct storage *target, template_progress *progress, void *context,
		 struct template *ret_template, struct err *err) _must_check_;

/* The key of a recipe, and the text that it is the digest of. */
int template_key(const struct fs *host, const struct recipe *recipe,
		 const struct storage *store, char ret_key[TEMPLATE_KEY],
		 struct str *ret_text, struct err *err) _must_check_;

/* All that there are, by the time of their last use. */
struct template_list {
	struct template *item;
	size_t count;
};
void template_list_clear(struct template_list *list);
int template_list_read(const struct fs *host, struct template_list *ret_list,
		       struct err *err) _must_check_;

int template_remove(const struct fs *host, const struct template *template,
		    struct err *err) _must_check_;

/* Upgrades a copy of it, if the repository has moved, and puts that in its place. */
int template_refresh(const struct fs *host, const struct template *template,
		     template_progress *progress, void *context, bool *ret_has_changed,
		     struct err *err) _must_check_;

/* Whether its file system is whole, and its bytes are those that were built. */
int template_verify(const struct fs *host, const struct template *template,
		    struct err *err) _must_check_;
