/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens to guests when the host stops and starts: xendomains' variables. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/edit.h"
#include "host/facts-parts.h"
#include "resources/check-parts.h"
#include "resources/resources.h"

#define DEBIAN_FILE "etc/default/xendomains"
#define SUSE_FILE "etc/sysconfig/xendomains"
#define SAVE_DIR "/var/lib/xen/save"
#define FILE_MAX (1 << 20)

#define UNIT "xenhost-wait-disks.service"
#define UNIT_PATH "etc/systemd/system/" UNIT
#define LINK_PATH "etc/systemd/system/xendomains.service.wants/" UNIT
#define LINK_TARGET "/etc/systemd/system/" UNIT

/* xendomains starts whether this ends well or not: one absent disk is one guest's trouble. */
static const char unit[] = "[Unit]\n"
			   "Description=Wait for the disks of guests\n"
			   "After=local-fs.target remote-fs.target\n"
			   "Before=xendomains.service\n"
			   "ConditionPathExists=/proc/xen/capabilities\n"
			   "\n[Service]\nType=oneshot\n"
			   "ExecStart=/usr/sbin/xenhost wait-disks\n";

static const struct advice no_room = {
	.id = "guests.save-room",
	.severity = SEVERITY_WARNING,
	.why = "debian-wiki-xen.txt:150: saving guests fails where the disk is full",
	.setting = "[guests] on-shutdown = shutdown, or a larger file system",
};

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
static int plan_xendomains(struct planner *planner, struct err *err)
{
	const struct desc_guests *guests = &planner->desc->guests;
	bool is_saved = guests->on_shutdown.value == DESC_SAVE;
	bool is_restored = guests->restore.entry ? guests->restore.value : is_saved;
	const char *path = planner_has(planner, SUSE_FILE) ? SUSE_FILE : DEBIAN_FILE;
	struct str *text;
	int rc;

	if (is_saved && !is_restored)
		planner_warn(planner,
			     "guests are saved, but not restored: they start anew, "
			     "and what was saved must not be restored after that");
	if (guests->auto_dir.text && !planner_has(planner, guests->auto_dir.text))
		planner_warn(planner,
			     "there is no %s: until it is made and has configurations, "
			     "no guest starts with the host",
			     guests->auto_dir.text);
	/* The toolstack's package brings it, and asks if somebody else made it. */
	if (!planner_has(planner, path)) {
		if (guests->on_shutdown.entry || guests->restore.entry ||
		    guests->auto_dir.entry)
			planner_warn(planner,
				     "there is no /%s: install the toolstack and apply "
				     "again",
				     path);
		return 0;
	}
	rc = planner_edit(planner, &resource_guests, path, COMMAND_NONE, &text, err);
	if (rc < 0)
		return rc;
	set(text, "XENDOMAINS_SAVE", is_saved ? SAVE_DIR : "\"\"");
	set(text, "XENDOMAINS_RESTORE", is_restored ? "true" : "false");
	if (guests->auto_dir.text)
		set(text, "XENDOMAINS_AUTO", guests->auto_dir.text);
	return 0;
}

static int plan(struct planner *planner, struct err *err)
{
	const struct desc_flag *wait = &planner->desc->guests.wait_disks;
	const char *init = planner->facts->boot.init;
	int rc = plan_xendomains(planner, err);

	if (rc == 0 && wait->value && init && strcmp(init, "systemd") != 0)
		return desc_refuse(planner->desc, wait->entry, 0, err,
				   "this needs a unit at boot, and %s has none", init);
	if (rc == 0)
		rc = planner_own(planner, &resource_guests, UNIT_PATH,
				 wait->value ? unit : NULL, COMMAND_SYSTEMD, err);
	if (rc == 0)
		rc = planner_link(planner, &resource_guests, LINK_PATH,
				  wait->value ? LINK_TARGET : NULL, LINK_TARGET,
				  COMMAND_SYSTEMD, err);
	return rc;
}

static void check(struct checker *checker)
{
	_cleanup_close_ int fd = -1;
	struct statvfs room;
	uint64_t needed, free_mib;

	if (checker->desc->guests.on_shutdown.value != DESC_SAVE)
		return;
	needed = check_guests_mib(checker_ask(checker, CHECKER_XL_LIST));
	if (!needed ||
	    fs_open_file(checker->fs, SAVE_DIR, O_RDONLY | O_DIRECTORY, &fd, NULL) < 0 ||
	    fstatvfs(fd, &room) < 0)
		return;
	free_mib = ((uint64_t)room.f_bavail * room.f_frsize) >> 20;
	if (free_mib < needed)
		check_add(checker, &no_room,
			  SAVE_DIR " has room for %" PRIu64 " MiB, guests have %" PRIu64
				   " MiB",
			  free_mib, needed);
}

const struct resource resource_guests = {.name = "guests", .plan = plan, .check = check};
