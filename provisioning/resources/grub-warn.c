/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the administrator's own lines of GRUB's configuration take away from ours. */
#include <string.h>

#include "base/edit.h"
#include "resources/grub.h"

/* The name in "NAME=VALUE". */
static size_t name_length(const char *word)
{
	return strcspn(word, "=");
}

static const struct wish *find_wish(const struct wishes *wishes, const char *word,
				    size_t length)
{
	for (size_t i = 0; i < wishes->count; i++)
		if (name_length(wishes->item[i].text) == length &&
		    strncmp(wishes->item[i].text, word, length) == 0)
			return &wishes->item[i];
	return NULL;
}

/*
 * 20_linux_xen puts GRUB_CMDLINE_XEN_DEFAULT behind GRUB_CMDLINE_XEN, and of what a setting
 * says Xen takes the last. Options of [xen] args, such as iommu, may add up.
 */
static void warn_of_default(struct planner *planner, const char *path, const char *text)
{
	static const char name[] = "GRUB_CMDLINE_XEN_DEFAULT";
	static const char blanks[] = " \t\"'";
	_cleanup_free_ char *line = edit_find(text, &edit_shell, name);
	const char *word = line ? strchr(line, '=') + 1 : "";

	for (word += strspn(word, blanks); *word; word += strspn(word, blanks)) {
		size_t length = strcspn(word, blanks), used = name_length(word);
		const struct wish *wish = find_wish(&planner->line[LINE_XEN], word,
						    used < length ? used : length);

		if (wish &&
		    (!wish->entry || wish->entry != planner->desc->xen.args.entry))
			planner_warn(
				planner,
				"'%.*s' of %s in '%s' wins over '%s': remove it there",
				(int)length, word, name, path, wish->text);
		word += length;
	}
}

/* A file that is read after ours and does not begin with what ours has set. */
static void warn_of_later(struct planner *planner, const char *path, const char *text,
			  const struct str_list *names)
{
	for (size_t i = 0; i < names->count; i++) {
		_cleanup_free_ char *line = edit_find(text, &edit_shell, names->item[i]);

		if (line && !strstr(strchr(line, '=') + 1, names->item[i]))
			planner_warn(planner,
				     "'%s' is read after xenhost's file and sets %s "
				     "anew: remove it there",
				     path, names->item[i]);
	}
}

static void warn_of_drop_ins(struct planner *planner, const struct str_list *names)
{
	_cleanup_str_list_ struct str_list found = {0};

	planner_list(planner, GRUB_DROP_INS, &found);
	for (size_t i = 0; i < found.count; i++) {
		_cleanup_free_ char *path = mem_textf(GRUB_DROP_INS "/%s", found.item[i]);
		_cleanup_str_ struct str text = {0};

		if (!str_ends(path, ".cfg") || strcmp(found.item[i], GRUB_DROP_IN) == 0 ||
		    planner_read(planner, path, &text, NULL) < 0)
			continue;
		warn_of_default(planner, path, str_text(&text));
		if (strcmp(found.item[i], GRUB_DROP_IN) > 0)
			warn_of_later(planner, path, str_text(&text), names);
	}
}

void grub_warn(struct planner *planner, const struct str_list *names)
{
	_cleanup_str_ struct str text = {0}, own = {0};

	if (planner_read(planner, GRUB_MAIN, &text, NULL) == 0) {
		edit_revert(str_text(&text), &own);
		warn_of_default(planner, GRUB_MAIN, str_text(&own));
	}
	if (planner->facts->boot.has_grub_drop_ins)
		warn_of_drop_ins(planner, names);
}
