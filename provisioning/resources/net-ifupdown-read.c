/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ifupdown's files as a whole: /etc/network/interfaces and all that it names. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "resources/net-ifupdown.h"

#define FILES_MAX 1000

static void read_file(const struct planner *planner, const char *path,
		      struct ifupdown *ifupdown);

static void trouble(struct ifupdown *ifupdown, char *text)
{
	if (ifupdown->trouble)
		free(text);
	else
		ifupdown->trouble = text;
}

/* Names that source-directory takes: no "." or "~" in them. */
static bool is_plain_name(const char *name)
{
	for (; *name; name++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			    "0123456789_-",
			    *name))
			return false;
	return true;
}

/* Reads the files of a directory that a pattern matches; NULL: source-directory's. */
static void read_matching(const struct planner *planner, const char *directory,
			  const char *pattern, struct ifupdown *ifupdown)
{
	_cleanup_str_list_ struct str_list names = {0};

	if (strcmp(directory, IFUPDOWN_DIRECTORY) == 0 &&
	    (!pattern || fnmatch(pattern, "xenhost", FNM_PERIOD) == 0))
		ifupdown->sources_ours = true;
	planner_list(planner, directory, &names);
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *path = mem_textf("%s/%s", directory, names.item[i]);

		if (pattern ? fnmatch(pattern, names.item[i], FNM_PERIOD) == 0
			    : is_plain_name(names.item[i]))
			read_file(planner, path, ifupdown);
	}
}

/* A path without "." and "..", so that a file has one name. */
static char *plain_path(const char *path)
{
	_cleanup_str_ struct str plain = {0};

	while (*path) {
		size_t length = strcspn(path, "/");

		if (length == 2 && strncmp(path, "..", 2) == 0) {
			const char *slash = strrchr(str_text(&plain), '/');

			str_cut(&plain, slash ? (size_t)(slash - plain.text) : 0);
		} else if (length && !(length == 1 && path[0] == '.')) {
			str_add(&plain, plain.length ? "/" : "");
			str_add_bytes(&plain, path, length);
		}
		path += length + (path[length] == '/');
	}
	return plain.length ? str_take(&plain) : mem_text("");
}

/* What "source" names is relative to the file that has it; only its last part may be a
 * pattern, as it is wherever we looked. */
static void read_sourced(const struct planner *planner, const char *from,
			 const char *value, bool is_directory, struct ifupdown *ifupdown)
{
	_cleanup_str_list_ struct str_list words = {0};

	interfaces_words(value, &words);
	for (size_t i = 0; i < words.count; i++) {
		const char *word = words.item[i], *slash = strrchr(from, '/');
		_cleanup_free_ char *whole =
			word[0] == '/' || !slash
				? mem_text(word)
				: mem_textf("%.*s/%s", (int)(slash - from), from, word);
		_cleanup_free_ char *path = plain_path(whole);
		char *last = strrchr(path, '/');

		if (is_directory && strcspn(path, "*?[$`~\"'\\") == strlen(path)) {
			read_matching(planner, path, NULL, ifupdown);
			continue;
		}
		if (is_directory || !last || strcspn(path, "$`~\"'\\") != strlen(path) ||
		    strcspn(path, "*?[") < (size_t)(last - path)) {
			trouble(ifupdown, mem_textf("'%s' reads '%s', which is beyond "
						    "what xenhost can follow",
						    from, word));
			continue;
		}
		*last = '\0';
		read_matching(planner, path, last + 1, ifupdown);
	}
}

static char *word_or_empty(const struct str_list *words, size_t i)
{
	return mem_text(i < words->count ? words->item[i] : "");
}

static void add_stanza(struct ifupdown *ifupdown, struct ifupdown_file *file,
		       size_t first)
{
	_cleanup_str_list_ struct str_list words = {0};
	_cleanup_str_ struct str tail = {0};
	size_t end = first + 1;

	interfaces_words(file->text.statement[first].value, &words);
	while (end < file->text.count &&
	       file->text.statement[end].kind == INTERFACES_OPTION)
		end++;
	for (size_t i = 3; i < words.count; i++)
		str_addf(&tail, " %s", words.item[i]);
	ifupdown->stanza = mem_grow(ifupdown->stanza, ifupdown->stanza_count,
				    sizeof(*ifupdown->stanza));
	ifupdown->stanza[ifupdown->stanza_count++] = (struct ifupdown_stanza){
		.file = file,
		.first = first,
		.end = end,
		.name = word_or_empty(&words, 0),
		.family = word_or_empty(&words, 1),
		.method = word_or_empty(&words, 2),
		.tail = mem_text(str_text(&tail)),
	};
}

