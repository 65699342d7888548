/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of partition files. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "guest/partitions.h"
#include "guest/setting.h"

#define BLANKS " \t\r"

struct reader {
	const char *file;
	size_t line;
	struct partition_list *list;
};

static int fail(const struct reader *reader, struct err *err, const char *cause,
		const char *word)
{
	return err_say(err, EINVAL, "%s:%zu: %s%s%s%s", reader->file, reader->line, cause,
		       word ? " '" : "", word ? word : "", word ? "'" : "");
}

static void clear_partition(struct partition *partition)
{
	free(partition->name);
	free(partition->fs);
	free(partition->mountpoint);
	free(partition->options);
}

void partition_list_clear(struct partition_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		clear_partition(&list->item[i]);
	free(list->item);
	*list = (struct partition_list){0};
}

static char *copy(const char *text)
{
	return text ? mem_text(text) : NULL;
}

void partition_list_add(struct partition_list *list, const char *name, uint64_t size,
			const char *fs, const char *mountpoint, const char *options)
{
	list->item = mem_grow(list->item, list->count, sizeof(*list->item));
	list->item[list->count++] = (struct partition){copy(name), size, copy(fs),
						       copy(mountpoint), copy(options)};
}

static bool is_name(const char *text)
{
	size_t length = strlen(text);

	return length > 0 && length <= 63 && text[0] != '-' &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == length;
}

static int begin_section(struct reader *reader, const char *line, struct err *err)
{
	size_t length = strlen(line);
	_cleanup_free_ char *name = NULL;

	if (line[length - 1] != ']')
		return fail(reader, err, "no section:", line);
	name = mem_text_part(line + 1, length - 2);
	if (!is_name(name))
		return fail(reader, err,
			    "a volume's name has letters, digits and '-' only:", name);
	for (size_t i = 0; i < reader->list->count; i++)
		if (strcmp(reader->list->item[i].name, name) == 0)
			return fail(reader, err, "a second section", name);
	partition_list_add(reader->list, name, 0, NULL, NULL, NULL);
	return 0;
}

static int set_text(const struct reader *reader, char **member, const char *value,
		    struct err *err)
{
	if (*member)
		return fail(reader, err, "set a second time:", value);
	if (value[strcspn(value, ": \t")])
		return fail(reader, err, "a blank or colon in", value);
	*member = mem_text(value);
	return 0;
}

static int set_fs(const struct reader *reader, struct partition *partition,
		  const char *value, struct err *err)
{
	static const char *const known[] = {"swap", "ext2", "ext3",
					    "ext4", "xfs",  "btrfs"};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(known[i], value) == 0)
			return set_text(reader, &partition->fs, value, err);
	return fail(reader, err, "no file system that can be made:", value);
}

/* Absolute, and without a part that leads elsewhere: it is a path in a guest's disk. */
static bool is_mountpoint(const char *text)
{
	if (text[0] != '/' || strstr(text, "//"))
		return false;
	for (const char *part = text; part; part = strchr(part + 1, '/')) {
		size_t length = strcspn(part + 1, "/");

		if (strncmp(part, "/..", 3) == 0 && length == 2)
			return false;
		if (strncmp(part, "/.", 2) == 0 && length == 1)
			return false;
	}
	return !text[1] || text[strlen(text) - 1] != '/';
}

static int set(const struct reader *reader, const char *key, const char *value,
	       struct err *err)
{
	struct partition *partition = &reader->list->item[reader->list->count - 1];

	if (strcmp(key, "size") == 0) {
		if (!setting_parse_size(value, &partition->size))
			return fail(reader, err, "no size:", value);
		return 0;
	}
	if (strcmp(key, "type") == 0)
		return set_fs(reader, partition, value, err);
	if (strcmp(key, "options") == 0)
		return *value ? set_text(reader, &partition->options, value, err) : 0;
	if (strcmp(key, "mountpoint") != 0)
		return fail(reader, err,
			    "a volume has size, type, mountpoint and options, no", key);
	if (!is_mountpoint(value))
		return fail(reader, err, "no absolute path:", value);
	return set_text(reader, &partition->mountpoint, value, err);
}

