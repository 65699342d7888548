/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as each of those that tell whether a boot is healthy. */
#include <stdlib.h>
#include <string.h>

#include "boot/trial-health.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = mem_text_part((const char *)bytes, length);
	_cleanup_trial_running_ struct trial_running running = {0};
	_cleanup_str_list_ struct str_list names = {0}, gateways = {0};
	_cleanup_free_ char *failed = health_failed_units(text);

	if (failed && strchr(failed, '\n'))
		abort();
	(void)health_dom0_mib(text);
	health_addressed(text, &names);
	for (size_t i = 0; i < names.count; i++)
		if (!*names.item[i] || strpbrk(names.item[i], " \n:@"))
			abort();
	(void)health_has_address(text, "xenbr0", "192.0.2.1/24");
	if (!health_gateways(text, &gateways) && gateways.count)
		abort();
	(void)health_has_neighbour(text, "192.0.2.1");
	trial_running_parse(text, &running);
	if (!trial_is_same_line(text, text))
		abort();
	return 0;
}
