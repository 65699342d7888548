/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries: what "menuentry" says of one, and what the commands in its body load. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "boot/grub-run.h"

#define ENTRIES_MAX 10000
#define FAILED 1

/* ---- menuentry ---- */

struct option {
	const char *name;
	bool has_value;
};

static const struct option options[] = {
	{"class", true},  {"users", true}, {"hotkey", true},
	{"source", true}, {"id", true},	   {"unrestricted", false},
};

static const struct option *find_option(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (strlen(options[i].name) == length &&
		    strncmp(options[i].name, name, length) == 0)
			return &options[i];
	return NULL;
}

/*
 * One option at words[*index], whose value may be the next word. An unknown one is an
 * argument like any other. -EINVAL for what makes GRUB refuse the entry.
 */
static int read_option(const struct str_list *words, size_t *index,
		       struct grub_raw_entry *entry)
{
	const char *word = words->item[*index], *equals = strchr(word, '=');
	size_t length = equals ? (size_t)(equals - word) - 2 : strlen(word) - 2;
	const struct option *option = find_option(word + 2, length);
	const char *value = equals ? equals + 1 : NULL;

	if (!option) {
		str_list_add(&entry->args, word);
		return 0;
	}
	if (!value && option->has_value && *index + 1 < words->count &&
	    words->item[*index + 1][0] != '-')
		value = words->item[++*index];
	if (option->has_value != (value != NULL))
		return -EINVAL;
	if (strcmp(option->name, "id") == 0) {
		free(entry->id);
		entry->id = mem_text(value);
	}
	return 0;
}

static int read_words(const struct str_list *words, struct grub_raw_entry *entry)
{
	for (size_t i = 1; i < words->count; i++) {
		int rc;

		if (strcmp(words->item[i], "--") == 0) {
			while (++i < words->count)
				str_list_add(&entry->args, words->item[i]);
			return 0;
		}
		if (!str_starts(words->item[i], "--")) {
			str_list_add(&entry->args, words->item[i]);
			continue;
		}
		rc = read_option(words, &i, entry);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static void raw_entry_clear(struct grub_raw_entry *entry)
{
	str_list_clear(&entry->args);
	free(entry->id);
}

int grub_add_entry(struct grub_machine *machine, const struct grub_statement *statement,
		   const struct str_list *words)
{
	struct grub_raw_menu *menu = machine->menu;
	struct grub_raw_entry entry = {
		.is_submenu = strcmp(words->item[0], "submenu") == 0,
		.body = statement->has_block ? &statement->body : NULL,
		.start = statement->start,
		.end = statement->end,
	};

	if (!menu || !entry.body || read_words(words, &entry) < 0 || !entry.args.count) {
		raw_entry_clear(&entry);
		return FAILED;
	}
	if (++machine->entry_count > ENTRIES_MAX && machine->rc == 0)
		machine->rc =
			err_say(machine->err, ELOOP, "more than %d entries", ENTRIES_MAX);
	menu->item = mem_grow(menu->item, menu->count, sizeof(*menu->item));
	menu->item[menu->count++] = entry;
	return 0;
}

/* ---- the loader's commands ---- */

static void forget(struct grub_entry *entry)
{
	char **const texts[] = {&entry->hypervisor, &entry->hypervisor_args,
				&entry->kernel, &entry->kernel_args};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		free(*texts[i]);
		*texts[i] = NULL;
	}
	str_list_clear(&entry->modules);
	entry->kind = GRUB_OTHER;
}

static char *join(const struct str_list *words, size_t first)
{
	_cleanup_str_ struct str text = {0};

	for (size_t i = first; i < words->count; i++)
		str_addf(&text, "%s%s", i > first ? " " : "", words->item[i]);
	return mem_text(str_text(&text));
}

/* The arguments of what Xen or GRUB gives no name of its own. */
static char *join_args(const struct str_list *words, size_t first)
{
	bool has_name =
		first < words->count && strcmp(words->item[first], "placeholder") == 0;

	return join(words, first + has_name);
}

/* A module of Xen: the first one is dom0's kernel. */
static void read_module(struct grub_entry *entry, const struct str_list *words,
			size_t first)
{
	_cleanup_free_ char *all = NULL;

	if (entry->kind != GRUB_XEN)
		return;
	if (!entry->kernel) {
		entry->kernel = mem_text(words->item[first]);
		entry->kernel_args = join_args(words, first + 1);
		return;
	}
	all = join(words, first);
	str_list_add(&entry->modules, all);
}

static void read_initrd(struct grub_entry *entry, const struct str_list *words,
			size_t first)
{
	if (entry->kind != GRUB_LINUX)
		return;
	str_list_clear(&entry->modules);
	for (size_t i = first; i < words->count; i++)
		str_list_add(&entry->modules, words->item[i]);
}

/* xen.efi, which reads a file of its own beside it. */
static bool is_xen_efi(const char *path)
{
	const char *slash = strrchr(path, '/');

	return str_starts(slash ? slash + 1 : path, "xen") && str_ends(path, ".efi");
}

static void read_first(struct grub_entry *entry, const char *name,
		       const struct str_list *words, size_t first)
{
	const char *path = words->item[first];

	forget(entry);
	if (str_starts(name, "linux")) {
		entry->kind = GRUB_LINUX;
		entry->kernel = mem_text(path);
		entry->kernel_args = join(words, first + 1);
	} else if (strcmp(name, "chainloader") != 0 || is_xen_efi(path)) {
		entry->kind = GRUB_XEN;
		entry->hypervisor = mem_text(path);
		entry->hypervisor_args = join_args(words, first + 1);
	}
}

void grub_read_loader(struct grub_machine *machine, const struct str_list *words)
{
	const char *name = words->item[0];
	size_t first = 1;

	/* Options are GRUB's, --nounzip or --quirk-...; arguments come after a path. */
	while (first < words->count && str_starts(words->item[first], "--"))
		first++;
	if (!machine->subject || first >= words->count)
		return;
	if (str_starts(name, "initrd"))
		read_initrd(machine->subject, words, first);
	else if (str_starts(name, "module") || strcmp(name, "xen_module") == 0)
		read_module(machine->subject, words, first);
	else
		read_first(machine->subject, name, words, first);
}
