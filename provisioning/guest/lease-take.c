/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An address of the pool becomes a guest's. */
#include <errno.h>
#include <string.h>

#include "guest/lease-parts.h"

/* Whether a line of the pool is that address, with or without its length. */
static bool is_same(const char *line, const char *address)
{
	size_t length = strcspn(line, "/"), other = strcspn(address, "/");

	return length == other && strncmp(line, address, length) == 0 &&
	       (!line[length] || strcmp(line + length, address + other) == 0);
}

static void take(const char *text, const struct lease_line *line, const char *word,
		 const char *guest, struct str *out, bool *has_changed)
{
	str_add(out, text);
	if (*has_changed || !line->address || line->use || !is_same(line->address, word))
		return;
	str_cut(out, out->length - strlen(text));
	str_addf(out, "%s: used by %s", line->address, guest);
	*has_changed = true;
}

int lease_take(const struct fs *host, const char *file, const char *address,
	       const char *guest, struct work *work, struct err *err)
{
	_cleanup_close_ int fd = -1;
	_cleanup_str_ struct str text = {0}, out = {0};
	_cleanup_free_ char *object = NULL;
	int rc = lease_lock(host, file, &fd, err);

	if (rc < 0)
		return rc;
	rc = fs_read(host, file, LEASE_LIMIT, &text, err);
	if (rc < 0)
		return rc;
	if (!lease_rewrite(str_text(&text), take, address, guest, &out))
		return err_say(err, EAGAIN, "address '%s' is not free any more", address);
	object = mem_textf("%s %.*s", file, (int)strcspn(address, "/"), address);
	rc = work_note(work, WORK_LEASE, object, err);
	if (rc < 0)
		return rc;
	return lease_write(host, file, &out, err);
}
