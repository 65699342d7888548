/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text: a string that grows, a list of strings, and strict small readers of both. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

/*
 * A string that grows. A zeroed struct is the empty string. Any bytes are allowed inside;
 * a NUL always follows the last one.
 */
struct str {
	char *text; /* owned; NULL while nothing was ever added */
	size_t length;
	size_t room;
};

#define _cleanup_str_ _cleanup_(str_clear)

void str_add(struct str *str, const char *text);
void str_add_bytes(struct str *str, const void *bytes, size_t length);
void str_add_char(struct str *str, char c);
void str_addf(struct str *str, const char *format, ...) _printf_(2, 3);

/* Never NULL; valid until the next change. */
const char *str_text(const struct str *str);

/* Cuts to at most `length` bytes. */
void str_cut(struct str *str, size_t length);

/* Hands the text over to the caller, who frees it; the string is empty afterwards. */
char *str_take(struct str *str);

/* Frees the text; the string is empty afterwards. May run twice. */
void str_clear(struct str *str);

/* A list of owned strings. A zeroed struct is the empty list. */
struct str_list {
	char **item;
	size_t count;
};

#define _cleanup_str_list_ _cleanup_(str_list_clear)

void str_list_add(struct str_list *list, const char *text);
bool str_list_has(const struct str_list *list, const char *text);
void str_list_sort(struct str_list *list); /* by bytes, whatever the locale */
void str_list_clear(struct str_list *list);

bool str_starts(const char *text, const char *prefix);
bool str_ends(const char *text, const char *suffix);

/* Whether both are NULL or both are the same text. */
bool str_same(const char *a, const char *b);

/*
 * The next line of a text: from *cursor up to its newline, whose place is passed. False
 * at the end. The line is not terminated: it is `*ret_length` bytes at `*ret_line`.
 *
 *	const char *cursor = text, *line;
 *	while (str_next_line(&cursor, &line, &length))
 */
bool str_next_line(const char **cursor, const char **ret_line, size_t *ret_length);

/*
 * Reads a whole text as a decimal number: digits only, no sign, no blanks, no leading
 * zero (which some readers take for octal). False if it is anything else or above `max`.
 */
bool str_to_number(const char *text, uint64_t max, uint64_t *ret_number);

/* Likewise for hexadecimal digits with or without "0x"; leading zeros are fine. */
bool str_to_hex(const char *text, uint64_t max, uint64_t *ret_number);

/* How many insertions, deletions, replacements and swaps lead from a to b. */
size_t str_distance(const char *a, const char *b);

/*
 * The name that a mistyped word most likely meant, or NULL if none is near: at most a
 * third of the word may differ. The result points into `names`.
 */
const char *str_nearest(const char *word, const struct str_list *names);
