/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What programs and the kernel say of a running system's health, as text. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/inet.h"
#include "boot/trial-health.h"

#define WORDS_MAX 16

/* A line as words; those behind the last one that fits are left out. */
struct words {
	char *text;
	const char *word[WORDS_MAX];
	size_t count;
};

static void words_clear(struct words *words)
{
	free(words->text);
}

static struct words split(const char *line, size_t length)
{
	struct words words = {.text = mem_text_part(line, length)};
	char *rest = NULL;

	for (char *word = strtok_r(words.text, " \t\\", &rest);
	     word && words.count < WORDS_MAX; word = strtok_r(NULL, " \t\\", &rest))
		words.word[words.count++] = word;
	return words;
}

uint64_t health_dom0_mib(const char *xl_list)
{
	const char *line;
	size_t length;

	while (str_next_line(&xl_list, &line, &length)) {
		_cleanup_(words_clear) struct words words = split(line, length);
		uint64_t id, memory;

		/* A name may have blanks, but not dom0's. */
		if (words.count >= 3 && strcmp(words.word[0], "Domain-0") == 0 &&
		    str_to_number(words.word[1], UINT32_MAX, &id) && id == 0 &&
		    str_to_number(words.word[2], UINT32_MAX, &memory))
			return memory;
	}
	return 0;
}

char *health_failed_units(const char *list)
{
	static const char *const ours[] = {"xenhost-",	     "xenstored.",
					   "oxenstored.",    "xenconsoled.",
					   "xen-init-dom0.", "xen."};
	struct str text = {0};
	const char *line;
	size_t length;

	while (str_next_line(&list, &line, &length)) {
		_cleanup_(words_clear) struct words words = split(line, length);

		for (size_t i = 0; words.count && i < ARRAY_SIZE(ours); i++)
			if (str_starts(words.word[0], ours[i]))
				str_addf(&text, "%s%s", text.length ? ", " : "",
					 words.word[0]);
	}
	return text.length ? str_take(&text) : NULL;
}

/* ---- addresses ---- */

/*
 * A line of `ip -o address`: "2: xenbr0    inet 192.0.2.1/24 brd ... scope global xenbr0".
 * False for one that is no address that may be used.
 */
static bool read_address(const struct words *words, char **ret_interface,
			 const char **ret_address)
{
	bool is_global = false;

	if (words->count < 4 || !str_starts(words->word[2], "inet"))
		return false;
	for (size_t i = 4; i < words->count; i++) {
		if (strcmp(words->word[i], "tentative") == 0 ||
		    strcmp(words->word[i], "dadfailed") == 0)
			return false;
		if (strcmp(words->word[i], "scope") == 0 && i + 1 < words->count)
			is_global = strcmp(words->word[i + 1], "global") == 0;
	}
	*ret_interface = mem_text_part(words->word[1], strcspn(words->word[1], "@:"));
	*ret_address = words->word[3];
	return is_global;
}

void health_addressed(const char *ip_address, struct str_list *ret_names)
{
	const char *line, *address;
	size_t length;

	while (str_next_line(&ip_address, &line, &length)) {
		_cleanup_(words_clear) struct words words = split(line, length);
		_cleanup_free_ char *interface = NULL;

		if (read_address(&words, &interface, &address) &&
		    !str_list_has(ret_names, interface))
			str_list_add(ret_names, interface);
	}
}

/* However they are written, and link-local ones too. */
static bool is_same_prefix(const char *a, const char *b)
{
	unsigned int length_a, length_b;
	size_t end_a, end_b;
	int family_a, family_b;
	unsigned char bytes_a[16], bytes_b[16];
	_cleanup_free_ char *text_a = NULL, *text_b = NULL;

	if (!inet_is_prefix(a, &family_a, &length_a, &end_a) ||
	    !inet_is_prefix(b, &family_b, &length_b, &end_b) || family_a != family_b ||
	    length_a != length_b)
		return false;
	text_a = mem_text_part(a, end_a);
	text_b = mem_text_part(b, end_b);
	return inet_pton(family_a, text_a, bytes_a) == 1 &&
	       inet_pton(family_b, text_b, bytes_b) == 1 &&
	       memcmp(bytes_a, bytes_b, family_a == AF_INET ? 4 : 16) == 0;
}

bool health_has_address(const char *ip_address, const char *interface,
			const char *address)
{
	const char *line, *found;
	size_t length;

	while (str_next_line(&ip_address, &line, &length)) {
		_cleanup_(words_clear) struct words words = split(line, length);
		_cleanup_free_ char *name = NULL;
		bool is_global = read_address(&words, &name, &found);

		if (name && strcmp(name, interface) == 0 &&
		    is_same_prefix(found, address) &&
		    (is_global || str_starts(address, "fe80") ||
		     str_starts(address, "169.254.")))
			return true;
	}
	return false;
}

/* ---- routes ---- */

/* "Iface Destination Gateway Flags RefCnt Use Metric Mask ...", bytes as in memory. */
bool health_gateways(const char *routes, struct str_list *ret_gateways)
{
	bool has_route = false;
	const char *line;
	size_t length;

	while (str_next_line(&routes, &line, &length)) {
		_cleanup_(words_clear) struct words words = split(line, length);
		uint64_t destination, gateway, mask, flags;
		char text[INET_ADDRSTRLEN];
		struct in_addr address;

		if (words.count < 8 ||
		    !str_to_hex(words.word[1], UINT32_MAX, &destination) ||
		    !str_to_hex(words.word[2], UINT32_MAX, &gateway) ||
		    !str_to_hex(words.word[3], UINT32_MAX, &flags) ||
		    !str_to_hex(words.word[7], UINT32_MAX, &mask) || destination || mask)
			continue;
		/* RTF_UP without RTF_REJECT. */
		if ((flags & 0x201) != 1)
			continue;
		has_route = true;
		address.s_addr = (in_addr_t)gateway;
		if (gateway && inet_ntop(AF_INET, &address, text, sizeof(text)) &&
		    !str_list_has(ret_gateways, text))
			str_list_add(ret_gateways, text);
	}
	return has_route;
}

/* "IP address  HW type  Flags  HW address  Mask  Device"; ATF_COM is an answer. */
bool health_has_neighbour(const char *arp, const char *address)
{
	const char *line;
	size_t length;

	while (str_next_line(&arp, &line, &length)) {
		_cleanup_(words_clear) struct words words = split(line, length);
		uint64_t flags;

		if (words.count >= 3 && strcmp(words.word[0], address) == 0 &&
		    str_to_hex(words.word[2], UINT32_MAX, &flags) && (flags & 2))
			return true;
	}
	return false;
}
