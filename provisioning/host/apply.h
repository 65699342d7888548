/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Doing a plan and undoing it: the only code that writes to a host. */
#pragma once

#include "host/journal.h"

/* Tells of each thing before it is done; `text` is one line. May be NULL. */
struct apply_options {
	bool no_commands;  /* only name them */
	bool keep_changed; /* undoing leaves alone what was changed since */
	void (*say)(const char *text, void *data);
	void *data;

	/*
	 * Boots on trial: around whatever makes the boot menu, before its first change and
	 * after the last command. If one fails, so does the transaction, and is undone;
	 * `is_undo` is for undoing, which is never refused. Where COMMAND_GRUB is not run,
	 * they are not called. May be NULL.
	 */
	int (*before_menu)(const struct fs *fs, bool is_undo, void *menu_data,
			   struct err *err);
	int (*after_menu)(const struct fs *fs, bool is_undo, void *menu_data,
			  struct err *err);
	void *menu_data;

	/*
	 * Looks at the boot menu after COMMAND_GRUB was run for a plan and all commands
	 * ended well, before after_menu. If it fails, so does the transaction, and is
	 * undone. May be NULL.
	 */
	int (*check_menu)(const struct fs *fs, void *data, struct err *err);
	void *check_data;
};

/*
 * Does a plan: all of it, or after any failure nothing of it. Commands that cannot run
 * here are added to *ret_pending. An empty plan writes nothing, not even a journal; any
 * other has journal_prune() run before. If a
 * command fails, it is run again with the old files; if it fails with them too, the
 * transaction is "undoing", as in apply_undo().
 *
 * SIGINT, SIGTERM and SIGHUP, unless they are ignored, are held back in this function and
 * in apply_undo(): here they undo what was done, and end the program when it returns.
 */
int apply_plan(struct journal *journal, const struct plan *plan,
	       const struct apply_options *options, struct str_list *ret_pending,
	       struct err *err) _must_check_;

/*
 * Undoes what interrupted runs left, newest first; *ret_count (may be NULL) is how many.
 * Comes before every plan or rollback that is to be trusted.
 */
int apply_recover(struct journal *journal, const struct apply_options *options,
		  struct str_list *ret_pending, size_t *ret_count,
		  struct err *err) _must_check_;

/*
 * Undoes a transaction: exact bytes, owners and modes; what was created is removed, but
 * no directory that has something else in it by now. Refused with -EBUSY if any of its
 * paths is not as the transaction left it (or, of an interrupted one, found it); `err`'s
 * detail shows the difference then.
 *
 * If a command fails, the files are as before and the transaction is "undoing": the next
 * run tries it again.
 */
int apply_undo(struct journal *journal, struct journal_entry *entry,
	       const struct apply_options *options, struct str_list *ret_pending,
	       struct err *err) _must_check_;
