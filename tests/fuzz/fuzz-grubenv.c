/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as GRUB's environment block; what is written is read as the same again. */
#include <stdlib.h>
#include <string.h>

#include "boot/grubenv.h"
#include "fuzz.h"

static void must_be(bool is_so)
{
	if (!is_so)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_grubenv_ struct grubenv env = {0}, again = {0};
	_cleanup_str_ struct str text = {0};

	if (grubenv_parse((const char *)bytes, length, &env, NULL) < 0)
		return 0;
	grubenv_set(&env, "next_entry", "a>b\\\n");
	must_be(str_same(grubenv_get(&env, "next_entry"), "a>b\\\n"));
	/* Room for what stood unescaped before. */
	env.size = 2 * length + 1024;
	must_be(grubenv_render(&env, &text, NULL) == 0);
	must_be(text.length == env.size);
	must_be(grubenv_parse(text.text, text.length, &again, NULL) == 0);
	must_be(again.name.count == env.name.count);
	must_be(again.comment.count == env.comment.count);
	for (size_t i = 0; i < env.name.count; i++) {
		must_be(strcmp(env.name.item[i], again.name.item[i]) == 0);
		must_be(strcmp(env.value.item[i], again.value.item[i]) == 0);
	}
	return 0;
}
