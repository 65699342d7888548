/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Doing a plan and undoing it: the only code that writes to a host. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/diff.h"
#include "host/apply.h"
#include "host/command.h"

static void say(const struct apply_options *options, const char *format, ...)
	_printf_(2, 3);

static void say(const struct apply_options *options, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	if (!options->say)
		return;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		mem_abort();
	va_end(args);
	options->say(text, options->data);
}

/*
 * Signals that end a program wait until the transaction is whole: between two changes we
 * look whether one came, and undo then. It ends us when the mask is restored.
 */
struct deferral {
	sigset_t old;
};

static void fill_ending_signals(sigset_t *set)
{
	(void)sigemptyset(set);
	(void)sigaddset(set, SIGINT);
	(void)sigaddset(set, SIGTERM);
	(void)sigaddset(set, SIGHUP);
	(void)sigaddset(set, SIGPIPE);
}

static struct deferral defer_signals(void)
{
	struct deferral deferral;
	sigset_t set;

	fill_ending_signals(&set);
	(void)sigprocmask(SIG_BLOCK, &set, &deferral.old);
	return deferral;
}

static void deferral_end(const struct deferral *deferral)
{
	(void)sigprocmask(SIG_SETMASK, &deferral->old, NULL);
}

static bool is_interrupted(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 && (sigismember(&pending, SIGINT) == 1 ||
					     sigismember(&pending, SIGTERM) == 1 ||
					     sigismember(&pending, SIGHUP) == 1);
}

/* ---- undoing ---- */

/* -EBUSY, with the difference as detail, if a path is neither of the two. */
static int check_is_known(const struct fs *fs, const struct change *change,
			  bool may_be_old, struct err *err)
{
	_cleanup_node_ struct node now = {0};
	_cleanup_str_ struct str detail = {0};
	int rc = node_read(fs, change->path, change->new.kind == NODE_LINK, &now, err);

	if (rc < 0)
		return rc;
	if (node_is_equal(&now, &change->new) ||
	    (may_be_old && node_is_equal(&now, &change->old)))
		return 0;
	if (change->new.kind == NODE_DIRECTORY && now.kind == NODE_ABSENT)
		return 0;
	(void)err_say(err, EBUSY, "'%s' was changed since", change->path);
	diff_lines(str_text(&change->new.bytes), str_text(&now.bytes), "\t", &detail);
	if (err)
		err->detail = str_take(&detail);
	return -EBUSY;
}

