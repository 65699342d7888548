/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking back one noted thing. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "guest/work.h"

/* The word of a kind in a record, and back: -1 if there is none. */
const char *work_kind_word(enum work_kind kind);
int work_kind_of(const char *word);

/* Whose it must be, where things tell that. */
struct work_owner {
	const char *name; /* of the work: "used by NAME" */
	const char *tag;  /* of its volumes */
};

/* Takes it back; what is not there, or not ours, is left alone: no error. */
int work_undo(const struct fs *host, enum work_kind kind, const char *object,
	      const struct work_owner *owner, struct err *err) _must_check_;

/* The time of a record: from its begin to its last line. */
struct work_span {
	int64_t first, last; /* seconds since the epoch; first 0: not known */
};
int work_span_read(int fd, struct work_span *ret_span, struct err *err) _must_check_;

/*
 * Whether the file at a noted path was made at another time: so by somebody else, who
 * restored or replaced it. Not known for directories, and where files have no time of birth.
 */
bool work_is_others(const struct fs *host, enum work_kind kind, const char *object,
		    const struct work_span *span);

/* -EBUSY if a volume or image that is still the record's is in use (guest/guard.h). */
int work_check_idle(const struct work *work, enum work_kind kind, const char *object,
		    const char *tag, const struct work_span *span,
		    struct err *err) _must_check_;
