/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The MAC addresses of guests' interfaces, all in Xen's 00:16:3e. */
#pragma once

#include <stddef.h>

#define MAC_TEXT 18

/*
 * The address of a guest's interface `index`, counted from 0: 00:16:3e and the first three
 * bytes of the SHA-256 of "NAME", and of "NAME INDEX" from 1 on. It depends on nothing else.
 */
void mac_make(const char *name, size_t index, char ret_mac[MAC_TEXT]);

/*
 * As xen-tools makes that of the first interface: the first three bytes of the MD5 of the
 * host name, the addresses with commas between, "1" with DHCP, and the suite.
 */
void mac_make_old(const char *name, const char *addresses, int is_dhcp, const char *suite,
		  char ret_mac[MAC_TEXT]);

/* Three random bytes. */
void mac_make_random(char ret_mac[MAC_TEXT]);
