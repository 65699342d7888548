/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a dead process noted: whether it is still what that process made, and unused. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "guest/guard.h"
#include "guest/lvm.h"
#include "guest/work-parts.h"
#include "guest/work-undo.h"

/* Seconds between a note and what it tells, on clocks of whole seconds. */
#define SLACK_BEFORE 2
#define SLACK_AFTER 60

/*
 * What a process that was just killed had mounted is written and closed when its lock is free. How
 * long it had worked since its last note, a template's for minutes, tells nothing.
 */
#define ATTEMPTS 30 /* of guard_check(), which waits a little by itself */

int work_span_read(int fd, struct work_span *ret_span, struct err *err)
{
	struct statx st;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_BTIME | STATX_MTIME, &st) < 0)
		return err_set(err, errno, "read its times");
	ret_span->last = st.stx_mtime.tv_sec;
	ret_span->first = st.stx_mask & STATX_BTIME ? st.stx_btime.tv_sec : 0;
	return 0;
}

/* A file or link without following it; false if it is absent, or has no such time. */
static bool find_birth(const struct fs *root, const char *path, int64_t *ret_birth)
{
	_cleanup_close_ int dir = -1;
	struct statx st;
	const char *name;

	if (fs_open_parent(root, path, &dir, &name, NULL) < 0 ||
	    statx(dir, name, AT_SYMLINK_NOFOLLOW, STATX_BTIME | STATX_TYPE, &st) < 0 ||
	    !(st.stx_mask & STATX_BTIME) || S_ISDIR(st.stx_mode))
		return false;
	*ret_birth = st.stx_btime.tv_sec;
	return true;
}

bool work_is_others(const struct fs *host, enum work_kind kind, const char *object,
		    const struct work_span *span)
{
	_cleanup_fs_ struct fs system = FS_CLOSED;
	const struct fs *root = host;
	int64_t birth;

	if (kind != WORK_FILE && kind != WORK_IMAGE)
		return false;
	if (kind == WORK_IMAGE && fs_open("/", &system, NULL) < 0)
		return false;
	if (kind == WORK_IMAGE)
		root = &system;
	return find_birth(root, object, &birth) &&
	       (birth > span->last + SLACK_AFTER || birth < span->first - SLACK_BEFORE);
}

/* Somebody else's volume of that name may be in use: it is not undone. */
static bool is_ours(const char *object, const char *tag)
{
	_cleanup_lvm_volumes_ struct lvm_volumes found = {0};
	const char *slash = strchr(object, '/');
	_cleanup_free_ char *group = NULL;

	if (!slash)
		return false;
	group = mem_text_part(object, (size_t)(slash - object));
	return lvm_find(group, slash + 1, &found, NULL) < 0 ||
	       strstr(found.item[0].tags, tag);
}

static int guard_patiently(const struct work *work, const char *path, struct err *err)
{
	int rc = guard_check(&work->host, path, work->name, err);

	for (int attempt = 1; rc == -EBUSY && attempt < ATTEMPTS; attempt++) {
		err_clear(err);
		rc = guard_check(&work->host, path, work->name, err);
	}
	return rc;
}

int work_check_idle(const struct work *work, enum work_kind kind, const char *object,
		    const char *tag, const struct work_span *span, struct err *err)
{
	_cleanup_free_ char *path =
		kind == WORK_VOLUME ? mem_textf("/dev/%s", object) : mem_text(object);
	struct stat st;
	int rc;

	if ((kind != WORK_VOLUME && kind != WORK_IMAGE) || stat(path, &st) < 0 ||
	    (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)) ||
	    work_is_others(&work->host, kind, object, span))
		return 0;
	rc = guard_patiently(work, path, err);
	/* Of what is half a volume not everything can be found out; lvm looks itself. */
	if (rc < 0 && kind == WORK_VOLUME && (rc != -EBUSY || !is_ours(object, tag))) {
		err_clear(err);
		return 0;
	}
	return rc;
}
