/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names and kinds of all facts, as tables. Private to facts*.c. */
#pragma once

#include "host/facts-parts.h"

enum facts_kind {
	FACTS_TEXT,	/* char *; null for NULL */
	FACTS_TEXTS,	/* struct str_list */
	FACTS_NUMBER,	/* uint32_t; null for FACTS_NO_NUMBER */
	FACTS_COUNT,	/* size_t; null for 0 */
	FACTS_BYTES,	/* uint64_t; null for 0 */
	FACTS_FLAG,	/* bool */
	FACTS_ANSWER,	/* enum facts_answer; null for unknown */
	FACTS_HEX,	/* uint32_t, as a text of that many digits */
	FACTS_OBJECT,	/* a struct */
	FACTS_OPTIONAL, /* a struct; null if its first text is NULL */
	FACTS_ARRAY,	/* a pointer to structs, and their count */
};

struct facts_field {
	const char *name;
	enum facts_kind kind;
	size_t offset; /* in the struct */

	bool is_known;			    /* a text or number that is never null */
	const char *const *choices;	    /* the only texts, or NULL */
	bool (*is_valid)(const char *text); /* whether a text will do, or NULL */
	int digits;			    /* of FACTS_HEX */
	const struct facts_field *fields;   /* of structs; a NULL name ends them */
	size_t count_offset, item_size;	    /* of FACTS_ARRAY */
};

/* Of struct facts. */
extern const struct facts_field facts_fields[];
