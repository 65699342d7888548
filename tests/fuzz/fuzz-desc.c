/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as a description: it is read, or refused with a place. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "host/desc.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_desc_ struct desc desc = {0};
	_cleanup_err_ struct err err = {0};
	int rc = desc_parse("fuzz", (const char *)bytes, length, &desc, &err);

	if (rc == 0)
		return 0;
	if (rc != -EBADMSG || err.code != EBADMSG || !err.detail ||
	    strncmp(err.text, "fuzz:", 5) != 0)
		abort();
	return 0;
}
