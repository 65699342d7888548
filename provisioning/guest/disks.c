/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disks that a guest's configuration names. */
#include <string.h>

#include "guest/disks.h"

#define BLANKS " \t\r\n"

static const char *skip_comment(const char *at)
{
	while (*at && *at != '\n')
		at++;
	return at;
}

/* Where the list after "disk = [" begins, or NULL. The last one counts, as in xl. */
static const char *find_list(const char *text)
{
	const char *cursor = text, *found = NULL, *line;
	size_t length;

	while (str_next_line(&cursor, &line, &length)) {
		const char *at = line + strspn(line, " \t");

		if (strncmp(at, "disk", 4) != 0)
			continue;
		at += 4;
		at += strspn(at, " \t");
		if (*at++ != '=')
			continue;
		at += strspn(at, BLANKS);
		if (*at == '[')
			found = at + 1;
	}
	return found;
}

static void add_path(const char *path, size_t length, struct str_list *paths)
{
	_cleanup_free_ char *copy = mem_text_part(path, length);

	if (copy[0] == '/' && !str_list_has(paths, copy))
		str_list_add(paths, copy);
}

/* One specification: "target=" takes the rest of it, else the first field is the target. */
static void add_target(const char *text, struct str_list *paths)
{
	const char *target = strstr(text, "target="), *colon;
	size_t length;

	if (target && (target == text || strchr(", \t", target[-1]))) {
		target += strlen("target=");
		add_path(target, strlen(target), paths);
		return;
	}
	text += strspn(text, " \t");
	length = strcspn(text, ",");
	/* "phy:", "file:", "tap2:tapdisk:aio:" and their like. */
	for (colon = memchr(text, ':', length); colon && text[0] != '/';
	     colon = memchr(text, ':', length)) {
		length -= (size_t)(colon + 1 - text);
		text = colon + 1;
	}
	add_path(text, length, paths);
}

/* The next quoted text of a list, or NULL at its end. The caller frees it. */
static char *next_text(const char **cursor)
{
	const char *at = *cursor, *end;

	for (; *at && *at != ']' && *at != '"' && *at != '\''; at++)
		if (*at == '#')
			at = skip_comment(at) - 1;
	if (!*at || *at == ']')
		return NULL;
	end = strchr(at + 1, *at);
	if (!end)
		return NULL;
	*cursor = end + 1;
	return mem_text_part(at + 1, (size_t)(end - at - 1));
}

void guest_disks(const char *text, struct str_list *ret_paths)
{
	const char *at = find_list(text);

	while (at) {
		_cleanup_free_ char *disk = next_text(&at);

		if (!disk)
			return;
		add_target(disk, ret_paths);
	}
}
