/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shell assignments, read without a shell. */
#include <string.h>

#include "base/shell.h"
#include "base/str.h"

/* Reads a value up to its end; false if it is not closed or something follows it. */
static bool unquote(const char *at, const char *end, struct str *value)
{
	char quote = 0;

	for (; at < end; at++) {
		if (*at == quote) {
			quote = 0;
		} else if (!quote && (*at == '"' || *at == '\'')) {
			quote = *at;
		} else if (*at == '\\' && quote != '\'') {
			if (++at == end)
				return false;
			str_add_char(value, *at);
		} else if (!quote && (*at == ' ' || *at == '\t')) {
			break;
		} else {
			str_add_char(value, *at);
		}
	}
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return !quote && at == end;
}

char *shell_value(const char *text, const char *name)
{
	const char *cursor = text, *line;
	size_t length, name_length = strlen(name);
	_cleanup_free_ char *found = NULL;

	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_str_ struct str value = {0};

		if (length <= name_length || strncmp(line, name, name_length) != 0 ||
		    line[name_length] != '=')
			continue;
		if (!unquote(line + name_length + 1, line + length, &value))
			continue;
		mem_free_ref(&found);
		found = str_take(&value);
	}
	return TAKE_PTR(found);
}
