/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as recorded facts: what is taken is written and taken again, the same. */
#include <stdlib.h>

#include "fuzz.h"
#include "host/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_facts_ struct facts facts = {0}, again = {0};
	_cleanup_json_ json_t *json = NULL, *json_again = NULL;
	_cleanup_err_ struct err err = {0};

	if (facts_parse("fuzz", (const char *)bytes, length, &facts, &err) < 0)
		return 0;
	json = facts_to_json(&facts);
	if (facts_from_json(json, &again, &err) < 0)
		abort();
	json_again = facts_to_json(&again);
	if (!json_equal(json, json_again))
		abort();
	return 0;
}
