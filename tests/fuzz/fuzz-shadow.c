/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as etc/shadow: the account has the value afterwards, and a second time changes nothing. */
#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "guest/identity-shadow.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *input =
		length ? mem_text_part((const char *)bytes, length) : mem_text("");
	_cleanup_str_ struct str text = {0}, again = {0};

	if (strlen(input) != length)
		return 0;
	str_add(&text, input);
	shadow_set(&text, "root", "$y$hash", "19700:0:99999:7:::");
	assert(shadow_is(str_text(&text), "root", "$y$hash"));
	str_add(&again, str_text(&text));
	shadow_set(&again, "root", "$y$hash", "19700:0:99999:7:::");
	assert(strcmp(str_text(&text), str_text(&again)) == 0);
	return 0;
}
