/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of entries: which one a default means, and how each can be named. */
#include <stdlib.h>
#include <string.h>

#include "boot/grub-run.h"

/* Whether a name, up to a lone '>', is this title or id, in which '>' is doubled there. */
static bool is_named(const char *text, const char *name)
{
	for (;; text++, name++) {
		if (name[0] == '>' && name[1] != '>')
			return *text == '\0';
		if (name[0] == '>')
			name++;
		if (*text != *name)
			return false;
		if (*text == '\0')
			return true;
	}
}

const char *grub_next_part(const char *name)
{
	for (; *name; name++) {
		if (name[0] == '>' && name[1] != '>')
			return name[1] ? name + 1 : NULL;
		if (name[0] == '>')
			name++;
	}
	return NULL;
}

void grub_add_name(struct str *text, const char *name)
{
	for (; *name; name++) {
		if (*name == '>')
			str_add_char(text, '>');
		str_add_char(text, *name);
	}
}

size_t grub_find_in(const struct grub_menu *menu, size_t parent, const char *name)
{
	unsigned long number = 0;
	bool is_number = grub_number(name, &number, NULL);

	for (size_t i = parent == GRUB_NONE ? 0 : parent + 1; i < menu->count; i++) {
		const struct grub_entry *entry = &menu->entry[i];

		if (entry->parent != parent)
			continue;
		if (is_number ? number-- == 0
			      : is_named(entry->title, name) ||
					(entry->id && is_named(entry->id, name)))
			return i;
	}
	return GRUB_NONE;
}

size_t grub_menu_find(const struct grub_menu *menu, const char *name)
{
	size_t found = GRUB_NONE;

	do {
		found = grub_find_in(menu, found, name);
		name = grub_next_part(name);
	} while (name && found != GRUB_NONE && menu->entry[found].kind == GRUB_SUBMENU);
	return found;
}

/* ---- paths ---- */

struct name {
	const char *text;
	size_t parent, index;
};

static int compare_names(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int order;

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	order = strcmp(x->text, y->text);
	if (order)
		return order;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* All titles and ids; the first of equal ones is the one that is found by it. */
static struct name *sorted_names(const struct grub_menu *menu, size_t *ret_count)
{
	struct name *list = mem_alloc((menu->count * 2 + 1) * sizeof(*list));
	size_t count = 0;

	for (size_t i = 0; i < menu->count; i++) {
		const struct grub_entry *entry = &menu->entry[i];

		list[count++] = (struct name){entry->title, entry->parent, i};
		if (entry->id)
			list[count++] = (struct name){entry->id, entry->parent, i};
	}
	qsort(list, count, sizeof(*list), compare_names);
	*ret_count = count;
	return list;
}

/*
 * What each entry can be named by: its id, else its title; NULL where each of them means
 * another entry.
 */
static const char **best_names(const struct grub_menu *menu)
{
	const char **best = mem_alloc((menu->count + 1) * sizeof(*best));
	size_t count;
	_cleanup_free_ struct name *list = sorted_names(menu, &count);

	for (size_t i = 0; i < count; i++) {
		const struct name *name = &list[i], *last = i ? name - 1 : NULL;
		unsigned long number;

		if (last && last->parent == name->parent &&
		    strcmp(last->text, name->text) == 0)
			continue;
		/* An empty one cannot be told from none. */
		if (!*name->text || grub_number(name->text, &number, NULL))
			continue;
		if (!best[name->index] || name->text == menu->entry[name->index].id)
			best[name->index] = name->text;
	}
	return best;
}

void grub_set_paths(struct grub_menu *menu)
{
	_cleanup_free_ const char **best = best_names(menu);

	for (size_t i = 0; i < menu->count; i++) {
		struct grub_entry *entry = &menu->entry[i];
		const char *last = strrchr(entry->number, '>');
		_cleanup_str_ struct str path = {0};

		if (entry->parent != GRUB_NONE)
			str_addf(&path, "%s>", menu->entry[entry->parent].path);
		if (best[i])
			grub_add_name(&path, best[i]);
		else
			str_add(&path, last ? last + 1 : entry->number);
		entry->path = mem_text(str_text(&path));
	}
}

const char *grub_kind_name(enum grub_kind kind)
{
	static const char *const kinds[] = {
		[GRUB_OTHER] = "other",
		[GRUB_LINUX] = "linux",
		[GRUB_XEN] = "xen",
		[GRUB_SUBMENU] = "submenu",
	};

	return kinds[kind];
}
