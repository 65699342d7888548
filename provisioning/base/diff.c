/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between two texts, line by line: the longest common part by a table. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/diff.h"

#define CELLS_MAX (1 << 20) /* of the table: a thousand lines against a thousand */

struct line {
	const char *text;
	size_t length;
};

struct lines {
	struct line *item;
	size_t count;
};

static void lines_clear(struct lines *lines)
{
	free(lines->item);
}

static struct lines split(const char *text)
{
	const char *cursor = text;
	struct lines lines = {.item = mem_grow(NULL, 0, sizeof(struct line))};
	struct line line;

	while (str_next_line(&cursor, &line.text, &line.length)) {
		lines.item = mem_grow(lines.item, lines.count, sizeof(*lines.item));
		lines.item[lines.count++] = line;
	}
	return lines;
}

static bool is_same(const struct line *a, const struct line *b)
{
	return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

static void show(struct str *text, const char *indent, char sign, const struct line *line)
{
	str_addf(text, "%s%c ", indent, sign);
	for (size_t i = 0; i < line->length; i++) {
		unsigned char c = (unsigned char)line->text[i];

		str_add_char(text, (char)((c < ' ' && c != '\t') || c == 0x7f ? '?' : c));
	}
	str_add_char(text, '\n');
}

/*
 * table[i * (new + 1) + j] is the length of the longest common part of what follows old
 * line i and new line j.
 */
static void show_middle(const struct line *old, size_t old_count, const struct line *new,
			size_t new_count, const char *indent, struct str *text)
{
	size_t width = new_count + 1, i, j;
	_cleanup_free_ uint32_t *table =
		mem_alloc((old_count + 1) * width * sizeof(*table));

	for (i = old_count; i-- > 0;) {
		for (j = new_count; j-- > 0;) {
			uint32_t below = table[(i + 1) * width + j];
			uint32_t right = table[i * width + j + 1];

			table[i * width + j] =
				is_same(&old[i], &new[j])
					? table[(i + 1) * width + j + 1] + 1
				: below > right ? below
						: right;
		}
	}
	i = j = 0;
	while (i < old_count || j < new_count) {
		if (i < old_count && j < new_count && is_same(&old[i], &new[j])) {
			i++;
			j++;
		} else if (j == new_count ||
			   (i < old_count &&
			    table[(i + 1) * width + j] >= table[i * width + j + 1])) {
			show(text, indent, '-', &old[i++]);
		} else {
			show(text, indent, '+', &new[j++]);
		}
	}
}

void diff_lines(const char *old_text, const char *new_text, const char *indent,
		struct str *ret_text)
{
	_cleanup_(lines_clear) struct lines old = split(old_text), new = split(new_text);
	size_t start = 0, old_end = old.count, new_end = new.count;

	while (start < old_end && start < new_end &&
	       is_same(&old.item[start], &new.item[start]))
		start++;
	while (old_end > start && new_end > start &&
	       is_same(&old.item[old_end - 1], &new.item[new_end - 1])) {
		old_end--;
		new_end--;
	}
	if ((old_end - start + 1) <= CELLS_MAX / (new_end - start + 1)) {
		show_middle(old.item + start, old_end - start, new.item + start,
			    new_end - start, indent, ret_text);
		return;
	}
	for (size_t i = start; i < old_end; i++)
		show(ret_text, indent, '-', &old.item[i]);
	for (size_t i = start; i < new_end; i++)
		show(ret_text, indent, '+', &new.item[i]);
}
