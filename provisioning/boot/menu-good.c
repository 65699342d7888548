/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entry that last booted healthily, as it was: where a trial that failed ends. */
#include <stdlib.h>
#include <string.h>

#include "boot/esp.h"
#include "boot/menu-parts.h"
#include "boot/trial.h"

#define GOOD_MAX (1 << 20)
#define TRIAL_ARGS " ${xenhost_trial_args}"

/* ---- its files ---- */

/* Where a file of GRUB's is below the root; NULL if that is not known. */
static char *path_below_root(const struct menu_env *env, const char *path)
{
	const struct {
		const char *prefix, *place;
	} places[] = {{env->boot_path, "boot"}, {env->root_path, ""}};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		size_t length = strlen(places[i].prefix);

		while (length && places[i].prefix[length - 1] == '/')
			length--;
		if (strncmp(path, places[i].prefix, length) == 0 && path[length] == '/')
			return mem_textf("%s%s", places[i].place, path + length);
	}
	return NULL;
}

/* The first word is the file, what follows are its arguments. */
static bool is_gone(struct menu *menu, const char *words)
{
	_cleanup_free_ char *path = NULL, *place = NULL;
	_cleanup_esp_ struct esp esp = {0};

	if (!words)
		return false;
	path = mem_text_part(words, strcspn(words, " "));
	/* Copies are seen while their partition is. */
	if (str_starts(path, ESP_PATH "/")) {
		if (!esp_open(menu->fs, NULL, &esp))
			return false;
		place = esp_locate(menu->fs, path);
		if (place)
			return false;
	} else {
		place = path_below_root(menu->env, path);
		if (!place || fs_exists(menu->fs, place))
			return false;
	}
	menu_note(menu, TRIAL_GOOD, "not in the menu: '%s' is gone", path);
	return true;
}

static bool is_whole(struct menu *menu, const struct grub_entry *entry)
{
	if (is_gone(menu, entry->hypervisor) || is_gone(menu, entry->kernel))
		return false;
	for (size_t i = 0; i < entry->modules.count; i++)
		if (is_gone(menu, entry->modules.item[i]))
			return false;
	return true;
}

/* ---- its text ---- */

/* How long the word is that begins here; quotes and backslashes hide blanks and braces. */
static size_t word_length(const char *at)
{
	char quote = '\0';
	size_t i;

	for (i = 0; at[i]; i++) {
		if (quote == '\'' ? at[i] == quote : quote && at[i] == quote)
			quote = '\0';
		else if (at[i] == '\\' && quote != '\'' && at[i + 1])
			i++;
		else if (!quote && (at[i] == '\'' || at[i] == '"'))
			quote = at[i];
		else if (!quote && strchr(" \t\n", at[i]))
			break;
	}
	return i;
}

static bool is_word(const char *at, size_t length, const char *word)
{
	return length == strlen(word) && strncmp(at, word, length) == 0;
}

/* Copies the options of an entry but its id and key, up to its '{'; NULL if it has none. */
static const char *copy_options(const char *at, struct str *text)
{
	bool has_title = false, is_dropped = false, has_value = false;

	for (at += strspn(at, " \t"); *at && *at != '{'; at += strspn(at, " \t")) {
		size_t length = word_length(at);
		bool is_option = str_starts(at, "--") || at[0] == '$';

		if (length == 0)
			return NULL;
		if (is_option) {
			is_dropped = is_word(at, length, "--id") ||
				     is_word(at, length, "--hotkey") || at[0] == '$';
			has_value = !is_word(at, length, "--unrestricted");
		}
		/* The title is the first word that is neither an option nor its value. */
		if (!is_option && !has_value && !has_title)
			has_title = true;
		else if (!is_dropped) {
			str_add_char(text, ' ');
			str_add_bytes(text, at, length);
		}
		if (!is_option) {
			has_value = false;
			is_dropped = false;
		}
		at += length;
	}
	return *at ? at : NULL;
}

/* It is no trial, whoever chooses it, and does not become the saved default by itself. */
static void copy_body(const char *at, struct str *text)
{
	const char *line;
	size_t length;

	while (str_next_line(&at, &line, &length)) {
		size_t blanks = 0, end = length;

		while (blanks < length && (line[blanks] == ' ' || line[blanks] == '\t'))
			blanks++;
		if (is_word(line + blanks, length - blanks, "savedefault"))
			continue;
		if (length >= strlen(TRIAL_ARGS) &&
		    strncmp(line + length - strlen(TRIAL_ARGS), TRIAL_ARGS,
			    strlen(TRIAL_ARGS)) == 0)
			end -= strlen(TRIAL_ARGS);
		str_add_bytes(text, line, end);
		str_add_char(text, '\n');
	}
}

/* The entry as GRUB on this platform has it: one, with its files there. */
static bool check(struct menu *menu, const struct str *file, const char *name,
		  char **ret_title)
{
	const struct grub_platform platform = {name, "x86_64", menu->fs};
	_cleanup_grub_menu_ struct grub_menu good = {0};

	if (grub_menu_parse(TRIAL_GOOD, str_text(file), file->length, NULL, &platform,
			    &good, NULL) < 0 ||
	    good.count != 1 || good.entry[0].kind == GRUB_SUBMENU) {
		menu_note(menu, TRIAL_GOOD, "not in the menu: it is not one entry");
		return false;
	}
	if (!is_whole(menu, &good.entry[0]))
		return false;
	free(*ret_title);
	*ret_title = mem_textf("%s (last good boot)", good.entry[0].title);
	return true;
}

bool menu_write_good(struct menu *menu, struct str *text)
{
	_cleanup_str_ struct str file = {0}, options = {0};
	_cleanup_free_ char *title = NULL;
	const char *body;

	if (fs_read(menu->fs, TRIAL_GOOD, GOOD_MAX, &file, NULL) < 0) {
		menu_note(menu, TRIAL_GOOD, "not in the menu: it cannot be read");
		return false;
	}
	/* One menu may serve both, and an entry starts other files on each. */
	if (!check(menu, &file, "pc", &title) || !check(menu, &file, "efi", &title))
		return false;
	body = str_text(&file) + strspn(str_text(&file), " \t\n");
	body = str_starts(body, "menuentry")
		       ? copy_options(body + strlen("menuentry"), &options)
		       : NULL;
	if (!body) {
		menu_note(menu, TRIAL_GOOD, "not in the menu: it is not one entry");
		return false;
	}
	str_add(text, "menuentry ");
	menu_add_quoted(text, title);
	str_addf(text, "%s --id " TRIAL_GOOD_ID " ", str_text(&options));
	copy_body(body, text);
	return true;
}
