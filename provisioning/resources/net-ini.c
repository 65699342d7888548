/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of files with sections: systemd's units and NetworkManager's keyfiles. */
#include <stdlib.h>
#include <string.h>

#include "resources/net-ini.h"

#define BLANKS " \t\r\v\f"

/* A part of a text without blanks around it. */
static char *trimmed(const char *text, size_t length)
{
	while (length && strchr(BLANKS, text[0])) {
		text++;
		length--;
	}
	while (length && strchr(BLANKS, text[length - 1]))
		length--;
	return mem_text_part(text, length);
}

static void add_section(struct ini *ini, const char *line)
{
	const char *end = strrchr(line, ']');

	if (!end)
		return;
	ini->section = mem_grow(ini->section, ini->count, sizeof(*ini->section));
	ini->section[ini->count++] = (struct ini_section){
		.name = mem_text_part(line + 1, (size_t)(end - line - 1))};
}

static void add_line(struct ini *ini, const char *line)
{
	const char *equals = strchr(line, '=');
	struct ini_section *section;

	if (line[0] == '[') {
		add_section(ini, line);
		return;
	}
	if (!equals || equals == line || !ini->count)
		return;
	section = &ini->section[ini->count - 1];
	section->entry =
		mem_grow(section->entry, section->count, sizeof(*section->entry));
	section->entry[section->count++] = (struct ini_entry){
		.key = trimmed(line, (size_t)(equals - line)),
		.value = trimmed(equals + 1, strlen(equals + 1)),
	};
}

void ini_parse(const char *text, bool is_systemd, struct ini *ini)
{
	_cleanup_str_ struct str whole = {0};
	const char *cursor = text, *line;
	size_t length;

	while (str_next_line(&cursor, &line, &length)) {
		const char *start = line + strspn(line, BLANKS);
		bool goes_on = is_systemd && length && line[length - 1] == '\\';
		_cleanup_free_ char *plain = NULL;

		/* Comments between continued lines are left out. */
		if (*start == '#' || (is_systemd && *start == ';'))
			continue;
		str_add_bytes(&whole, line, goes_on ? length - 1 : length);
		if (goes_on) {
			str_add_char(&whole, ' ');
			continue;
		}
		plain = trimmed(str_text(&whole), whole.length);
		add_line(ini, plain);
		str_cut(&whole, 0);
	}
	if (whole.length) {
		_cleanup_free_ char *plain = trimmed(str_text(&whole), whole.length);

		add_line(ini, plain);
	}
}

void ini_clear(struct ini *ini)
{
	if (!ini)
		return;
	for (size_t i = 0; i < ini->count; i++) {
		for (size_t j = 0; j < ini->section[i].count; j++) {
			free(ini->section[i].entry[j].key);
			free(ini->section[i].entry[j].value);
		}
		free(ini->section[i].entry);
		free(ini->section[i].name);
	}
	free(ini->section);
	*ini = (struct ini){0};
}

const char *ini_get(const struct ini *ini, const char *section, const char *key)
{
	const char *value = NULL;

	for (size_t i = 0; i < ini->count; i++) {
		const struct ini_section *one = &ini->section[i];

		if (strcmp(one->name, section) != 0)
			continue;
		for (size_t j = 0; j < one->count; j++)
			if (strcmp(one->entry[j].key, key) == 0)
				value = one->entry[j].value;
	}
	return value;
}

void ini_add_entry(struct str *out, const struct ini_entry *entry)
{
	str_addf(out, "%s=%s\n", entry->key, entry->value);
}
