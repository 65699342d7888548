/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of sysconfig files: shell assignments, one on a line; ifcfg(5). */
#include <stdlib.h>
#include <string.h>

#include "resources/net-sysconfig.h"

#define NAME_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

/* Adds what is between quotes; where they end, or NULL. */
static const char *add_quoted(struct str *value, const char *at)
{
	char quote = *at++;

	for (; *at && *at != quote; at++) {
		if (quote == '"' && *at == '\\' && at[1] && strchr("\"\\$`", at[1]))
			at++;
		str_add_char(value, *at);
	}
	return *at ? at + 1 : NULL;
}

/* A shell word without its quotes; false if one stays open. */
static bool read_value(const char *at, struct str *value)
{
	while (at && *at && !strchr(" \t\r;", *at)) {
		if (*at == '"' || *at == '\'') {
			at = add_quoted(value, at);
		} else if (*at == '\\') {
			if (!at[1])
				return false;
			str_add_char(value, at[1]);
			at += 2;
		} else {
			str_add_char(value, *at++);
		}
	}
	return at != NULL;
}

static void add_line(struct sysconfig *sysconfig, const char *raw, size_t number)
{
	const char *name = raw + strspn(raw, " \t");
	_cleanup_str_ struct str value = {0};
	struct sysconfig_line *line;
	size_t length;
	bool is_whole;

	if (str_starts(name, "export "))
		name += strlen("export ");
	length = strspn(name, NAME_BYTES);
	if (!length || name[length] != '=')
		return;
	is_whole = read_value(name + length + 1, &value);
	sysconfig->line =
		mem_grow(sysconfig->line, sysconfig->count, sizeof(*sysconfig->line));
	line = &sysconfig->line[sysconfig->count++];
	*line = (struct sysconfig_line){
		.line = number,
		.name = mem_text_part(name, length),
		.value = mem_text(str_text(&value)),
		.raw = mem_text(raw),
		.is_whole = is_whole,
	};
}

void sysconfig_parse(const char *text, struct sysconfig *ret_sysconfig)
{
	const char *cursor = text, *line;
	size_t length;

	*ret_sysconfig = (struct sysconfig){0};
	for (size_t i = 0; str_next_line(&cursor, &line, &length); i++) {
		_cleanup_free_ char *raw = mem_text_part(line, length);

		add_line(ret_sysconfig, raw, i);
	}
}

void sysconfig_clear(struct sysconfig *sysconfig)
{
	if (!sysconfig)
		return;
	for (size_t i = 0; i < sysconfig->count; i++) {
		free(sysconfig->line[i].name);
		free(sysconfig->line[i].value);
		free(sysconfig->line[i].raw);
	}
	free(sysconfig->line);
	*sysconfig = (struct sysconfig){0};
}

const char *sysconfig_get(const struct sysconfig *sysconfig, const char *name)
{
	for (size_t i = sysconfig->count; i-- > 0;)
		if (strcmp(sysconfig->line[i].name, name) == 0)
			return sysconfig->line[i].value;
	return NULL;
}
