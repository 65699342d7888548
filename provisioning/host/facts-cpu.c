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

static void add_once(struct str_list *list, const char *text)
{
	if (!str_list_has(list, text))
		str_list_add(list, text);
}

static void read_topology(const struct fs *fs, struct facts_cpu *cpu)
{
	static const char base[] = "sys/devices/system/cpu";
	_cleanup_str_list_ struct str_list names = facts_names(fs, base), sockets = {0},
					   cores = {0};

	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *socket = NULL, *core = NULL, *die = NULL,
				    *key = NULL;
		const char *name = names.item[i];

		/* A processor that is offline has no topology. */
		if (!is_numbered(name, "cpu"))
			continue;
		socket = facts_attribute(fs, "%s/%s/topology/physical_package_id", base,
					 name);
		core = facts_attribute(fs, "%s/%s/topology/core_id", base, name);
		die = facts_attribute(fs, "%s/%s/topology/die_id", base, name);
		if (!socket || !core)
			continue;
		key = mem_textf("%s/%s/%s", socket, die ? die : "0", core);
		add_once(&sockets, socket);
		add_once(&cores, key);
		cpu->threads++;
	}
	cpu->sockets = sockets.count;
	cpu->cores = cores.count;
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
