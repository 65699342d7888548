/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as a guest's configuration. */
#include "fuzz.h"
#include "guest/disks.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = mem_text_part((const char *)bytes, length);
	_cleanup_str_list_ struct str_list paths = {0};

	guest_disks(text, &paths);
	for (size_t i = 0; i < paths.count; i++)
		if (paths.item[i][0] != '/')
			__builtin_trap();
	return 0;
}
