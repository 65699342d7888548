/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as interfaces(5): each statement is on lines of its own, in order. */
#include <stdlib.h>

#include "fuzz.h"
#include "resources/net-interfaces.h"
#include "resources/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = mem_text_part((const char *)bytes, length);
	_cleanup_free_ char *renamed = net_rename(text, "eth0", "xenbr0");
	_cleanup_interfaces_ struct interfaces interfaces = {0};
	size_t next = 0;

	if (!renamed[0] && text[0])
		abort();
	interfaces_parse(text, &interfaces);
	for (size_t i = 0; i < interfaces.count; i++) {
		const struct interfaces_statement *statement = &interfaces.statement[i];
		_cleanup_str_list_ struct str_list words = {0};

		if (statement->line < next || !statement->line_count ||
		    !statement->keyword[0])
			abort();
		next = statement->line + statement->line_count;
		interfaces_words(statement->value, &words);
	}
	return 0;
}
