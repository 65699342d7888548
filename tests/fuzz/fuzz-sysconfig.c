/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as a sysconfig file: each line that counts is one of the text's. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "resources/net-sysconfig.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = mem_text_part((const char *)bytes, length);
	_cleanup_sysconfig_ struct sysconfig sysconfig = {0};

	sysconfig_parse(text, &sysconfig);
	for (size_t i = 0; i < sysconfig.count; i++)
		if (!strstr(text, sysconfig.line[i].raw) ||
		    !sysconfig_get(&sysconfig, sysconfig.line[i].name))
			abort();
	return 0;
}
