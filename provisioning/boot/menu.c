/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entries for Xen in GRUB's menu: everything in its order. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/menu-parts.h"
#include "boot/trial.h"

/*
 * A trial is one boot (next_entry) with arguments of its own; every other boot while one
 * is pending or has failed goes to the entry that was good, unless an administrator asked
 * for something else once. It is there with that entry only: xenhost_fallback is set
 * before a menu changes, and means nothing to the menu before. xenhost_trial_args is
 * exported because submenus only have what is.
 */
static const char preamble[] =
	"if [ -n \"${xenhost_fallback}\" ]; then\n"
	"\tif [ \"${boot_once}\" = true ]; then\n"
	"\t\tif [ \"${default}\" = \"${xenhost_trial_entry}\" ]; then\n"
	"\t\t\tset xenhost_trial_args=\"panic=10 "
	"xenhost.trial=${xenhost_trial_seconds}\"\n"
	"\t\t\texport xenhost_trial_args\n"
	"\t\tfi\n"
	"\telse\n"
	"\t\tset default=\"${xenhost_fallback}\"\n"
	"\tfi\n"
	"fi\n";

void menu_note(struct menu *menu, const char *path, const char *format, ...)
{
	_cleanup_free_ char *reason = NULL, *line = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&reason, format, args) < 0)
		mem_abort();
	va_end(args);
	line = mem_textf("'/%s': %s", path, reason);
	if (!str_list_has(menu->notes, line))
		str_list_add(menu->notes, line);
}

static void clear(struct menu *menu)
{
	for (size_t i = 0; i < menu->xen_count; i++) {
		free(menu->xen[i].policy);
		free(menu->xen[i].id);
		free(menu->xen[i].efi);
	}
	for (size_t i = 0; i < menu->kernel_count; i++)
		free(menu->kernel[i].initrd);
	for (size_t i = 0; i < menu->entry_count; i++) {
		free(menu->entry[i].id);
		free(menu->entry[i].section);
	}
	free(menu->xen);
	free(menu->kernel);
	free(menu->entry);
	free(menu->uuid);
	str_list_clear(&menu->early);
	images_clear(&menu->images);
}

void menu_make(const struct fs *fs, const struct menu_env *env, struct str *ret_text,
	       struct str_list *ret_notes)
{
	_cleanup_(clear) struct menu menu = {.fs = fs, .env = env, .notes = ret_notes};
	_cleanup_str_ struct str entries = {0};

	menu_choose(&menu);
	menu_pair(&menu);
	menu_chain(&menu);
	menu_write(&menu, &entries);
	menu_write_legacy(&menu, &entries);
	if (fs_exists(fs, TRIAL_ARMED) && menu_write_good(&menu, &entries))
		str_add(ret_text, preamble);
	str_add(ret_text, str_text(&entries));
}
