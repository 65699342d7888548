/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the options of modules, and what must be in the initial RAM file systems. */
#include <string.h>

#include "base/edit.h"
#include "resources/resources.h"

#define DROP_IN "etc/modprobe.d/xenhost.conf"
#define DEBIAN_INITRAMFS "etc/initramfs-tools"
#define DRACUT_DIR "etc/dracut.conf.d"

/*
 * modprobe.d(5). README.Debian has a file "local-loop" there and README.SUSE
 * /etc/modprobe.conf.local: names that today's kmod does not read any more, or only with
 * a warning; every kmod reads *.conf.
 */
static int write_options(struct planner *planner, struct err *err)
{
	_cleanup_str_ struct str text = {0};

	for (size_t i = 0; i < planner->modprobe.count; i++)
		str_addf(&text, "%s\n", planner->modprobe.item[i].text);
	/* The options reach the initial RAM file system only if something there asks. */
	return planner_own(
		planner, &resource_modprobe, DROP_IN, text.length ? text.text : NULL,
		planner->initrd_modules.count ? COMMAND_INITRAMFS : COMMAND_NONE, err);
}

static bool is_word_line(const char *line, const char *name)
{
	return strcmp(line, name) == 0;
}

/* initramfs-tools(7): a name on each line. */
static int write_initramfs(struct planner *planner, struct err *err)
{
	const struct edit_syntax syntax = {.is_setting = is_word_line};
	struct str *text;
	int rc = planner_edit(planner, &resource_modprobe, DEBIAN_INITRAMFS "/modules",
			      COMMAND_INITRAMFS, &text, err);

	for (size_t i = 0; rc == 0 && i < planner->initrd_modules.count; i++)
		edit_add_once(text, &syntax, planner->initrd_modules.item[i].text);
	return rc;
}

/* dracut.conf(5): drivers that are loaded early. */
static int write_dracut(struct planner *planner, struct err *err)
{
	_cleanup_str_ struct str text = {0};

	for (size_t i = 0; i < planner->initrd_modules.count; i++)
		str_addf(&text, "force_drivers+=\" %s \"\n",
			 planner->initrd_modules.item[i].text);
	return planner_own(planner, &resource_modprobe, DRACUT_DIR "/90-xenhost.conf",
			   text.length ? text.text : NULL, COMMAND_INITRAMFS, err);
}

static int plan(struct planner *planner, struct err *err)
{
	int rc = write_options(planner, err);

	if (rc < 0)
		return rc;
	if (planner_has(planner, DEBIAN_INITRAMFS))
		return write_initramfs(planner, err);
	return write_dracut(planner, err);
}

const struct resource resource_modprobe = {.name = "modprobe", .plan = plan};
