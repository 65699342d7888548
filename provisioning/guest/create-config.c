/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration of a guest that is being made. */
#include <errno.h>

#include "guest/create.h"
#include "guest/xlcfg.h"

int create_config(const struct fs *host, const struct guest *guest, struct work *work,
		  struct err *err)
{
	static const struct fs_access access = {0644, FS_KEEP_UID, FS_KEEP_GID};
	_cleanup_str_ struct str text = {0};
	struct stat st;
	int rc = xlcfg_make_for(host, guest, &text, err);

	if (rc < 0)
		return rc;
	/* Noted, it would go with this work: minutes after it was found absent. */
	rc = fs_lstat(host, guest->config, &st, err);
	if (rc == 0)
		return err_say(err, EEXIST, "'%s': there is a guest of that name",
			       guest->config);
	if (rc != -ENOENT)
		return rc;
	err_clear(err);
	rc = work_note(work, WORK_FILE, guest->config, err);
	return rc < 0 ? rc
		      : fs_replace(host, guest->config, str_text(&text), text.length,
				   &access, NULL, err);
}
