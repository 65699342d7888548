/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as menu.lst: our part goes away without a trace, and leaves the entries as they are. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "host/menulst.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = mem_text_part((const char *)bytes, length);
	_cleanup_str_ struct str own = {0}, whole = {0}, again = {0};
	_cleanup_menulst_ struct menulst menu = {0}, more = {0};

	menulst_parse(text, &menu);
	if (menulst_remove_block(text, &own, NULL) < 0)
		return 0;
	menulst_clear(&menu);
	menulst_parse(str_text(&own), &menu);
	if (menulst_add_block(str_text(&own), "default 0\ntitle x\n", &whole, NULL) < 0) {
		if (menu.count)
			abort();
		return 0;
	}
	menulst_parse(whole.text, &more);
	if (more.count != menu.count + 1 || strcmp(more.default_entry, "0") != 0)
		abort();
	if (menulst_remove_block(whole.text, &again, NULL) < 0 ||
	    strcmp(str_text(&again), str_text(&own)) != 0)
		abort();
	return 0;
}
