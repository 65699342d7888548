/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small readers that checks share. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/edit.h"
#include "host/facts-parts.h"
#include "resources/check-parts.h"

#define FILE_MAX (4 << 20)
#define BLANKS " \t"

void check_read(const struct checker *checker, const char *path, struct str *ret_text)
{
	str_clear(ret_text);
	(void)!fs_read(checker->fs, path, FILE_MAX, ret_text, NULL);
}

/* ---- versions ---- */

/*
 * apt-cache(8): below "Version table:" the newest comes first; " *** " is before the
 * installed one. The lines with archives, which are further in, tell no version.
 */
bool check_is_archive_newer(const char *policy, char **ret_ours, char **ret_theirs)
{
	const char *cursor = strstr(policy, "Version table:\n"), *line;
	_cleanup_free_ char *theirs = NULL;
	size_t length;

	while (cursor && str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *copy = mem_text_part(line, length);
		bool is_installed = str_starts(copy, " *** ");
		char *version = copy + 5;

		if (!is_installed && (!str_starts(copy, "     ") || *version == ' '))
			continue;
		version[strcspn(version, " ")] = '\0';
		if (is_installed && theirs && strstr(version, "+xenhost")) {
			*ret_ours = mem_text(version);
			*ret_theirs = TAKE_PTR(theirs);
			return true;
		}
		if (is_installed)
			return false;
		if (!theirs && *version && !strstr(version, "+xenhost"))
			theirs = mem_text(version);
	}
	return false;
}

/* ---- programs ---- */

char *check_xl_value(const char *xl_info, const char *name)
{
	const char *cursor = xl_info, *line;
	size_t length, name_length = strlen(name);

	while (str_next_line(&cursor, &line, &length)) {
		const char *end = line + length;

		if (length <= name_length || strncmp(line, name, name_length) != 0)
			continue;
		line += name_length;
		line += strspn(line, BLANKS);
		if (line >= end || *line++ != ':')
			continue;
		line += strspn(line, BLANKS);
		return mem_text_part(line, line < end ? (size_t)(end - line) : 0);
	}
	return NULL;
}

/* "NAME  ID  MEM  VCPUS  STATE  TIME": a name has no blanks. */
static bool guest_mib(const char *line, uint64_t *ret_mib)
{
	_cleanup_free_ char *memory = NULL;
	const char *id = line + strcspn(line, BLANKS);

	id += strspn(id, BLANKS);
	if (*id < '1' || *id > '9')
		return false;
	line = id + strcspn(id, BLANKS);
	line += strspn(line, BLANKS);
	memory = mem_text_part(line, strcspn(line, BLANKS));
	return str_to_number(memory, UINT32_MAX, ret_mib);
}

uint64_t check_guests_mib(const char *xl_list)
{
	const char *cursor = xl_list, *line;
	uint64_t sum = 0, mib;
	size_t length;

	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *text = mem_text_part(line, length);

		if (guest_mib(text, &mib))
			sum += mib;
	}
	return sum;
}

/* ---- command lines ---- */

bool check_has_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	while (*words) {
		size_t size = strcspn(words, BLANKS);

		if (size == length && strncmp(words, word, size) == 0)
			return true;
		words += size + strspn(words + size, BLANKS);
	}
	return false;
}

bool check_lacks_max(const char *line, size_t length)
{
	static const char name[] = "dom0_mem=";
	bool has_size = false;

	for (const char *end = line + length; line < end;) {
		size_t size = 0;

		while (line + size < end && !strchr(BLANKS "\n", line[size]))
			size++;
		if (size > strlen(name) && strncmp(line, name, strlen(name)) == 0) {
			has_size = true;
			/* A later one may set the maximum alone. */
			if (memmem(line, size, "max:", strlen("max:")))
				return false;
		}
		line += size + 1;
	}
	return has_size;
}

/* ---- network ---- */

#define STATE_LISTEN 0x0a /* <net/tcp_states.h> of the kernel */

/*
 * 127.0.0.0/8, also mapped into IPv6, and ::1; each 32 bits are in the order of x86's
 * bytes.
 */
static bool is_loopback(const char *address)
{
	static const char mapped[] = "0000000000000000FFFF0000";

	if (str_starts(address, mapped))
		address += strlen(mapped);
	if (strlen(address) == 8)
		return strcmp(address + 6, "7F") == 0;
	return strcmp(address, "00000000000000000000000001000000") == 0;
}

