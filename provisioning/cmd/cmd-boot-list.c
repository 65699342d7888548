/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost boot list: GRUB's menu, and what starts by itself. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "boot/grub-menu.h"
#include "cmd/boot.h"
#include "cmd/host.h"

/* ---- as a table ---- */

/* "default", "next", "fallback": what an entry is to GRUB, or "". */
static void add_marks(const struct grub_menu *menu, size_t index, struct str *text)
{
	const struct {
		const char *name;
		bool is_so;
	} marks[] = {
		{"default", menu->standing == index},
		{"next", menu->is_once && menu->chosen == index},
		{"fallback", menu->fallback == index},
	};

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (marks[i].is_so)
			str_addf(text, "%s%s", text->length ? "," : "", marks[i].name);
}

/* A cell of one line: the file is not ours. */
static void add_printable(struct str *text, const char *bytes)
{
	for (; *bytes; bytes++) {
		bool is_control = (unsigned char)*bytes < ' ' || *bytes == 0x7f;

		str_add_bytes(text, is_control ? "?" : bytes, 1);
	}
}

enum column { NUMBER, MARK, KIND, TITLE, ID, COLUMN_COUNT };

static void fill_row(const struct grub_menu *menu, size_t index, struct str *cell)
{
	const struct grub_entry *entry = &menu->entry[index];

	str_add(&cell[NUMBER], entry->number);
	add_marks(menu, index, &cell[MARK]);
	str_add(&cell[KIND], grub_kind_name(entry->kind));
	for (size_t up = entry->parent; up != GRUB_NONE; up = menu->entry[up].parent)
		str_add(&cell[TITLE], "  ");
	add_printable(&cell[TITLE], entry->title);
	add_printable(&cell[ID], entry->id ? entry->id : "-");
}

/* Characters of UTF-8 text, which take one column each. */
static size_t width_of(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void measure_row(const struct str *cell, size_t *width)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		size_t own = width_of(str_text(&cell[i]));

		width[i] = own > width[i] ? own : width[i];
	}
}

static void print_row(const struct str *cell, const size_t *width)
{
	for (size_t i = 0; i < ID; i++) {
		const char *text = str_text(&cell[i]);

		/* A column that is empty in all rows is none. */
		if (width[i])
			printf("%s%*s  ", text, (int)(width[i] - width_of(text)), "");
	}
	(void)puts(str_text(&cell[ID]));
}

static void clear_row(struct str *cell)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		str_clear(&cell[i]);
}

static void print_table(const struct grub_menu *menu)
{
	size_t width[COLUMN_COUNT] = {0};

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < menu->count; i++) {
			struct str cell[COLUMN_COUNT] = {{0}};

			fill_row(menu, i, cell);
			if (pass == 0)
				measure_row(cell, width);
			else
				print_row(cell, width);
			clear_row(cell);
		}
	}
}

/* ---- as JSON ---- */

static json_t *path_to_json(const struct grub_menu *menu, size_t index)
{
	return json_text(index == GRUB_NONE ? NULL : menu->entry[index].path);
}

static json_t *entry_to_json(const struct grub_menu *menu, const struct grub_entry *entry)
{
	const bool is_inside = entry->parent != GRUB_NONE;
	json_t *json = json_object();

	json_put(json, "number", json_text(entry->number));
	json_put(json, "path", json_text(entry->path));
	json_put(json, "id", json_text(entry->id));
	json_put(json, "title", json_text(entry->title));
	json_put(json, "kind", json_text(grub_kind_name(entry->kind)));
	json_put(json, "submenu",
		 json_text(is_inside ? menu->entry[entry->parent].number : NULL));
	json_put(json, "hypervisor", json_text(entry->hypervisor));
	json_put(json, "hypervisor-args", json_text(entry->hypervisor_args));
	json_put(json, "kernel", json_text(entry->kernel));
	json_put(json, "kernel-args", json_text(entry->kernel_args));
	json_put(json, "modules", json_texts(&entry->modules));
	json_put(json, "text", json_text(entry->text));
	return json;
}

static void print_json(const struct grub_menu *menu, const char *file)
{
	_cleanup_json_ json_t *json = json_object();
	_cleanup_str_ struct str text = {0};
	json_t *entries = json_array();
	size_t next = menu->is_once ? menu->chosen : GRUB_NONE;

	json_put(json, "file", json_text(file));
	json_put(json, "default", path_to_json(menu, menu->standing));
	json_put(json, "default-text", json_text(menu->default_text));
	json_put(json, "default-is-lost", json_boolean(menu->is_standing_lost));
	json_put(json, "next", path_to_json(menu, next));
	json_put(json, "next-text", json_text(menu->next_text));
	json_put(json, "next-is-lost",
		 json_boolean(menu->is_once && menu->is_chosen_lost));
	json_put(json, "starts", path_to_json(menu, menu->chosen));
	json_put(json, "fallback", path_to_json(menu, menu->fallback));
	json_put(json, "fallback-text", json_text(menu->fallback_text));
	json_put(json, "timeout", json_integer(menu->timeout));
	for (size_t i = 0; i < menu->count; i++)
		json_append(entries, entry_to_json(menu, &menu->entry[i]));
	json_put(json, "entries", entries);
	json_render(json, &text);
	(void)fputs(str_text(&text), stdout);
}

/* ---- findings ---- */

/* Tells what a name that names nothing starts. */
static bool is_lost(const struct grub_menu *menu, bool is_so, const char *what,
		    const char *name, size_t starts, struct err *err)
{
	if (!is_so || err->code)
		return is_so;
	if (starts == GRUB_NONE)
		(void)err_say(err, ENOENT, "the menu has no entries");
	else
		(void)err_say(err, ENOENT, "%s '%s' names nothing: GRUB starts '%s'",
			      what, name ? name : "", menu->entry[starts].title);
	return true;
}

static int run(const struct call *call, struct err *err)
{
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	_cleanup_facts_ struct facts facts = {0};
	_cleanup_fs_ struct fs fs = FS_CLOSED;
	bool has_findings;
	int rc = fs_open(call->root, &fs, err);

	if (rc == 0)
		rc = host_read_facts(call, &fs, &facts, err);
	if (rc == 0)
		rc = grub_menu_read(&fs, facts.boot.firmware, &menu, err);
	if (rc != 0)
		return rc;
	if (call->is_json)
		print_json(&menu, grub_menu_config_path(&fs));
	else
		print_table(&menu);
	has_findings = is_lost(&menu, menu.is_standing_lost || menu.count == 0,
			       "the default", menu.default_text, menu.standing, err);
	has_findings = is_lost(&menu, menu.is_once && menu.is_chosen_lost, "next_entry",
			       menu.next_text, menu.chosen, err) ||
		       has_findings;
	return has_findings ? EXIT_DIFFERENCES : EXIT_DONE;
}

const struct boot_command boot_command_list = {.name = "list", .run = run};
