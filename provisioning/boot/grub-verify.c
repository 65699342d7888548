/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether GRUB starts by itself what the description asks for. */
#include <errno.h>
#include <stdlib.h>

#include "boot/grub-verify.h"
#include "boot/trial.h"

static const char *name_of(const struct grub_entry *entry)
{
	return entry->id ? entry->id : entry->title;
}

void grub_default_read(const struct fs *fs, const char *firmware,
		       struct grub_default *ret_default)
{
	_cleanup_grub_menu_ struct grub_menu menu = {0};

	*ret_default = (struct grub_default){0};
	if (trial_menu_read(fs, firmware, &menu, NULL) < 0)
		return;
	ret_default->is_known = true;
	if (menu.standing == GRUB_NONE)
		return;
	ret_default->kind = menu.entry[menu.standing].kind;
	ret_default->name = mem_text(name_of(&menu.entry[menu.standing]));
}

void grub_default_clear(struct grub_default *before)
{
	free(before->name);
	*before = (struct grub_default){0};
}

/* Words for a kind, as what "would start". */
static const char *kind_text(enum grub_kind kind)
{
	static const char *const texts[] = {
		[GRUB_OTHER] = "neither Xen nor Linux",
		[GRUB_LINUX] = "Linux without Xen",
		[GRUB_XEN] = "Xen",
		[GRUB_SUBMENU] = "an empty submenu",
	};

	return texts[kind];
}

static int verify_kind(const struct grub_menu *menu, enum grub_kind kind, struct err *err)
{
	const struct grub_entry *entry;

	if (menu->standing == GRUB_NONE)
		return err_say(err, ENOENT, "GRUB's menu has no entries");
	entry = &menu->entry[menu->standing];
	if (menu->is_standing_lost)
		return err_say(err, ENOENT,
			       "GRUB's default '%s' names nothing: it would start '%s', "
			       "%s",
			       menu->default_text, entry->title, kind_text(entry->kind));
	if (entry->kind != kind)
		return err_say(err, ENOENT, "GRUB would start '%s', %s", entry->title,
			       kind_text(entry->kind));
	return 0;
}

static int verify_same(const struct grub_menu *menu, const struct grub_default *before,
		       struct err *err)
{
	const struct grub_entry *entry =
		menu->standing == GRUB_NONE ? NULL : &menu->entry[menu->standing];

	if (!before->is_known)
		return 0;
	if (entry ? before->kind == entry->kind && str_same(before->name, name_of(entry))
		  : !before->name)
		return 0;
	return err_say(err, ENOENT, "GRUB would start '%s' and started '%s' before",
		       entry ? name_of(entry) : "nothing",
		       before->name ? before->name : "nothing");
}

int grub_verify(const struct grub_menu *menu, enum desc_boot_default wanted,
		const struct grub_default *before, struct err *err)
{
	switch (wanted) {
	case DESC_DEFAULT_XEN:
		return verify_kind(menu, GRUB_XEN, err);
	case DESC_DEFAULT_LINUX:
		return verify_kind(menu, GRUB_LINUX, err);
	case DESC_DEFAULT_KEEP:
	default:
		return verify_same(menu, before, err);
	}
}
