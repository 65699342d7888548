/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes from dom0: its time zone, and the files that the administrator keeps for guests. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "guest/identity-parts.h"

#define SKELETON "etc/xen-tools/skel"
#define FILE_MAX ((size_t)64 << 20)
#define DEPTH_MAX 32

static int copy_tree(struct identity *id, const char *from, const char *to, int depth,
		     struct err *err);

/* Their owners stay: root's, unless the administrator gave them away. */
static struct fs_access access_of(const struct stat *st)
{
	bool is_root = geteuid() == 0;

	return (struct fs_access){.mode = st->st_mode & 07777,
				  .uid = is_root ? st->st_uid : FS_KEEP_UID,
				  .gid = is_root ? st->st_gid : FS_KEEP_GID};
}

static int copy_file(struct identity *id, const char *from, const char *to,
		     const struct fs_access *access, struct err *err)
{
	_cleanup_str_ struct str bytes = {0};
	int rc = fs_read(id->host, from, FILE_MAX, &bytes, err);

	return rc == 0 ? fs_replace(id->root, to, str_text(&bytes), bytes.length, access,
				    NULL, err)
		       : rc;
}

static int copy_link(struct identity *id, const char *from, const char *to,
		     struct err *err)
{
	_cleanup_free_ char *target = NULL;
	int rc = fs_readlink(id->host, from, &target, err);

	return rc == 0 ? fs_link(id->root, to, target, err) : rc;
}

static int copy_one(struct identity *id, const char *from, const char *to, int depth,
		    struct err *err)
{
	struct fs_access access;
	struct stat st;
	int rc = fs_lstat(id->host, from, &st, err);

	if (rc < 0)
		return rc;
	access = access_of(&st);
	if (S_ISREG(st.st_mode))
		return copy_file(id, from, to, &access, err);
	if (S_ISLNK(st.st_mode))
		return copy_link(id, from, to, err);
	if (!S_ISDIR(st.st_mode))
		return err_say(err, EINVAL,
			       "'%s': neither a file, a directory nor a symbolic link",
			       from);
	rc = fs_mkdir(id->root, to, &access, err);
	return rc == 0 ? copy_tree(id, from, to, depth + 1, err) : rc;
}

static int copy_tree(struct identity *id, const char *from, const char *to, int depth,
		     struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	int rc = fs_readdir(id->host, from, &names, err);

	if (rc == 0 && depth > DEPTH_MAX)
		return err_say(err, ELOOP, "'%s': more than %d directories deep", from,
			       DEPTH_MAX);
	for (size_t i = 0; rc == 0 && i < names.count; i++) {
		_cleanup_free_ char *source = mem_textf("%s/%s", from, names.item[i]);
		_cleanup_free_ char *target =
			mem_textf("%s%s%s", to, to[0] ? "/" : "", names.item[i]);

		rc = copy_one(id, source, target, depth, err);
	}
	return rc;
}

/* localtime(5): a link into the time zones, which the guest may have or not. */
static int copy_localtime(struct identity *id, struct err *err)
{
	const struct fs_access access = {
		.mode = 0644, .uid = geteuid(), .gid = getegid()};
	_cleanup_free_ char *target = NULL;
	struct stat st;
	int rc;

	if (fs_stat(id->host, "etc/localtime", &st, NULL) < 0 || !S_ISREG(st.st_mode))
		return 0;
	if (fs_readlink(id->host, "etc/localtime", &target, NULL) == 0 &&
	    str_starts(target, "/usr/share/zoneinfo/") && fs_exists(id->root, target))
		return identity_put_link(id->root, "etc/localtime", target, err);
	rc = identity_put_parents(id->root, "etc/localtime", err);
	/* Not through a link of the guest into its own time zones. */
	if (rc == 0)
		rc = fs_remove(id->root, "etc/localtime", err);
	return rc == 0 ? copy_file(id, "etc/localtime", "etc/localtime", &access, err)
		       : rc;
}

static int copy_timezone(struct identity *id, struct err *err)
{
	_cleanup_str_ struct str zone = {0};
	int rc = identity_get(id->host, "etc/timezone", &zone, err);

	if (rc < 0 || !zone.length || !fs_exists(id->root, "etc/timezone"))
		return rc;
	return identity_put(id->root, "etc/timezone", str_text(&zone), 0644, err);
}

/* policy-rc.d: it stops services from being started while a template is built. */
int identity_copies(struct identity *id, struct err *err)
{
	int rc = copy_localtime(id, err);

	if (rc == 0)
		rc = copy_timezone(id, err);
	if (rc == 0)
		rc = fs_remove(id->root, "usr/sbin/policy-rc.d", err);
	if (rc == 0 && fs_exists(id->host, SKELETON))
		rc = copy_tree(id, SKELETON, "", 0, err);
	return rc;
}
