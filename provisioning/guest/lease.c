/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses for guests out of a list. */
#include <errno.h>
#include <string.h>

#include "base/inet.h"
#include "guest/lease.h"
#include "guest/lines.h"

#define USED ": used"
#define BLANKS " \t\r"

/* A line without blanks around it, and without its mark. The caller frees it. */
static char *read_line(const char *line, size_t length, bool *ret_is_used)
{
	size_t start = 0;
	char *text;

	while (start < length && strchr(BLANKS, line[start]))
		start++;
	while (length > start && strchr(BLANKS, line[length - 1]))
		length--;
	text = mem_text_part(line + start, length - start);
	*ret_is_used = str_ends(text, USED);
	if (*ret_is_used)
		text[strlen(text) - strlen(USED)] = '\0';
	return text;
}

/*
 * Finds the first free address (`wanted` NULL), or the line of a used one. *ret_line is
 * where it begins, NULL if there is none.
 */
static int find(const char *file, const char *text, const char *wanted,
		char **ret_address, const char **ret_line, size_t *ret_length,
		struct err *err)
{
	const char *cursor = text;
	size_t number = 0;

	while (str_next_line(&cursor, ret_line, ret_length)) {
		bool is_used;
		int family;
		_cleanup_free_ char *address =
			read_line(*ret_line, *ret_length, &is_used);

		number++;
		if (!*address || *address == '#')
			continue;
		if (!inet_is_address(address, &family) && !wanted)
			return err_say(err, EINVAL, "%s:%zu: '%s' is no address", file,
				       number, address);
		if (wanted ? is_used && strcmp(address, wanted) == 0 : !is_used) {
			*ret_address = TAKE_PTR(address);
			return 0;
		}
	}
	*ret_line = NULL;
	return 0;
}

/* The text with another line in place of one. */
static void replace_line(const struct str *text, const char *line, size_t length,
			 const char *new_line, struct str *ret_text)
{
	const char *rest = line + length;

	str_add_bytes(ret_text, str_text(text), (size_t)(line - str_text(text)));
	str_add(ret_text, new_line);
	str_add(ret_text, rest);
}

int lease_take(const struct fs *host, const char *file, struct work *work,
	       char **ret_address, struct err *err)
{
	_cleanup_lines_ struct lines lines = LINES_CLOSED;
	_cleanup_free_ char *address = NULL, *used = NULL, *object = NULL;
	_cleanup_str_ struct str text = {0};
	const char *line;
	size_t length;
	int rc = lines_open(host, file, &lines, err);

	if (rc == 0)
		rc = find(file, str_text(&lines.text), NULL, &address, &line, &length,
			  err);
	if (rc < 0)
		return rc;
	if (!address)
		return err_say(err, ENOSPC, "'%s' has no free address", file);
	used = mem_textf("%s" USED, address);
	replace_line(&lines.text, line, length, used, &text);
	object = mem_textf("%s %s", file, address);
	rc = work_note(work, WORK_LEASE, object, err);
	if (rc == 0)
		rc = lines_write(&lines, &text, err);
	if (rc == 0)
		*ret_address = TAKE_PTR(address);
	return rc;
}

int lease_free(const struct fs *host, const char *file, const char *address,
	       struct err *err)
{
	_cleanup_lines_ struct lines lines = LINES_CLOSED;
	_cleanup_free_ char *found = NULL;
	_cleanup_str_ struct str text = {0};
	const char *line;
	size_t length;
	int rc;

	if (!lease_is_used(host, file, address))
		return 0;
	rc = lines_open(host, file, &lines, err);
	if (rc == 0)
		rc = find(file, str_text(&lines.text), address, &found, &line, &length,
			  err);
	if (rc < 0 || !found)
		return rc;
	replace_line(&lines.text, line, length, found, &text);
	return lines_write(&lines, &text, err);
}

bool lease_is_used(const struct fs *host, const char *file, const char *address)
{
	_cleanup_free_ char *found = NULL;
	_cleanup_str_ struct str text = {0};
	const char *line;
	size_t length;

	return fs_read(host, file, (size_t)16 << 20, &text, NULL) == 0 &&
	       find(file, str_text(&text), address, &found, &line, &length, NULL) == 0 &&
	       found;
}
