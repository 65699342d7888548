/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests in dom0's hosts(5). */
#include <errno.h>
#include <string.h>

#include "base/inet.h"
#include "guest/hosts.h"
#include "guest/lines.h"

/* All lines but those that are ours for that guest; whether there were any. */
static bool copy_others(const char *text, const char *name, struct str *ret_text)
{
	_cleanup_free_ char *mark = mem_textf(" # xenhost: %s", name);
	const char *cursor = text, *line;
	bool has_ours = false;
	size_t length;

	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *copy = mem_text_part(line, length);

		if (str_ends(copy, mark)) {
			has_ours = true;
			continue;
		}
		str_add_bytes(ret_text, line, length + (line[length] == '\n'));
	}
	return has_ours;
}

/* Unless it is there. */
static int add_line(const char *name, const char *address, struct str *text,
		    struct err *err)
{
	_cleanup_free_ char *bare = mem_text_part(address, strcspn(address, "/"));
	_cleanup_free_ char *ours = mem_textf("%s %s # xenhost: %s", bare, name, name);
	const char *cursor = str_text(text), *line;
	size_t length;
	int family;

	if (!inet_is_address(bare, &family))
		return err_say(err, EINVAL, "'%s' is no address", address);
	while (str_next_line(&cursor, &line, &length))
		if (length == strlen(ours) && strncmp(line, ours, length) == 0)
			return 0;
	if (text->length && text->text[text->length - 1] != '\n')
		str_add_char(text, '\n');
	str_addf(text, "%s\n", ours);
	return 0;
}

int hosts_add(const struct fs *host, const char *name, const struct str_list *addresses,
	      struct err *err)
{
	_cleanup_lines_ struct lines lines = LINES_CLOSED;
	_cleanup_str_ struct str text = {0};
	int rc = lines_open(host, HOSTS_FILE, &lines, err);

	if (rc < 0)
		return rc;
	str_add(&text, str_text(&lines.text));
	for (size_t i = 0; i < addresses->count; i++) {
		rc = add_line(name, addresses->item[i], &text, err);
		if (rc < 0)
			return rc;
	}
	return lines_write(&lines, &text, err);
}

int hosts_remove(const struct fs *host, const char *name, struct err *err)
{
	_cleanup_lines_ struct lines lines = LINES_CLOSED;
	_cleanup_str_ struct str text = {0};
	int rc;

	if (!hosts_has(host, name))
		return 0;
	rc = lines_open(host, HOSTS_FILE, &lines, err);
	if (rc < 0 || !copy_others(str_text(&lines.text), name, &text))
		return rc;
	return lines_write(&lines, &text, err);
}

bool hosts_has(const struct fs *host, const char *name)
{
	_cleanup_str_ struct str text = {0}, others = {0};

	return fs_read(host, HOSTS_FILE, (size_t)16 << 20, &text, NULL) == 0 &&
	       copy_others(str_text(&text), name, &others);
}
