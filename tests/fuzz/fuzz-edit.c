/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Edits of any text: what is reverted is what was there, and has no marks. The first byte
 * says which edits are made, two bits for each.
 */
#include <stdlib.h>
#include <string.h>

#include "base/edit.h"
#include "fuzz.h"

static bool is_unwanted(const char *line, const void *data)
{
	(void)data;
	return strchr(line, 'u') != NULL;
}

static void edit(struct str *text, unsigned int which)
{
	switch (which & 3) {
	case 0:
		edit_set(text, &edit_shell, "A", "A=new", NULL);
		break;
	case 1:
		edit_set(text, &edit_equals, "b", "\tb = [ new ]", "s {");
		break;
	case 2:
		(void)!edit_append_words(text, "A", "B", "more words", NULL);
		break;
	default:
		edit_disable(text, is_unwanted, NULL);
		edit_set(text, &edit_sxp, "c", "(c new)", NULL);
		break;
	}
}

static void check_reverts_to(const char *text, const struct str *wanted)
{
	_cleanup_str_ struct str reverted = {0};

	edit_revert(text, &reverted);
	if (strcmp(str_text(&reverted), str_text(wanted)) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_str_ struct str text = {0}, own = {0}, edited = {0}, again = {0};

	if (length == 0)
		return 0;
	str_add_bytes(&text, bytes + 1, length - 1);
	edit_revert(str_text(&text), &own);
	check_reverts_to(str_text(&own), &own);
	str_add(&edited, str_text(&own));
	str_add(&again, str_text(&own));
	for (int shift = 0; shift < 8; shift += 2) {
		edit(&edited, bytes[0] >> shift);
		check_reverts_to(str_text(&edited), &own);
		edit(&again, bytes[0] >> shift);
	}
	if (strcmp(str_text(&edited), str_text(&again)) != 0)
		abort();
	return 0;
}
