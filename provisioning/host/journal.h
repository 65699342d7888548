/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What xenhost did to a machine, kept so that each transaction can be undone exactly. */
#pragma once

#include "host/plan.h"

/*
 * Below var/lib/xenhost, mode 0700:
 *
 *	(the directory itself)	flock(2)ed by whoever changes something
 *	journal/ID/plan.json	time, commands, the changes: digests instead of bytes
 *	journal/ID/old-N, new-N the bytes of change N before and after
 *	journal/ID/state	"open", "done", "undoing" or "undone"
 *
 * A transaction is written as journal/.new and renamed when it is whole and synced,
 * before the first change. Of those that are "done" or "undone" the last JOURNAL_KEEP are
 * kept; an older one is renamed to journal/.old and removed. "open" and "undoing" mean interrupted: apply_recover() undoes
 * them. The digests (64 bits of FNV-1a) are against bad disks, not against people: the
 * directory is root's.
 */
#define JOURNAL_DIR "var/lib/xenhost"
#define JOURNAL_KEEP 50

enum journal_state { JOURNAL_OPEN, JOURNAL_DONE, JOURNAL_UNDOING, JOURNAL_UNDONE };

struct journal {
	const struct fs *fs;
	int lock; /* -1: not open for writing */
};

#define _cleanup_journal_ _cleanup_(journal_close)

/* One transaction, with its plan. */
struct journal_entry {
	unsigned int id;
	enum journal_state state;
	int64_t time; /* seconds since 1970 */
	struct plan plan;
};

#define _cleanup_journal_entry_ _cleanup_(journal_entry_clear)

/*
 * Opens for writing: makes the directories, takes the lock (-EBUSY if another run has
 * it).
 */
int journal_open(const struct fs *fs, struct journal *ret_journal,
		 struct err *err) _must_check_;
void journal_close(struct journal *journal);

/* Sets whether there is a journal. Not everybody may know: -EACCES. */
int journal_exists(const struct fs *fs, bool *ret_exists, struct err *err) _must_check_;

/* The ids of all transactions, ascending. An absent journal has none. */
int journal_list(const struct fs *fs, unsigned int **ret_ids, size_t *ret_count,
		 struct err *err) _must_check_;

/* -EIO if something of it is not as it was written. */
int journal_read(const struct fs *fs, unsigned int id, struct journal_entry *ret_entry,
		 struct err *err) _must_check_;

/* The state alone, which tells whether there is anything to read. */
int journal_read_state(const struct fs *fs, unsigned int id,
		       enum journal_state *ret_state, struct err *err) _must_check_;

/*
 * Reads the text of a plan.json into `entry`. *ret_digests has those of the old and the
 * new bytes of each change in turn; the caller frees it. False if it is no such text.
 */
bool journal_parse(const char *text, size_t length, struct journal_entry *entry,
		   uint64_t **ret_digests) _must_check_;

/* Records a plan as a new transaction in state "open", on the disk. */
int journal_begin(struct journal *journal, const struct plan *plan, unsigned int *ret_id,
		  struct err *err) _must_check_;

int journal_set_state(struct journal *journal, unsigned int id, enum journal_state state,
		      struct err *err) _must_check_;

/*
 * Removes the transactions that are too many, oldest first. One that is interrupted or
 * cannot be read stays, and does not count.
 */
int journal_prune(struct journal *journal, struct err *err) _must_check_;

const char *journal_state_name(enum journal_state state);

void journal_entry_clear(struct journal_entry *entry);
