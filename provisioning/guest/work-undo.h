/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking back one noted thing. */
#pragma once

#include "guest/work.h"

/* The word of a kind in a record, and back: -1 if there is none. */
const char *work_kind_word(enum work_kind kind);
int work_kind_of(const char *word);

/* Takes it back; what is not there, or not ours, is left alone: no error. */
int work_undo(const struct fs *host, enum work_kind kind, const char *object,
	      const char *tag, struct err *err) _must_check_;
