/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dom0 gets after boot: the physical CPUs it runs on, and its scheduler weight. */
#include <inttypes.h>
#include <string.h>

#include "host/topology.h"
#include "resources/resources.h"

#define UNIT "xenhost-dom0.service"
#define UNIT_PATH "etc/systemd/system/" UNIT
#define LINK_PATH "etc/systemd/system/multi-user.target.wants/" UNIT
#define LINK_TARGET "/etc/systemd/system/" UNIT

/*
 * How many threads a core has; 1 if that is not known. Under Xen the machine's topology
 * is hidden.
 */
static unsigned int threads_per_core(const struct facts *facts)
{
	if (facts->xen.version || !facts->cpu.cores)
		return 1;
	return (unsigned int)(facts->cpu.threads / facts->cpu.cores);
}

/* Xen numbers the threads of a core one after the other. */
static bool splits_cores(const struct desc_cpus *cpus, unsigned int threads)
{
	for (size_t i = 0; i < cpus->count; i++) {
		unsigned int first = cpus->cpu[i] / threads * threads;
		size_t found = 0;

		for (size_t j = 0; j < cpus->count; j++)
			found += cpus->cpu[j] / threads * threads == first;
		if (found != threads)
			return true;
	}
	return false;
}

static int check_cpus(struct planner *planner, struct err *err)
{
	const struct desc_dom0 *dom0 = &planner->desc->dom0;
	const struct desc_cpus *cpus = &dom0->pin_cpus;
	const struct facts *facts = planner->facts;
	unsigned int last = cpus->cpu[cpus->count - 1];

	if (!facts->xen.version && facts->cpu.threads && last >= facts->cpu.threads)
		return desc_refuse(planner->desc, dom0->pin.entry, 0, err,
				   "there is no CPU %u: the machine has %zu", last,
				   facts->cpu.threads);
	if (threads_per_core(facts) > 1 && splits_cores(cpus, threads_per_core(facts)))
		planner_warn(planner,
			     "dom0's CPUs share cores with those of guests: "
			     "what one thread does slows and leaks to the other");
	return 0;
}

/* The value of the hypervisor's sched=, NULL: its default, credit2. */
static const char *find_scheduler(const struct desc *desc)
{
	const struct conf_entry *args = desc->xen.args.entry;
	const char *found = NULL;

	for (size_t i = 0; args && i < args->count; i++)
		if (str_starts(args->word[i].text, "sched="))
			found = args->word[i].text + strlen("sched=");
	return found;
}

/*
 * xen-info-notes: "xm sched-credit -d Domain-0 -w 512": twice the share of a guest, whose
 * weight is 256. Only two schedulers have weights.
 */
static int add_weight(struct planner *planner, struct str *unit, struct err *err)
{
	const struct desc *desc = planner->desc;
	const struct desc_number *weight = &desc->dom0.weight;
	const char *scheduler = find_scheduler(desc);

	if (scheduler && strcmp(scheduler, "credit") != 0 &&
	    strcmp(scheduler, "credit2") != 0)
		return desc_refuse(desc, weight->entry, 0, err,
				   "the scheduler '%s' knows no weight", scheduler);
	str_addf(unit, "ExecStart=/usr/sbin/xl sched-%s -d Domain-0 -w %" PRIu64 "\n",
		 scheduler ? scheduler : "credit2", weight->value);
	return 0;
}

/*
 * debian-wiki, "Configure dom0 CPUs"; xen-info-notes, "pin a CPU core only for dom0 use".
 * Which threads are a core is Xen's to tell, at boot: dom0's Linux does not see it, and
 * numbers them otherwise without Xen.
 */
static int add_pin(struct planner *planner, struct str *unit, struct err *err)
{
	const struct desc_dom0 *dom0 = &planner->desc->dom0;
	_cleanup_free_ char *cpus = NULL;
	int rc;

	if (dom0->pin.value == DESC_PIN_AUTO) {
		str_add(unit, "ExecStart=/usr/sbin/xenhost pin\n");
		planner_note(planner, "dom0's virtual CPUs are pinned at boot, to whole "
				      "cores as Xen numbers them, from socket 0 on");
		return 0;
	}
	rc = check_cpus(planner, err);
	if (rc < 0)
		return rc;
	cpus = topology_render(dom0->pin_cpus.cpu, dom0->pin_cpus.count);
	str_addf(unit, "ExecStart=/usr/sbin/xl vcpu-pin Domain-0 all %s\n", cpus);
	return 0;
}

static int render_unit(struct planner *planner, bool is_pinned, struct str *unit,
		       struct err *err)
{
	int rc = 0;

	str_add(unit, "[Unit]\n"
		      "Description=CPUs and weight of dom0\n"
		      "After=xen.service xenstored.service xen-init-dom0.service\n"
		      "Before=xendomains.service\n"
		      "ConditionPathExists=/proc/xen/capabilities\n"
		      "\n[Service]\nType=oneshot\nRemainAfterExit=yes\n");
	if (is_pinned)
		rc = add_pin(planner, unit, err);
	if (rc == 0 && planner->desc->dom0.weight.value)
		rc = add_weight(planner, unit, err);
	return rc;
}

static int plan(struct planner *planner, struct err *err)
{
	const struct desc_dom0 *dom0 = &planner->desc->dom0;
	const char *init = planner->facts->boot.init;
	bool is_pinned =
		dom0->pin.value == DESC_PIN_LIST || dom0->pin.value == DESC_PIN_AUTO;
	bool is_wanted = is_pinned || dom0->weight.value;
	_cleanup_str_ struct str unit = {0};
	int rc = 0;

	if (is_wanted && init && strcmp(init, "systemd") != 0)
		return desc_refuse(
			planner->desc, is_pinned ? dom0->pin.entry : dom0->weight.entry,
			0, err, "this needs a unit at boot, and %s has none", init);
	if (is_wanted)
		rc = render_unit(planner, is_pinned, &unit, err);
	if (rc == 0)
		rc = planner_own(planner, &resource_dom0_unit, UNIT_PATH,
				 is_wanted ? unit.text : NULL, COMMAND_SYSTEMD, err);
	if (rc == 0)
		rc = planner_link(planner, &resource_dom0_unit, LINK_PATH,
				  is_wanted ? LINK_TARGET : NULL, LINK_TARGET,
				  COMMAND_SYSTEMD, err);
	return rc;
}

const struct resource resource_dom0_unit = {.name = "dom0-unit", .plan = plan};
