/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB Legacy's menu: /boot/grub/menu.lst, of hosts that have it and of guests for pygrub. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/menulst.h"

#define BLANKS " \t\r"

/* A line without blanks at its ends: the command and what follows it. */
struct command {
	char *line; /* what the others point into */
	const char *name, *rest;
};

static void command_clear(struct command *command)
{
	free(command->line);
}

static char *trimmed(const char *text, size_t length)
{
	while (length && strchr(BLANKS, text[length - 1]))
		length--;
	while (length && strchr(BLANKS, *text)) {
		text++;
		length--;
	}
	return mem_text_part(text, length);
}

/* A comment's name begins with "#": it is none that is looked for. */
static struct command split(const char *line, size_t length)
{
	struct command command = {.line = trimmed(line, length)};
	char *end = command.line + strcspn(command.line, BLANKS "=");
	char *rest = end + strspn(end, BLANKS "=");

	command.rest = rest;
	if (*end)
		*end = '\0';
	command.name = command.line;
	return command;
}

/* "--no-mem-option /vmlinuz ro quiet" -> "/vmlinuz", "ro quiet" */
static void set_kernel(struct menulst_stanza *stanza, const char *rest)
{
	while (str_starts(rest, "--")) {
		rest += strcspn(rest, BLANKS);
		rest += strspn(rest, BLANKS);
	}
	free(stanza->kernel);
	free(stanza->kernel_args);
	stanza->kernel = mem_text_part(rest, strcspn(rest, BLANKS));
	rest += strcspn(rest, BLANKS);
	stanza->kernel_args = mem_text(rest + strspn(rest, BLANKS));
}

static void set_text(char **text, const char *value)
{
	free(*text);
	*text = mem_text(value);
}

static void add_to_menu(struct menulst *menu, const struct command *command)
{
	if (strcmp(command->name, "default") == 0)
		set_text(&menu->default_entry, command->rest);
	else if (strcmp(command->name, "fallback") == 0)
		set_text(&menu->fallback, command->rest);
}

static void add_to_stanza(struct menulst_stanza *stanza, const struct command *command)
{
	if (strcmp(command->name, "root") == 0 || strcmp(command->name, "uuid") == 0) {
		free(stanza->root);
		stanza->root = mem_textf("%s %s", command->name, command->rest);
	} else if (strcmp(command->name, "kernel") == 0) {
		set_kernel(stanza, command->rest);
	} else if (strcmp(command->name, "module") == 0) {
		str_list_add(&stanza->modules, command->rest);
	}
}

void menulst_parse(const char *text, struct menulst *ret_menu)
{
	struct menulst menu = {0};
	const char *line;
	size_t length;

	while (str_next_line(&text, &line, &length)) {
		_cleanup_(command_clear) struct command command = split(line, length);

		if (strcmp(command.name, "title") == 0) {
			menu.stanza =
				mem_grow(menu.stanza, menu.count, sizeof(*menu.stanza));
			menu.stanza[menu.count++] =
				(struct menulst_stanza){.title = mem_text(command.rest)};
		} else if (menu.count) {
			add_to_stanza(&menu.stanza[menu.count - 1], &command);
		} else {
			add_to_menu(&menu, &command);
		}
	}
	*ret_menu = menu;
}

void menulst_clear(struct menulst *menu)
{
	for (size_t i = 0; i < menu->count; i++) {
		free(menu->stanza[i].title);
		free(menu->stanza[i].root);
		free(menu->stanza[i].kernel);
		free(menu->stanza[i].kernel_args);
		str_list_clear(&menu->stanza[i].modules);
	}
	free(menu->stanza);
	free(menu->default_entry);
	free(menu->fallback);
	*menu = (struct menulst){0};
}

/* A line of a command, a path and perhaps arguments. */
static void add_image(struct str *text, const char *command, const char *path,
		      const char *args)
{
	str_addf(text, "%s %s%s%s\n", command, path, args && *args ? " " : "",
		 args ? args : "");
}

void menulst_write(const struct menulst_entry *entry, struct str *text)
{
	str_addf(text, "title %s\n", entry->title);
	if (entry->root)
		str_addf(text, "%s\n", entry->root);
	if (entry->hypervisor)
		add_image(text, "kernel", entry->hypervisor, entry->hypervisor_args);
	add_image(text, entry->hypervisor ? "module" : "kernel", entry->kernel,
		  entry->kernel_args);
	if (entry->initrd)
		add_image(text, entry->hypervisor ? "module" : "initrd", entry->initrd,
			  NULL);
}

/* Whether a line is a mark, whatever stands behind it. */
static bool is_mark(const char *line, size_t length, const char *mark)
{
	size_t mark_length = strlen(mark);

	return length >= mark_length && strncmp(line, mark, mark_length) == 0 &&
	       (length == mark_length || strchr(BLANKS ":", line[mark_length]));
}

int menulst_remove_block(const char *text, struct str *ret_text, struct err *err)
{
	_cleanup_str_ struct str result = {0};
	bool is_ours = false;
	const char *line;
	size_t length;

	while (str_next_line(&text, &line, &length)) {
		if (!is_ours)
			is_ours = is_mark(line, length, MENULST_BEGIN);
		if (!is_ours)
			str_add_bytes(&result, line, (size_t)(text - line));
		else if (is_mark(line, length, MENULST_END))
			is_ours = false;
	}
	if (is_ours)
		return err_say(err, EINVAL,
			       "'" MENULST_BEGIN "' has no '" MENULST_END "'");
	str_clear(ret_text);
	*ret_text = result;
	result = (struct str){0};
	return 0;
}

/*
 * Behind the last command of the menu's own. Comments above the first entry are about it;
 * Debian's list of kernels, which begins with one, is made anew by its update-grub. NULL
 * if there is no entry.
 */
static const char *find_place(const char *text)
{
	const char *cursor = text, *place = text, *line;
	size_t length;

	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_(command_clear) struct command command = split(line, length);

		if (strcmp(command.name, "title") == 0)
			return place;
		if (command.name[0] && command.name[0] != '#')
			place = cursor;
	}
	return NULL;
}

int menulst_add_block(const char *text, const char *block, struct str *ret_text,
		      struct err *err)
{
	const char *place = find_place(text);
	_cleanup_str_ struct str result = {0};

	if (!place)
		return err_say(err, ENOENT, "there is no entry");
	str_add_bytes(&result, text, (size_t)(place - text));
	str_addf(&result,
		 MENULST_BEGIN ": written from /etc/xen/host.conf; edit that and run: "
			       "xenhost apply\n%s" MENULST_END "\n",
		 block);
	str_add(&result, place);
	str_clear(ret_text);
	*ret_text = result;
	result = (struct str){0};
	return 0;
}
