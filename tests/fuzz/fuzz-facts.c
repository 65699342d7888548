/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as each of the files that facts are read from. */
#include <stdlib.h>
#include <string.h>

#include "base/shell.h"
#include "fuzz.h"
#include "host/facts-parts.h"

static void read_devices(const char *text)
{
	_cleanup_facts_ struct facts facts = {0};
	_cleanup_str_list_ struct str_list names = {0};
	_cleanup_free_ char *number = NULL, *group = facts_volume_group(text);
	_cleanup_free_ char *pci = facts_pci_of(text);

	facts_parse_keyboards(text, &facts);
	facts_default_routes(text, false, &names);
	facts_default_routes(text, true, &names);
	facts.mount = mem_alloc(sizeof(*facts.mount));
	facts.mount_count = 1;
	(void)facts_mount_line(text, strlen(text), &number, facts.mount);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = mem_text_part((const char *)bytes, length);
	_cleanup_free_ char *value = shell_value(text, "ID");
	char config = facts_config_value(text, "XEN_DOM0");
	const char *flag = facts_virtualisation(text);

	if (config != 0 && config != 'y' && config != 'm' && config != 'n')
		abort();
	if (flag && !str_same(flag, "vmx") && !str_same(flag, "svm"))
		abort();
	(void)facts_memory_bytes(text);
	read_devices(text);
	(void)facts_is_pci_address(text);
	return 0;
}
