/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen-resize-image: makes a guest's volume and its file system larger. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmd/guests.h"
#include "guest/removal.h"
#include "guest/resize.h"
#include "guest/storage.h"

#define SIZE_MAX_BYTES ((uint64_t)1 << 60)

static const struct option_spec options[] = {
	{"hostname", "NAME", "the guest"},
	{"add", "SIZE", "make it larger by SIZE: 512 (MiB), 512M, 10G"},
	{"size", "SIZE", "make it SIZE large"},
	{"partition", "NAME", "which volume (disk): its name, device or path"},
	{"output", "DIR", "where configurations are (/etc/xen)"},
	{"extension", "[=TEXT]", "what their names end in (.cfg); nothing: all files"},
	{"config", "FILE", "read FILE beside xen-tools.conf"},
	{"force", NULL, "accepted: nothing is asked"},
	{"dir", "DIR", NULL},
	{"lvm", "VG", NULL},
	{"verbose", NULL, NULL},
	{"xen-ok", NULL, NULL},
	{NULL, NULL, NULL},
};

struct resizing {
	struct fs host;
	struct settings settings;
	struct inventory inventory;
};

static void resizing_clear(struct resizing *resizing)
{
	fs_close(&resizing->host);
	settings_clear(&resizing->settings);
	inventory_clear(&resizing->inventory);
}

static int read_name(const struct call *call, const char **ret_name, struct err *err)
{
	const char *name = call_value(call, "hostname");

	if (call->operand_count + (name ? 1 : 0) != 1)
		return err_say(err, EINVAL, "name one guest");
	*ret_name = name ? name : call->operand[0];
	if (!removal_is_name(*ret_name))
		return err_say(err, EINVAL, "'%s' is no name of a guest", *ret_name);
	return 0;
}

/* Exactly one of them is given. */
static int read_size(const struct call *call, bool *ret_is_more, uint64_t *ret_bytes,
		     struct err *err)
{
	const char *add = call_value(call, "add"), *size = call_value(call, "size");
	const char *text = add ? add : size;

	if (!text || (add && size))
		return err_say(err, EINVAL, "give either --add or --size");
	if (!setting_parse_size(text, ret_bytes))
		return err_say(err, EINVAL, "--%s: '%s' is no size; 512M and 10G are",
			       add ? "add" : "size", text);
	*ret_is_more = add;
	return 0;
}

static int resize(const struct call *call, const struct resizing *resizing,
		  const char *name, bool is_more, uint64_t bytes, struct err *err)
{
	const char *volume = call_value(call, "partition"), *path = NULL;
	const struct inventory_guest *guest;
	struct storage_use use = {0};
	int rc = inventory_find(&resizing->inventory, name, &guest, err);

	if (rc == 0 && guest->fault)
		rc = err_say(err, EINVAL, "%s", guest->fault);
	if (rc == 0)
		rc = resize_find(guest, volume ? volume : "disk", &path, err);
	if (rc == 0 && is_more)
		rc = storage_measure(path, &use, err);
	if (rc < 0)
		return rc;
	if (bytes > SIZE_MAX_BYTES - use.size)
		return err_say(err, EINVAL, "that is too large");
	rc = resize_run(&resizing->host, name, path, use.size + bytes, err);
	if (rc == 0)
		guests_print(stdout, "resized '%s' to %" PRIu64 " MiB\n", path,
			     (use.size + bytes) >> 20);
	return rc;
}

static int run(const struct call *call, struct err *err)
{
	_cleanup_(resizing_clear) struct resizing resizing = {.host = FS_CLOSED};
	const char *name;
	uint64_t bytes;
	bool is_more;
	int rc = read_name(call, &name, err);

	if (rc == 0)
		rc = read_size(call, &is_more, &bytes, err);
	if (rc < 0)
		return EXIT_USAGE;
	rc = guests_open(call, &resizing.host, &resizing.settings, err);
	if (rc == 0)
		rc = guests_inventory(call, &resizing.settings, &resizing.host,
				      &resizing.inventory, err);
	if (rc == 0)
		rc = resize(call, &resizing, name, is_more, bytes, err);
	return rc < 0 ? err_wrap(err, "%s", name) : rc;
}

const struct command command_resize_image = {
	.name = "xen-resize-image",
	.summary = "Makes a guest's volume and its file system larger",
	.operands = "NAME",
	.options = options,
	.run = run,
};
