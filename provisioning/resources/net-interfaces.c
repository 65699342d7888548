/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of ifupdown's interfaces(5): statements with the lines that they are on. */
#include <stdlib.h>
#include <string.h>

#include "resources/net-interfaces.h"

#define BLANKS " \t\r\v\f"

static const struct {
	const char *keyword;
	enum interfaces_kind kind;
} keywords[] = {
	{"auto", INTERFACES_AUTO},
	{"iface", INTERFACES_IFACE},
	{"mapping", INTERFACES_MAPPING},
	{"source", INTERFACES_SOURCE},
	{"source-directory", INTERFACES_SOURCE_DIRECTORY},
	{"no-auto-down", INTERFACES_OTHER},
	{"no-scripts", INTERFACES_OTHER},
	{"rename", INTERFACES_OTHER},
	{"template", INTERFACES_OTHER},
};

/* What a keyword begins after a statement of the kind `previous`. */
static enum interfaces_kind kind_of(const char *keyword, enum interfaces_kind previous)
{
	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++)
		if (strcmp(keyword, keywords[i].keyword) == 0)
			return keywords[i].kind;
	if (str_starts(keyword, "allow-"))
		return INTERFACES_AUTO;
	if (previous == INTERFACES_IFACE || previous == INTERFACES_OPTION)
		return INTERFACES_OPTION;
	return INTERFACES_OTHER;
}

/* Adds a line to a statement; true if the next line goes on with it. */
static bool join(struct str *whole, const char *line, size_t length)
{
	bool goes_on = length && line[length - 1] == '\\';

	str_add_bytes(whole, line, goes_on ? length - 1 : length);
	return goes_on;
}

static void add(struct interfaces *interfaces, const char *whole, size_t line,
		size_t line_count)
{
	const char *start = whole + strspn(whole, BLANKS);
	size_t length = strcspn(start, BLANKS);
	const char *value = start + length + strspn(start + length, BLANKS);
	enum interfaces_kind previous =
		interfaces->count ? interfaces->statement[interfaces->count - 1].kind
				  : INTERFACES_OTHER;
	struct interfaces_statement *statement;
	size_t value_length = strlen(value);

	while (value_length && strchr(BLANKS, value[value_length - 1]))
		value_length--;
	interfaces->statement = mem_grow(interfaces->statement, interfaces->count,
					 sizeof(*interfaces->statement));
	statement = &interfaces->statement[interfaces->count++];
	*statement = (struct interfaces_statement){
		.line = line,
		.line_count = line_count,
		.keyword = mem_text_part(start, length),
		.value = mem_text_part(value, value_length),
	};
	statement->kind = kind_of(statement->keyword, previous);
}

void interfaces_parse(const char *text, struct interfaces *ret_interfaces)
{
	const char *cursor = text, *line;
	size_t length, number = 0;

	*ret_interfaces = (struct interfaces){0};
	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_str_ struct str whole = {0};
		size_t first = number++;
		bool goes_on;

		/* A comment ends with its line, whatever that ends with. */
		line += strspn(line, BLANKS);
		if (*line == '#' || *line == '\n' || *line == '\0')
			continue;
		goes_on = join(&whole, line, strcspn(line, "\n"));
		while (goes_on && str_next_line(&cursor, &line, &length)) {
			goes_on = join(&whole, line, length);
			number++;
		}
		if (str_text(&whole)[strspn(str_text(&whole), BLANKS)])
			add(ret_interfaces, whole.text, first, number - first);
	}
}

void interfaces_clear(struct interfaces *interfaces)
{
	if (!interfaces)
		return;
	for (size_t i = 0; i < interfaces->count; i++) {
		free(interfaces->statement[i].keyword);
		free(interfaces->statement[i].value);
	}
	free(interfaces->statement);
	*interfaces = (struct interfaces){0};
}

void interfaces_words(const char *value, struct str_list *ret_words)
{
	str_list_clear(ret_words);
	for (value += strspn(value, BLANKS); *value; value += strspn(value, BLANKS)) {
		size_t length = strcspn(value, BLANKS);
		_cleanup_free_ char *word = mem_text_part(value, length);

		str_list_add(ret_words, word);
		value += length;
	}
}
