/* SPDX-License-Identifier: GPL-2.0-or-later */
/* systemd-networkd's files: which one configures an interface. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "resources/net-networkd.h"

/* The first of them that has a file hides those of the others with its name. */
static const char *const directories[] = {
	NETWORKD_DIRECTORY, "run/systemd/network", "usr/local/lib/systemd/network",
	"usr/lib/systemd/network", "lib/systemd/network"};

/* The names with an ending in a directory below each of ours, each once, sorted. */
static void list_names(const struct planner *planner, const char *below,
		       const char *suffix, struct str_list *names)
{
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		_cleanup_free_ char *directory = mem_textf("%s%s", directories[i], below);
		_cleanup_str_list_ struct str_list found = {0};

		planner_list(planner, directory, &found);
		/* netplan-generate(8)'s are netplan's, made anew at each boot. */
		for (size_t j = 0; j < found.count; j++)
			if (str_ends(found.item[j], suffix) &&
			    !str_starts(found.item[j], "10-netplan-") &&
			    !str_list_has(names, found.item[j]))
				str_list_add(names, found.item[j]);
	}
	str_list_sort(names);
}

/* Reads the file that counts of those with a name; *ret_path stays NULL if it is ours,
 * empty or a link to /dev/null. */
static void read_first(const struct planner *planner, const char *below, const char *name,
		       struct ini *ini, char **ret_path)
{
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		_cleanup_free_ char *path =
			mem_textf("%s%s/%s", directories[i], below, name);
		_cleanup_str_ struct str text = {0};

		if (!planner_has(planner, path))
			continue;
		if (net_read(planner, path, &text, NULL) < 0 || !text.length)
			return;
		ini_parse(text.text, true, ini);
		*ret_path = TAKE_PTR(path);
		return;
	}
}

static void read_whole(const struct planner *planner, const char *name,
		       struct networkd_file *file)
{
	_cleanup_free_ char *below = mem_textf("/%s.d", name);
	_cleanup_str_list_ struct str_list names = {0};

	read_first(planner, "", name, &file->ini, &file->path);
	if (!file->path)
		return;
	file->name = mem_text(name);
	list_names(planner, below, ".conf", &names);
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *path = NULL;

		read_first(planner, below, names.item[i], &file->ini, &path);
	}
}

/* ---- [Match] ---- */

/* A list of patterns, a '!' before the first one turns it round; an empty text, of
 * something that the link has not, is matched by none. */
static enum networkd_match matches_list(const char *list, const char *text)
{
	bool is_inverted = list[0] == '!', is_found = false;

	if (!text)
		return NETWORKD_MAYBE;
	for (list += is_inverted; *list;) {
		size_t length = strcspn(list, " \t");
		_cleanup_free_ char *pattern = mem_text_part(list, length);

		if (text[0] && fnmatch(pattern, text, FNM_CASEFOLD) == 0)
			is_found = true;
		list += length;
		list += strspn(list, " \t");
	}
	return is_found != is_inverted ? NETWORKD_YES : NETWORKD_NO;
}

static enum networkd_match matches_entry(const struct ini_entry *entry,
					 const struct networkd_link *link)
{
	const char *kind = link->kind ? link->kind : "";
	const char *type = !link->kind || strcmp(kind, "dummy") == 0 ? "ether" : kind;

	if (!entry->value[0])
		return NETWORKD_YES;
	if (strcmp(entry->key, "Name") == 0 || strcmp(entry->key, "OriginalName") == 0)
		return matches_list(entry->value, link->name);
	if (strcmp(entry->key, "MACAddress") == 0 ||
	    strcmp(entry->key, "PermanentMACAddress") == 0)
		return matches_list(entry->value, link->mac);
	if (strcmp(entry->key, "Driver") == 0)
		return matches_list(entry->value, link->driver);
	if (strcmp(entry->key, "Type") == 0)
		return matches_list(entry->value, type);
	if (strcmp(entry->key, "Kind") == 0)
		return matches_list(entry->value, kind);
	return NETWORKD_MAYBE;
}

enum networkd_match networkd_matches(const struct ini *ini,
				     const struct networkd_link *link)
{
	enum networkd_match result = NETWORKD_YES;

	for (size_t i = 0; i < ini->count; i++) {
		const struct ini_section *section = &ini->section[i];

		if (strcmp(section->name, "Match") != 0)
			continue;
		for (size_t j = 0; j < section->count; j++) {
			enum networkd_match one = matches_entry(&section->entry[j], link);

			if (one < result)
				result = one;
		}
	}
	return result;
}

/* ---- finding ---- */

void networkd_find(const struct planner *planner, const struct networkd_link *link,
		   struct networkd_file *ret_file)
{
	_cleanup_str_list_ struct str_list names = {0};

	*ret_file = (struct networkd_file){0};
	list_names(planner, "", ".network", &names);
	for (size_t i = 0; i < names.count; i++) {
		read_whole(planner, names.item[i], ret_file);
		if (!ret_file->path)
			continue;
		ret_file->match = networkd_matches(&ret_file->ini, link);
		if (ret_file->match != NETWORKD_NO)
			return;
		networkd_file_clear(ret_file);
	}
}

void networkd_find_any(const struct planner *planner, struct networkd_file *ret_file)
{
	_cleanup_str_list_ struct str_list names = {0};

	*ret_file = (struct networkd_file){0};
	list_names(planner, "", ".network", &names);
	for (size_t i = 0; i < names.count; i++) {
		const char *name;

		read_whole(planner, names.item[i], ret_file);
		/* What /usr has is for containers and the like, not this machine's. */
		name = ret_file->path ? ini_get(&ret_file->ini, "Match", "Name") : "lo";
		if (ret_file->path && !str_starts(ret_file->path, "usr/") &&
		    !str_starts(ret_file->path, "lib/") && !str_same(name, "lo"))
			return;
		networkd_file_clear(ret_file);
	}
}

char *networkd_kind(const struct planner *planner, const char *interface)
{
	_cleanup_str_list_ struct str_list names = {0};

	list_names(planner, "", ".netdev", &names);
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_networkd_file_ struct networkd_file file = {0};

		read_whole(planner, names.item[i], &file);
		if (file.path &&
		    str_same(ini_get(&file.ini, "NetDev", "Name"), interface)) {
			const char *kind = ini_get(&file.ini, "NetDev", "Kind");

			return mem_text(kind ? kind : "");
		}
	}
	return NULL;
}

void networkd_file_clear(struct networkd_file *file)
{
	if (!file)
		return;
	ini_clear(&file->ini);
	free(file->path);
	free(file->name);
	*file = (struct networkd_file){0};
}
