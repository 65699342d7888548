/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as what xl tells of processors and of the pool that they are in. */
#include <stdlib.h>

#include "fuzz.h"
#include "host/topology.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = mem_text_part((const char *)bytes, length);
	_cleanup_topology_ struct topology topology = {0};
	_cleanup_free_ char *one = NULL, *all = NULL;
	size_t count;

	if (!topology_parse(text, &topology))
		return 0;
	count = topology.count;
	topology_restrict(&topology, text);
	if (!topology.count || topology.count > count)
		abort();
	one = topology_choose(&topology, 1);
	all = topology_choose(&topology, count);
	if (!one[0] || !all[0])
		abort();
	return 0;
}
