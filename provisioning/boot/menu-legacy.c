/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A GRUB_DEFAULT that names an entry of GRUB's own script keeps meaning that entry. */
#include <string.h>

#include "boot/menu-parts.h"

/* The place of an entry in GRUB_DEFAULT's form. The caller frees it. */
static char *path_of(const struct menu *menu, const struct menu_entry *entry)
{
	if (menu_is_flat(menu->env))
		return mem_text(entry->id);
	return mem_textf("xen-advanced-%s>%s>%s", menu->uuid, entry->xen->id, entry->id);
}

/* Whether 20_linux_xen has or had the entry by the name that is the default. */
static bool is_named(const struct menu *menu, const struct menu_entry *entry)
{
	const char *wanted = menu->env->actual_default;
	const char *type = menu_is_recovery(entry->variant) ? "recovery" : "advanced";
	const char *version = entry->kernel->image->version;
	_cleanup_free_ char *title = menu_title(menu, entry);
	_cleanup_free_ char *by_id = mem_textf(
		"gnulinux-advanced-%s>xen-hypervisor-%s-%s>xen-gnulinux-%s-%s-%s",
		menu->uuid, entry->xen->name, menu->uuid, version, type, menu->uuid);
	/* GRUB 1.99 had no submenu around those of hypervisors. */
	_cleanup_free_ char *by_title = mem_textf("Xen %s>%s", entry->xen->name, title);

	/* With a policy its entries had the same ids: the one without came first. */
	return strcmp(wanted, by_title) == 0 ||
	       (!menu_is_xsm(entry->variant) && strcmp(wanted, by_id) == 0);
}

static void correct(struct menu *menu, const char *path, struct str *text)
{
	const char *wanted = menu->env->actual_default;
	_cleanup_free_ char *note = mem_textf(
		"'%s': GRUB_DEFAULT is a name of GRUB's own script, taken for '%s'",
		wanted, path);

	str_add(text, "if [ \"${default}\" = ");
	menu_add_quoted(text, wanted);
	str_add(text, " ]; then\n\tset default=");
	menu_add_quoted(text, path);
	str_add(text, "\nfi\n");
	str_list_add(menu->notes, note);
}

void menu_write_legacy(struct menu *menu, struct str *text)
{
	_cleanup_free_ char *simple = mem_textf("xen-gnulinux-simple-%s", menu->uuid);

	if (menu->entry_count == 0)
		return;
	if (strcmp(menu->env->actual_default, simple) == 0) {
		correct(menu, "xen", text);
		return;
	}
	if (!strchr(menu->env->actual_default, '>'))
		return;
	for (size_t i = 0; i < menu->entry_count; i++) {
		_cleanup_free_ char *path = NULL;

		if (!is_named(menu, &menu->entry[i]))
			continue;
		path = path_of(menu, &menu->entry[i]);
		correct(menu, path, text);
		return;
	}
}
