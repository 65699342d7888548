/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The toolstack's own configuration: xl.conf(5). */
#include "base/edit.h"
#include "resources/resources.h"

#define XL_CONFIG "etc/xen/xl.conf"

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
	struct str *text;
	int rc;

	if (planner->desc->toolstack_kind.value == DESC_XEND)
		return 0;
	if (!planner_has(planner, XL_CONFIG)) {
		planner_warn(planner, "there is no /" XL_CONFIG
				      ": install the toolstack and apply again");
		return 0;
	}
	rc = planner_edit(planner, &resource_toolstack, XL_CONFIG, COMMAND_NONE, &text,
			  err);
	if (rc == 0)
		edit_set(text, &edit_equals, "autoballoon",
			 lines[planner->desc->autoballoon.value], NULL);
	return rc;
}

const struct resource resource_toolstack = {.name = "toolstack", .plan = plan};
