/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about processors, memory, the IOMMU and the hypervisor below us. */
#include <stdlib.h>
#include <string.h>

#include "host/facts-parts.h"

#define CPUINFO_MAX (64 << 20) /* a few KiB for each of some thousand threads */

/* "flags\t\t: fpu vme ..." on x86. */
static bool is_flags_line(const char *line, size_t length)
{
	return length > 5 && strncmp(line, "flags", 5) == 0 &&
	       (line[5] == '\t' || line[5] == ' ' || line[5] == ':');
}

static bool line_has_word(const char *line, size_t length, const char *word)
{
	const char *end = line + length;

	while (line < end) {
		size_t size = strcspn(line, " \t\n");

		if (size == strlen(word) && strncmp(line, word, size) == 0)
			return true;
		line += size + 1;
	}
	return false;
}

const char *facts_virtualisation(const char *cpuinfo)
{
	static const char *const flags[] = {"vmx", "svm"};
	const char *cursor = cpuinfo, *line;
	size_t length;

	while (str_next_line(&cursor, &line, &length)) {
		if (!is_flags_line(line, length))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
			if (line_has_word(line, length, flags[i]))
				return flags[i];
	}
	return NULL;
}

uint64_t facts_memory_bytes(const char *meminfo)
{
	static const char name[] = "MemTotal:";
	const char *cursor = meminfo, *line;
	size_t length;

	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *digits = NULL;
		uint64_t kib;

		if (length < sizeof(name) || strncmp(line, name, strlen(name)) != 0)
			continue;
		line += strlen(name);
		line += strspn(line, " \t");
		digits = mem_text_part(line, strspn(line, "0123456789"));
		return str_to_number(digits, INT64_MAX >> 10, &kib) ? kib << 10 : 0;
	}
	return 0;
}

/* "cpu12" -> true for a prefix "cpu". */
static bool is_numbered(const char *name, const char *prefix)
{
	uint64_t number;

	return str_starts(name, prefix) &&
	       str_to_number(name + strlen(prefix), UINT32_MAX, &number);
}

static bool read_id(const struct fs *fs, const char *cpu, const char *name,
		    uint32_t *ret_id)
{
	_cleanup_free_ char *text =
		facts_attribute(fs, "sys/devices/system/cpu/%s/topology/%s", cpu, name);
	uint64_t id;

	if (!text)
		return false;
	/* Virtual machines have -1 where they do not tell. */
	*ret_id = str_to_number(text, UINT32_MAX - 1, &id) ? (uint32_t)id : 0;
	return true;
}

static uint32_t node_of(const struct fs *fs, const char *cpu)
{
	_cleanup_free_ char *path = mem_textf("sys/devices/system/cpu/%s", cpu);
	_cleanup_str_list_ struct str_list names = facts_names(fs, path);
	uint64_t node;

	for (size_t i = 0; i < names.count; i++)
		if (str_starts(names.item[i], "node") &&
		    str_to_number(names.item[i] + strlen("node"), UINT32_MAX - 1, &node))
			return (uint32_t)node;
	return FACTS_NO_NUMBER;
}

static int compare_numbers(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_places(const void *a, const void *b)
{
	const struct facts_thread *left = a, *right = b;
	int order = compare_numbers(left->socket, right->socket);

	if (order == 0)
		order = compare_numbers(left->die, right->die);
	return order ? order : compare_numbers(left->core, right->core);
}

static int compare_threads(const void *a, const void *b)
{
	const struct facts_thread *left = a, *right = b;

	return compare_numbers(left->number, right->number);
}

static void count_cores(struct facts_cpu *cpu)
{
	const struct facts_thread *thread = cpu->online;

	qsort(cpu->online, cpu->online_count, sizeof(*cpu->online), compare_places);
	for (size_t i = 0; i < cpu->online_count; i++) {
		cpu->sockets += !i || thread[i].socket != thread[i - 1].socket;
		cpu->cores += !i || compare_places(&thread[i], &thread[i - 1]) != 0;
	}
	cpu->threads = cpu->online_count;
	qsort(cpu->online, cpu->online_count, sizeof(*cpu->online), compare_threads);
}

static void read_topology(const struct fs *fs, struct facts_cpu *cpu)
{
	_cleanup_str_list_ struct str_list names =
		facts_names(fs, "sys/devices/system/cpu");

	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.item[i];
		struct facts_thread thread = {0};
		uint64_t number;

		if (!str_starts(name, "cpu") ||
		    !str_to_number(name + strlen("cpu"), UINT32_MAX - 1, &number))
			continue;
		/* A processor that is offline has no topology. */
		if (!read_id(fs, name, "physical_package_id", &thread.socket) ||
		    !read_id(fs, name, "core_id", &thread.core))
			continue;
		(void)read_id(fs, name, "die_id", &thread.die);
		thread.number = (uint32_t)number;
		thread.node = node_of(fs, name);
		cpu->online =
			mem_grow(cpu->online, cpu->online_count, sizeof(*cpu->online));
		cpu->online[cpu->online_count++] = thread;
	}
	if (cpu->online_count)
		count_cores(cpu);
}

static void read_numa_nodes(const struct fs *fs, struct facts_cpu *cpu)
{
	_cleanup_str_list_ struct str_list names =
		facts_names(fs, "sys/devices/system/node");

	for (size_t i = 0; i < names.count; i++)
		if (is_numbered(names.item[i], "node"))
			cpu->numa_nodes++;
}

/* https://www.kernel.org/doc/Documentation/ABI/stable/sysfs-hypervisor-xen */
static void read_xen(const struct fs *fs, struct facts_xen *xen)
{
	_cleanup_free_ char *type = facts_attribute(fs, "sys/hypervisor/type");
	_cleanup_free_ char *major = NULL, *minor = NULL, *extra = NULL, *roles = NULL;

	if (!str_same(type, "xen"))
		return;
	major = facts_attribute(fs, "sys/hypervisor/version/major");
	minor = facts_attribute(fs, "sys/hypervisor/version/minor");
	extra = facts_attribute(fs, "sys/hypervisor/version/extra");
	roles = facts_attribute(fs, "proc/xen/capabilities");
	xen->version = mem_textf("%s.%s%s", major ? major : "?", minor ? minor : "?",
				 extra ? extra : "");
	xen->is_dom0 = roles && strstr(roles, "control_d");
}

static enum facts_answer read_iommu(const struct fs *fs)
{
	_cleanup_str_list_ struct str_list units = facts_names(fs, "sys/class/iommu"),
					   groups = facts_names(
						   fs, "sys/kernel/iommu_groups");

	if (units.count || groups.count)
		return FACTS_YES;
	return fs_exists(fs, "sys/kernel") ? FACTS_NO : FACTS_UNKNOWN;
}

void facts_read_cpu(const struct fs *fs, struct facts *facts)
{
	_cleanup_free_ char *meminfo = facts_attribute(fs, "proc/meminfo");
	_cleanup_str_ struct str cpuinfo = {0};

	read_xen(fs, &facts->xen);
	read_topology(fs, &facts->cpu);
	read_numa_nodes(fs, &facts->cpu);
	facts->memory_bytes = facts_memory_bytes(meminfo ? meminfo : "");
	/* Xen hides both from dom0, whether the machine has them or not. */
	if (facts->xen.version)
		return;
	facts->has_iommu = read_iommu(fs);
	if (fs_read(fs, "proc/cpuinfo", CPUINFO_MAX, &cpuinfo, NULL) == 0) {
		const char *flag = facts_virtualisation(str_text(&cpuinfo));

		facts->cpu.virtualisation = mem_text(flag ? flag : "none");
	}
}