/* "0: 0100007F:1F42 00000000:0000 0A ...", proc(5) and proc_net_tcp.txt. */
static bool line_listens(const char *line, uint16_t port)
{
	char address[33], number[5], state[3];
	uint64_t found_port, found_state;

	if (sscanf(line, " %*[0-9]: %32[0-9A-F]:%4[0-9A-F] %*[0-9A-F]:%*[0-9A-F] %2s",
		   address, number, state) != 3)
		return false;
	return str_to_hex(number, UINT16_MAX, &found_port) && found_port == port &&
	       str_to_hex(state, UINT8_MAX, &found_state) &&
	       found_state == STATE_LISTEN && !is_loopback(address);
}

bool check_listens(const char *table, uint16_t port)
{
	const char *cursor = table, *line;
	size_t length;

	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *text = mem_text_part(line, length);

		if (line_listens(text, port))
			return true;
	}
	return false;
}

/* One match of the "Device List Format": by name, with '*' and '?'. */
static bool matches(const char *item, const char *interface)
{
	static const char prefix[] = "interface-name:";

	if (str_starts(item, prefix))
		item += strlen(prefix);
	if (*item == '=')
		return strcmp(item + 1, interface) == 0;
	return fnmatch(item, interface, 0) == 0;
}

static bool list_matches(const char *list, const char *interface)
{
	static const char except[] = "except:";
	bool is_matched = false;

	while (*list) {
		size_t length = strcspn(list, ",; \t\r");
		_cleanup_free_ char *item = mem_text_part(list, length);

		if (str_starts(item, except)) {
			if (matches(item + strlen(except), interface))
				return false;
		} else if (*item && matches(item, interface)) {
			is_matched = true;
		}
		list += length + (list[length] != '\0');
	}
	return is_matched;
}

bool check_is_unmanaged(const char *text, const char *interface)
{
	static const char key[] = "unmanaged-devices";
	const char *cursor = text, *line;
	size_t length;

	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *copy = mem_text_part(line, length);
		const char *at = copy + strspn(copy, BLANKS);

		if (!str_starts(at, key))
			continue;
		at += strlen(key);
		at += strspn(at, BLANKS);
		at += *at == '+';
		if (*at == '=' && list_matches(at + 1, interface))
			return true;
	}
	return false;
}

/* ---- configuration files ---- */

char *check_sxp_value(const char *text, const char *name)
{
	_cleanup_free_ char *line = edit_find(text, &edit_sxp, name);
	const char *value;

	if (!line)
		return NULL;
	value = strstr(line, name) + strlen(name);
	value += strspn(value, BLANKS "'\"");
	return mem_text_part(value, strcspn(value, "'\")"));
}

void check_read_grub(const struct checker *checker, struct str *ret_text)
{
	static const char dir[] = "etc/default/grub.d";
	_cleanup_str_list_ struct str_list names = {0};
	_cleanup_str_ struct str part = {0};

	check_read(checker, "etc/default/grub", ret_text);
	if (checker->facts->boot.has_grub_drop_ins)
		names = facts_names(checker->fs, dir);
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *path = mem_textf("%s/%s", dir, names.item[i]);

		if (!str_ends(path, ".cfg"))
			continue;
		check_read(checker, path, &part);
		str_add_char(ret_text, '\n');
		str_add(ret_text, str_text(&part));
	}
}

/* ---- guests ---- */

/* What is between the quotes that begin a line's value, or NULL. */
static char *quoted_value(const char *at, const char *end)
{
	const char *close;

	if (at >= end || (*at != '"' && *at != '\''))
		return NULL;
	close = memchr(at + 1, *at, (size_t)(end - at - 1));
	return close ? mem_text_part(at + 1, (size_t)(close - at - 1)) : NULL;
}

char *check_guest_value(const char *text, const char *name)
{
	const char *cursor = text, *line;
	char *value = NULL;
	size_t length, name_length = strlen(name);

	while (str_next_line(&cursor, &line, &length)) {
		const char *end = line + length, *at = line + strspn(line, BLANKS);
		char *found;

		if (!str_starts(at, name))
			continue;
		at += name_length;
		at += strspn(at, BLANKS);
		if (*at++ != '=')
			continue;
		at += strspn(at, BLANKS);
		found = quoted_value(at, end);
		if (found) {
			free(value);
			value = found;
		}
	}
	return value;
}
