/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as each of the files that facts are read from. */
#include <stdlib.h>

#include "fuzz.h"
#include "host/facts-parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = mem_text_part((const char *)bytes, length);
	_cleanup_free_ char *value = facts_shell_value(text, "ID");
	char config = facts_config_value(text, "XEN_DOM0");
	const char *flag = facts_virtualisation(text);

	if (config != 0 && config != 'y' && config != 'm' && config != 'n')
		abort();
	if (flag && !str_same(flag, "vmx") && !str_same(flag, "svm"))
		abort();
	(void)facts_memory_bytes(text);
	(void)facts_is_pci_address(text);
	return 0;
}
