/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a text in JSON: what we made valid, jansson must take. */
#include <stdlib.h>

#include "base/json.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = mem_text_part((const char *)bytes, length);
	_cleanup_json_ json_t *value = json_text(text);

	if (!json_is_string(value))
		abort();
	return 0;
}
