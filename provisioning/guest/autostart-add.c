/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making the link of a guest that starts with the host. */
#include <errno.h>
#include <string.h>

#include "guest/autostart.h"

int autostart_add(const struct fs *host, const char *config, struct work *work,
		  struct err *err)
{
	const struct fs_access access = {0755, FS_KEEP_UID, FS_KEEP_GID};
	_cleanup_free_ char *directory = autostart_dir(host);
	_cleanup_free_ char *path = mem_textf("%s%s", directory, strrchr(config, '/'));
	_cleanup_str_list_ struct str_list there = {0};
	struct stat st;
	int rc = autostart_find(host, config, &there, err);

	if (rc < 0 || str_list_has(&there, path))
		return rc;
	if (fs_lstat(host, path, &st, NULL) == 0)
		/* Where configurations are made is where xendomains looks for them. */
		return autostart_is_config(host, config, &st)
			       ? 0
			       : err_set(err, EEXIST, "link '%s'", path);
	rc = fs_mkdir(host, directory, &access, err);
	if (rc == 0)
		rc = work_note(work, WORK_FILE, path, err);
	return rc < 0 ? rc : fs_link(host, path, config, err);
}
