/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dom0's memory and virtual CPUs, on Xen's line and in the toolstack's configuration. */
#include <inttypes.h>
#include <string.h>

#include "base/edit.h"
#include "resources/resources.h"

#define XEND_CONFIG "etc/xen/xend-config.sxp"
#define MEMORY_MIN_MIB 256  /* no kernel of today starts with less */
#define MEMORY_LOW_MIB 1024 /* debian-wiki: "on Wheezy, 1024M is not enough" */
#define REST_MIB 256	    /* Xen itself and the smallest of guests */
#define AUTO_MIB 1024	    /* and 5 %: room for the structures of all pages */
#define AUTO_ROUND_MIB 16

/*
 * Under Xen, Linux sees dom0's share and not the machine; an image knows of no machine
 * at all.
 */
static uint64_t machine_mib(const struct facts *facts)
{
	return facts->xen.version ? 0 : facts->memory_bytes >> 20;
}

static int check_memory(struct planner *planner, struct err *err)
{
	const struct desc_number *memory = &planner->desc->dom0.memory;
	const struct desc_number *max = &planner->desc->dom0.max_memory;
	uint64_t machine = machine_mib(planner->facts);

	if (memory->value < MEMORY_MIN_MIB)
		return desc_refuse(planner->desc, memory->entry, 0, err,
				   "dom0 does not start with less than %d MiB",
				   MEMORY_MIN_MIB);
	if (machine && memory->value > machine)
		return desc_refuse(planner->desc, memory->entry, 0, err,
				   "dom0 would have %" PRIu64
				   " MiB, but the machine has %" PRIu64 " MiB",
				   memory->value, machine);
	if (machine && max->value > machine)
		return desc_refuse(planner->desc, max->entry, 0, err,
				   "dom0 could grow to %" PRIu64
				   " MiB, but the machine has %" PRIu64 " MiB",
				   max->value, machine);
	if (machine && memory->value + REST_MIB > machine)
		planner_warn(planner,
			     "dom0 gets %" PRIu64 " of %" PRIu64
			     " MiB: nothing is left for guests",
			     memory->value, machine);
	if (memory->value < MEMORY_LOW_MIB)
		planner_warn(planner,
			     "dom0 gets %" PRIu64 " MiB: less than %d MiB is known to "
			     "run out of memory at boot",
			     memory->value, MEMORY_LOW_MIB);
	return 0;
}

/*
 * debian-wiki, "Configure Domain 0 Memory": a static amount, no ballooning. "max:" is
 * always there: without it dom0 keeps structures for all of the machine's memory.
 *
 * auto: 1 GiB and 5 % of the machine, which Xen works out at boot ("<size>+<frac>%", Xen
 * 4.12). So the same line is right on any machine, and does not depend on whether it was
 * planned under Xen.
 */
static int plan_memory(struct planner *planner, uint64_t *ret_xend_mib, struct err *err)
{
	const struct desc_number *memory = &planner->desc->dom0.memory;
	const struct desc_number *max = &planner->desc->dom0.max_memory;
	struct wishes *line = &planner->line[LINE_XEN];
	uint64_t machine = machine_mib(planner->facts), size = memory->value;
	int rc;

	if (size) {
		rc = check_memory(planner, err);
		if (rc < 0)
			return rc;
	} else if (planner->desc->toolstack_kind.value == DESC_XEND) {
		if (!machine)
			return desc_refuse(planner->desc, memory->entry, 0, err,
					   "[dom0] memory: a host with xend needs an "
					   "amount: its machine's memory is not known "
					   "here");
		size = (AUTO_MIB + machine / 20) / AUTO_ROUND_MIB * AUTO_ROUND_MIB;
	} else {
		planner_wish(line, memory->entry, 0, "dom0_mem=1G+5%%,max:1G+5%%");
		return 0;
	}
	planner_wish(line, memory->entry, 0, "dom0_mem=%" PRIu64 "M,max:%" PRIu64 "M",
		     size, max->value ? max->value : size);
	*ret_xend_mib = size;
	return 0;
}

/* debian-wiki, "Configure dom0 CPUs": dom0_max_vcpus=1 dom0_vcpus_pin */
static int plan_vcpus(struct planner *planner, struct err *err)
{
	const struct desc_dom0 *dom0 = &planner->desc->dom0;
	const struct facts *facts = planner->facts;
	struct wishes *line = &planner->line[LINE_XEN];

	if (!facts->xen.version && facts->cpu.threads &&
	    dom0->vcpus.value > facts->cpu.threads)
		return desc_refuse(planner->desc, dom0->vcpus.entry, 0, err,
				   "dom0 would have %" PRIu64
				   " virtual CPUs, but the machine has %zu",
				   dom0->vcpus.value, facts->cpu.threads);
	/* "<min>-<max>": as many as the machine has, within these bounds. */
	if (dom0->vcpus_auto)
		planner_wish(line, dom0->vcpus.entry, 0, "dom0_max_vcpus=1-4");
	else if (dom0->vcpus.value)
		planner_wish(line, dom0->vcpus.entry, 0, "dom0_max_vcpus=%" PRIu64,
			     dom0->vcpus.value);
	if (dom0->pin.value == DESC_PIN_YES)
		planner_wish(line, dom0->pin.entry, 0, "dom0_vcpus_pin");
	return 0;
}

static void set_sxp(struct str *text, const char *name, const char *value)
{
	_cleanup_free_ char *line = mem_textf("(%s %s)", name, value);

	edit_set(text, &edit_sxp, name, line, NULL);
}

/* debian-wiki: (dom0-min-mem 1024) (enable-dom0-ballooning no) (dom0-cpus 1) */
static int plan_xend(struct planner *planner, uint64_t mib, struct err *err)
{
	_cleanup_free_ char *memory = mem_textf("%" PRIu64, mib);
	const struct desc_number *vcpus = &planner->desc->dom0.vcpus;
	bool is_wanted = planner->desc->toolstack_kind.value == DESC_XEND;
	struct str *text;
	int rc;

	if (!planner_has(planner, XEND_CONFIG)) {
		if (is_wanted)
			planner_warn(planner, "there is no /" XEND_CONFIG
					      ": install the toolstack and apply again");
		return 0;
	}
	rc = planner_edit(planner, &resource_dom0, XEND_CONFIG, COMMAND_NONE, &text, err);
	if (rc < 0 || !is_wanted)
		return rc;
	set_sxp(text, "dom0-min-mem", memory);
	set_sxp(text, "enable-dom0-ballooning",
		planner->desc->autoballoon.value == DESC_AUTOBALLOON_ON ? "yes" : "no");
	if (vcpus->value) {
		_cleanup_free_ char *cpus = mem_textf("%" PRIu64, vcpus->value);

		set_sxp(text, "dom0-cpus", cpus);
	}
	return 0;
}

static int plan(struct planner *planner, struct err *err)
{
	const struct conf_entry *args = planner->desc->dom0.kernel_args.entry;
	uint64_t xend_mib = 0;
	int rc = plan_memory(planner, &xend_mib, err);

	if (rc == 0)
		rc = plan_vcpus(planner, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; args && i < args->count; i++)
		planner_wish(&planner->line[LINE_DOM0], args, i, "%s",
			     args->word[i].text);
	return plan_xend(planner, xend_mib, err);
}

const struct resource resource_dom0 = {.name = "dom0", .plan = plan};
