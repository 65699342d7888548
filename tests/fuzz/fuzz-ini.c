/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as a unit or keyfile; what was read is the same when it is read again. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "resources/net-networkd.h"

static void render(const struct ini *ini, struct str *out)
{
	for (size_t i = 0; i < ini->count; i++) {
		str_addf(out, "[%s]\n", ini->section[i].name);
		for (size_t j = 0; j < ini->section[i].count; j++)
			ini_add_entry(out, &ini->section[i].entry[j]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const struct networkd_link link = {.name = "eth0", .mac = "00:16:3e:00:00:01"};
	_cleanup_free_ char *text = mem_text_part((const char *)bytes, length);
	_cleanup_ini_ struct ini unit = {0}, keyfile = {0}, again = {0};
	_cleanup_str_ struct str once = {0}, twice = {0};

	ini_parse(text, true, &unit);
	(void)networkd_matches(&unit, &link);
	ini_parse(text, false, &keyfile);
	render(&keyfile, &once);
	ini_parse(str_text(&once), false, &again);
	render(&again, &twice);
	if (strcmp(str_text(&once), str_text(&twice)) != 0)
		abort();
	return 0;
}
