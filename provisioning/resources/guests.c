/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens to guests when the host stops and starts: xendomains' variables. */
#include "base/edit.h"
#include "resources/resources.h"

#define DEBIAN_FILE "etc/default/xendomains"
#define SUSE_FILE "etc/sysconfig/xendomains"
#define SAVE_DIR "/var/lib/xen/save"

static void set(struct str *text, const char *name, const char *value)
{
	_cleanup_free_ char *line = mem_textf("%s=%s", name, value);

	edit_set(text, &edit_shell, name, line, NULL);
}

/*
 * debian-wiki, "Configure guest behaviour on host reboot": XENDOMAINS_RESTORE=false and
 * XENDOMAINS_SAVE="", because saving fails where /var is full. README.SUSE, "Start
 * Scripts": /etc/xen/auto and /etc/sysconfig/xendomains.
 */
static int plan(struct planner *planner, struct err *err)
{
	const struct desc_guests *guests = &planner->desc->guests;
	bool is_saved = guests->on_shutdown.value == DESC_SAVE;
	bool is_restored = guests->restore.entry ? guests->restore.value : is_saved;
	const char *path = planner_has(planner, SUSE_FILE) ? SUSE_FILE : DEBIAN_FILE;
	struct str *text;
	int rc;

	/* The toolstack's package brings it, and asks if somebody else made it. */
	if (!planner_has(planner, path))
		return 0;
	rc = planner_edit(planner, &resource_guests, path, COMMAND_NONE, &text, err);
	if (rc < 0)
		return rc;
	set(text, "XENDOMAINS_SAVE", is_saved ? SAVE_DIR : "\"\"");
	set(text, "XENDOMAINS_RESTORE", is_restored ? "true" : "false");
	if (guests->auto_dir.text)
		set(text, "XENDOMAINS_AUTO", guests->auto_dir.text);
	return 0;
}

const struct resource resource_guests = {.name = "guests", .plan = plan};