static struct ifupdown_file *add_file(struct ifupdown *ifupdown, const char *path,
				      const char *text)
{
	struct ifupdown_file *file = mem_alloc(sizeof(*file));

	file->path = mem_text(path);
	interfaces_parse(text, &file->text);
	ifupdown->file = mem_grow(ifupdown->file, ifupdown->file_count,
				  sizeof(struct ifupdown_file *));
	ifupdown->file[ifupdown->file_count++] = file;
	return file;
}

/* Each file is read once, so files that name each other end. */
static void read_file(const struct planner *planner, const char *path,
		      struct ifupdown *ifupdown)
{
	_cleanup_str_ struct str text = {0};
	_cleanup_err_ struct err err = {0};
	struct ifupdown_file *file;
	int rc;

	for (size_t i = 0; i < ifupdown->file_count; i++)
		if (strcmp(ifupdown->file[i]->path, path) == 0)
			return;
	rc = net_read(planner, path, &text, &err);
	if (rc < 0 && rc != -ENOENT)
		trouble(ifupdown, mem_text(err.text));
	if (rc < 0)
		return;
	if (ifupdown->file_count == FILES_MAX) {
		trouble(ifupdown, mem_textf("'" IFUPDOWN_MAIN "' reads more than %d "
					    "files",
					    FILES_MAX));
		return;
	}
	file = add_file(ifupdown, path, str_text(&text));
	for (size_t i = 0; i < file->text.count; i++) {
		const struct interfaces_statement *statement = &file->text.statement[i];

		if (statement->kind == INTERFACES_IFACE)
			add_stanza(ifupdown, file, i);
		else if (statement->kind == INTERFACES_SOURCE ||
			 statement->kind == INTERFACES_SOURCE_DIRECTORY)
			read_sourced(planner, path, statement->value,
				     statement->kind == INTERFACES_SOURCE_DIRECTORY,
				     ifupdown);
	}
}

void ifupdown_read(const struct planner *planner, struct ifupdown *ret_ifupdown)
{
	*ret_ifupdown = (struct ifupdown){0};
	read_file(planner, IFUPDOWN_MAIN, ret_ifupdown);
}

void ifupdown_clear(struct ifupdown *ifupdown)
{
	if (!ifupdown)
		return;
	for (size_t i = 0; i < ifupdown->stanza_count; i++) {
		free(ifupdown->stanza[i].name);
		free(ifupdown->stanza[i].family);
		free(ifupdown->stanza[i].method);
		free(ifupdown->stanza[i].tail);
	}
	free(ifupdown->stanza);
	for (size_t i = 0; i < ifupdown->file_count; i++) {
		struct ifupdown_file *file = ifupdown->file[i];

		for (size_t j = 0; j < file->change_count; j++)
			free(file->change[j].text);
		free(file->change);
		interfaces_clear(&file->text);
		free(file->path);
		free(file);
	}
	free(ifupdown->file);
	free(ifupdown->trouble);
	*ifupdown = (struct ifupdown){0};
}

struct ifupdown_stanza *ifupdown_find(const struct ifupdown *ifupdown, const char *name,
				      const struct ifupdown_stanza *previous)
{
	size_t i = previous ? (size_t)(previous - ifupdown->stanza) + 1 : 0;

	for (; i < ifupdown->stanza_count; i++)
		if (strcmp(ifupdown->stanza[i].name, name) == 0)
			return &ifupdown->stanza[i];
	return NULL;
}

const struct interfaces_statement *ifupdown_option(const struct ifupdown_stanza *stanza,
						   size_t i)
{
	size_t at = stanza->first + 1 + i;

	return at < stanza->end ? &stanza->file->text.statement[at] : NULL;
}

bool ifupdown_is_made(const struct ifupdown_stanza *stanza)
{
	const struct interfaces_statement *option;

	for (size_t i = 0; (option = ifupdown_option(stanza, i)); i++)
		if (strcmp(option->keyword, "slaves") == 0 ||
		    strcmp(option->keyword, "bond-slaves") == 0 ||
		    strcmp(option->keyword, "bond_slaves") == 0 ||
		    strcmp(option->keyword, "bond-mode") == 0 ||
		    str_starts(option->keyword, "vlan-raw") ||
		    str_starts(option->keyword, "vlan_raw"))
			return true;
	return strchr(stanza->name, '.') != NULL;
}

bool ifupdown_is_bridge_option(const char *keyword, const char *name)
{
	return (str_starts(keyword, "bridge_") || str_starts(keyword, "bridge-")) &&
	       strcmp(keyword + strlen("bridge_"), name) == 0;
}

void ifupdown_change(struct ifupdown_file *file,
		     const struct interfaces_statement *statement, const char *text)
{
	for (size_t i = 0; i < statement->line_count; i++) {
		file->change =
			mem_grow(file->change, file->change_count, sizeof(*file->change));
		file->change[file->change_count++] = (struct edit_change){
			.line = statement->line + i,
			.text = i == 0 && text ? mem_text(text) : NULL,
		};
	}
}
