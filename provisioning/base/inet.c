/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names and addresses of the network as text. */
#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>

#include "base/inet.h"
#include "base/str.h"

bool inet_is_address(const char *text, int *ret_family)
{
	unsigned char bytes[sizeof(struct in6_addr)];
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;

	if (inet_pton(family, text, bytes) != 1)
		return false;
	*ret_family = family;
	return true;
}

bool inet_is_prefix(const char *text, int *ret_family, unsigned int *ret_length,
		    size_t *ret_address_length)
{
	const char *slash = strchr(text, '/');
	_cleanup_free_ char *address = NULL;
	uint64_t length;
	int family;

	if (!slash)
		return false;
	address = mem_text_part(text, (size_t)(slash - text));
	if (!inet_is_address(address, &family) ||
	    !str_to_number(slash + 1, family == AF_INET ? 32 : 128, &length))
		return false;
	*ret_family = family;
	*ret_length = (unsigned int)length;
	*ret_address_length = (size_t)(slash - text);
	return true;
}

static bool is_hex(char c)
{
	return c && strchr("0123456789abcdefABCDEF", c);
}

bool inet_is_mac(const char *text)
{
	for (size_t i = 0; i < 17; i++)
		if (i % 3 == 2 ? text[i] != ':' : !is_hex(text[i]))
			return false;
	return text[17] == '\0';
}

bool inet_is_interface(const char *text)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789_.-";
	size_t length = strlen(text);

	return length > 0 && length < IFNAMSIZ && strspn(text, allowed) == length &&
	       text[0] != '-' && strcmp(text, ".") != 0 && strcmp(text, "..") != 0;
}
