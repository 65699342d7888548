/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as a grub.cfg; what it has can be named, and its good entry can be read again. */
#include <stdlib.h>
#include <string.h>

#include "boot/grub-menu.h"
#include "fuzz.h"

static const struct grub_platform pc = {.platform = "pc", .cpu = "i386"};

static void must_be(bool is_so)
{
	if (!is_so)
		abort();
}

static void check_place(const struct grub_menu *menu, size_t index)
{
	must_be(index == GRUB_NONE || index < menu->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_grubenv_ struct grubenv env = {.size = 1024};
	_cleanup_grub_menu_ struct grub_menu menu = {0};

	grubenv_set(&env, "next_entry", "1>xen");
	grubenv_set(&env, "saved_entry", "xen");
	if (grub_menu_parse("boot/grub/grub.cfg", (const char *)bytes, length, &env, &pc,
			    &menu, NULL) < 0)
		return 0;
	check_place(&menu, menu.chosen);
	check_place(&menu, menu.standing);
	check_place(&menu, menu.fallback);
	must_be((menu.count == 0) == (menu.chosen == GRUB_NONE));
	for (size_t i = 0; i < menu.count; i++) {
		const struct grub_entry *entry = &menu.entry[i];

		must_be(entry->parent == GRUB_NONE || entry->parent < i);
		if (menu.count < 100) {
			must_be(grub_menu_find(&menu, entry->path) == i);
			must_be(grub_menu_find(&menu, entry->number) == i);
		}
		must_be((entry->kind == GRUB_XEN) == (entry->hypervisor != NULL));
	}
	return 0;
}
