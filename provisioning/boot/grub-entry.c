/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries: what "menuentry" says of one, and what the commands in its body load. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "boot/esp.h"
#include "boot/grub-run.h"
#include "boot/xen-cfg.h"

#define ENTRIES_MAX 10000
#define FAILED 1
#define CFG_MAX (1 << 20)

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

/* The last of several characters in a name, or NULL. */
static char *last_of(char *name, const char *characters)
{
	char *found = NULL;

	for (; *name; name++)
		if (strchr(characters, *name))
			found = name;
	return found;
}

/* Cuts Xen's arguments before the "--" that dom0's are behind. The caller frees these. */
static char *cut_dom0_args(struct str *args)
{
	const char *at = strstr(str_text(args), " -- ");
	char *rest = at ? mem_text(at + strlen(" -- ")) : NULL;

	if (at)
		str_cut(args, (size_t)(at - str_text(args)));
	return rest;
}

/* "/EFI/xenhost/xen-4.20.efi" has "xen-4.20.cfg" beside it, or "xen-4.cfg", or ... */
static bool read_cfg(const struct fs *fs, const char *path, struct xen_cfg *ret_cfg)
{
	_cleanup_free_ char *place = fs ? esp_locate(fs, path) : NULL;
	char *name = place ? strrchr(place, '/') + 1 : NULL, *tail = NULL;
	_cleanup_str_ struct str text = {0};

	while (name && (tail = last_of(name, ".-_"))) {
		_cleanup_free_ char *file = NULL;

		*tail = '\0';
		file = mem_textf("%s.cfg", place);
		if (fs_read(fs, file, CFG_MAX, &text, NULL) < 0)
			continue;
		xen_cfg_parse(str_text(&text), text.length, ret_cfg);
		return true;
	}
	return false;
}

static void add_words(struct str *text, const char *words)
{
	if (words && *words)
		str_addf(text, "%s%s", text->length ? " " : "", words);
}

/* Beside the hypervisor, whose path is GRUB's. */
static char *beside(const char *path, const char *name)
{
	return mem_textf("%.*s/%s", (int)(strrchr(path, '/') - path), path, name);
}

static void take_files(struct grub_entry *entry, const struct xen_cfg_section *section)
{
	const char *const more[] = {section->ramdisk, section->ucode, section->xsm};

	entry->kernel = beside(entry->hypervisor, section->kernel);
	for (size_t i = 0; i < ARRAY_SIZE(more); i++) {
		_cleanup_free_ char *path =
			more[i] ? beside(entry->hypervisor, more[i]) : NULL;

		if (path)
			str_list_add(&entry->modules, path);
	}
}

/*
 * Its own name, options of the loader, a section, and behind "--" Xen's arguments, which
 * come behind those of the file; dom0's are behind another "--" (Xen's
 * docs/misc/efi.pandoc). Without its file nobody knows what the words mean.
 */
static void read_xen_efi(struct grub_entry *entry, const struct fs *fs,
			 const struct str_list *words, size_t first)
{
	const struct xen_cfg_section *section;
	_cleanup_xen_cfg_ struct xen_cfg cfg = {0};
	_cleanup_str_ struct str args = {0};
	_cleanup_free_ char *own = NULL, *rest = NULL;
	const char *name = NULL;
	size_t i;

	for (i = first + 2; i < words->count && strcmp(words->item[i], "--") != 0; i++)
		if (!strchr("-/", words->item[i][0]))
			name = words->item[i];
	own = i < words->count ? join_args(words, i + 1) : NULL;
	section = strchr(entry->hypervisor, '/') && read_cfg(fs, entry->hypervisor, &cfg)
			  ? xen_cfg_find(&cfg, name)
			  : NULL;
	if (!section || !section->kernel) {
		entry->hypervisor_args = own ? TAKE_PTR(own) : join(words, first + 1);
		return;
	}
	add_words(&args, section->options);
	add_words(&args, own);
	take_files(entry, section);
	rest = cut_dom0_args(&args);
	entry->hypervisor_args = mem_text(str_text(&args));
	str_clear(&args);
	add_words(&args, section->kernel_args);
	add_words(&args, rest);
	entry->kernel_args = mem_text(str_text(&args));
}

static void read_first(struct grub_entry *entry, const struct fs *fs, const char *name,
		       const struct str_list *words, size_t first)
{
	const char *path = words->item[first];

	forget(entry);
	if (str_starts(name, "linux")) {
		entry->kind = GRUB_LINUX;
		entry->kernel = mem_text(path);
		entry->kernel_args = join(words, first + 1);
	} else if (strcmp(name, "chainloader") != 0) {
		entry->kind = GRUB_XEN;
		entry->hypervisor = mem_text(path);
		entry->hypervisor_args = join_args(words, first + 1);
	} else if (is_xen_efi(path)) {
		entry->kind = GRUB_XEN;
		entry->hypervisor = mem_text(path);
		read_xen_efi(entry, fs, words, first);
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
		read_first(machine->subject, machine->platform->fs, name, words, first);
}
