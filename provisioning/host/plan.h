/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan: what to change on a machine, as data. Making one changes nothing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fs.h"
#include "base/json.h"
#include "host/node.h"

/*
 * Programs that make something out of files. A change names the one that reads it; a plan
 * holds each at most once, and they run last, in this order. host/command.c knows how
 * each is called on which system.
 */
enum command_kind {
	COMMAND_NONE,
	COMMAND_LDCONFIG,  /* ld.so.cache */
	COMMAND_INITRAMFS, /* initial RAM file systems of all kernels */
	COMMAND_GRUB,	   /* grub.cfg */
	COMMAND_SYSTEMD,   /* units, on the running system only */
	COMMAND_UDEV,	   /* rules, on the running system only */
	COMMAND_COUNT,
};

/* One change of one path. */
struct change {
	char *resource; /* who wants it */
	char *path;	/* below the root, without a leading slash */
	struct node old, new;
	bool has_command[COMMAND_COUNT]; /* of those that read it, while planning */
};

struct plan {
	struct change *change; /* a directory before what is in it */
	size_t count;
	bool has_command[COMMAND_COUNT];
	struct str_list warnings; /* one line each */
	struct str_list notes; /* likewise: what was found out, nothing to worry about */
};

#define _cleanup_plan_ _cleanup_(plan_clear)

/* Whether a change is about a link itself and not about what it leads to. */
bool change_is_of_link(const struct change *change);

/* "create PATH (RESOURCE)", as plans show it. The caller frees it. */
char *change_title(const struct change *change);

/* Whether there is nothing to do. */
bool plan_is_empty(const struct plan *plan);

/*
 * The plan for people: a line for each change, "create PATH (RESOURCE)", and under it
 * what differs in the manner of diff(1); then "run COMMAND". Notes come first; warnings are not in it.
 */
void plan_render(const struct plan *plan, const struct fs *fs, struct str *text);

/* The form that `xenhost plan --json` prints, described in xenhost-plan(8). */
json_t *plan_to_json(const struct plan *plan);

/* The names of its commands, an array. */
json_t *plan_commands_to_json(const struct plan *plan);

/* May run twice. */
void plan_clear(struct plan *plan);
