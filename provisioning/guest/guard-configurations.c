/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a volume may be written or removed: what other guests' configurations name. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/disks.h"
#include "guest/guard-parts.h"

#define CONFIGURATION_MAX ((size_t)1 << 20)

static const char *const directories[] = {"etc/xen", "etc/xen/vm", "etc/xen/auto"};

/* "web.cfg" and "web" are of the guest "web". */
static bool is_of(const char *file, const char *guest)
{
	size_t length = guest ? strlen(guest) : 0;

	return guest && strncmp(file, guest, length) == 0 &&
	       (!file[length] || strcmp(file + length, ".cfg") == 0);
}

/*
 * One file. What else lies there is passed over: what cannot be read is not, unless its
 * name says that it is no configuration.
 */
static int check_file(const struct fs *host, const char *path, const struct stat *wanted,
		      struct err *err)
{
	_cleanup_str_list_ struct str_list disks = {0};
	_cleanup_str_ struct str text = {0};
	struct stat st;
	int rc;

	if (fs_stat(host, path, &st, NULL) < 0 || !S_ISREG(st.st_mode))
		return 0;
	rc = fs_read(host, path, CONFIGURATION_MAX, &text, err);
	if (rc < 0)
		return rc;
	guest_disks(str_text(&text), &disks);
	for (size_t i = 0; i < disks.count; i++)
		if (guard_is_same(disks.item[i], wanted))
			return err_say(err, EBUSY, "'%s' names it", path);
	return 0;
}

int guard_configurations(const struct fs *host, const struct stat *wanted,
			 const char *guest, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		_cleanup_str_list_ struct str_list names = {0};
		int rc = fs_readdir(host, directories[i], &names, err);

		if (rc == -ENOENT) {
			err_clear(err);
			continue;
		}
		if (rc < 0)
			return rc;
		for (size_t j = 0; j < names.count; j++) {
			_cleanup_free_ char *path =
				mem_textf("%s/%s", directories[i], names.item[j]);

			if (is_of(names.item[j], guest))
				continue;
			rc = check_file(host, path, wanted, err);
			if (rc < 0)
				return rc;
		}
	}
	return 0;
}
