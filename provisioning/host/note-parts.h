/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is shared by those who read notes. */
#pragma once

#include "host/note.h"

/* The bytes of an ELF file: in memory, or in a part of an open file that is there. */
struct note_source {
	const uint8_t *bytes; /* NULL: of the file */
	int fd;
	uint64_t start, length;
};

struct note note_judge_source(const struct note_source *source);
