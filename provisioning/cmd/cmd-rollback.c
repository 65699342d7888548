/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost rollback: undoes a transaction exactly. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/host.h"

static const struct option_spec options[] = {
	{"no-commands", NULL, "only name the commands that would be run"},
	{NULL, NULL, NULL},
};

#define ID_MAX 99999999

/* The transaction that is asked for, or the last one that was done. */
static int find_entry(const struct call *call, const struct fs *fs,
		      struct journal_entry *ret_entry, struct err *err)
{
	_cleanup_free_ unsigned int *ids = NULL;
	size_t count = 0;
	uint64_t id = 0;
	int rc = journal_list(fs, &ids, &count, err);

	if (rc < 0)
		return rc;
	if (call->operand_count && !str_to_number(call->operand[0], ID_MAX, &id))
		return err_say(err, EINVAL, "'%s' is not the number of a transaction",
			       call->operand[0]);
	while (count-- > 0) {
		_cleanup_journal_entry_ struct journal_entry entry = {0};

		if (id && ids[count] != id)
			continue;
		rc = journal_read(fs, ids[count], &entry, err);
		if (rc < 0)
			return rc;
		if (!id && entry.state != JOURNAL_DONE)
			continue;
		if (entry.state == JOURNAL_UNDONE)
			return err_say(err, EALREADY, "transaction %u was undone before",
				       entry.id);
		*ret_entry = entry;
		entry = (struct journal_entry){0};
		return 0;
	}
	if (id)
		return err_say(err, ENOENT, "there is no transaction %u",
			       (unsigned int)id);
	return err_say(err, ENOENT, "there is nothing to undo");
}

static int run(const struct call *call, struct err *err)
{
	const struct apply_options how = host_apply_options(call);
	_cleanup_journal_entry_ struct journal_entry entry = {0};
	_cleanup_journal_ struct journal journal = {.lock = -1};
	_cleanup_str_list_ struct str_list pending = {0};
	_cleanup_fs_ struct fs fs = FS_CLOSED;
	size_t recovered = 0;
	int rc = fs_open(call->root, &fs, err);

	if (rc == 0 && !journal_exists(&fs))
		rc = err_say(err, ENOENT, "there is nothing to undo");
	if (rc == 0)
		rc = journal_open(&fs, &journal, err);
	if (rc == 0)
		rc = apply_recover(&journal, &how, &recovered, err);
	/* An interrupted transaction was the last one: it is undone now. */
	if (rc < 0 || (recovered && !call->operand_count))
		return rc;
	rc = find_entry(call, &fs, &entry, err);
	if (rc == 0)
		rc = apply_undo(&journal, &entry, &how, &pending, err);
	if (rc < 0)
		return rc;
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
