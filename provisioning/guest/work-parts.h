/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of works share. */
#pragma once

#include <stdint.h>

#include "base/str.h"
#include "guest/work.h"

#define WORK_TAG "xenhost-work-"

struct work {
	struct fs host; /* of its own */
	char *name, *path;
	char *tag;
	int fd; /* the record, locked */
};

struct work_record {
	char *tag;
	uint64_t pid;
	bool is_committed;
	struct str_list notes; /* "KIND OBJECT" */
};

/* Notes; durable: on the disk when it returns. */
int work_write(const struct work *work, enum work_kind kind, const char *object,
	       bool is_durable, struct err *err) _must_check_;

/* What is written so far; an empty file is an empty record. */
int work_record_read(int fd, struct work_record *record, struct err *err) _must_check_;
void work_record_clear(struct work_record *record);
