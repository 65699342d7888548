/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost facts: prints what the machine is. */
#include <inttypes.h>
#include <stdio.h>

#include "cmd/host.h"

static const char *or_unknown(const char *text)
{
	return text ? text : "unknown";
}

static const char *answer_text(enum facts_answer answer)
{
	static const char *const texts[] = {
		[FACTS_UNKNOWN] = "unknown", [FACTS_NO] = "no", [FACTS_YES] = "yes"};

	return texts[answer];
}

/* Every line begins with what it is about, so that the text can be searched. */
#define LINE(name, format, ...) printf("%-16s" format "\n", name, __VA_ARGS__)

static void print_system(const struct facts *facts)
{
	const struct facts_cpu *cpu = &facts->cpu;

	LINE("system", "%s", or_unknown(facts->os.name));
	LINE("family", "%s", or_unknown(facts->os.family));
	LINE("architecture", "%s", or_unknown(facts->architecture));
	if (facts->memory_bytes)
		LINE("memory", "%" PRIu64 " MiB", facts->memory_bytes >> 20);
	if (cpu->threads)
		LINE("cpu", "%zu sockets, %zu cores, %zu threads, %zu NUMA nodes",
		     cpu->sockets, cpu->cores, cpu->threads, cpu->numa_nodes);
	LINE("virtualisation", "%s", or_unknown(cpu->virtualisation));
	LINE("iommu", "%s", answer_text(facts->has_iommu));
	if (facts->xen.version)
		LINE("xen", "%s, %s", facts->xen.version,
		     facts->xen.is_dom0 ? "dom0" : "guest");
	else
		LINE("xen", "%s", "not running");
}

static void print_boot(const struct facts_boot *boot)
{
	LINE("loader", "%s", or_unknown(boot->loader));
	LINE("firmware", "%s", or_unknown(boot->firmware));
	LINE("init", "%s", or_unknown(boot->init));
	for (size_t i = 0; i < boot->kernel_count; i++)
		LINE("kernel", "%s, dom0: %s, loop: %s", boot->kernel[i].path,
		     answer_text(boot->kernel[i].can_dom0),
		     or_unknown(boot->kernel[i].loop));
	for (size_t i = 0; i < boot->hypervisor_count; i++)
		LINE("hypervisor", "%s, %s", boot->hypervisor[i].path,
		     boot->hypervisor[i].format);
}

static void print_devices(const struct facts *facts)
{
	for (size_t i = 0; i < facts->stack_count; i++)
		LINE("network stack", "%s%s", facts->stack[i].name,
		     facts->stack[i].is_enabled ? ", enabled" : "");
	for (size_t i = 0; i < facts->nic_count; i++)
		LINE("nic", "%s, %s, %s, %s%s", facts->nic[i].name,
		     or_unknown(facts->nic[i].mac),
		     facts->nic[i].driver ? facts->nic[i].driver : "no driver",
		     facts->nic[i].pci ? facts->nic[i].pci : "not on PCI",
		     facts->nic[i].is_wireless ? ", wireless" : "");
	for (size_t i = 0; i < facts->pci_count; i++)
		LINE("pci", "%s, %04x:%04x, class %06x, %s", facts->pci[i].address,
		     facts->pci[i].vendor, facts->pci[i].device, facts->pci[i].class,
		     facts->pci[i].driver ? facts->pci[i].driver : "no driver");
}

static void print_json(const struct facts *facts)
{
	_cleanup_json_ json_t *json = facts_to_json(facts);
	_cleanup_str_ struct str text = {0};

	json_render(json, &text);
	(void)fputs(str_text(&text), stdout);
}

static int run(const struct call *call, struct err *err)
{
	_cleanup_facts_ struct facts facts = {0};
	_cleanup_fs_ struct fs fs = FS_CLOSED;
	int rc;

	rc = fs_open(call->root, &fs, err);
	if (rc == 0)
		rc = host_read_facts(call, &fs, &facts, err);
	if (rc != EXIT_DONE)
		return rc;
	if (call->is_json) {
		print_json(&facts);
		return EXIT_DONE;
	}
	print_system(&facts);
	print_boot(&facts.boot);
	print_devices(&facts);
	return EXIT_DONE;
}

const struct command command_facts = {
	.name = "facts",
	.summary = "show what the machine is",
	.run = run,
};
