/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that the guests' files and network pairs need: loop, netloop; more modules. */
#include <string.h>

#include "resources/resources.h"

/*
 * README.Debian, "About loop devices": 8 are not enough; "options loop max_loop=128" for
 * a module, which must be loaded at boot, or the kernel's parameter where it is built in.
 * All installed kernels count: the next one booted may be any of them.
 */
static void plan_loop(struct planner *planner)
{
	const struct facts_boot *boot = &planner->facts->boot;
	const struct desc_number *max = &planner->desc->loop_max;
	bool is_builtin = false, is_module = boot->kernel_count == 0;

	for (size_t i = 0; i < boot->kernel_count; i++) {
		if (str_same(boot->kernel[i].loop, "builtin"))
			is_builtin = true;
		else if (!str_same(boot->kernel[i].loop, "absent"))
			is_module = true;
	}
	if (!is_builtin && !is_module)
		planner_warn(planner, "no installed kernel has the loop driver");
	if (is_module) {
		planner_wish(&planner->modprobe, max->entry, 0,
			     "options loop max_loop=%ju", (uintmax_t)max->value);
		planner_wish(&planner->modules, max->entry, 0, "loop");
	}
	if (is_builtin) {
		planner_wish(&planner->line[LINE_DOM0], max->entry, 0, "max_loop=%ju",
			     (uintmax_t)max->value);
		planner_wish(&planner->line[LINE_LINUX], max->entry, 0, "max_loop=%ju",
			     (uintmax_t)max->value);
	}
}

static int plan(struct planner *planner, struct err *err)
{
	const struct desc *desc = planner->desc;
	const struct conf_entry *load = desc->modules.entry;

	(void)err;
	plan_loop(planner);
	/* README.SUSE, "Limitations": for the kernels that have netloop. */
	if (desc->netloop_max.entry)
		planner_wish(&planner->modprobe, desc->netloop_max.entry, 0,
			     "options netloop nloopbacks=%ju",
			     (uintmax_t)desc->netloop_max.value);
	for (size_t i = 0; load && i < load->count; i++)
		planner_wish(&planner->modules, load, i, "%s", load->word[i].text);
	/* xen-info-notes, "Network Layout": echo dummy >> /etc/modules */
	if (desc->dummy_count)
		planner_wish(&planner->modules, NULL, 0, "dummy");
	return 0;
}

const struct resource resource_loop = {.name = "loop", .plan = plan};
