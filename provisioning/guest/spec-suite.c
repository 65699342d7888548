/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Suites: whose they are, where their packages are, and which one dom0 has. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/spec-parts.h"

enum { SOURCES_LIMIT = 1 << 20 };

#define BLANKS " \t"

/* Whose mirrors they are not on any more are old. */
static const struct suite suites[] = {
	{"sarge", "debian", true},	   {"etch", "debian", true},
	{"lenny", "debian", true},	   {"squeeze", "debian", true},
	{"wheezy", "debian", true},	   {"jessie", "debian", true},
	{"stretch", "debian", true},	   {"buster", "debian", true},
	{"bullseye", "debian", false},	   {"bookworm", "debian", false},
	{"trixie", "debian", false},	   {"forky", "debian", false},
	{"duke", "debian", false},	   {"sid", "debian", false},
	{"oldoldstable", "debian", false}, {"oldstable", "debian", false},
	{"stable", "debian", false},	   {"testing", "debian", false},
	{"unstable", "debian", false},	   {"precise", "ubuntu", true},
	{"trusty", "ubuntu", false},	   {"xenial", "ubuntu", false},
	{"bionic", "ubuntu", false},	   {"focal", "ubuntu", false},
	{"groovy", "ubuntu", true},	   {"hirsute", "ubuntu", true},
	{"impish", "ubuntu", true},	   {"jammy", "ubuntu", false},
	{"kinetic", "ubuntu", true},	   {"lunar", "ubuntu", true},
	{"mantic", "ubuntu", true},	   {"noble", "ubuntu", false},
	{"oracular", "ubuntu", true},	   {"plucky", "ubuntu", false},
	{"questing", "ubuntu", false},	   {"devel", "ubuntu", false},
	{"tumbleweed", "opensuse", false},
};

const struct suite *suite_find(const char *name)
{
	static const struct suite leap = {"leap", "opensuse", false};

	for (size_t i = 0; i < ARRAY_SIZE(suites); i++)
		if (strcmp(suites[i].name, name) == 0)
			return &suites[i];
	return str_starts(name, "leap-") ? &leap : NULL;
}

char *suite_mirror(const char *distribution, const char *arch, bool is_old)
{
	if (strcmp(distribution, "debian") == 0)
		return mem_text(is_old ? "http://archive.debian.org/debian"
				       : "http://deb.debian.org/debian");
	if (strcmp(distribution, "ubuntu") == 0 && is_old)
		return mem_text("http://old-releases.ubuntu.com/ubuntu");
	if (strcmp(distribution, "ubuntu") == 0 && strcmp(arch, "amd64") != 0 &&
	    strcmp(arch, "i386") != 0)
		return mem_text("http://ports.ubuntu.com/ubuntu-ports");
	if (strcmp(distribution, "ubuntu") == 0)
		return mem_text("http://archive.ubuntu.com/ubuntu");
	return strcmp(distribution, "opensuse") == 0
		       ? mem_text("http://download.opensuse.org")
		       : NULL;
}

bool suite_pvgrub_unpacks(const char *suite, const char *arch)
{
	static const char *const yes[] = {"wheezy",   "jessie",	  "stretch",
					  "buster",   "bullseye", "oldoldstable",
					  "bookworm", "oldstable"};
	/* 32-bit kernels are none for pv guests any more since Linux 5.9. */
	size_t count = strcmp(arch, "i386") == 0 ? 4 : ARRAY_SIZE(yes);

	for (size_t i = 0; i < count; i++)
		if (strcmp(suite, yes[i]) == 0)
			return true;
	return false;
}

/* What was found so far. */
struct found {
	char *suite, *mirror;
};

/* The first word of a suite's own packages wins: neither updates nor security. */
static void take(struct found *found, const char *uri, const char *suite)
{
	const struct suite *known = suite_find(suite);

	if (found->suite || !known)
		return;
	found->suite = mem_text(suite);
	if (str_starts(uri, "http://") || str_starts(uri, "https://") ||
	    str_starts(uri, "file:"))
		found->mirror = mem_text(uri);
}

/* The next word; the caller frees it. NULL at the end. */
static char *next_word(const char **cursor)
{
	size_t length;
	char *word;

	*cursor += strspn(*cursor, BLANKS);
	length = strcspn(*cursor, BLANKS "#");
	if (!length)
		return NULL;
	word = mem_text_part(*cursor, length);
	*cursor += length;
	return word;
}

/* sources.list(5), "ONE-LINE-STYLE FORMAT": deb [ option=value ] uri suite component */
static void read_line(const char *line, struct found *found)
{
	_cleanup_free_ char *type = next_word(&line), *uri = NULL, *suite = NULL;

	if (!type || strcmp(type, "deb") != 0)
		return;
	line += strspn(line, BLANKS);
	if (*line == '[') {
		line += strcspn(line, "]");
		line += *line == ']';
	}
	uri = next_word(&line);
	suite = uri ? next_word(&line) : NULL;
	if (suite)
		take(found, uri, suite);
}

