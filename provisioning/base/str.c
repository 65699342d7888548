/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text: a string that grows, a list of strings, and strict small readers of both. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

void str_add_bytes(struct str *str, const void *bytes, size_t length)
{
	size_t needed;

	if (length > SIZE_MAX - str->length - 1)
		mem_abort();
	needed = str->length + length + 1;
	if (needed > str->room) {
		size_t room = str->room <= SIZE_MAX / 2 ? str->room * 2 : SIZE_MAX;

		str->room = needed > room ? needed : room;
		str->text = mem_resize(str->text, str->room);
	}
	if (length)
		memcpy(str->text + str->length, bytes, length);
	str->length += length;
	str->text[str->length] = '\0';
}

void str_add(struct str *str, const char *text)
{
	str_add_bytes(str, text, strlen(text));
}

void str_add_char(struct str *str, char c)
{
	str_add_bytes(str, &c, 1);
}

void str_addf(struct str *str, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		mem_abort();
	va_end(args);
	str_add(str, text);
}

const char *str_text(const struct str *str)
{
	return str->text ? str->text : "";
}

void str_cut(struct str *str, size_t length)
{
	if (length >= str->length)
		return;
	str->length = length;
	str->text[length] = '\0';
}

char *str_take(struct str *str)
{
	char *text = str->text ? str->text : mem_text("");

	*str = (struct str){0};
	return text;
}

void str_clear(struct str *str)
{
	if (!str)
		return;
	free(str->text);
	*str = (struct str){0};
}

void str_list_add(struct str_list *list, const char *text)
{
	list->item = mem_grow(list->item, list->count, sizeof(*list->item));
	list->item[list->count++] = mem_text(text);
}

bool str_list_has(const struct str_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->item[i], text) == 0)
			return true;
	return false;
}

static int compare_items(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void str_list_sort(struct str_list *list)
{
	if (list->count)
		qsort(list->item, list->count, sizeof(*list->item), compare_items);
}

void str_list_clear(struct str_list *list)
{
	if (!list)
		return;
	for (size_t i = 0; i < list->count; i++)
		free(list->item[i]);
	free(list->item);
	*list = (struct str_list){0};
}

bool str_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *text, const char *suffix)
{
	size_t length = strlen(text), tail = strlen(suffix);

	return tail <= length && strcmp(text + length - tail, suffix) == 0;
}

bool str_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool str_next_line(const char **cursor, const char **ret_line, size_t *ret_length)
{
	const char *line = *cursor;
	size_t length = strcspn(line, "\n");

	if (*line == '\0')
		return false;
	*cursor = line + length + (line[length] == '\n');
	*ret_line = line;
	*ret_length = length;
	return true;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

static bool read_digits(const char *text, unsigned int base, uint64_t max,
			uint64_t *ret_number)
{
	uint64_t number = 0;

	if (*text == '\0')
		return false;
	for (; *text; text++) {
		uint64_t digit = (uint64_t)digit_value(*text);

		if (digit >= base || digit > max || number > (max - digit) / base)
			return false;
		number = number * base + digit;
	}
	*ret_number = number;
	return true;
}

bool str_to_number(const char *text, uint64_t max, uint64_t *ret_number)
{
	if (text[0] == '0' && text[1] != '\0')
		return false;
	return read_digits(text, 10, max, ret_number);
}

bool str_to_hex(const char *text, uint64_t max, uint64_t *ret_number)
{
	return read_digits(str_starts(text, "0x") ? text + 2 : text, 16, max, ret_number);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: three rows of the table are enough. */
size_t str_distance(const char *a, const char *b)
{
	size_t width = strlen(b) + 1;
	_cleanup_free_ size_t *rows = mem_alloc(3 * width * sizeof(*rows));
	size_t *before = rows, *above = rows + width, *row = rows + 2 * width;

	for (size_t j = 0; j < width; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t *spare = before;

		before = above;
		above = row;
		row = spare;
		row[0] = i;
		for (size_t j = 1; j < width; j++) {
			row[j] = least(least(above[j], row[j - 1]) + 1,
				       above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return row[width - 1];
}

const char *str_nearest(const char *word, const struct str_list *names)
{
	size_t length = strlen(word), best = (length + 2) / 3;
	const char *nearest = NULL;

	for (size_t i = 0; i < names->count; i++) {
		size_t size = strlen(names->item[i]), distance;

		/*
		 * A far longer name cannot be near; do not spend quadratic time to see
		 * it.
		 */
		if (size > length + best || length > size + best)
			continue;
		distance = str_distance(word, names->item[i]);
		if (distance < length &&
		    (distance < best || (distance == best && !nearest))) {
			best = distance;
			nearest = names->item[i];
		}
	}
	return nearest;
}
