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

char *inet_canonical(const char *text, size_t length)
{
	_cleanup_free_ char *address = mem_text_part(text, length);
	unsigned char bytes[sizeof(struct in6_addr)];
	char name[INET6_ADDRSTRLEN];
	int family = strchr(address, ':') ? AF_INET6 : AF_INET;

	if (inet_pton(family, address, bytes) == 1 &&
	    inet_ntop(family, bytes, name, sizeof(name)))
		return mem_text(name);
	return TAKE_PTR(address);
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

bool inet_contains(const char *prefix, const char *address)
{
	unsigned char network[sizeof(struct in6_addr)], host[sizeof(struct in6_addr)];
	_cleanup_free_ char *own = NULL;
	unsigned int length = 0;
	size_t own_length = 0;
	int family = 0, other = 0;

	if (!inet_is_prefix(prefix, &family, &length, &own_length) ||
	    !inet_is_address(address, &other) || family != other)
		return false;
	own = mem_text_part(prefix, own_length);
	if (inet_pton(family, own, network) != 1 || inet_pton(family, address, host) != 1)
		return false;
	for (size_t i = 0; i < length; i++)
		if ((network[i / 8] ^ host[i / 8]) & (0x80 >> i % 8))
			return false;
	return true;
}

bool inet_is_same(const char *a, const char *b)
{
	_cleanup_free_ char *whole = NULL, *address = NULL;
	unsigned int length = 0;
	size_t address_length = 0;
	int family = 0;

	if (!inet_is_prefix(a, &family, &length, &address_length))
		return false;
	address = mem_text_part(a, address_length);
	if (!inet_is_prefix(b, &family, &length, &address_length))
		return false;
	whole = mem_textf("%.*s/%d", (int)address_length, b,
			  family == AF_INET ? 32 : 128);
	return inet_contains(whole, address) && !inet_contains("fe80::/10", address);
}

/* RFC 1122, 3.2.1.3 */
static const char *v4_fault(uint32_t address, unsigned int length)
{
	uint32_t host = length < 31 ? UINT32_MAX >> length : 0;

	if (IN_MULTICAST(address))
		return "is the address of a group";
	if (address >> 24 == 0 || address >> 24 == IN_LOOPBACKNET || address >> 28 == 15)
		return "is no address of a network interface";
	if (host && (address & host) == 0)
		return "is a network, not an address in it";
	return host && (address & host) == host
		       ? "is the broadcast address of its network"
		       : NULL;
}

const char *inet_prefix_fault(const char *prefix)
{
	_cleanup_free_ char *address = NULL;
	struct in6_addr v6;
	struct in_addr v4;
	unsigned int length = 0;
	size_t address_length = 0;
	int family = 0;

	if (!inet_is_prefix(prefix, &family, &length, &address_length))
		return "is not an address with its length";
	address = mem_text_part(prefix, address_length);
	if (inet_pton(AF_INET, address, &v4) == 1)
		return v4_fault(ntohl(v4.s_addr), length);
	if (inet_pton(AF_INET6, address, &v6) != 1)
		return NULL;
	if (IN6_IS_ADDR_MULTICAST(&v6))
		return "is the address of a group";
	return IN6_IS_ADDR_UNSPECIFIED(&v6) || IN6_IS_ADDR_LOOPBACK(&v6)
		       ? "is no address of a network interface"
		       : NULL;
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

bool inet_is_station(const char *mac)
{
	/* The lowest bit of the first byte is that of groups: IEEE 802, 8.2. */
	return inet_is_mac(mac) && strspn(mac, "0:") < 17 &&
	       !strchr("13579bBdDfF", mac[1]);
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
