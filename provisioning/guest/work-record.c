/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The record of a work as it is on the disk, each line there before what it tells is done:
 *
 *	begin TAG PID
 *	claim address 192.0.2.7
 *	volume vg0/web-disk
 *	forget volume vg0/web-disk
 *	commit
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/work-parts.h"

#define RECORD_MAX ((size_t)1 << 20)

void work_record_clear(struct work_record *record)
{
	free(record->tag);
	str_list_clear(&record->notes);
	*record = (struct work_record){0};
}

/* Drops the last of equal notes. */
static void forget(struct str_list *notes, const char *note)
{
	for (size_t i = notes->count; i-- > 0;) {
		if (strcmp(notes->item[i], note) != 0)
			continue;
		free(notes->item[i]);
		notes->count--;
		memmove(&notes->item[i], &notes->item[i + 1],
			(notes->count - i) * sizeof(*notes->item));
		return;
	}
}

static void read_line(struct work_record *record, const char *line)
{
	const char *blank;

	if (str_starts(line, "begin ")) {
		line += strlen("begin ");
		blank = strchr(line, ' ');
		if (!blank || !str_starts(line, WORK_TAG) ||
		    !str_to_number(blank + 1, INT32_MAX, &record->pid))
			return;
		free(record->tag);
		record->tag = mem_text_part(line, (size_t)(blank - line));
	} else if (str_starts(line, "forget ")) {
		forget(&record->notes, line + strlen("forget "));
	} else if (strcmp(line, "commit") == 0) {
		record->is_committed = true;
	} else {
		str_list_add(&record->notes, line);
	}
}

/* A last line without its newline was never told to be written: nothing came of it. */
int work_record_read(int fd, struct work_record *record, struct err *err)
{
	_cleanup_str_ struct str text = {0};
	const char *cursor, *line;
	char buffer[4096];
	size_t length;

	for (;;) {
		ssize_t r = pread(fd, buffer, sizeof(buffer), (off_t)text.length);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_set(err, errno, "read");
		if (r == 0)
			break;
		str_add_bytes(&text, buffer, (size_t)r);
		if (text.length > RECORD_MAX)
			return err_set(err, EFBIG, "read");
	}
	cursor = str_text(&text);
	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *copy = mem_text_part(line, length);

		if (line[length] == '\n')
			read_line(record, copy);
	}
	return 0;
}