static char *trim(const char *text, size_t length)
{
	while (length && strchr(BLANKS, text[length - 1]))
		length--;
	while (length && strchr(BLANKS, *text)) {
		text++;
		length--;
	}
	return mem_text_part(text, length);
}

static int read_line(struct reader *reader, const char *line, struct err *err)
{
	const char *equals = strchr(line, '=');
	_cleanup_free_ char *key = NULL, *value = NULL;

	if (!*line || *line == '#' || *line == ';')
		return 0;
	if (*line == '[')
		return begin_section(reader, line, err);
	if (!equals)
		return fail(reader, err, "not 'key = value':", line);
	if (!reader->list->count)
		return fail(reader, err, "before the first section:", line);
	key = trim(line, (size_t)(equals - line));
	value = trim(equals + 1, strlen(equals + 1));
	return set(reader, key, value, err);
}

/* What a section must have. */
static int check(const struct reader *reader, struct partition *partition,
		 struct err *err)
{
	bool is_swap = partition->fs && strcmp(partition->fs, "swap") == 0;

	if (!partition->size || !partition->fs)
		return fail(reader, err, "no size or no type is set for",
			    partition->name);
	if (is_swap && partition->mountpoint)
		return fail(reader, err, "swap space is not mounted:", partition->name);
	if (!is_swap && !partition->mountpoint)
		return fail(reader, err, "no mountpoint is set for", partition->name);
	if (!partition->options)
		partition->options = mem_text(is_swap ? "sw" : "defaults");
	return 0;
}

static size_t depth(const struct partition *partition)
{
	return partition->mountpoint ? strlen(partition->mountpoint) : 0;
}

/* Stable: equal ones stay in the order of the file, as in xen-tools. */
static void sort(struct partition_list *list)
{
	for (size_t i = 1; i < list->count; i++)
		for (size_t j = i;
		     j > 0 && depth(&list->item[j - 1]) > depth(&list->item[j]); j--) {
			struct partition swapped = list->item[j];

			list->item[j] = list->item[j - 1];
			list->item[j - 1] = swapped;
		}
}

static int check_all(const struct reader *reader, struct err *err)
{
	const struct partition_list *list = reader->list;
	bool has_root = false;

	for (size_t i = 0; i < list->count; i++) {
		int rc = check(reader, &list->item[i], err);

		if (rc < 0)
			return rc;
		for (size_t j = 0; j < i; j++)
			if (list->item[i].mountpoint && list->item[j].mountpoint &&
			    strcmp(list->item[i].mountpoint, list->item[j].mountpoint) ==
				    0)
				return fail(reader, err, "two volumes are mounted at",
					    list->item[i].mountpoint);
		if (list->item[i].mountpoint &&
		    strcmp(list->item[i].mountpoint, "/") == 0)
			has_root = true;
	}
	if (!has_root)
		return fail(reader, err, "no volume is mounted at", "/");
	return 0;
}

int partition_list_read(const char *file, const char *text, size_t length,
			struct partition_list *ret_list, struct err *err)
{
	_cleanup_(partition_list_clear) struct partition_list list = {0};
	struct reader reader = {.file = file, .list = &list};
	const char *cursor = text, *line;
	size_t size;
	int rc = 0;

	if (memchr(text, '\0', length))
		return err_say(err, EINVAL, "%s: a NUL byte", file);
	while (rc == 0 && str_next_line(&cursor, &line, &size)) {
		_cleanup_free_ char *statement = trim(line, size);

		reader.line++;
		rc = read_line(&reader, statement, err);
	}
	if (rc == 0)
		rc = check_all(&reader, err);
	if (rc < 0)
		return rc;
	sort(&list);
	*ret_list = list;
	list = (struct partition_list){0};
	return 0;
}
