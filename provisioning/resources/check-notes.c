/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether Xen can start kernels as what they are meant for, by their ELF notes. */
#include <stdlib.h>
#include <string.h>

#include "resources/check-parts.h"

static const struct advice kernel_notes = {
	.id = "boot.kernel-notes",
	.severity = SEVERITY_WARNING,
	.why = "Xen asks a kernel's ELF notes whether it can be dom0's, and panics if "
	       "they say no; its configuration may be of another build",
	.setting = "remove it, or install the distribution's own kernel",
};

static const struct advice guest_notes = {
	.id = "guests.kernel-notes",
	.severity = SEVERITY_WARNING,
	.why = "a pvh guest begins where a kernel built with CONFIG_PVH has an ELF note "
	       "PHYS32_ENTRY, a pv guest needs the notes of one with CONFIG_XEN_PV",
	.setting = "another kernel =, or another type =; xl.cfg(5)",
};

void check_notes_clear(struct check_notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		free(notes->item[i].path);
	free(notes->item);
	*notes = (struct check_notes){0};
}

static struct note note_of(const struct checker *checker, struct check_notes *notes,
			   const char *path)
{
	struct note note;

	path += path[0] == '/';
	for (size_t i = 0; i < notes->count; i++)
		if (strcmp(notes->item[i].path, path) == 0)
			return notes->item[i].note;
	note = note_unpack(checker->fs, path);
	notes->item = mem_grow(notes->item, notes->count, sizeof(*notes->item));
	notes->item[notes->count++] = (struct check_note){mem_text(path), note};
	return note;
}

void check_notes_dom0(struct checker *checker, struct check_notes *notes,
		      const char *path)
{
	if (note_of(checker, notes, path).dom0 == FACTS_NO)
		check_add(checker, &kernel_notes,
			  "%s cannot be dom0's: its ELF notes do not let Xen start it so",
			  path);
}

/* As xl takes it: a configuration of xend's time has a builder, and none is pv. */
static bool is_of_type(const char *text, const char *type)
{
	_cleanup_free_ char *value = check_guest_value(text, "type");
	_cleanup_free_ char *builder = check_guest_value(text, "builder");

	if (value)
		return strcmp(value, type) == 0;
	return strcmp(type, str_same(builder, "hvm") ? "hvm" : "pv") == 0;
}

void check_notes_guest(struct checker *checker, struct check_notes *notes,
		       const char *path, const char *config, const char *text)
{
	bool is_pvh = is_of_type(text, "pvh");
	struct note note;

	if (!is_pvh && !is_of_type(text, "pv"))
		return;
	note = note_of(checker, notes, path);
	if ((is_pvh ? note.pvh : note.pv) == FACTS_NO)
		check_add(
			checker, &guest_notes,
			"%s cannot be the kernel of a %s guest, as in %s: its ELF notes "
			"do not let Xen start it so",
			path, is_pvh ? "pvh" : "pv", config);
}
