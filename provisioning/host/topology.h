/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's processors as Xen numbers them, and choosing some for dom0. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

/*
 * A thread of a core of a socket. Cores are counted anew in each socket. dom0's Linux
 * sees nothing of this: its CPUs are virtual.
 */
struct topology_cpu {
	unsigned int number, core, socket;
};

struct topology {
	struct topology_cpu *cpu; /* by socket, core and number */
	size_t count;
};

#define _cleanup_topology_ _cleanup_(topology_clear)

#define TOPOLOGY_CPU_MAX 4095 /* more than Xen's NR_CPUS may be */

/*
 * Reads the table "cpu_topology" of `xl info -n`, xl(1), which may be empty where there is
 * one processor. False if there is none or a line of it is malformed.
 */
bool topology_parse(const char *xl_info, struct topology *ret_topology) _must_check_;

/*
 * Leaves only the CPUs that the pool has in what `xl cpupool-list -c POOL` prints: with
 * smt=0 the others are parked. All stay if that is no such text or has none of them.
 */
void topology_restrict(struct topology *topology, const char *cpupool_list);

/*
 * A list of CPUs for `vcpus` virtual ones, "0-3,8": whole cores, from the first of the
 * first socket on, until they have as many threads; all there are if that is less. The
 * caller frees it.
 */
char *topology_choose(const struct topology *topology, size_t vcpus);

/* "0,2-3", of ascending numbers. The caller frees it. */
char *topology_render(const unsigned int *cpu, size_t count);

/* May run twice. */
void topology_clear(struct topology *topology);
