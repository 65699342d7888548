/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changing single lines of somebody else's file, so that the old ones can be put back. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/edit.h"

#define REPLACED "# xenhost replaced: "
#define ADDED "# xenhost added:"
#define DISABLED "# xenhost disabled: "

static char *next_line(const char **cursor)
{
	const char *line;
	size_t length;

	if (!str_next_line(cursor, &line, &length))
		return NULL;
	return mem_text_part(line, length);
}

void edit_revert(const char *text, struct str *ret_text)
{
	_cleanup_str_ struct str result = {0};
	const char *cursor = text;
	bool is_ours = false;

	for (;;) {
		_cleanup_free_ char *line = next_line(&cursor);

		if (!line)
			break;
		if (is_ours) {
			is_ours = false;
			continue;
		}
		if (str_starts(line, REPLACED)) {
			str_addf(&result, "%s\n", line + strlen(REPLACED));
			is_ours = true;
		} else if (strcmp(line, ADDED) == 0) {
			is_ours = true;
		} else if (str_starts(line, DISABLED)) {
			str_addf(&result, "%s\n", line + strlen(DISABLED));
		} else {
			str_addf(&result, "%s\n", line);
		}
	}
	/* A file whose last line was never ours keeps its end as it was. */
	if (result.length && result.length == strlen(text) + 1)
		str_cut(&result, result.length - 1);
	str_clear(ret_text);
	*ret_text = result;
	result = (struct str){0};
}

static bool is_shell_setting(const char *line, const char *name)
{
	line += strspn(line, " \t");
	if (str_starts(line, "export "))
		line += strlen("export ");
	return str_starts(line, name) && line[strlen(name)] == '=';
}

static bool is_equals_setting(const char *line, const char *name)
{
	line += strspn(line, " \t");
	if (!str_starts(line, name))
		return false;
	line += strlen(name);
	line += strspn(line, " \t");
	return *line == '=';
}

static bool is_sxp_setting(const char *line, const char *name)
{
	line += strspn(line, " \t");
	if (*line != '(')
		return false;
	line++;
	line += strspn(line, " \t");
	return str_starts(line, name) && strchr(" \t)", line[strlen(name)]) &&
	       line[strlen(name)];
}

const struct edit_syntax edit_shell = {.is_setting = is_shell_setting};
const struct edit_syntax edit_equals = {.is_setting = is_equals_setting};
const struct edit_syntax edit_sxp = {.is_setting = is_sxp_setting};

/* Where the last line that sets `name` begins, or NULL. */
static const char *find_last(const char *text, const struct edit_syntax *syntax,
			     const char *name)
{
	const char *cursor = text, *found = NULL;

	for (;;) {
		const char *start = cursor;
		_cleanup_free_ char *line = next_line(&cursor);

		if (!line)
			return found;
		if (syntax->is_setting(line, name))
			found = start;
	}
}

char *edit_find(const char *text, const struct edit_syntax *syntax, const char *name)
{
	const char *found = find_last(text, syntax, name);

	return found ? next_line(&found) : NULL;
}

bool edit_has(const char *text, const struct edit_syntax *syntax, const char *name)
{
	return find_last(text, syntax, name) != NULL;
}

static void end_line(struct str *text)
{
	if (text->length && text->text[text->length - 1] != '\n')
		str_add_char(text, '\n');
}

void edit_add(struct str *text, const char *line)
{
	end_line(text);
	str_addf(text, ADDED "\n%s\n", line);
}

void edit_add_once(struct str *text, const struct edit_syntax *syntax, const char *line)
{
	if (!edit_has(str_text(text), syntax, line))
		edit_add(text, line);
}

/* Puts `line`, marked as added, after the first line that begins with `section`. */
static void add_in_section(struct str *text, const char *line, const char *section)
{
	_cleanup_str_ struct str result = {0};
	const char *cursor = str_text(text);
	bool is_placed = false;

	for (;;) {
		_cleanup_free_ char *old = next_line(&cursor);

		if (!old)
			break;
		str_addf(&result, "%s\n", old);
		if (is_placed || !str_starts(old, section))
			continue;
		str_addf(&result, ADDED "\n%s\n", line);
		is_placed = true;
	}
	if (!is_placed)
		/* Marked one by one: edit_revert() takes back a line at a time. */
		str_addf(&result, ADDED "\n%s\n" ADDED "\n%s\n" ADDED "\n}\n", section,
			 line);
	str_clear(text);
	*text = result;
	result = (struct str){0};
}

