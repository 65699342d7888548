/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who answers for names: what is asked for, or who does for dom0. */
#include <stdlib.h>
#include <string.h>

#include "base/inet.h"
#include "guest/spec-parts.h"

enum { RESOLV_LIMIT = 1 << 16 };

#define BLANKS " \t"

/* A server on dom0's own loopback answers nobody else. */
static bool is_loopback(const char *address)
{
	return str_starts(address, "127.") || strcmp(address, "::1") == 0;
}

/* One line of resolv.conf(5). */
static void read_resolv_line(char *line, struct guest *guest)
{
	char *rest = NULL;
	const char *key = strtok_r(line, BLANKS, &rest);
	const char *value = key ? strtok_r(NULL, BLANKS, &rest) : NULL;
	int family;

	if (!value)
		return;
	if (strcmp(key, "nameserver") == 0 && inet_is_address(value, &family) &&
	    !is_loopback(value))
		str_list_add(&guest->nameservers, value);
	if ((strcmp(key, "search") == 0 || strcmp(key, "domain") == 0) &&
	    !guest->search && guest_is_name(value))
		guest->search = mem_text(value);
}

/* Dom0's servers, also where systemd-resolved stands before them. */
static void copy_nameservers(struct spec *spec)
{
	static const char *const files[] = {"/run/systemd/resolve/resolv.conf",
					    "/etc/resolv.conf"};

	for (size_t i = 0; i < ARRAY_SIZE(files) && !spec->guest->nameservers.count;
	     i++) {
		_cleanup_str_ struct str text = {0};
		const char *cursor, *line;
		size_t length;

		if (fs_read(spec->host, files[i], RESOLV_LIMIT, &text, NULL) < 0)
			continue;
		cursor = str_text(&text);
		while (str_next_line(&cursor, &line, &length)) {
			_cleanup_free_ char *copy = mem_text_part(line, length);

			read_resolv_line(copy, spec->guest);
		}
	}
}

int spec_names(struct spec *spec, struct err *err)
{
	const struct settings *settings = spec->settings;
	const struct str_list *list = setting_list(settings, "nameserver");
	const char *search = setting_text(settings, "search");
	int family;

	if (search && !guest_is_name(search))
		return setting_error(settings, "search", err, "'%s' is no domain",
				     search);
	if (search)
		spec->guest->search = mem_text(search);
	for (size_t i = 0; i < list->count; i++) {
		if (!inet_is_address(list->item[i], &family))
			return setting_error(settings, "nameserver", err,
					     "'%s' is no address", list->item[i]);
		str_list_add(&spec->guest->nameservers, list->item[i]);
	}
	if (!list->count && !spec->guest->nic[0].is_dhcp)
		copy_nameservers(spec);
	return 0;
}
