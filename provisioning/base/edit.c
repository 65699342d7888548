/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changing single lines of somebody else's file, so that the old ones can be put back. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/edit.h"

#define REPLACED "# xenhost replaced: "
#define ADDED "# xenhost added:"
#define ADDED_TO_OPEN "# xenhost added, the line above had no end:"
#define DISABLED "# xenhost disabled: "

enum line_kind { LINE_OWN, LINE_REPLACED, LINE_ADDED, LINE_DISABLED, LINE_OURS };

/* A line of a text, and whose it is. */
struct line {
	const char *start; /* in the text */
	char *text;	   /* a copy without its newline; owned by line_next() */
	bool has_end;	   /* a newline */
	enum line_kind kind;
};

static void line_clear(struct line *line)
{
	mem_free_ref(&line->text);
}

/* Blanks after it, a carriage return too, are somebody's editor's. */
static bool is_mark(const char *line, const char *mark)
{
	return str_starts(line, mark) &&
	       line[strlen(mark) + strspn(line + strlen(mark), " \t\r")] == '\0';
}

static enum line_kind line_kind(const char *line, enum line_kind previous)
{
	if (str_starts(line, REPLACED))
		return LINE_REPLACED;
	if (str_starts(line, DISABLED))
		return LINE_DISABLED;
	if (is_mark(line, ADDED) || is_mark(line, ADDED_TO_OPEN))
		return LINE_ADDED;
	return previous == LINE_REPLACED || previous == LINE_ADDED ? LINE_OURS : LINE_OWN;
}

/* The line after this one; a zeroed struct stands before the first. */
static bool line_next(const char **cursor, struct line *line)
{
	const char *start;
	size_t length;

	if (!str_next_line(cursor, &start, &length))
		return false;
	line_clear(line);
	line->start = start;
	line->text = mem_text_part(start, length);
	line->has_end = start[length] == '\n';
	line->kind = line_kind(line->text, line->kind);
	return true;
}

static void add_line(struct str *text, const char *line, bool has_end)
{
	str_add(text, line);
	if (has_end)
		str_add_char(text, '\n');
}

static void replace_text(struct str *text, struct str *new_text)
{
	str_clear(text);
	*text = *new_text;
	*new_text = (struct str){0};
}

/* What a mark hides. Marks within marks are forged; none may come out of a revert. */
static void add_hidden(struct str *text, const char *line, bool has_end)
{
	for (;;) {
		if (str_starts(line, REPLACED))
			line += strlen(REPLACED);
		else if (str_starts(line, DISABLED))
			line += strlen(DISABLED);
		else
			break;
	}
	if (!is_mark(line, ADDED) && !is_mark(line, ADDED_TO_OPEN))
		add_line(text, line, has_end);
}

static void cut_end(struct str *text)
{
	if (text->length && text->text[text->length - 1] == '\n')
		str_cut(text, text->length - 1);
}

void edit_revert(const char *text, struct str *ret_text)
{
	_cleanup_(line_clear) struct line line = {0};
	_cleanup_str_ struct str result = {0};
	size_t open_at = SIZE_MAX; /* where the text ended without a newline */
	enum line_kind previous = LINE_OWN;
	const char *cursor = text;

	for (; line_next(&cursor, &line); previous = line.kind) {
		switch (line.kind) {
		case LINE_OWN:
			add_line(&result, line.text, line.has_end);
			break;
		case LINE_REPLACED:
		case LINE_DISABLED:
			add_hidden(&result, line.text, line.has_end);
			break;
		case LINE_ADDED:
			if (str_starts(line.text, ADDED_TO_OPEN))
				open_at = result.length;
			break;
		case LINE_OURS:
			if (!line.has_end && previous == LINE_REPLACED)
				open_at = result.length;
			break;
		}
	}
	if (result.length == open_at)
		cut_end(&result);
	replace_text(ret_text, &result);
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

/* Behind the quote that closes the one at `at`, or NULL. */
static const char *skip_double_quotes(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && at[1])
			at++;
	return *at ? at + 1 : NULL;
}

