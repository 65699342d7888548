/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as arguments, as names and as the good entry: the menu is always a menu. */
#include <stdlib.h>
#include <string.h>

#include "boot/grub-menu.h"
#include "boot/menu-parts.h"
#include "fuzz.h"

static const struct grub_platform pc = {.platform = "pc", .cpu = "i386"};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *input = mem_text_part((const char *)bytes, length);
	/* Titles begin with the system's name, files with a slash. */
	_cleanup_free_ char *title = mem_textf("OS %s", input);
	_cleanup_free_ char *file = mem_textf("/%s", input);
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	_cleanup_err_ struct err err = {0};
	_cleanup_str_ struct str text = {0};

	str_add(&text, "menuentry ");
	menu_add_quoted(&text, title);
	str_add(&text, " --id ");
	menu_add_word(&text, title);
	str_add(&text, " {\nmultiboot2 /xen placeholder ");
	menu_add_arguments(&text, input);
	str_add(&text, "\nmodule2 ");
	menu_add_word(&text, file);
	str_add(&text, " end\n}\nmenuentry second {\ntrue\n}\n");
	/* The text ends where a NUL is, as variables of the environment do. */
	if (grub_menu_parse("menu", str_text(&text), text.length, NULL, &pc, &menu,
			    &err) < 0)
		abort();
	if (menu.count != 2 || menu.entry[0].kind != GRUB_XEN)
		abort();
	return 0;
}
