/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The strict reader of our configuration format: everything is accounted for. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/*
 * The format, one statement on a line:
 *
 *	# a comment, here or after a blank
 *	[dom0]				the section of a kind
 *	[bridge "xenbr0"]		one of several sections of a kind
 *	key = word word "a word with blanks"
 *
 * Kinds and keys are lower-case letters, digits and "-", and begin with a letter. A word
 * is bare (no blank, '"' or '#' inside) or quoted ('\"' and '\\' stand for '"' and '\').
 * There is no other escape, no interpolation, no continuation line and no limit but
 * memory. A value has at least one word; "" is an empty one. Control characters are
 * errors. A key occurs once in a section, and a section once in a file.
 */

/* Where something stands: lines and columns (in bytes) count from 1. */
struct conf_place {
	size_t line, column;
};

struct conf_word {
	char *text;
	struct conf_place place;
};

struct conf_entry {
	char *key;
	struct conf_place place; /* of the key */
	struct conf_word *word;	 /* at least one */
	size_t count;
	bool is_taken;
};

struct conf_section {
	char *kind;
	char *name; /* NULL: a section without a name */
	struct conf_place place;
	struct conf_entry *entry;
	size_t count;
	bool is_taken;
	struct str_list asked; /* keys that conf_take() was asked for: the known ones */
};

struct conf {
	char *file;  /* as shown in messages */
	char *bytes; /* the text that was read */
	struct conf_section *section;
	size_t count;
	struct str_list asked_plain, asked_named; /* kinds that were asked for */
};

#define _cleanup_conf_ _cleanup_(conf_clear)

/*
 * Reads a text. `file` is only used in messages. Errors are -EINVAL, "FILE:LINE:COLUMN:
 * cause", with the source line and a caret as their detail.
 */
int conf_parse(const char *file, const char *text, size_t length, struct conf *ret_conf,
	       struct err *err) _must_check_;

/* May run twice. */
void conf_clear(struct conf *conf);

/* The section [kind], marked as taken; NULL if there is none. */
struct conf_section *conf_plain(struct conf *conf, const char *kind);

/*
 * The sections [kind "name"] in the order of the file, each marked as taken: the one
 * after `previous`, or the first one for NULL. NULL at the end.
 */
struct conf_section *conf_named(struct conf *conf, const char *kind,
				const struct conf_section *previous);

/* The value of a key, marked as taken; NULL if it is not set or the section is NULL. */
const struct conf_entry *conf_take(struct conf_section *section, const char *key);

/*
 * -EINVAL for the first section or key that nobody took, with the nearest of those that
 * were asked for. So there is no list of known keys to maintain: what the code asks for
 * is known. Call it when everything was asked for.
 */
int conf_check_rest(const struct conf *conf, struct err *err) _must_check_;

/*
 * Values of one word. -EINVAL at the word's place if there are more words or another kind
 * of value.
 */
int conf_word(const struct conf *conf, const struct conf_entry *entry,
	      const char **ret_text, struct err *err) _must_check_;
int conf_number(const struct conf *conf, const struct conf_entry *entry, uint64_t min,
		uint64_t max, uint64_t *ret_number, struct err *err) _must_check_;
int conf_yes(const struct conf *conf, const struct conf_entry *entry, bool *ret_is_yes,
	     struct err *err) _must_check_;

/* One word out of a NULL-terminated list; the result is its index. */
int conf_choice(const struct conf *conf, const struct conf_entry *entry,
		const char *const *choices, size_t *ret_index,
		struct err *err) _must_check_;

/* Sets "FILE:LINE:COLUMN: TEXT" and the source line with a caret. Returns -EINVAL. */
int conf_error(const struct conf *conf, struct conf_place place, struct err *err,
	       const char *format, ...) _printf_(4, 5);

#define conf_error(...) err_negative((conf_error)(__VA_ARGS__))
