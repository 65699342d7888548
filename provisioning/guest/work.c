/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command has made so far: noted, undone. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>

#include "guest/work-parts.h"
#include "guest/work-undo.h"

#define LOOKS 2	     /* at a lock whose owner lives, before it is told */
#define ATTEMPTS 300 /* for a lock, 50 ms apart: longer than programs have to end */

/* The kind of a note, -1 if this version knows none such, and its object. */
static int split_note(const char *note, const char **ret_object)
{
	const char *blank = strchr(note, ' ');
	_cleanup_free_ char *word =
		blank ? mem_text_part(note, (size_t)(blank - note)) : mem_text(note);

	*ret_object = blank ? blank + 1 : "";
	return blank ? work_kind_of(word) : -1;
}

/* Also unknown kinds are told: a newer version left them. */
static int undo_note(const struct work *work, const struct work_record *record,
		     const struct work_span *span, const char *note, struct err *err)
{
	const struct work_owner owner = {strrchr(work->path, '/') + 1,
					 record->tag ? record->tag : ""};
	const char *object;
	int kind = split_note(note, &object);

	if (kind < 0)
		return err_say(err, EINVAL, "'%s': not a note that this version knows",
			       note);
	if (span && work_is_others(&work->host, (enum work_kind)kind, object, span))
		return 0;
	return work_undo(&work->host, (enum work_kind)kind, object, &owner, err);
}

/*
 * All that can be undone is; the first error is told. Then there is no record any more. With
 * a span only what was made in it.
 */
static int undo(const struct work *work, const struct work_span *span, struct err *err)
{
	_cleanup_(work_record_clear) struct work_record record = {0};
	_cleanup_err_ struct err later = {0};
	int rc = work_record_read(work->fd, &record, err), first = 0;

	if (rc < 0)
		return err_wrap(err, "'%s'", work->path);
	for (size_t i = record.is_committed ? 0 : record.notes.count; i-- > 0;) {
		rc = undo_note(work, &record, span, record.notes.item[i],
			       first ? &later : err);
		if (rc < 0 && !first)
			first = rc;
	}
	if (first < 0)
		return err_wrap(err, "'%s'", work->path);
	return fs_remove(&work->host, work->path, err);
}

/*
 * What a dead process left may have become somebody's since: what was restored under its
 * names stays, and of what is in use nothing is undone.
 */
static int undo_left(const struct work *work, struct err *err)
{
	_cleanup_(work_record_clear) struct work_record record = {0};
	struct work_span span;
	int rc = work_record_read(work->fd, &record, err);

	if (rc == 0)
		rc = work_span_read(work->fd, &span, err);
	for (size_t i = 0; rc == 0 && !record.is_committed && i < record.notes.count;
	     i++) {
		const char *object;
		int kind = split_note(record.notes.item[i], &object);

		if (kind >= 0)
			rc = work_check_idle(work, (enum work_kind)kind, object,
					     record.tag ? record.tag : "", &span, err);
	}
	return rc < 0 ? err_wrap(err, "'%s'", work->path) : undo(work, &span, err);
}

static void work_free(struct work *work)
{
	if (!work)
		return;
	mem_close_ref(&work->fd);
	fs_close(&work->host);
	free(work->name);
	free(work->path);
	free(work->tag);
	free(work);
}

static void work_free_ref(struct work **work)
{
	work_free(*work);
}

/* Unlike fs_mkdir() it may be called by two at once. */
static int make_directory(const struct fs *host, const char *path, mode_t mode,
			  struct err *err)
{
	_cleanup_close_ int dir = -1;
	const char *name;
	int rc = fs_open_parent(host, path, &dir, &name, err);

	if (rc < 0)
		return rc;
	if (mkdirat(dir, name, mode) < 0)
		return errno == EEXIST ? 0 : err_set(err, errno, "make '%s'", path);
	return fsync(dir) < 0 ? err_set(err, errno, "make '%s'", path) : 0;
}

static int make_directories(const struct fs *host, struct err *err)
{
	static const struct {
		const char *path;
		mode_t mode;
	} directories[] = {
		{"var", 0755},
		{"var/lib", 0755},
		{"var/lib/xenhost", 0700},
		{"var/lib/xenhost/guests", 0700},
		{WORK_DIR, 0700},
	};
	int rc = 0;

	if (fs_exists(host, WORK_DIR))
		return 0;
	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(directories); i++)
		rc = make_directory(host, directories[i].path, directories[i].mode, err);
	return rc;
}

