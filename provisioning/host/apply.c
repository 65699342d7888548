/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Doing a plan and undoing it: the only code that writes to a host. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static const int ending_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};

static struct deferral defer_signals(void)
{
	struct deferral deferral;
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(ending_signals); i++) {
		struct sigaction action;

		/* One that is ignored, by nohup(1) for one, would be pending for ever. */
		if (sigaction(ending_signals[i], NULL, &action) == 0 &&
		    action.sa_handler != SIG_IGN)
			(void)sigaddset(&set, ending_signals[i]);
	}
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

static int check_is_wanted(struct err *err)
{
	return is_interrupted() ? err_say(err, EINTR, "interrupted") : 0;
}

/* ---- undoing ---- */

static bool touches(const struct plan *plan, const char *path)
{
	for (size_t i = 0; i < plan->count; i++)
		if (strcmp(plan->change[i].path, path) == 0)
			return true;
	return false;
}

/* The last transaction after `id` that changed a path and stands, or 0. */
static unsigned int changed_by(const struct fs *fs, unsigned int id, const char *path)
{
	_cleanup_free_ unsigned int *ids = NULL;
	_cleanup_err_ struct err ignored = {0};
	size_t count = 0;

	if (journal_list(fs, &ids, &count, &ignored) < 0)
		return 0;
	while (count-- > 0 && ids[count] > id) {
		_cleanup_journal_entry_ struct journal_entry entry = {0};

		if (journal_read(fs, ids[count], &entry, &ignored) == 0 &&
		    entry.state == JOURNAL_DONE && touches(&entry.plan, path))
			return entry.id;
	}
	return 0;
}

/* -EBUSY, with the difference as detail. */
static int refuse_changed(const struct fs *fs, unsigned int id,
			  const struct change *change, const struct node *now,
			  struct err *err)
{
	_cleanup_str_ struct str detail = {0};
	unsigned int by = changed_by(fs, id, change->path);

	if (by)
		return err_say(
			err, EBUSY,
			"'%s' was changed since by transaction %u; undo that first",
			change->path, by);
	diff_lines(str_text(&change->new.bytes), str_text(&now->bytes), "\t", &detail);
	(void)err_say(
		err, EBUSY,
		"'%s' was changed since; 'xenhost rollback --keep-changed' leaves it "
		"as it is",
		change->path);
	if (err)
		err->detail = str_take(&detail);
	return -EBUSY;
}

/* Sets whether a path is as the transaction left it, or, if it may be, found it. */
static int is_known(const struct fs *fs, const struct journal_entry *entry,
		    const struct change *change, bool *ret_is_known, struct err *err)
{
	bool may_be_old = entry->state != JOURNAL_DONE;
	_cleanup_node_ struct node now = {0};
	int rc = node_read(fs, change->path, change_is_of_link(change), &now, err);

	if (rc < 0)
		return rc;
	*ret_is_known = node_is_equal(&now, &change->new) ||
			(may_be_old && node_is_equal(&now, &change->old)) ||
			(change->new.kind == NODE_DIRECTORY &&now.kind == NODE_ABSENT);
	return *ret_is_known ? 0 : refuse_changed(fs, entry->id, change, &now, err);
}

/*
 * Marks what is to be left alone, nothing without keep_changed: refused with -EBUSY then.
 */
static int check_all_known(const struct fs *fs, const struct journal_entry *entry,
			   const struct apply_options *options, bool *is_kept,
			   struct err *err)
{
	for (size_t i = 0; i < entry->plan.count; i++) {
		_cleanup_err_ struct err kept = {0};
		bool known = false;
		int rc = is_known(fs, entry, &entry->plan.change[i], &known,
				  options->keep_changed ? &kept : err);

		if (rc < 0 && !options->keep_changed)
			return rc;
		is_kept[i] = !known;
	}
	return 0;
}

static int restore_one(const struct fs *fs, const struct change *change,
		       const struct apply_options *options, struct err *err)
{
	_cleanup_node_ struct node now = {0};
	int rc = fs_remove_draft(fs, change->path, err);

	if (rc == 0)
		rc = node_read(fs, change->path, change_is_of_link(change), &now, err);
	if (rc < 0 || node_is_equal(&now, &change->old))
		return rc;
	say(options, "%s %s", change->old.kind == NODE_ABSENT ? "remove" : "restore",
	    change->path);
	return node_write(fs, change->path, &change->old, err);
}

/*
 * Puts back the old state of the first `count` changes, last first, but for those that
 * `is_kept` (may be NULL) marks.
 */