/* Where a shell word ends: at a blank outside quotes, or NULL if a quote stays open. */
static const char *shell_word_end(const char *at)
{
	while (*at && !strchr(" \t\n;&|<>()", *at)) {
		if (*at == '\'') {
			at = strchr(at + 1, '\'');
			at = at ? at + 1 : NULL;
		} else if (*at == '"') {
			at = skip_double_quotes(at);
		} else if (*at == '\\') {
			at = at[1] ? at + 2 : NULL;
		} else {
			at++;
		}
		if (!at)
			return NULL;
	}
	return at;
}

static const char *find_shell_end(const char *text)
{
	return shell_word_end(strchr(text, '=') + 1);
}

/* lvm.conf(5): a list in brackets may go over lines, with comments in between. */
static const char *find_equals_end(const char *text)
{
	const char *at = strchr(text, '=') + 1;
	size_t depth = 0;

	for (; *at; at++) {
		if (*at == '"') {
			at = skip_double_quotes(at);
			if (!at)
				return NULL;
			at--;
		} else if (*at == '#') {
			at += strcspn(at, "\n");
			at--;
		} else if (*at == '[') {
			depth++;
		} else if (*at == ']' && depth) {
			depth--;
		} else if (*at == '\n' && !depth) {
			return at;
		}
	}
	return depth ? NULL : at;
}

const struct edit_syntax edit_shell = {
	.is_setting = is_shell_setting,
	.find_end = find_shell_end,
};
const struct edit_syntax edit_equals = {
	.is_setting = is_equals_setting,
	.find_end = find_equals_end,
};
const struct edit_syntax edit_sxp = {.is_setting = is_sxp_setting};

/* The last line that sets `name`. */
static bool find_last(const char *text, const struct edit_syntax *syntax,
		      const char *name, struct line *ret_line)
{
	_cleanup_(line_clear) struct line line = {0};
	const char *cursor = text;
	bool is_found = false;

	while (line_next(&cursor, &line)) {
		if ((line.kind != LINE_OWN && line.kind != LINE_OURS) ||
		    !syntax->is_setting(line.text, name))
			continue;
		line_clear(ret_line);
		*ret_line = line;
		ret_line->text = mem_text(line.text);
		is_found = true;
	}
	return is_found;
}

char *edit_find(const char *text, const struct edit_syntax *syntax, const char *name)
{
	_cleanup_(line_clear) struct line line = {0};

	return find_last(text, syntax, name, &line) ? TAKE_PTR(line.text) : NULL;
}

bool edit_has(const char *text, const struct edit_syntax *syntax, const char *name)
{
	_cleanup_(line_clear) struct line line = {0};

	return find_last(text, syntax, name, &line);
}

void edit_add(struct str *text, const char *line)
{
	bool is_open = text->length && text->text[text->length - 1] != '\n';

	str_addf(text, "%s%s\n%s\n", is_open ? "\n" : "", is_open ? ADDED_TO_OPEN : ADDED,
		 line);
}

void edit_add_once(struct str *text, const struct edit_syntax *syntax, const char *line)
{
	if (!edit_has(str_text(text), syntax, line))
		edit_add(text, line);
}

/* Puts `line`, marked as added, after the first line that begins with `section`. */
static void add_in_section(struct str *text, const char *line, const char *section)
{
	_cleanup_(line_clear) struct line old = {0};
	_cleanup_str_ struct str result = {0};
	const char *cursor = str_text(text);

	while (line_next(&cursor, &old)) {
		if (!str_starts(old.text, section))
			continue;
		str_add_bytes(&result, text->text, (size_t)(cursor - text->text));
		edit_add(&result, line);
		str_add(&result, cursor);
		replace_text(text, &result);
		return;
	}
	/* Marked one by one: edit_revert() takes back a line at a time. */
	edit_add(text, section);
	edit_add(text, line);
	edit_add(text, "}");
}

/* A value of several lines cannot stand behind one mark: each is disabled. */
static const char *add_disabled(struct str *text, const char *start, const char *end)
{
	_cleanup_(line_clear) struct line line = {0};
	const char *cursor = start;

	while (cursor <= end && line_next(&cursor, &line)) {
		str_add(text, DISABLED);
		add_line(text, line.text, line.has_end);
	}
	return cursor;
}

/* Whether marks are in a value: then it was not one value when they were made. */
static bool has_marks(const char *start, const char *end)
{
	_cleanup_(line_clear) struct line line = {0};
	const char *cursor = start;

	while (cursor <= end && line_next(&cursor, &line))
		if (line.kind != LINE_OWN)
			return true;
	return false;
}