/* Puts back the old state of the first `count` changes, last first. */
static int restore(const struct fs *fs, const struct plan *plan, size_t count,
		   const struct apply_options *options, struct err *err)
{
	while (count-- > 0) {
		const struct change *change = &plan->change[count];
		_cleanup_node_ struct node now = {0};
		bool is_link =
			change->old.kind == NODE_LINK || change->new.kind == NODE_LINK;
		int rc = node_read(fs, change->path, is_link, &now, err);

		if (rc < 0)
			return rc;
		if (node_is_equal(&now, &change->old))
			continue;
		say(options, "restore %s", change->path);
		rc = node_write(fs, change->path, &change->old, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* ---- commands ---- */

static int run_commands(const struct fs *fs, const struct plan *plan,
			const struct apply_options *options, struct str_list *ret_pending,
			struct err *err)
{
	for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++) {
		enum command_kind kind = (enum command_kind)i;
		int rc;

		if (!plan->has_command[i] || command_is_moot(fs, kind))
			continue;
		if (options->no_commands || !command_can_run(fs, kind)) {
			if (ret_pending)
				str_list_add(ret_pending, command_name(fs, kind));
			continue;
		}
		say(options, "run %s", command_name(fs, kind));
		rc = command_run(fs, kind, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* ---- doing ---- */

static int do_changes(const struct fs *fs, const struct plan *plan,
		      const struct apply_options *options, size_t *ret_done,
		      struct err *err)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct change *change = &plan->change[i];
		int rc;

		if (is_interrupted())
			return err_say(err, EINTR, "interrupted");
		say(options, "%s %s (%s)",
		    change->old.kind == NODE_ABSENT   ? "create"
		    : change->new.kind == NODE_ABSENT ? "remove"
						      : "change",
		    change->path, change->resource);
		/* Counted before it is tried: a failed try may have done half of it. */
		*ret_done = i + 1;
		rc = node_write(fs, change->path, &change->new, err);
		if (rc < 0)
			return err_wrap(err, "%s", change->resource);
	}
	return is_interrupted() ? err_say(err, EINTR, "interrupted") : 0;
}

/* A plan is of a moment: what it replaces must still be there. */
static int check_is_current(const struct fs *fs, const struct plan *plan, struct err *err)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct change *change = &plan->change[i];
		_cleanup_node_ struct node now = {0};
		int rc = node_read(fs, change->path,
				   change->old.kind == NODE_LINK ||
					   change->new.kind == NODE_LINK,
				   &now, err);

		if (rc < 0)
			return rc;
		if (!node_is_equal(&now, &change->old))
			return err_say(err, EBUSY, "'%s' was changed while this ran",
				       change->path);
	}
	return 0;
}

/* Undoes after a failure, whose error stays the one that is told. */
static int give_up(struct journal *journal, unsigned int id, const struct plan *plan,
		   size_t done, bool had_commands, const struct apply_options *options,
		   struct err *err)
{
	_cleanup_err_ struct err second = {0};
	int rc = restore(journal->fs, plan, done, options, &second);

	if (rc == 0 && had_commands) {
		_cleanup_err_ struct err ignored = {0};

		/* What failed with the new files is only worth a try with the old ones. */
		(void)!run_commands(journal->fs, plan, options, NULL, &ignored);
	}
	if (rc == 0)
		rc = journal_set_state(journal, id, JOURNAL_UNDONE, &second);
	if (rc < 0)
		return err_say(err, err->code,
			       "%s; and undoing it failed: %s; run "
			       "'xenhost rollback' when the cause is gone",
			       err->text, second.text);
	return err_say(err, err->code, "%s; nothing was changed", err->text);
}

static int apply_deferred(struct journal *journal, const struct plan *plan,
			  const struct apply_options *options,
			  struct str_list *ret_pending, struct err *err)
{
	bool had_commands = false;
	unsigned int id;
	size_t done = 0;
	int rc = check_is_current(journal->fs, plan, err);

	if (rc == 0)
		rc = journal_begin(journal, plan, &id, err);
	if (rc < 0)
		return rc;
	rc = do_changes(journal->fs, plan, options, &done, err);
	if (rc == 0) {
		had_commands = true;
		rc = run_commands(journal->fs, plan, options, ret_pending, err);
	}
	if (rc == 0 && is_interrupted())
		rc = err_say(err, EINTR, "interrupted");
	if (rc == 0)
		rc = journal_set_state(journal, id, JOURNAL_DONE, err);
	if (rc < 0)
		return give_up(journal, id, plan, done, had_commands, options, err);
	return 0;
}

int apply_plan(struct journal *journal, const struct plan *plan,
	       const struct apply_options *options, struct str_list *ret_pending,
	       struct err *err)
{
	struct deferral deferral;
	int rc;

	if (plan_is_empty(plan))
		return 0;
	deferral = defer_signals();
	rc = apply_deferred(journal, plan, options, ret_pending, err);
	deferral_end(&deferral);
	return rc;
}

static int undo(struct journal *journal, struct journal_entry *entry, bool may_be_old,
		const struct apply_options *options, struct str_list *ret_pending,
		struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < entry->plan.count; i++)
		rc = check_is_known(journal->fs, &entry->plan.change[i], may_be_old, err);
	if (rc == 0)
		rc = journal_set_state(journal, entry->id, JOURNAL_UNDOING, err);
	if (rc == 0)
		rc = restore(journal->fs, &entry->plan, entry->plan.count, options, err);
	if (rc == 0)
		rc = run_commands(journal->fs, &entry->plan, options, ret_pending, err);
	if (rc == 0)
		rc = journal_set_state(journal, entry->id, JOURNAL_UNDONE, err);
	if (rc < 0)
		return err_wrap(err, "transaction %u", entry->id);
	entry->state = JOURNAL_UNDONE;
	return 0;
}

int apply_undo(struct journal *journal, struct journal_entry *entry,
	       const struct apply_options *options, struct str_list *ret_pending,
	       struct err *err)
{
	struct deferral deferral = defer_signals();
	int rc = undo(journal, entry, entry->state != JOURNAL_DONE, options, ret_pending,
		      err);

	deferral_end(&deferral);
	return rc;
}

int apply_recover(struct journal *journal, const struct apply_options *options,
		  size_t *ret_count, struct err *err)
{
	_cleanup_free_ unsigned int *ids = NULL;
	size_t count = 0, undone = 0;
	int rc = journal_list(journal->fs, &ids, &count, err);

	if (rc < 0)
		return rc;
	while (count-- > 0) {
		_cleanup_journal_entry_ struct journal_entry entry = {0};

		rc = journal_read(journal->fs, ids[count], &entry, err);
		if (rc < 0)
			return rc;
		if (entry.state != JOURNAL_OPEN && entry.state != JOURNAL_UNDOING)
			continue;
		say(options, "undo the interrupted transaction %u", entry.id);
		rc = apply_undo(journal, &entry, options, NULL, err);
		if (rc < 0)
			return rc;
		undone++;
	}
	if (ret_count)
		*ret_count = undone;
	return 0;
}