static int restore(const struct fs *fs, const struct plan *plan, size_t count,
		   const bool *is_kept, const struct apply_options *options,
		   struct err *err)
{
	while (count-- > 0) {
		int rc;

		if (is_kept && is_kept[count]) {
			say(options, "keep %s", plan->change[count].path);
			continue;
		}
		rc = restore_one(fs, &plan->change[count], options, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* ---- commands ---- */

static int run_commands(const struct fs *fs, const struct plan *plan, bool may_stop,
			const struct apply_options *options, struct str_list *ret_pending,
			struct err *err)
{
	for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++) {
		enum command_kind kind = (enum command_kind)i;
		int rc;

		if (!plan->has_command[i] || command_is_moot(fs, kind))
			continue;
		if (options->no_commands || !command_can_run(fs, kind)) {
			if (ret_pending &&
			    !str_list_has(ret_pending, command_name(fs, kind)))
				str_list_add(ret_pending, command_name(fs, kind));
			continue;
		}
		say(options, "run %s", command_name(fs, kind));
		rc = command_run(fs, kind, err);
		if (rc == 0 && may_stop)
			rc = check_is_wanted(err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Whether the boot menu is made anew. */
static bool makes_menu(const struct fs *fs, const struct plan *plan,
		       const struct apply_options *options)
{
	return plan->has_command[COMMAND_GRUB] && !options->no_commands &&
	       command_can_run(fs, COMMAND_GRUB);
}

static int before_menu(const struct fs *fs, const struct plan *plan, bool is_undo,
		       const struct apply_options *options, struct err *err)
{
	if (!options->before_menu || !makes_menu(fs, plan, options))
		return 0;
	return options->before_menu(fs, is_undo, options->menu_data, err);
}

static int after_menu(const struct fs *fs, const struct plan *plan, bool is_undo,
		      const struct apply_options *options, struct err *err)
{
	if (!options->after_menu || !makes_menu(fs, plan, options))
		return 0;
	return options->after_menu(fs, is_undo, options->menu_data, err);
}

/* ---- doing ---- */

static int check_menu(const struct fs *fs, const struct plan *plan,
		      const struct apply_options *options, struct err *err)
{
	if (!options->check_menu || !makes_menu(fs, plan, options))
		return 0;
	return options->check_menu(fs, options->check_data, err);
}

static int do_changes(const struct fs *fs, const struct plan *plan,
		      const struct apply_options *options, size_t *ret_done,
		      struct err *err)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct change *change = &plan->change[i];
		_cleanup_free_ char *title = NULL;
		int rc;

		rc = check_is_wanted(err);
		if (rc < 0)
			return rc;
		title = change_title(change);
		say(options, "%s", title);
		/* Counted before it is tried: a failed try may have done half of it. */
		*ret_done = i + 1;
		rc = node_write(fs, change->path, &change->new, err);
		if (rc < 0)
			return err_wrap(err, "%s", change->resource);
	}
	return check_is_wanted(err);
}

/* A plan is of a moment: what it replaces must still be there. */
static int check_is_current(const struct fs *fs, const struct plan *plan, struct err *err)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct change *change = &plan->change[i];
		_cleanup_node_ struct node now = {0};
		int rc =
			node_read(fs, change->path, change_is_of_link(change), &now, err);

		if (rc < 0)
			return rc;
		if (!node_is_equal(&now, &change->old))
			return err_say(err, EBUSY, "'%s' was changed while this ran",
				       change->path);
	}
	return 0;
}

/*
 * What failed with the new files is only worth a try with the old ones: the words of a
 * second failure, or NULL.
 */
static char *run_commands_again(const struct fs *fs, const struct plan *plan,
				const struct apply_options *options)
{
	_cleanup_err_ struct err err = {0};

	return run_commands(fs, plan, false, options, NULL, &err) < 0 ? TAKE_PTR(err.text)
								      : NULL;
}

/* Undoes after a failure, whose error stays the one that is told. */
static int give_up(struct journal *journal, unsigned int id, const struct plan *plan,
		   size_t done, bool had_commands, const struct apply_options *options,
		   struct err *err)
{
	_cleanup_err_ struct err second = {0};
	_cleanup_free_ char *again = NULL;
	int rc;