void edit_set(struct str *text, const struct edit_syntax *syntax, const char *name,
	      const char *line, const char *section)
{
	const char *found = find_last(str_text(text), syntax, name), *rest = found;
	_cleanup_free_ char *old = found ? next_line(&rest) : NULL;
	_cleanup_str_ struct str result = {0};

	if (!found && section) {
		add_in_section(text, line, section);
	} else if (!found) {
		edit_add(text, line);
	} else if (strcmp(old, line) != 0) {
		str_add_bytes(&result, text->text, (size_t)(found - text->text));
		str_addf(&result, REPLACED "%s\n%s\n%s", old, line, rest);
		str_clear(text);
		*text = result;
		result = (struct str){0};
	}
}

void edit_disable(struct str *text,
		  bool (*is_unwanted)(const char *line, const void *data),
		  const void *data)
{
	_cleanup_str_ struct str result = {0};
	const char *cursor = str_text(text);

	for (;;) {
		_cleanup_free_ char *line = next_line(&cursor);

		if (!line)
			break;
		str_addf(&result, "%s%s\n", is_unwanted(line, data) ? DISABLED : "",
			 line);
	}
	str_clear(text);
	*text = result;
	result = (struct str){0};
}

static int compare_changes(const void *a, const void *b)
{
	const struct edit_change *x = *(const struct edit_change *const *)a,
				 *y = *(const struct edit_change *const *)b;

	return x->line < y->line ? -1 : x->line > y->line;
}

void edit_lines(struct str *text, const struct edit_change *changes, size_t count)
{
	_cleanup_free_ const struct edit_change **sorted =
		mem_alloc((count + 1) * sizeof(struct edit_change *));
	_cleanup_str_ struct str result = {0};
	const char *cursor = str_text(text), *line;
	size_t next = 0, length;

	for (size_t i = 0; i < count; i++)
		sorted[i] = &changes[i];
	qsort(sorted, count, sizeof(struct edit_change *), compare_changes);
	for (size_t i = 0; str_next_line(&cursor, &line, &length); i++) {
		const struct edit_change *change = NULL;

		for (; next < count && sorted[next]->line == i; next++)
			change = sorted[next];
		if (change)
			str_add(&result, change->text ? REPLACED : DISABLED);
		str_add_bytes(&result, line, length);
		if (line[length])
			str_add_char(&result, '\n');
		if (change && change->text)
			str_addf(&result, "%s%s\n", line[length] ? "" : "\n",
				 change->text);
	}
	str_clear(text);
	*text = result;
	result = (struct str){0};
}

/* Where a shell word ends: at a blank outside quotes, or NULL if a quote stays open. */
static const char *shell_word_end(const char *at)
{
	for (; *at && *at != ' ' && *at != '\t' && *at != '#' && *at != ';'; at++) {
		if (*at == '\\' && at[1]) {
			at++;
		} else if (*at == '\\') {
			return NULL;
		} else if (*at == '\'') {
			at = strchr(at + 1, '\'');
			if (!at)
				return NULL;
		} else if (*at == '"') {
			for (at++; *at && *at != '"'; at++)
				if (*at == '\\' && at[1])
					at++;
			if (!*at)
				return NULL;
		}
	}
	return at;
}

/* The line of `name`, or NAME= with the value that `base` has. */
static char *find_old_value(const struct str *text, const char *name, const char *base)
{
	_cleanup_free_ char *old = edit_find(str_text(text), &edit_shell, name);
	_cleanup_free_ char *other = NULL;

	if (old)
		return TAKE_PTR(old);
	if (base)
		other = edit_find(str_text(text), &edit_shell, base);
	return mem_textf("%s=%s", name, other ? strchr(other, '=') + 1 : "");
}

int edit_append_words(struct str *text, const char *name, const char *base,
		      const char *words, struct err *err)
{
	_cleanup_free_ char *old = find_old_value(text, name, base);
	_cleanup_free_ char *line = NULL;
	const char *value = strchr(old, '=') + 1;
	const char *end = shell_word_end(value);

	if (!end)
		return err_say(err, EINVAL, "the value of %s does not end on its line",
			       name);
	if (end == value || (end - value == 2 && value[0] == value[1]))
		line = mem_textf("%.*s\"%s\"%s", (int)(value - old), old, words, end);
	else if (value[0] == '"' && strcspn(value + 1, "\"") == (size_t)(end - value - 2))
		line = mem_textf("%.*s %s%s", (int)(end - old - 1), old, words, end - 1);
	else
		line = mem_textf("%.*s\" %s\"%s", (int)(end - old), old, words, end);
	edit_set(text, &edit_shell, name, line, NULL);
	return 0;
}
