/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The toolstack's own configuration: xl.conf(5). */
#include <string.h>

#include "base/edit.h"
#include "resources/check-parts.h"
#include "resources/resources.h"

#define XL_CONFIG "etc/xen/xl.conf"
#define XEND_CONFIG "etc/xen/xend-config.sxp"

static const struct advice autoballoon = {
	.id = "toolstack.autoballoon",
	.severity = SEVERITY_WARNING,
	.why = "debian-wiki-xen.txt:127: dom0's memory is fixed, but starting a guest "
	       "takes "
	       "it from dom0",
	.setting = "[toolstack] autoballoon = off",
};

static const struct advice autoballoon_auto = {
	.id = "toolstack.autoballoon-auto",
	.severity = SEVERITY_INFO,
	.why = "debian-wiki-xen.txt:127: xl takes memory from dom0 when Xen was started "
	       "without dom0_mem",
	.setting = "[toolstack] autoballoon = off",
};

/*
 * debian-wiki, "Configure Domain 0 Memory": with a fixed size, ballooning is off in the
 * toolstack too. xend's part is dom0.c's.
 */
static int plan(struct planner *planner, struct err *err)
{
	static const char *const lines[] = {
		[DESC_AUTOBALLOON_OFF] = "autoballoon=\"off\"",
		[DESC_AUTOBALLOON_ON] = "autoballoon=\"on\"",
		[DESC_AUTOBALLOON_AUTO] = "autoballoon=\"auto\"",
	};
	bool is_wanted = planner->desc->toolstack_kind.value == DESC_XL;
	struct str *text;
	int rc;

	if (!planner_has(planner, XL_CONFIG)) {
		if (is_wanted)
			planner_warn(planner, "there is no /" XL_CONFIG
					      ": install the toolstack and apply again");
		return 0;
	}
	rc = planner_edit(planner, &resource_toolstack, XL_CONFIG, COMMAND_NONE, &text,
			  err);
	if (rc == 0 && is_wanted)
		edit_set(text, &edit_equals, "autoballoon",
			 lines[planner->desc->autoballoon.value], NULL);
	return rc;
}

static void check_xend(struct checker *checker)
{
	_cleanup_str_ struct str text = {0};
	_cleanup_free_ char *value = NULL;

	check_read(checker, XEND_CONFIG, &text);
	value = check_sxp_value(str_text(&text), "enable-dom0-ballooning");
	if (str_same(value, "yes"))
		check_add(checker, &autoballoon, XEND_CONFIG " has ballooning on");
}

/* xl.conf(5): "on", "off", "auto", which is the default, or a number as a flag. */
static void check(struct checker *checker)
{
	_cleanup_str_ struct str text = {0};
	_cleanup_free_ char *line = NULL;
	const char *value;

	if (checker->desc->toolstack_kind.value == DESC_XEND) {
		check_xend(checker);
		return;
	}
	if (!fs_exists(checker->fs, XL_CONFIG))
		return;
	check_read(checker, XL_CONFIG, &text);
	line = edit_find(str_text(&text), &edit_equals, "autoballoon");
	value = line ? strchr(line, '=') + 1 : "auto";
	value += strspn(value, " \t\"'");
	if (str_starts(value, "on") || *value == '1')
		check_add(checker, &autoballoon, XL_CONFIG " has autoballoon on");
	else if (str_starts(value, "auto"))
		check_add(checker, &autoballoon_auto,
			  XL_CONFIG " leaves autoballoon to xl");
}

const struct resource resource_toolstack = {
	.name = "toolstack", .plan = plan, .check = check};
