/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a template must not have, because two guests must not. */
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "guest/identity-parts.h"

#define DEPTH_MAX 32

enum erase_kind {
	ERASE_FILE,    /* it is removed */
	ERASE_TEXT,    /* it is emptied, if it is there */
	ERASE_FILES,   /* all files below the directory; directories stay */
	ERASE_CONTENT, /* all that is below the directory */
	ERASE_NOT,     /* it stays, whatever is said of its directory */
};

static const struct {
	const char *path;
	enum erase_kind kind;
	const char *pattern; /* only names that match; NULL: all */
} things[] = {
	{"etc/machine-id", ERASE_TEXT, NULL},
	{"var/lib/dbus/machine-id", ERASE_FILE, NULL},
	{"etc/hostname", ERASE_FILE, NULL},
	{"etc/ssh", ERASE_FILES, "ssh_host_*"},
	{"var/lib/systemd/random-seed", ERASE_FILE, NULL},
	{"var/lib/systemd/credential.secret", ERASE_FILE, NULL},
	{"var/lib/urandom/random-seed", ERASE_FILE, NULL},
	{"etc/udev/rules.d/70-persistent-net.rules", ERASE_FILE, NULL},
	/* The interfaces of the machine that a given root is of, all but the loopback. */
	{"etc/network/interfaces", ERASE_TEXT, NULL},
	{"etc/network/interfaces.d", ERASE_FILES, NULL},
	{"etc/netplan", ERASE_FILES, "*.yaml"},
	{"etc/systemd/network", ERASE_FILES, "*.network"},
	{"etc/NetworkManager/system-connections", ERASE_FILES, NULL},
	{"etc/sysconfig/network", ERASE_FILES, "ifcfg-*"},
	{"etc/sysconfig/network", ERASE_FILES, "ifroute-*"},
	{"etc/sysconfig/network", ERASE_FILES, "routes"},
	{"etc/sysconfig/network/ifcfg-lo", ERASE_NOT, NULL},
	{"etc/sysconfig/network-scripts", ERASE_FILES, "ifcfg-*"},
	{"etc/sysconfig/network-scripts", ERASE_FILES, "route-*"},
	{"etc/sysconfig/network-scripts", ERASE_FILES, "route6-*"},
	{"etc/sysconfig/network-scripts/ifcfg-lo", ERASE_NOT, NULL},
	{"etc/iscsi/initiatorname.iscsi", ERASE_FILE, NULL},
	{"etc/nvme/hostid", ERASE_FILE, NULL},
	{"etc/nvme/hostnqn", ERASE_FILE, NULL},
	{"root/.bash_history", ERASE_FILE, NULL},
	{"usr/sbin/policy-rc.d", ERASE_FILE, NULL},
	{"var/lib/dhcp", ERASE_FILES, NULL},
	{"var/lib/dhclient", ERASE_FILES, NULL},
	{"var/lib/dhcpcd", ERASE_FILES, NULL},
	{"var/lib/NetworkManager", ERASE_FILES, NULL},
	{"var/lib/wicked", ERASE_FILES, NULL},
	{"var/lib/cloud", ERASE_CONTENT, NULL},
	{"var/log/wtmp", ERASE_TEXT, NULL},
	{"var/log/btmp", ERASE_TEXT, NULL},
	{"var/log/lastlog", ERASE_TEXT, NULL},
	{"var/log/journal", ERASE_CONTENT, NULL},
	{"var/log", ERASE_FILES, NULL},
	{"var/cache/apt/archives", ERASE_FILES, NULL},
	{"var/cache/zypp", ERASE_CONTENT, NULL},
	{"var/lib/zypp/AnonymousUniqueId", ERASE_FILE, NULL},
	{"tmp", ERASE_CONTENT, NULL},
	{"var/tmp", ERASE_CONTENT, NULL},
};

static int erase_below(const struct fs *root, const char *directory, const char *pattern,
		       bool has_directories, int depth, struct err *err);

/* Who may read it, and whose it is, stays. */
static int make_empty(const struct fs *root, const char *path, struct err *err)
{
	struct fs_access access = {.uid = FS_KEEP_UID, .gid = FS_KEEP_GID};
	struct stat st;

	if (fs_lstat(root, path, &st, NULL) < 0)
		return 0;
	if (!S_ISREG(st.st_mode))
		return fs_remove(root, path, err);
	access.mode = st.st_mode & 07777;
	return fs_replace(root, path, "", 0, &access, NULL, err);
}

/* What is emptied is there: who logs in, for one, is only noted where the file is. */
static bool is_kept(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(things); i++)
		if ((things[i].kind == ERASE_TEXT || things[i].kind == ERASE_NOT) &&
		    strcmp(things[i].path, path) == 0)
			return true;
	return false;
}

static int erase_one(const struct fs *root, const char *path, bool has_directories,
		     int depth, struct err *err)
{
	struct stat st;
	int rc = fs_lstat(root, path, &st, err);

	if (rc < 0 || is_kept(path))
		return rc;
	if (!S_ISDIR(st.st_mode))
		return fs_remove(root, path, err);
	rc = erase_below(root, path, NULL, has_directories, depth + 1, err);
	return rc == 0 && has_directories ? fs_remove(root, path, err) : rc;
}

static int erase_below(const struct fs *root, const char *directory, const char *pattern,
		       bool has_directories, int depth, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	struct stat st;
	int rc;

	if (depth > DEPTH_MAX)
		return err_say(err, ELOOP, "'%s': more than %d directories deep",
			       directory, DEPTH_MAX);
	/* Not what a link leads to: only here is it certain what it holds. */
	if (fs_lstat(root, directory, &st, NULL) < 0 || !S_ISDIR(st.st_mode))
		return 0;
	rc = fs_readdir(root, directory, &names, err);
	for (size_t i = 0; rc == 0 && i < names.count; i++) {
		_cleanup_free_ char *path = mem_textf("%s/%s", directory, names.item[i]);

		if (!pattern || fnmatch(pattern, names.item[i], 0) == 0)
			rc = erase_one(root, path, has_directories, depth, err);
	}
	return rc;
}

int identity_erase(const struct fs *root, struct err *err)
{
	const struct fs unsynced = {
		.root = root->root, .path = root->path, .is_unsynced = true};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(things); i++) {
		const char *path = things[i].path;

		switch (things[i].kind) {
		case ERASE_FILE:
			rc = fs_remove(&unsynced, path, err);
			break;
		case ERASE_TEXT:
			rc = make_empty(&unsynced, path, err);
			break;
		case ERASE_FILES:
		case ERASE_CONTENT:
			rc = erase_below(&unsynced, path, things[i].pattern,
					 things[i].kind == ERASE_CONTENT, 0, err);
			break;
		case ERASE_NOT:
			break;
		}
	}
	return rc;
}
