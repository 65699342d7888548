/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The domains that run. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/run.h"
#include "guest/domains.h"

#define XL_TIMEOUT_MS 30000
#define XL_MAX ((size_t)4 << 20)

/* ID Mem VCPUs State Time(s), behind the name, which may have blanks. */
enum { COLUMN_ID, COLUMN_MEMORY, COLUMN_VCPUS, COLUMN_STATE, COLUMN_TIME, COLUMNS };

void domains_clear(struct domains *domains)
{
	for (size_t i = 0; i < domains->count; i++)
		free(domains->item[i].name);
	free(domains->item);
	*domains = (struct domains){0};
}

/* Cuts the last word off, which is not the first. "" if there is none. */
static const char *cut_word(char *line)
{
	size_t length = strlen(line);

	while (length && strchr(" \t", line[length - 1]))
		line[--length] = '\0';
	while (length && !strchr(" \t", line[length - 1]))
		length--;
	if (!length)
		return "";
	line[length - 1] = '\0';
	return line + length;
}

static int parse_line(char *line, struct domains *domains, struct err *err)
{
	const char *column[COLUMNS];
	struct domain domain = {0};
	size_t length;

	for (size_t i = COLUMNS; i > 0; i--)
		column[i - 1] = cut_word(line);
	length = strlen(line);
	while (length && line[length - 1] == ' ')
		length--;
	if (!length || !str_to_number(column[COLUMN_ID], UINT32_MAX, &domain.id))
		return err_say(err, EINVAL, "'xl list' printed something unknown");
	domain.name = mem_text_part(line, length);
	domain.is_paused = strchr(column[COLUMN_STATE], 'p');
	domains->item = mem_grow(domains->item, domains->count, sizeof(*domains->item));
	domains->item[domains->count++] = domain;
	return 0;
}

int domains_parse(const char *text, struct domains *ret_domains, struct err *err)
{
	_cleanup_domains_ struct domains domains = {0};
	const char *cursor = text, *line;
	size_t length;

	if (!str_next_line(&cursor, &line, &length) || !str_starts(line, "Name "))
		return err_say(err, EINVAL, "'xl list' printed something unknown");
	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *copy = mem_text_part(line, length);
		int rc = parse_line(copy, &domains, err);

		if (rc < 0)
			return rc;
	}
	*ret_domains = domains;
	domains = (struct domains){0};
	return 0;
}

int domains_read(const struct fs *host, struct domains *ret_domains, struct err *err)
{
	static const char *const argv[] = {"xl", "list", NULL};
	_cleanup_str_ struct str output = {0};
	int rc;

	if (!fs_is_host(host) || !fs_exists(host, "/proc/xen/capabilities")) {
		*ret_domains = (struct domains){0};
		return 0;
	}
	rc = run_capture(&(struct run){.argv = argv,
				       .timeout_ms = XL_TIMEOUT_MS,
				       .output_limit = XL_MAX},
			 &output, err);
	return rc < 0 ? rc : domains_parse(str_text(&output), ret_domains, err);
}

const struct domain *domains_find(const struct domains *domains, const char *name)
{
	for (size_t i = 0; i < domains->count; i++)
		if (strcmp(domains->item[i].name, name) == 0)
			return &domains->item[i];
	return NULL;
}
