/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes what is to be loaded at boot, where the init system looks for it. */
#include <errno.h>
#include <string.h>

#include "base/edit.h"
#include "resources/resources.h"

#define DROP_IN "etc/modules-load.d/xenhost.conf"
#define DEBIAN_LIST "etc/modules"
#define SUSE_SYSCONFIG "etc/sysconfig/kernel"
#define SUSE_VARIABLE "MODULES_LOADED_ON_BOOT"

static void add_once(struct str_list *list, const char *text)
{
	if (!str_list_has(list, text))
		str_list_add(list, text);
}

/* systemd's modules-load.d(5). */
static int write_drop_in(struct planner *planner, const struct str_list *names,
			 struct err *err)
{
	_cleanup_str_ struct str text = {0};

	for (size_t i = 0; i < names->count; i++)
		str_addf(&text, "%s\n", names->item[i]);
	return planner_own(planner, &resource_modules, DROP_IN,
			   text.length ? text.text : NULL, COMMAND_NONE, err);
}

/* modules(5) of Debian: a name on each line. */
static bool names_module(const char *line, const char *name)
{
	line += strspn(line, " \t");
	return str_starts(line, name) && strchr(" \t#", line[strlen(name)]);
}

static int write_list(struct planner *planner, const struct str_list *names,
		      struct err *err)
{
	const struct edit_syntax syntax = {.is_setting = names_module};
	struct str *text;
	int rc = planner_edit(planner, &resource_modules, DEBIAN_LIST, COMMAND_NONE,
			      &text, err);

	for (size_t i = 0; rc == 0 && i < names->count; i++)
		edit_add_once(text, &syntax, names->item[i]);
	return rc;
}

/* README.SUSE's time; today's SUSE has systemd. */
static int write_sysconfig(struct planner *planner, const struct str_list *names,
			   struct err *err)
{
	_cleanup_str_ struct str words = {0};
	struct str *text;
	int rc = planner_edit(planner, &resource_modules, SUSE_SYSCONFIG, COMMAND_NONE,
			      &text, err);

	if (rc < 0 || !names->count)
		return rc;
	for (size_t i = 0; i < names->count; i++)
		str_addf(&words, "%s%s", i ? " " : "", names->item[i]);
	rc = edit_append_words(text, SUSE_VARIABLE, NULL, words.text, err);
	return rc < 0 ? err_wrap(err, "'" SUSE_SYSCONFIG "'") : 0;
}

static int plan(struct planner *planner, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	const char *init = planner->facts->boot.init;

	for (size_t i = 0; i < planner->modules.count; i++)
		add_once(&names, planner->modules.item[i].text);
	if (!init || strcmp(init, "systemd") == 0)
		return write_drop_in(planner, &names, err);
	if (str_same(planner->facts->os.family, "suse"))
		return write_sysconfig(planner, &names, err);
	return write_list(planner, &names, err);
}

const struct resource resource_modules = {.name = "modules", .plan = plan};
