/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making a plan: what resources are given, and the words they plan with. */
#pragma once

#include <stdarg.h>

#include "host/desc.h"
#include "host/facts.h"
#include "host/plan.h"

/* A text that somebody asked for; `entry` is where, NULL for a default. */
struct wish {
	char *text;
	const struct conf_entry *entry;
	size_t word;
};

struct wishes {
	struct wish *item;
	size_t count;
};

/* Which line of arguments a wish is for. */
enum line {
	LINE_XEN,	  /* the hypervisor's, every entry */
	LINE_XEN_DEFAULT, /* the hypervisor's, but not of recovery entries */
	LINE_DOM0,	  /* dom0's kernel */
	LINE_LINUX,	  /* the kernel without Xen */
	LINE_COUNT,
};

/*
 * What resources share while a plan is made. Later resources see what earlier ones
 * planned; those that write a file for several others (the boot loader's, modprobe's) are
 * last in the array and read the wishes.
 */
struct planner {
	const struct desc *desc;
	const struct facts *facts;
	const struct fs *fs;
	struct plan *plan;

	struct planner_file **edited; /* see planner_edit() */
	size_t edited_count;

	struct wishes line[LINE_COUNT];
	struct wishes grub;	      /* "NAME=VALUE", the value without quotes */
	struct wishes grub_shell;     /* likewise, the value a word of a shell */
	struct wishes modules;	      /* loaded at boot, in this order */
	struct wishes modprobe;	      /* lines of modprobe.d */
	struct wishes initrd_modules; /* in the initial RAM file systems */
};

struct checker;

struct resource {
	const char *name; /* as shown in plans */

	/*
	 * Adds wishes and changes. Refusals of the description are desc_refuse()'s
	 * -EBADMSG. NULL: it only checks.
	 */
	int (*plan)(struct planner *planner, struct err *err);

	/* Adds findings, see host/check.h; what cannot be read is none. May be NULL. */
	void (*check)(struct checker *checker);
};

/*
 * Makes the plan of an array of resources, which a NULL ends. Reads below the root;
 * writes nothing. The facts may be of another time or machine.
 */
int planner_run(const struct resource *const *resources, const struct desc *desc,
		const struct facts *facts, const struct fs *fs, struct plan *ret_plan,
		struct err *err) _must_check_;

/* ---- for resources ---- */

void planner_wish(struct wishes *wishes, const struct conf_entry *entry, size_t word,
		  const char *format, ...) _printf_(4, 5);

/* One line, shown in the plan: how a word of the description was understood. */
void planner_note(struct planner *planner, const char *format, ...) _printf_(2, 3);

/* One line, shown before the plan; `format` begins with a small letter. */
void planner_warn(struct planner *planner, const char *format, ...) _printf_(2, 3);

/*
 * A file as it will be when what is planned so far is done. -ENOENT if it will be absent.
 * An unreadable file is an error.
 */
int planner_read(const struct planner *planner, const char *path, struct str *ret_text,
		 struct err *err) _must_check_;

/* Whether planner_read() would find something. */
bool planner_has(const struct planner *planner, const char *path);

/* The names in a directory as they will be, sorted; none if it is absent. */
void planner_list(const struct planner *planner, const char *path,
		  struct str_list *ret_names);

/*
 * Plans a file's bytes. Mode and owner of a file that is there stay; a new one is the
 * caller's with mode 0644, and absent parents are planned too. `command` reads the file. Nothing
 * is planned if it is so already.
 */
int planner_write(struct planner *planner, const struct resource *resource,
		  const char *path, const char *text, enum command_kind command,
		  struct err *err) _must_check_;

/*
 * Plans a file that is wholly xenhost's: PLANNER_MARK is put before the text, which is
 * NULL where the file is not wanted: then a file with the mark is removed. A file at
 * this path without the mark is somebody else's: -EEXIST.
 */
int planner_own(struct planner *planner, const struct resource *resource,
		const char *path, const char *text, enum command_kind command,
		struct err *err) _must_check_;

/* Likewise for a file that only its owner may read: a new one has mode 0600. */
int planner_own_private(struct planner *planner, const struct resource *resource,
			const char *path, const char *text, enum command_kind command,
			struct err *err) _must_check_;

/* Likewise for a shell script, which anybody may run: mode 0755, below "#!/bin/sh". */
int planner_own_script(struct planner *planner, const struct resource *resource,
		       const char *path, const char *text, struct err *err) _must_check_;

/* Of files whose names end with ".xml" it is a comment, below the declaration. */
#define PLANNER_MARK_XML                                                            \
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- Written by xenhost from " \
	"/etc/xen/host.conf; edit that and run: xenhost apply -->\n"

#define PLANNER_MARK                                                                \
	"# Written by xenhost from /etc/xen/host.conf; edit that and run: xenhost " \
	"apply\n"

#define PLANNER_MARK_SCRIPT "#!/bin/sh\n" PLANNER_MARK

/*
 * Plans a symbolic link, or with a NULL target its absence: it is only removed if it is a
 * link to `old_target`. -EEXIST if something else is there.
 */
int planner_link(struct planner *planner, const struct resource *resource,
		 const char *path, const char *target, const char *old_target,
		 enum command_kind command, struct err *err) _must_check_;

/*
 * Plans a file of somebody else without some bits of its mode. Its bytes stay, and nobody else
 * may plan it. Nothing is planned if it is absent, or has none of them.
 */
int planner_mode(struct planner *planner, const struct resource *resource,
		 const char *path, mode_t away, enum command_kind command,
		 struct err *err) _must_check_;

/*
 * The text of a file that is somebody else's, to be changed with the functions of
 * base/edit.h, and only with them. It begins as the file's own lines (edit_revert()), or
 * empty if it is absent; all resources share it. It is planned when the last resource is
 * done. *ret_text stays the planner's.
 */
int planner_edit(struct planner *planner, const struct resource *resource,
		 const char *path, enum command_kind command, struct str **ret_text,
		 struct err *err) _must_check_;
