/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a hypervisor's and a kernel's file, and any text as a kernel's configuration. */
#include <stdlib.h>
#include <string.h>

#include "base/kernel-image.h"
#include "fuzz.h"
#include "host/binary.h"
#include "host/facts-parts.h"
#include "host/version.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = mem_text_part((const char *)bytes, length);
	struct binary binary = binary_judge(bytes, length);
	uint64_t offset, payload;

	if (binary.protocol != BINARY_UNBOOTABLE && !binary.format)
		abort();
	if ((binary.protocol == BINARY_MULTIBOOT ||
	     binary.protocol == BINARY_MULTIBOOT2) &&
	    !binary.is_elf)
		abort();
	(void)kernel_image_payload(bytes, length, &offset, &payload);
	(void)kernel_image_compression(bytes, length);
	(void)facts_config_value(text, "XEN_DOM0");
	if (version_compare(text, text) != 0)
		abort();
	if (version_compare(text, "4.20") > 0 && version_compare("4.20", text) > 0)
		abort();
	return 0;
}
