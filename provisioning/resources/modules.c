/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes what is to be loaded at boot, where the init system looks for it. */
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "base/edit.h"
#include "resources/resources.h"

#define LIST_MAX (16 << 20)
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

/* ---- whether there is such a module ---- */

/* "kernel/drivers/block/loop.ko.xz: ..." -> "loop"; NULL for no such line. */
static char *module_of(const char *line, size_t length)
{
	const char *end = memchr(line, ':', length);
	size_t path = end ? (size_t)(end - line) : length;
	_cleanup_free_ char *copy = mem_text_part(line, path);
	char *name = strrchr(copy, '/');
	char *dot;

	name = name ? name + 1 : copy;
	dot = strstr(name, ".ko");
	if (!dot)
		return NULL;
	*dot = '\0';
	return mem_text(name);
}

/* Both are one character in names of modules: modprobe(8). */
static char *with_underscores(const char *name)
{
	char *copy = mem_text(name);

	for (char *c = copy; *c; c++)
		if (*c == '-')
			*c = '_';
	return copy;
}

static void add_modules(const struct planner *planner, const char *path,
			struct str_list *names)
{
	_cleanup_str_ struct str text = {0};
	const char *cursor, *line;
	size_t length;

	if (fs_read(planner->fs, path, LIST_MAX, &text, NULL) < 0)
		return;
	cursor = str_text(&text);
	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *module = module_of(line, length);

		if (module)
			str_list_add(names, module);
	}
}

/* "alias fs-xfs xfs" */
static bool is_alias(const struct planner *planner, const char *path, const char *name)
{
	_cleanup_str_ struct str text = {0};
	const char *cursor, *line;
	size_t length;

	if (fs_read(planner->fs, path, LIST_MAX, &text, NULL) < 0)
		return false;
	cursor = str_text(&text);
	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *copy = mem_text_part(line, length);
		_cleanup_free_ char *pattern = NULL;

		if (!str_starts(copy, "alias "))
			continue;
		pattern = mem_text_part(copy + 6, strcspn(copy + 6, " "));
		if (fnmatch(pattern, name, 0) == 0)
			return true;
	}
	return false;
}

/* Whether a list of modules of a kernel has a name. */
static bool has_module(const struct str_list *modules, const char *name)
{
	_cleanup_free_ char *wanted = with_underscores(name);

	for (size_t i = 0; i < modules->count; i++) {
		_cleanup_free_ char *module = with_underscores(modules->item[i]);

		if (strcmp(module, wanted) == 0)
			return true;
	}
	return false;
}

/*
 * modules.dep(5), modules.builtin, modules.alias: of the newest kernel, which is booted.
 * systemd-modules-load(8) only logs what it does not find.
 */
static void warn_of_unknown(struct planner *planner)
{
	const struct facts_boot *boot = &planner->facts->boot;
	const struct conf_entry *load = planner->desc->modules.entry;
	const char *version = boot->kernel_count ? boot->kernel[0].version : "";
	_cleanup_free_ char *dir = mem_textf("lib/modules/%s", version);
	_cleanup_free_ char *dep = mem_textf("%s/modules.dep", dir);
	_cleanup_free_ char *builtin = mem_textf("%s/modules.builtin", dir);
	_cleanup_free_ char *alias = mem_textf("%s/modules.alias", dir);
	_cleanup_str_list_ struct str_list modules = {0};

	if (!load || !*version)
		return;
	add_modules(planner, dep, &modules);
	if (!modules.count)
		return;
	add_modules(planner, builtin, &modules);
	for (size_t i = 0; i < load->count; i++) {
		const char *name = load->word[i].text;
		const char *nearest = str_nearest(name, &modules);

		if (has_module(&modules, name) || is_alias(planner, alias, name))
			continue;
		planner_warn(planner, "the kernel %s has no module '%s'%s%s%s", version,
			     name, nearest ? "; did you mean '" : "",
			     nearest ? nearest : "", nearest ? "'?" : "");
	}
}

static int plan(struct planner *planner, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	const char *init = planner->facts->boot.init;

	warn_of_unknown(planner);
	for (size_t i = 0; i < planner->modules.count; i++)
		add_once(&names, planner->modules.item[i].text);
	if (!init || strcmp(init, "systemd") == 0)
		return write_drop_in(planner, &names, err);
	if (str_same(planner->facts->os.family, "suse"))
		return write_sysconfig(planner, &names, err);
	return write_list(planner, &names, err);
}

const struct resource resource_modules = {.name = "modules", .plan = plan};
