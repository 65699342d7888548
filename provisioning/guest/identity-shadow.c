/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of passwd(5) and shadow(5): "ACCOUNT:PASSWORD:...". */
#include <string.h>

#include "guest/identity-shadow.h"

/* The length of the account and its colon if the line is that account's, else 0. */
static size_t account_length(const char *line, size_t length, const char *account)
{
	size_t name = strlen(account);

	if (length <= name || strncmp(line, account, name) != 0 || line[name] != ':')
		return 0;
	return name + 1;
}

static size_t field_length(const char *line, size_t length)
{
	const char *colon = memchr(line, ':', length);

	return colon ? (size_t)(colon - line) : length;
}

void shadow_set(struct str *text, const char *account, const char *value,
		const char *rest)
{
	_cleanup_str_ struct str result = {0};
	const char *cursor = str_text(text), *line;
	bool is_found = false;
	size_t length;

	while (str_next_line(&cursor, &line, &length)) {
		size_t start = account_length(line, length, account);

		if (start) {
			size_t end = start + field_length(line + start, length - start);

			is_found = true;
			str_addf(&result, "%s:%s", account, value);
			str_add_bytes(&result, line + end, length - end);
		} else {
			str_add_bytes(&result, line, length);
		}
		str_add_char(&result, '\n');
	}
	if (!is_found) {
		_cleanup_str_ struct str lines = result;

		result = (struct str){0};
		str_addf(&result, "%s:%s:%s\n", account, value, rest);
		str_add(&result, str_text(&lines));
	}
	str_clear(text);
	*text = result;
	result = (struct str){0};
}

bool shadow_is(const char *text, const char *account, const char *value)
{
	const char *cursor = text, *line;
	bool is_found = false;
	size_t length;

	while (str_next_line(&cursor, &line, &length)) {
		size_t start = account_length(line, length, account);
		size_t field = field_length(line + start, length - start);

		if (!start)
			continue;
		if (field != strlen(value) || strncmp(line + start, value, field) != 0)
			return false;
		is_found = true;
	}
	return is_found;
}