	/*
	 * The state may be "done" on the disk if only the last sync of it failed. Where
	 * nothing can be written, "open" says the same.
	 */
	(void)!journal_set_state(journal, id, JOURNAL_UNDOING, &second);
	err_clear(&second);
	rc = restore(journal->fs, plan, done, NULL, options, &second);
	if (rc == 0 && had_commands)
		again = run_commands_again(journal->fs, plan, options);
	/* What is not settled now is by the next run: what last booted is the default. */
	if (rc == 0 && !again)
		(void)!after_menu(journal->fs, plan, true, options, NULL);
	/* What a command made is of the new files until it ends well: the next run tries. */
	if (rc == 0 && !again)
		rc = journal_set_state(journal, id, JOURNAL_UNDONE, &second);
	if (rc < 0)
		return err_say(err, err->code,
			       "%s; and undoing it failed: %s; run "
			       "'xenhost rollback' when the cause is gone",
			       err->text, second.text);
	if (again && strcmp(again, err->text) == 0)
		return err_say(err, err->code,
			       "%s; the files are as before, but it fails with them "
			       "too; the next run tries it again",
			       err->text);
	if (again)
		return err_say(err, err->code,
			       "%s; the files are as before, but %s; the next run tries "
			       "it again",
			       err->text, again);
	return err_say(err, err->code, "%s; nothing was changed", err->text);
}

static int apply_deferred(struct journal *journal, const struct plan *plan,
			  const struct apply_options *options,
			  struct str_list *ret_pending, struct err *err)
{
	_cleanup_err_ struct err ignored = {0};
	bool had_commands = false;
	unsigned int id;
	size_t done = 0;
	int rc = check_is_current(journal->fs, plan, err);

	if (rc < 0)
		return rc;
	/* What cannot be removed now is too many at the next run. */
	(void)!journal_prune(journal, &ignored);
	rc = journal_begin(journal, plan, &id, err);
	if (rc < 0)
		return rc;
	rc = before_menu(journal->fs, plan, false, options, err);
	if (rc == 0)
		rc = do_changes(journal->fs, plan, options, &done, err);
	if (rc == 0) {
		had_commands = true;
		rc = run_commands(journal->fs, plan, true, options, ret_pending, err);
	}
	if (rc == 0)
		rc = check_menu(journal->fs, plan, options, err);
	if (rc == 0)
		rc = after_menu(journal->fs, plan, false, options, err);
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

static int undo(struct journal *journal, struct journal_entry *entry,
		const struct apply_options *options, struct str_list *ret_pending,
		struct err *err)
{
	const struct plan *plan = &entry->plan;
	_cleanup_free_ bool *is_kept = mem_alloc(plan->count + 1);
	int rc = check_all_known(journal->fs, entry, options, is_kept, err);

	if (rc == 0)
		rc = journal_set_state(journal, entry->id, JOURNAL_UNDOING, err);
	if (rc == 0)
		rc = before_menu(journal->fs, plan, true, options, err);
	if (rc == 0)
		rc = restore(journal->fs, plan, plan->count, is_kept, options, err);
	if (rc < 0)
		return rc;
	rc = run_commands(journal->fs, plan, false, options, ret_pending, err);
	if (rc < 0)
		return err_say(err, -rc,
			       "the files are as before, but %s; try again, or with "
			       "--no-commands",
			       err->text);
	rc = after_menu(journal->fs, plan, true, options, err);
	if (rc == 0)
		rc = journal_set_state(journal, entry->id, JOURNAL_UNDONE, err);
	if (rc == 0)
		entry->state = JOURNAL_UNDONE;
	return rc;
}

int apply_undo(struct journal *journal, struct journal_entry *entry,
	       const struct apply_options *options, struct str_list *ret_pending,
	       struct err *err)
{
	struct deferral deferral = defer_signals();
	int rc = undo(journal, entry, options, ret_pending, err);

	deferral_end(&deferral);
	return rc < 0 ? err_wrap(err, "transaction %u", entry->id) : 0;
}

static int recover_one(struct journal *journal, unsigned int id,
		       const struct apply_options *options, struct str_list *ret_pending,
		       struct err *err)
{
	_cleanup_journal_entry_ struct journal_entry entry = {0};
	int rc = journal_read(journal->fs, id, &entry, err);

	if (rc < 0)
		return rc;
	say(options, "undo the interrupted transaction %u", id);
	return apply_undo(journal, &entry, options, ret_pending, err);
}

int apply_recover(struct journal *journal, const struct apply_options *options,
		  struct str_list *ret_pending, size_t *ret_count, struct err *err)
{
	_cleanup_free_ unsigned int *ids = NULL;
	size_t count = 0, undone = 0;
	int rc = journal_list(journal->fs, &ids, &count, err);

	while (rc == 0 && count-- > 0) {
		enum journal_state state;

		rc = journal_read_state(journal->fs, ids[count], &state, err);
		if (rc < 0 || state == JOURNAL_DONE || state == JOURNAL_UNDONE)
			continue;
		rc = recover_one(journal, ids[count], options, ret_pending, err);
		undone++;
	}
	if (rc == 0 && ret_count)
		*ret_count = undone;
	return rc;
}
