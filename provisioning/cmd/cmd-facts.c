/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost facts: prints what the machine is. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static const char *or_none(const char *text)
{
	return text ? text : "none";
}

static int compare_threads(const void *a, const void *b)
{
	const struct facts_thread *x = a, *y = b;
	const uint32_t left[] = {x->socket, x->node, x->die, x->core, x->number};
	const uint32_t right[] = {y->socket, y->node, y->die, y->core, y->number};

	for (size_t i = 0; i < ARRAY_SIZE(left); i++)
		if (left[i] != right[i])
			return left[i] < right[i] ? -1 : 1;
	return 0;
}

/* "socket 0, node 0: 0,4 1,5": a word for each core. */
static void print_cores(const struct facts_cpu *cpu)
{
	const size_t count = cpu->online_count;
	_cleanup_free_ struct facts_thread *thread =
		mem_alloc((count + 1) * sizeof(*thread));
	_cleanup_str_ struct str text = {0};

	if (!count)
		return;
	memcpy(thread, cpu->online, count * sizeof(*thread));
	qsort(thread, count, sizeof(*thread), compare_threads);
	for (size_t i = 0; i < count; i++) {
		const struct facts_thread *this = &thread[i], *last = i ? this - 1 : NULL;

		if (!last || this->socket != last->socket || this->node != last->node) {
			if (last)
				LINE("cores", "%s", str_text(&text));
			str_cut(&text, 0);
			str_addf(&text, "socket %" PRIu32, this->socket);
			if (this->node != FACTS_NO_NUMBER)
				str_addf(&text, ", node %" PRIu32, this->node);
			str_addf(&text, ": %" PRIu32, this->number);
			continue;
		}
		str_addf(&text, "%c%" PRIu32,
			 this->core == last->core && this->die == last->die ? ',' : ' ',
			 this->number);
	}
	LINE("cores", "%s", str_text(&text));
}

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
	print_cores(cpu);
	LINE("virtualisation", "%s", or_unknown(cpu->virtualisation));
	LINE("iommu", "%s", answer_text(facts->has_iommu));
	if (facts->xen.version)
		LINE("xen", "%s, %s", facts->xen.version,
		     facts->xen.is_dom0 ? "dom0" : "guest");
	else
		LINE("xen", "%s", "not running");
}

static const char *compression_text(const char *compression)
{
	if (!compression)
		return "unknown compression";
	return strcmp(compression, "none") == 0 ? "not compressed" : compression;
}

static void print_boot(const struct facts_boot *boot)
{
	LINE("loader", "%s", or_unknown(boot->loader));
	LINE("firmware", "%s", or_unknown(boot->firmware));
	LINE("init", "%s", or_unknown(boot->init));
	for (size_t i = 0; i < boot->kernel_count; i++)
		LINE("kernel", "%s, dom0: %s, loop: %s, PCI back end: %s, %s",
		     boot->kernel[i].path, answer_text(boot->kernel[i].can_dom0),
		     or_unknown(boot->kernel[i].loop),
		     or_unknown(boot->kernel[i].pci_back),
		     compression_text(boot->kernel[i].compression));
	for (size_t i = 0; i < boot->hypervisor_count; i++)
		LINE("hypervisor", "%s, %s", boot->hypervisor[i].path,
		     boot->hypervisor[i].format);
}

static void print_nics(const struct facts *facts)
{
	for (size_t i = 0; i < facts->stack_count; i++)
		LINE("network stack", "%s%s", facts->stack[i].name,
		     facts->stack[i].is_enabled ? ", enabled" : "");
	for (size_t i = 0; i < facts->nic_count; i++)
		LINE("nic", "%s, %s, %s, %s%s%s", facts->nic[i].name,
		     or_unknown(facts->nic[i].mac),
		     facts->nic[i].driver ? facts->nic[i].driver : "no driver",
		     facts->nic[i].pci ? facts->nic[i].pci : "not on PCI",
		     facts->nic[i].is_wireless ? ", wireless" : "",
		     facts->nic[i].has_default_route ? ", default route" : "");
}

static void print_pci(const struct facts *facts)
{
	for (size_t i = 0; i < facts->pci_count; i++) {
		const struct facts_pci *pci = &facts->pci[i];
		_cleanup_str_ struct str more = {0};

		if (pci->bridge)
			str_addf(&more, ", behind %s", pci->bridge);
		if (pci->iommu_group != FACTS_NO_NUMBER)
			str_addf(&more, ", IOMMU group %" PRIu32, pci->iommu_group);
		LINE("pci", "%s, %04x:%04x, class %06x, %s%s%s", pci->address,
		     pci->vendor, pci->device, pci->class,
		     pci->driver ? pci->driver : "no driver", str_text(&more),
		     pci->is_boot_vga ? ", console" : "");
	}
}

static char *percent_text(uint32_t percent)
{
	return percent == FACTS_NO_NUMBER ? mem_text("unknown")
					  : mem_textf("%" PRIu32 " %%", percent);
}

static void print_thin_pool(const struct facts_thin_pool *pool)
{
	_cleanup_free_ char *data = percent_text(pool->data_percent);
	_cleanup_free_ char *metadata = percent_text(pool->metadata_percent);

	LINE("thin pool", "%s/%s, data: %s, metadata: %s, monitored: %s", pool->group,
	     pool->name, data, metadata, answer_text(pool->is_monitored));
}

static void print_storage(const struct facts *facts)
{
	for (size_t i = 0; i < facts->mount_count; i++) {
		const struct facts_mount *mount = &facts->mount[i];
		_cleanup_str_ struct str pci = {0};

		for (size_t j = 0; j < mount->pci.count; j++)
			str_addf(&pci, " %s", mount->pci.item[j]);
		LINE("mount", "%s, %s, %s, PCI:%s", mount->path, mount->source,
		     mount->type, pci.length ? pci.text : " none");
	}
	for (size_t i = 0; i < facts->volume_group_count; i++)
		LINE("volume group", "%s, in use: %s", facts->volume_group[i].name,
		     answer_text(facts->volume_group[i].is_active));
	for (size_t i = 0; i < facts->thin_pool_count; i++)
		print_thin_pool(&facts->thin_pool[i]);
}

static void print_consoles(const struct facts *facts)
{
	for (size_t i = 0; i < facts->keyboard_count; i++)
		LINE("keyboard", "%s, PCI: %s", facts->keyboard[i].name,
		     or_none(facts->keyboard[i].pci));
	for (size_t i = 0; i < facts->uart_count; i++)
		LINE("uart", "%s, I/O port 0x%" PRIx32 ", IRQ %zu, PCI: %s",
		     facts->uart[i].name, facts->uart[i].io_base, facts->uart[i].irq,
		     or_none(facts->uart[i].pci));
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
	print_nics(&facts);
	print_pci(&facts);
	print_storage(&facts);
	print_consoles(&facts);
	return EXIT_DONE;
}

const struct command command_facts = {
	.name = "facts",
	.summary = "show what the machine is",
	.run = run,
};
