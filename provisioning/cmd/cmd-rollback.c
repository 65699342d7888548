/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost rollback: undoes a transaction exactly. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/boot-trial.h"

static const struct option_spec options[] = {
	{"no-commands", NULL, "only name the commands that would be run"},
	{"keep-changed", NULL, "leave alone what was changed since"},
	{NULL, NULL, NULL},
};

#define ID_MAX 99999999

/* The number that is asked for; 0: none is. EXIT_USAGE if it is no number. */
static int read_operand(const struct call *call, unsigned int *ret_id, struct err *err)
{
	uint64_t id = 0;

	if (call->operand_count > 1) {
		(void)err_say(err, EINVAL, "unexpected '%s'", call->operand[1]);
		return EXIT_USAGE;
	}
	if (call->operand_count &&
	    (!str_to_number(call->operand[0], ID_MAX, &id) || !id)) {
		(void)err_say(err, EINVAL, "'%s' is not the number of a transaction",
			      call->operand[0]);
		return EXIT_USAGE;
	}
	*ret_id = (unsigned int)id;
	return EXIT_DONE;
}

/* The last transaction that was done. */
static int find_last(const struct fs *fs, unsigned int *ret_id, struct err *err)
{
	_cleanup_free_ unsigned int *ids = NULL;
	size_t count = 0;
	int rc = journal_list(fs, &ids, &count, err);

	while (rc == 0 && count-- > 0) {
		enum journal_state state;

		rc = journal_read_state(fs, ids[count], &state, err);
		if (rc == 0 && state == JOURNAL_DONE) {
			*ret_id = ids[count];
			return 0;
		}
	}
	return rc < 0 ? rc : err_say(err, ENOENT, "there is nothing to undo");
}

static int check_can_be_undone(const struct fs *fs, unsigned int id, struct err *err)
{
	_cleanup_free_ unsigned int *ids = NULL;
	enum journal_state state;
	size_t count = 0;
	int rc = journal_list(fs, &ids, &count, err);

	while (rc == 0 && count-- > 0) {
		if (ids[count] != id)
			continue;
		rc = journal_read_state(fs, id, &state, err);
		if (rc == 0 && state == JOURNAL_UNDONE)
			return err_say(err, EALREADY, "transaction %u was undone before",
				       id);
		return rc;
	}
	return rc < 0 ? rc : err_say(err, ENOENT, "there is no transaction %u", id);
}

/* Undoes one more than what was recovered, unless that is what was meant. */
static int undo(struct journal *journal, unsigned int id, bool was_interrupted,
		const struct apply_options *how, struct str_list *ret_pending,
		struct err *err)
{
	_cleanup_journal_entry_ struct journal_entry entry = {0};
	enum journal_state state = JOURNAL_DONE;
	int rc = 0;

	if (id)
		rc = journal_read_state(journal->fs, id, &state, err);
	else if (!was_interrupted)
		rc = find_last(journal->fs, &id, err);
	if (rc < 0 || !id || state == JOURNAL_UNDONE)
		return rc;
	rc = journal_read(journal->fs, id, &entry, err);
	return rc < 0 ? rc : apply_undo(journal, &entry, how, ret_pending, err);
}

static int open_journal(const struct fs *fs, struct journal *journal, struct err *err)
{
	bool has_journal;
	int rc = journal_exists(fs, &has_journal, err);

	if (rc == 0 && !has_journal)
		return err_say(err, ENOENT, "there is nothing to undo");
	return rc < 0 ? rc : journal_open(fs, journal, err);
}

static int run(const struct call *call, struct err *err)
{
	struct apply_options how = host_apply_options(call);
	_cleanup_boot_trial_ struct boot_trial trial = {0};
	_cleanup_journal_ struct journal journal = {.lock = -1};
	_cleanup_str_list_ struct str_list pending = {0};
	_cleanup_fs_ struct fs fs = FS_CLOSED;
	size_t recovered = 0;
	unsigned int id = 0;
	int rc = read_operand(call, &id, err);

	if (rc != EXIT_DONE)
		return rc;
	how.keep_changed = call_has(call, "keep-changed");
	rc = fs_open(call->root, &fs, err);
	if (rc == 0)
		rc = open_journal(&fs, &journal, err);
	if (rc == 0 && id)
		rc = check_can_be_undone(&fs, id, err);
	if (rc == 0)
		boot_trial_begin_undo(call, &fs, &how, &trial);
	if (rc == 0)
		rc = apply_recover(&journal, &how, &pending, &recovered, err);
	if (rc == 0)
		rc = undo(&journal, id, recovered > 0, &how, &pending, err);
	if (rc < 0)
		return rc;
	boot_trial_prune_copies(&fs);
	host_tell_pending(&pending);
	return EXIT_DONE;
}

const struct command command_rollback = {
	.name = "rollback",
	.summary = "undo the last transaction, or the one with this number",
	.operands = "[ID]",
	.options = options,
	.run = run,
};
