/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking back one noted thing. */
#include <errno.h>
#include <string.h>

#include "guest/lines.h"
#include "guest/lvm.h"
#include "guest/work-undo.h"

#define HOSTS_MARK "# xenhost: "
#define LEASE_USED ": used by "

static int undo_volume(const struct fs *host, const char *object,
		       const struct work_owner *owner, struct err *err)
{
	(void)host;
	return lvm_remove_tagged(object, owner->tag, err);
}

/* It may be another command's now: what is open stays, and harms nobody. */
static int undo_active(const struct fs *host, const char *object,
		       const struct work_owner *owner, struct err *err)
{
	const char *const argv[] = {"lvchange", "--activate", "n", object, NULL};

	(void)host;
	(void)owner;
	if (lvm_run(argv, err) < 0)
		err_clear(err);
	return 0;
}

static int undo_image(const struct fs *host, const char *object,
		      const struct work_owner *owner, struct err *err)
{
	_cleanup_fs_ struct fs system = FS_CLOSED;
	int rc = fs_open("/", &system, err);

	(void)host;
	(void)owner;
	return rc < 0 ? rc : fs_remove(&system, object, err);
}

static int undo_path(const struct fs *host, const char *object,
		     const struct work_owner *owner, struct err *err)
{
	int rc = fs_remove(host, object, err);

	(void)owner;
	return rc < 0 ? rc : fs_remove_draft(host, object, err);
}

/* "FILE WORD": the file, and where the word begins. The caller frees the file. */
static int split(const char *object, char **ret_file, const char **ret_word,
		 struct err *err)
{
	const char *blank = strrchr(object, ' ');

	if (!blank)
		return err_say(err, EINVAL, "'%s': not \"FILE WORD\"", object);
	*ret_word = blank + 1;
	*ret_file = mem_text_part(object, (size_t)(blank - object));
	return 0;
}

/*
 * Writes a file anew with each line as `change` says: its bytes from `line` on that stay,
 * or -1 for the whole line with its newline. Under the lock that all take who change it.
 */
static int edit_lines(const struct fs *host, const char *file,
		      long (*change)(const char *line, const char *word),
		      const char *word, struct err *err)
{
	_cleanup_lines_ struct lines lines = LINES_CLOSED;
	_cleanup_str_ struct str new = {0};
	const char *cursor, *line;
	size_t length;
	int rc = lines_open(host, file, &lines, err);

	if (rc == -ENOENT)
		err_clear(err);
	if (rc < 0 || lines.is_absent)
		return rc == -ENOENT ? 0 : rc;
	cursor = str_text(&lines.text);
	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *text = mem_text_part(line, length);
		long stays = change(text, word);

		if (stays < 0)
			continue;
		str_add_bytes(&new, line, (size_t)stays);
		if (line[length] == '\n')
			str_add_char(&new, '\n');
	}
	return lines_write(&lines, &new, err);
}

static long without_guest(const char *line, const char *name)
{
	_cleanup_free_ char *mark = mem_textf(" " HOSTS_MARK "%s", name);

	return str_ends(line, mark) ? -1 : (long)strlen(line);
}

/* "ADDRESS: used by NAME", as guest/lease.h writes it, is "ADDRESS". */
static long as_free(const char *line, const char *used)
{
	const char *address_end = strstr(line, LEASE_USED);

	return strcmp(line, used) == 0 && address_end ? address_end - line
						      : (long)strlen(line);
}

static int undo_hosts(const struct fs *host, const char *object,
		      const struct work_owner *owner, struct err *err)
{
	_cleanup_free_ char *file = NULL;
	const char *name;
	int rc;

	(void)owner;
	rc = split(object, &file, &name, err);
	return rc < 0 ? rc : edit_lines(host, file, without_guest, name, err);
}

static int undo_lease(const struct fs *host, const char *object,
		      const struct work_owner *owner, struct err *err)
{
	_cleanup_free_ char *file = NULL, *used = NULL;
	const char *address;
	int rc;

	rc = split(object, &file, &address, err);
	if (rc < 0)
		return rc;
	used = mem_textf("%s" LEASE_USED "%s", address, owner->name);
	return edit_lines(host, file, as_free, used, err);
}

static int undo_nothing(const struct fs *host, const char *object,
			const struct work_owner *owner, struct err *err)
{
	(void)host;
	(void)object;
	(void)owner;
	(void)err;
	return 0;
}

static const struct {
	const char *word;
	int (*undo)(const struct fs *host, const char *object,
		    const struct work_owner *owner, struct err *err);
} kinds[] = {
	[WORK_VOLUME] = {"volume", undo_volume},
	[WORK_ACTIVE] = {"active", undo_active},
	[WORK_IMAGE] = {"image", undo_image},
	[WORK_FILE] = {"file", undo_path},
	[WORK_DIRECTORY] = {"directory", undo_path},
	[WORK_HOSTS] = {"hosts", undo_hosts},
	[WORK_LEASE] = {"lease", undo_lease},
	[WORK_SPARE] = {"spare", undo_volume},
	[WORK_CLAIM] = {"claim", undo_nothing},
};

const char *work_kind_word(enum work_kind kind)
{
	return kinds[kind].word;
}

int work_kind_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].word, word) == 0)
			return (int)i;
	return -1;
}

int work_undo(const struct fs *host, enum work_kind kind, const char *object,
	      const struct work_owner *owner, struct err *err)
{
	int rc = kinds[kind].undo(host, object, owner, err);

	return rc < 0 ? err_wrap(err, "undo %s '%s'", kinds[kind].word, object) : 0;
}
