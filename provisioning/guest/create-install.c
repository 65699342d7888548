/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest that its own distribution's installer fills: its volume, and the end of that. */
#include <errno.h>

#include "guest/create-parts.h"
#include "guest/guard.h"
#include "guest/xlcfg.h"

enum { CONFIG_LIMIT = 1 << 20 };

int create_empty(const struct making *making, struct err *err)
{
	int rc = create_volumes(making, err);

	return rc < 0 ? rc
		      : create_config(making->create->host, making->guest, making->work,
				      err);
}

static int finish(const struct fs *host, const char *name, const char *path,
		  struct err *err)
{
	_cleanup_str_ struct str text = {0};
	struct fs_access access = {0644, FS_KEEP_UID, FS_KEEP_GID};
	struct stat st = {0};
	int rc = guard_domain(host, name, err);

	if (rc == 0)
		rc = fs_read(host, path, CONFIG_LIMIT, &text, err);
	if (rc == 0)
		rc = fs_stat(host, path, &st, err);
	if (rc < 0)
		return rc;
	access.mode = st.st_mode & 07777;
	if (!xlcfg_cut_installer(&text))
		return err_say(err, ENOENT, "'%s': it starts no installer", path);
	return fs_replace(host, path, str_text(&text), text.length, &access, NULL, err);
}

int create_finish(const struct fs *host, const char *name, const char *path,
		  struct err *err)
{
	_cleanup_err_ struct err other = {0};
	struct work *work = NULL;
	int rc = work_check_whole(host, name, err), ended;

	if (rc == 0)
		rc = work_begin(host, name, &work, err);
	if (rc == 0)
		rc = finish(host, name, path, err);
	ended = work_end(work, &other);
	if (rc == 0 && ended < 0)
		rc = err_say(err, -ended, "%s", other.text);
	return rc;
}