static void read_list(const char *text, struct found *found)
{
	const char *cursor = text, *line;
	size_t length;

	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *copy = mem_text_part(line, length);

		read_line(copy, found);
	}
}

/* A stanza of sources.list(5), "DEB822-STYLE FORMAT". */
struct stanza {
	char *types, *uris, *suites;
	bool is_off;
};

static void end_stanza(struct stanza *stanza, struct found *found)
{
	const char *uris = stanza->uris ? stanza->uris : "";
	const char *suite_words = stanza->suites ? stanza->suites : "";
	_cleanup_free_ char *uri = next_word(&uris), *suite = next_word(&suite_words);

	if (!stanza->is_off && stanza->types && str_starts(stanza->types, "deb") && uri &&
	    suite)
		take(found, uri, suite);
	free(stanza->types);
	free(stanza->uris);
	free(stanza->suites);
	*stanza = (struct stanza){0};
}

static void read_field(const char *line, struct stanza *stanza)
{
	const struct {
		const char *name;
		char **value;
	} fields[] = {
		{"Types:", &stanza->types},
		{"URIs:", &stanza->uris},
		{"Suites:", &stanza->suites},
	};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (strncasecmp(line, fields[i].name, strlen(fields[i].name)) == 0) {
			const char *value = line + strlen(fields[i].name);

			free(*fields[i].value);
			*fields[i].value = mem_text(value + strspn(value, BLANKS));
		}
	if (strncasecmp(line, "Enabled: no", strlen("Enabled: no")) == 0)
		stanza->is_off = true;
}

static void read_stanzas(const char *text, struct found *found)
{
	const char *cursor = text, *line;
	struct stanza stanza = {0};
	size_t length;

	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *copy = mem_text_part(line, length);

		if (copy[strspn(copy, BLANKS)] == '\0')
			end_stanza(&stanza, found);
		else
			read_field(copy, &stanza);
	}
	end_stanza(&stanza, found);
}

static void read_sources(const struct fs *host, const char *path, struct found *found)
{
	_cleanup_str_ struct str text = {0};

	if (fs_read(host, path, SOURCES_LIMIT, &text, NULL) < 0)
		return;
	if (str_ends(path, ".sources"))
		read_stanzas(str_text(&text), found);
	else
		read_list(str_text(&text), found);
}

/* The value of a name in os-release(5), without its quotes; the caller frees it. */
static char *read_release(const struct fs *host, const char *name)
{
	_cleanup_str_ struct str text = {0};
	const char *cursor, *line;
	size_t length, name_length = strlen(name);

	if (fs_read(host, "/etc/os-release", SOURCES_LIMIT, &text, NULL) < 0 &&
	    fs_read(host, "/usr/lib/os-release", SOURCES_LIMIT, &text, NULL) < 0)
		return NULL;
	cursor = str_text(&text);
	while (str_next_line(&cursor, &line, &length)) {
		if (length <= name_length || strncmp(line, name, name_length) != 0 ||
		    line[name_length] != '=')
			continue;
		line += name_length + 1;
		length -= name_length + 1;
		if (length >= 2 && strchr("\"'", line[0]) &&
		    line[length - 1] == line[0]) {
			line++;
			length -= 2;
		}
		return mem_text_part(line, length);
	}
	return NULL;
}

bool suite_host_is_suse(const struct fs *host)
{
	_cleanup_free_ char *id = read_release(host, "ID"),
			    *like = read_release(host, "ID_LIKE");

	return (id && strstr(id, "suse")) || (like && strstr(like, "suse")) ||
	       (id && strcmp(id, "sles") == 0);
}

/* From the release itself. */
static char *suite_of_release(const struct fs *host)
{
	_cleanup_free_ char *id = read_release(host, "ID"),
			    *version = read_release(host, "VERSION_ID");

	if (id && strcmp(id, "opensuse-tumbleweed") == 0)
		return mem_text("tumbleweed");
	if (id && version && strcmp(id, "opensuse-leap") == 0)
		return mem_textf("leap-%s", version);
	return read_release(host, "VERSION_CODENAME");
}

void suite_of_host(const struct fs *host, char **ret_suite, char **ret_mirror)
{
	_cleanup_str_list_ struct str_list names = {0};
	struct found found = {0};

	read_sources(host, "/etc/apt/sources.list", &found);
	if (fs_readdir(host, "/etc/apt/sources.list.d", &names, NULL) < 0)
		str_list_clear(&names);
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *path =
			mem_textf("/etc/apt/sources.list.d/%s", names.item[i]);

		if (str_ends(path, ".list") || str_ends(path, ".sources"))
			read_sources(host, path, &found);
	}
	if (!found.suite)
		found.suite = suite_of_release(host);
	*ret_suite = found.suite;
	*ret_mirror = found.mirror;
}
