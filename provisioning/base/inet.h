/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names and addresses of the network as text. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * An IPv4 address in four decimal parts, or an IPv6 address (RFC 4291, 2.2), without a
 * zone. *ret_family is AF_INET or AF_INET6.
 */
bool inet_is_address(const char *text, int *ret_family);

/*
 * The first `length` bytes of a text as the address that all its spellings are, "2001:db8::1";
 * as they are if they are none. The caller frees it.
 */
char *inet_canonical(const char *text, size_t length);

/* "ADDRESS/LENGTH": *ret_length is that of the prefix, the address is *ret_address_length
 * bytes of the text. */
bool inet_is_prefix(const char *text, int *ret_family, unsigned int *ret_length,
		    size_t *ret_address_length);

/* Whether an address is in the network of ADDRESS/LENGTH; both are valid texts. */
bool inet_contains(const char *prefix, const char *address);

/*
 * Whether two of ADDRESS/LENGTH are one address, however it is written, that only one
 * interface can have: not link-local (RFC 4291, 2.5.6). False if either is no such text.
 */
bool inet_is_same(const char *a, const char *b);

/*
 * Why no interface can have an ADDRESS/LENGTH, which is a valid text; NULL if one can. The
 * words follow the address in a sentence.
 */
const char *inet_prefix_fault(const char *prefix);

/* Six bytes in hexadecimal with colons. */
bool inet_is_mac(const char *text);

/* A MAC address that one interface can have: not a group's, not zero. */
bool inet_is_station(const char *mac);

/* What Linux takes for an interface: 1 to 15 bytes; here of "A-Za-z0-9_.-" only. */
bool inet_is_interface(const char *text);