static void replace_found(struct str *text, const struct line *found, const char *end,
			  const char *line)
{
	const char *rest = found->start + strlen(found->text) + found->has_end;
	_cleanup_str_ struct str result = {0};

	str_add_bytes(&result, text->text, (size_t)(found->start - text->text));
	if (found->kind == LINE_OURS) {
		add_line(&result, line, found->has_end);
	} else if (found->has_end && end && end >= rest && !has_marks(rest, end)) {
		rest = add_disabled(&result, found->start, end);
		edit_add(&result, line);
	} else {
		str_addf(&result, REPLACED "%s\n", found->text);
		add_line(&result, line, found->has_end);
	}
	str_add(&result, rest);
	replace_text(text, &result);
}

void edit_set(struct str *text, const struct edit_syntax *syntax, const char *name,
	      const char *line, const char *section)
{
	_cleanup_(line_clear) struct line found = {0};

	if (find_last(str_text(text), syntax, name, &found)) {
		if (strcmp(found.text, line) != 0)
			replace_found(text, &found,
				      syntax->find_end ? syntax->find_end(found.start)
						       : NULL,
				      line);
	} else if (section) {
		add_in_section(text, line, section);
	} else {
		edit_add(text, line);
	}
}

void edit_disable(struct str *text,
		  bool (*is_unwanted)(const char *line, const void *data),
		  const void *data)
{
	_cleanup_(line_clear) struct line line = {0};
	_cleanup_str_ struct str result = {0};
	const char *cursor = str_text(text);

	while (line_next(&cursor, &line)) {
		if (line.kind == LINE_OWN && is_unwanted(line.text, data))
			str_add(&result, DISABLED);
		add_line(&result, line.text, line.has_end);
	}
	replace_text(text, &result);
}

static int compare_changes(const void *a, const void *b)
{
	const struct edit_change *x = *(const struct edit_change *const *)a,
				 *y = *(const struct edit_change *const *)b;

	return x->line < y->line ? -1 : x->line > y->line;
}

static void change_line(struct str *text, const struct line *line,
			const struct edit_change *change)
{
	if (change && change->text) {
		str_addf(text, REPLACED "%s\n", line->text);
		add_line(text, change->text, line->has_end);
		return;
	}
	if (change)
		str_add(text, DISABLED);
	add_line(text, line->text, line->has_end);
}

void edit_lines(struct str *text, const struct edit_change *changes, size_t count)
{
	_cleanup_free_ const struct edit_change **sorted =
		mem_alloc((count + 1) * sizeof(struct edit_change *));
	_cleanup_(line_clear) struct line line = {0};
	_cleanup_str_ struct str result = {0};
	const char *cursor = str_text(text);
	size_t next = 0;

	for (size_t i = 0; i < count; i++)
		sorted[i] = &changes[i];
	qsort(sorted, count, sizeof(struct edit_change *), compare_changes);
	for (size_t i = 0; line_next(&cursor, &line); i++) {
		const struct edit_change *change = NULL;

		for (; next < count && sorted[next]->line == i; next++)
			change = sorted[next];
		change_line(&result, &line, change);
	}
	replace_text(text, &result);
}

/* Whether a value is one string in double quotes, with none inside. */
static bool is_quoted(const char *value, const char *end)
{
	return value[0] == '"' && end[-1] == '"' &&
	       strcspn(value + 1, "\"") == (size_t)(end - value - 2);
}

static bool is_empty(const char *value, const char *end)
{
	return end == value ||
	       (end - value == 2 && (value[0] == '"' || value[0] == '\'') &&
		value[1] == value[0]);
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

	if (strchr(value, '`') || strstr(value, "$("))
		return err_say(err, EINVAL, "the value of %s comes from a command", name);
	if (!end)
		return err_say(err, EINVAL, "the value of %s does not end on its line",
			       name);
	if (is_empty(value, end))
		line = mem_textf("%.*s\"%s\"%s", (int)(value - old), old, words, end);
	else if (is_quoted(value, end))
		line = mem_textf("%.*s %s%s", (int)(end - old - 1), old, words, end - 1);
	else
		line = mem_textf("%.*s\" %s\"%s", (int)(end - old), old, words, end);
	edit_set(text, &edit_shell, name, line, NULL);
	return 0;
}
