/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that the guests' files and network pairs need: loop, netloop; more modules. */
#include <string.h>

#include "host/facts-parts.h"
#include "resources/check-parts.h"
#include "resources/resources.h"

static const struct advice not_loaded = {
	.id = "loop.not-loaded",
	.severity = SEVERITY_WARNING,
	.why = "README.Debian.txt:70: a guest on files fails to start if the driver is "
	       "not "
	       "loaded before",
	.setting = "[loop] max, then apply and reboot; now: modprobe loop",
};

static const struct advice too_few = {
	.id = "loop.devices",
	.severity = SEVERITY_WARNING,
	.why = "README.Debian.txt:61: each guest whose disks are files takes two or more "
	       "of them",
	.setting = "[loop] max, then apply and reboot",
};

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

static size_t count_devices(const struct fs *fs)
{
	_cleanup_str_list_ struct str_list names = facts_names(fs, "dev");
	size_t count = 0;
	uint64_t number;

	for (size_t i = 0; i < names.count; i++)
		count += str_starts(names.item[i], "loop") &&
			 str_to_number(names.item[i] + strlen("loop"), UINT32_MAX,
				       &number);
	return count;
}

/* With max_loop the driver makes so many devices when it is loaded. */
static void check(struct checker *checker)
{
	const struct fs *fs = checker->fs;
	uint64_t max = checker->desc->loop_max.value;
	size_t count;

	if (!checker->has_hardware || !fs_exists(fs, "sys/module"))
		return;
	if (!fs_exists(fs, "sys/module/loop")) {
		check_add(checker, &not_loaded, "the loop driver is not loaded");
		return;
	}
	count = count_devices(fs);
	if (count < max)
		check_add(checker, &too_few, "there are %zu loop devices, not %ju", count,
			  (uintmax_t)max);
}

const struct resource resource_loop = {.name = "loop", .plan = plan, .check = check};