/* A root of the work's own: the caller's may be closed before it. */
static int copy_root(const struct fs *host, struct fs *ret_host, struct err *err)
{
	int fd = fcntl(host->root, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return err_set(err, errno, "root '%s'", host->path);
	*ret_host = (struct fs){.root = fd, .path = mem_text(host->path)};
	return 0;
}

/*
 * Opens and locks a record. -EBUSY if it is locked; -ESTALE if its former owner removed it
 * between the two: try again.
 */
static int lock(struct work *work, int flags, struct err *err)
{
	_cleanup_close_ int dir = -1;
	struct stat here, there;
	const char *name;
	int rc;

	mem_close_ref(&work->fd);
	work->fd = -1;
	rc = fs_open_parent(&work->host, work->path, &dir, &name, err);
	if (rc < 0)
		return rc;
	work->fd = openat(dir, name, O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC | flags,
			  0600);
	if (work->fd < 0)
		return err_set(err, errno, "open '%s'", work->path);
	if (flock(work->fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK
			       ? err_say(err, EBUSY, "another command works on it")
			       : err_set(err, errno, "lock '%s'", work->path);
	if (fstat(work->fd, &here) < 0 ||
	    fstatat(dir, name, &there, AT_SYMLINK_NOFOLLOW) < 0 ||
	    here.st_ino != there.st_ino || here.st_dev != there.st_dev)
		return err_say(err, ESTALE, "another command works on it");
	return (flags & O_CREAT) && fsync(dir) < 0
		       ? err_set(err, errno, "sync '%s'", WORK_DIR)
		       : 0;
}

/* Whether the process that has a record's lock is a child whose parent was killed. */
static bool is_orphan(const struct work *work)
{
	_cleanup_(work_record_clear) struct work_record record = {0};

	return work_record_read(work->fd, &record, NULL) == 0 && record.pid > 0 &&
	       kill((pid_t)record.pid, 0) < 0 && errno == ESRCH;
}

static int lock_patiently(struct work *work, int flags, struct err *err)
{
	for (int attempt = 0;; attempt++) {
		int rc = lock(work, flags, err);

		/* Whoever only looks whether it is locked is done at once. */
		if (attempt == ATTEMPTS ||
		    (rc != -ESTALE &&
		     (rc != -EBUSY || (attempt >= LOOKS && !is_orphan(work)))))
			return rc;
		err_clear(err);
		(void)poll(NULL, 0, rc == -EBUSY ? 50 : 0);
	}
}

static struct work *work_new(const char *name)
{
	struct work *work = mem_alloc(sizeof(*work));

	*work = (struct work){.fd = -1, .host = FS_CLOSED};
	work->name = mem_text(name);
	work->path = mem_textf(WORK_DIR "/%s", name);
	return work;
}

static int append(const struct work *work, const char *line, bool is_durable,
		  struct err *err)
{
	size_t length = strlen(line);
	ssize_t r;

	do {
		r = write(work->fd, line, length);
	} while (r < 0 && errno == EINTR);
	if (r >= 0 && (size_t)r != length)
		errno = ENOSPC;
	if (r < 0 || (size_t)r != length || (is_durable && fdatasync(work->fd) < 0))
		return err_set(err, errno, "write '%s'", work->path);
	return 0;
}

static int start_record(struct work *work, struct err *err)
{
	_cleanup_free_ char *line = NULL;
	uint64_t random;

	if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return err_set(err, errno, "random number");
	free(work->tag);
	work->tag = mem_textf(WORK_TAG "%016llx", (unsigned long long)random);
	line = mem_textf("begin %s %d\n", work->tag, (int)getpid());
	return append(work, line, true, err);
}

static bool is_name(const char *name)
{
	return name[0] && name[0] != '.' && !strchr(name, '/');
}

int work_begin(const struct fs *host, const char *name, struct work **ret_work,
	       struct err *err)
{
	_cleanup_(work_free_ref) struct work *work = work_new(name);
	struct stat st;
	int rc;

	assert(is_name(name));
	rc = copy_root(host, &work->host, err);
	if (rc == 0)
		rc = make_directories(&work->host, err);
	if (rc == 0)
		rc = lock_patiently(work, O_CREAT, err);
	if (rc == 0 && fstat(work->fd, &st) == 0 && st.st_size > 0) {
		rc = undo_left(work, err);
		if (rc == 0)
			rc = lock_patiently(work, O_CREAT, err);
	}
	if (rc == 0)
		rc = start_record(work, err);
	if (rc < 0)
		return err_wrap(err, "'%s'", name);
	*ret_work = TAKE_PTR(work);
	return 0;
}

const struct fs *work_host(const struct work *work)
{
	return &work->host;
}

const char *work_tag(const struct work *work)
{
	return work->tag;
}

static bool has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

int work_write(const struct work *work, enum work_kind kind, const char *object,
	       bool is_durable, struct err *err)
{
	_cleanup_free_ char *line = mem_textf("%s %s\n", work_kind_word(kind), object);

	if (!object[0] || has_control(object))
		return err_say(err, EINVAL, "'%s': control characters in a name", object);
	return append(work, line, is_durable, err);
}

int work_note(struct work *work, enum work_kind kind, const char *object, struct err *err)
{
	return work_write(work, kind, object, true, err);
}

int work_forget(struct work *work, enum work_kind kind, const char *object,
		struct err *err)
{
	_cleanup_free_ char *line =
		mem_textf("forget %s %s\n", work_kind_word(kind), object);

	return append(work, line, true, err);
}

int work_commit(struct work *work, struct err *err)
{
	return append(work, "commit\n", true, err);
}

int work_end(struct work *work, struct err *err)
{
	_cleanup_(work_free_ref) struct work *owned = work;
	_cleanup_err_ struct err unheard = {0};

	return owned ? undo(owned, NULL, err ? err : &unheard) : 0;
}

/* One record of work_recover(): whose process lives, or has just ended it, is passed over. */
static int recover_one(const struct fs *host, const char *name,
		       struct str_list *ret_names, struct err *err)
{
	_cleanup_(work_free_ref) struct work *work = work_new(name);
	int rc = copy_root(host, &work->host, err);

	if (rc == 0)
		rc = lock_patiently(work, 0, err);
	if (rc == -EBUSY || rc == -ENOENT) {
		err_clear(err);
		return 0;
	}
	if (rc < 0)
		return rc;
	str_list_add(ret_names, name);
	return undo_left(work, err);
}

int work_recover_name(const struct fs *host, const char *name, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	int rc;

	assert(is_name(name));
	rc = recover_one(host, name, &names, err);
	return rc < 0 ? err_wrap(err, "'%s'", name) : 0;
}

int work_left(const struct fs *host, const char *name, struct str_list *ret_notes,
	      struct err *err)
{
	_cleanup_(work_record_clear) struct work_record record = {0};
	_cleanup_(work_free_ref) struct work *work = work_new(name);
	int rc = copy_root(host, &work->host, err);

	assert(is_name(name));
	if (rc == 0)
		rc = lock_patiently(work, 0, err);
	/* Whose process lives is told by work_begin(). */
	if (rc == -EBUSY || rc == -ENOENT) {
		err_clear(err);
		return 0;
	}
	if (rc == 0)
		rc = work_record_read(work->fd, &record, err);
	for (size_t i = 0; rc == 0 && !record.is_committed && i < record.notes.count;
	     i++) {
		const char *object;
		int kind = split_note(record.notes.item[i], &object);

		if (kind != WORK_SPARE && kind != WORK_CLAIM)
			str_list_add(ret_notes, record.notes.item[i]);
	}
	return rc;
}

int work_check_whole(const struct fs *host, const char *name, struct err *err)
{
	_cleanup_str_list_ struct str_list notes = {0};
	int rc = work_left(host, name, &notes, err);

	if (rc < 0 || !notes.count)
		return rc;
	return err_say(err, EBUSY,
		       "'" WORK_DIR "/%s': a command that made it was killed; "
		       "xen-delete-image(8) takes away what it left",
		       name);
}

int work_recover(const struct fs *host, struct str_list *ret_names, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	_cleanup_err_ struct err later = {0};
	int rc = fs_readdir(host, WORK_DIR, &names, err), first = 0;

	if (rc == -ENOENT) {
		err_clear(err);
		return 0;
	}
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < names.count; i++) {
		rc = recover_one(host, names.item[i], ret_names, first ? &later : err);
		if (rc < 0 && !first)
			first = rc;
	}
	return first;
}
