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

/* What `take` needs and tells. */
struct taking {
	const char *address, *guest;
	char *taken; /* the address as the pool has it */
};

static void take(const char *text, const struct lease_line *line, void *context,
		 struct str *out)
{
	struct taking *taking = context;

	if (taking->taken || !line->address || line->use ||
	    !is_same(line->address, taking->address)) {
		str_add(out, text);
		return;
	}
	taking->taken = mem_text(line->address);
	str_addf(out, "%s: used by %s", line->address, taking->guest);
}

int lease_take(const struct fs *host, const char *file, const char *address,
	       const char *guest, struct work *work, struct err *err)
{
	_cleanup_close_ int fd = -1;
	_cleanup_str_ struct str text = {0}, out = {0};
	_cleanup_free_ char *object = NULL, *taken = NULL;
	struct taking taking = {address, guest, NULL};
	int rc = lease_lock(host, file, &fd, err);

	if (rc < 0)
		return rc;
	rc = fs_read(host, file, LEASE_LIMIT, &text, err);
	if (rc < 0)
		return rc;
	lease_rewrite(str_text(&text), take, &taking, &out);
	taken = taking.taken;
	if (!taken)
		return err_say(err, EAGAIN, "address '%s' is not free any more", address);
	object = mem_textf("%s %s", file, taken);
	rc = work_note(work, WORK_LEASE, object, err);
	if (rc < 0)
		return rc;
	return lease_write(host, file, &out, err);
}
