/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's processors as Xen numbers them, and choosing some for dom0. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "host/topology.h"

#define TABLE "cpu_topology"

static int compare_number(unsigned int a, unsigned int b)
{
	return a < b ? -1 : a > b;
}

static int compare_cpus(const void *a, const void *b)
{
	const struct topology_cpu *x = a, *y = b;
	int order = compare_number(x->socket, y->socket);

	if (!order)
		order = compare_number(x->core, y->core);
	return order ? order : compare_number(x->number, y->number);
}

/* The next word of a line that is changed: a number; false if it is none. */
static bool take_number(char **line, unsigned int *ret_number)
{
	char *word;
	uint64_t number;

	do
		word = strsep(line, " \t");
	while (word && !*word);
	if (!word || !str_to_number(word, UINT32_MAX, &number))
		return false;
	*ret_number = (unsigned int)number;
	return true;
}

/* "  2:       1        0        0" */
static bool parse_row(char *line, struct topology_cpu *cpu)
{
	char *colon = strchr(line, ':');
	unsigned int node;

	if (!colon)
		return false;
	*colon = ' ';
	return take_number(&line, &cpu->number) && take_number(&line, &cpu->core) &&
	       take_number(&line, &cpu->socket) && take_number(&line, &node) &&
	       cpu->number <= TOPOLOGY_CPU_MAX;
}

static bool is_row(const char *line)
{
	line += strspn(line, " \t");
	return *line >= '0' && *line <= '9';
}

/* False if a row is malformed or a CPU is there twice. */
static bool add_rows(const char *xl_info, struct topology *topology)
{
	bool has[TOPOLOGY_CPU_MAX + 1] = {false};
	const char *cursor = xl_info, *line;
	size_t length;
	bool is_inside = false;

	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *copy = mem_text_part(line, length);
		struct topology_cpu cpu;

		if (!is_inside || str_starts(copy, "cpu:")) {
			is_inside = is_inside || str_starts(copy, TABLE);
			continue;
		}
		if (!is_row(copy))
			return true;
		if (!parse_row(copy, &cpu) || has[cpu.number])
			return false;
		has[cpu.number] = true;
		topology->cpu = mem_grow(topology->cpu, topology->count, sizeof(cpu));
		topology->cpu[topology->count++] = cpu;
	}
	return true;
}

/* Of a single processor Xen may know no place: then the table has no rows. */
static void add_only_cpu(const char *xl_info, struct topology *topology)
{
	const char *cursor = xl_info, *line;
	size_t length;

	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *copy = mem_text_part(line, length);
		char *value = strchr(copy, ':');
		unsigned int count;

		if (!value || !str_starts(copy, "nr_cpus"))
			continue;
		value++;
		if (take_number(&value, &count) && count == 1) {
			topology->cpu =
				mem_grow(topology->cpu, 0, sizeof(*topology->cpu));
			topology->cpu[topology->count++] = (struct topology_cpu){0};
		}
		return;
	}
}

bool topology_parse(const char *xl_info, struct topology *ret_topology)
{
	struct topology topology = {0};
	bool is_well = add_rows(xl_info, &topology);

	if (is_well && !topology.count)
		add_only_cpu(xl_info, &topology);
	if (!is_well || !topology.count) {
		topology_clear(&topology);
		return false;
	}
	qsort(topology.cpu, topology.count, sizeof(*topology.cpu), compare_cpus);
	*ret_topology = topology;
	return true;
}

void topology_restrict(struct topology *topology, const char *cpupool_list)
{
	const char *line = strchr(cpupool_list, '\n');
	_cleanup_free_ char *copy = NULL;
	bool has[TOPOLOGY_CPU_MAX + 1] = {false};
	size_t kept = 0;
	char *list, *word;

	if (!line)
		return;
	copy = mem_text_part(line + 1, strcspn(line + 1, "\n"));
	list = strrchr(copy, ' '); /* the pool's name may have blanks */
	if (!list)
		return;
	for (list++; (word = strsep(&list, ","));) {
		uint64_t number;

		if (!str_to_number(word, TOPOLOGY_CPU_MAX, &number))
			return;
		has[number] = true;
	}
	for (size_t i = 0; i < topology->count; i++)
		kept += has[topology->cpu[i].number];
	if (!kept)
		return;
	kept = 0;
	for (size_t i = 0; i < topology->count; i++)
		if (has[topology->cpu[i].number])
			topology->cpu[kept++] = topology->cpu[i];
	topology->count = kept;
}

char *topology_render(const unsigned int *cpu, size_t count)
{
	_cleanup_str_ struct str text = {0};

	for (size_t i = 0, last; i < count; i = last + 1) {
		for (last = i; last + 1 < count && cpu[last + 1] == cpu[last] + 1;)
			last++;
		str_addf(&text, "%s%u", i ? "," : "", cpu[i]);
		if (last > i)
			str_addf(&text, "-%u", cpu[last]);
	}
	return str_take(&text);
}

static bool is_same_core(const struct topology_cpu *a, const struct topology_cpu *b)
{
	return a->socket == b->socket && a->core == b->core;
}

static int compare_numbers(const void *a, const void *b)
{
	return compare_number(*(const unsigned int *)a, *(const unsigned int *)b);
}

char *topology_choose(const struct topology *topology, size_t vcpus)
{
	const struct topology_cpu *cpu = topology->cpu;
	_cleanup_free_ unsigned int *chosen =
		mem_alloc((topology->count + 1) * sizeof(*chosen));
	size_t count = 0;

	/* A core that is begun is taken whole. */
	while (count < topology->count &&
	       (count < vcpus || !count || is_same_core(&cpu[count - 1], &cpu[count]))) {
		chosen[count] = cpu[count].number;
		count++;
	}
	qsort(chosen, count, sizeof(*chosen), compare_numbers);
	return topology_render(chosen, count);
}

void topology_clear(struct topology *topology)
{
	if (!topology)
		return;
	free(topology->cpu);
	*topology = (struct topology){0};
}
