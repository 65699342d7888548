/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What only one guest can have, while it has no configuration yet that says so. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "guest/work-parts.h"
#include "guest/work-undo.h"

/* The one of `things` that a record has, or NULL. */
static const char *find(const struct work_record *record, const struct str_list *things)
{
	const char *word = work_kind_word(WORK_CLAIM);
	size_t length = strlen(word);

	for (size_t i = 0; i < record->notes.count; i++) {
		const char *note = record->notes.item[i];

		for (size_t j = 0; j < things->count; j++)
			if (str_starts(note, word) && note[length] == ' ' &&
			    strcmp(note + length + 1, things->item[j]) == 0)
				return things->item[j];
	}
	return NULL;
}

/* A record that is not locked is a dead process's, which claims nothing. */
static int compare(const struct work *work, const char *name,
		   const struct str_list *things, struct err *err)
{
	_cleanup_free_ char *path = mem_textf(WORK_DIR "/%s", name);
	_cleanup_(work_record_clear) struct work_record record = {0};
	_cleanup_close_ int fd = -1;
	const char *thing;
	int rc = fs_open_file(&work->host, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, &fd,
			      err);

	if (rc == -ENOENT) {
		err_clear(err);
		return 0;
	}
	if (rc < 0 || flock(fd, LOCK_SH | LOCK_NB) == 0)
		return rc;
	rc = work_record_read(fd, &record, err);
	if (rc < 0)
		return err_wrap(err, "'%s'", path);
	thing = find(&record, things);
	return thing ? err_say(err, EEXIST, "%s: '%s', which is being made, has it",
			       thing, name)
		     : 0;
}

static int compare_all(const struct work *work, const struct str_list *things,
		       struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	int rc = fs_readdir(&work->host, WORK_DIR, &names, err);

	for (size_t i = 0; rc == 0 && i < names.count; i++)
		if (strcmp(names.item[i], work->name) != 0)
			rc = compare(work, names.item[i], things, err);
	return rc;
}

/* Works first: one that ends meanwhile has its configuration by then. */
int work_claim(struct work *work, const struct str_list *things,
	       int (*check)(void *context, struct err *err), void *context,
	       struct err *err)
{
	_cleanup_close_ int lock = -1;
	int rc = fs_open_file(&work->host, WORK_DIR, O_RDONLY | O_DIRECTORY, &lock, err);

	if (rc == 0 && flock(lock, LOCK_EX) < 0)
		rc = err_set(err, errno, "lock '%s'", WORK_DIR);
	if (rc == 0)
		rc = compare_all(work, things, err);
	if (rc == 0)
		rc = check(context, err);
	/* A claim ends with its process, so also with the power. */
	for (size_t i = 0; rc == 0 && i < things->count; i++)
		rc = work_write(work, WORK_CLAIM, things->item[i], false, err);
	return rc;
}
