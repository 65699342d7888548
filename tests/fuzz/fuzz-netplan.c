/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as a file of netplan's: keys in block style are on lines of their own. */
#include <stdlib.h>

#include "fuzz.h"
#include "resources/net-netplan.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = mem_text_part((const char *)bytes, length);
	_cleanup_netplan_ struct netplan netplan = {0};

	netplan_parse("fuzz", text, &netplan);
	for (size_t i = 0; i < netplan.count; i++) {
		const struct netplan_definition *definition = &netplan.definition[i];

		(void)netplan_has_address(definition);
		for (size_t j = 0; definition->is_block && j < definition->count; j++)
			if (definition->key[j].end <= definition->key[j].line ||
			    (j && definition->key[j].line < definition->key[j - 1].end))
				abort();
	}
	return 0;
}
