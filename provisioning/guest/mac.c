/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The MAC addresses of guests' interfaces. */
#include <md5.h>
#include <sha2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"
#include "guest/mac.h"

static void write_mac(const uint8_t *bytes, char ret_mac[MAC_TEXT])
{
	(void)snprintf(ret_mac, MAC_TEXT, "00:16:3e:%02x:%02x:%02x", bytes[0], bytes[1],
		       bytes[2]);
}

void mac_make(const char *name, size_t index, char ret_mac[MAC_TEXT])
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	_cleanup_free_ char *text =
		index ? mem_textf("%s %zu", name, index) : mem_text(name);
	SHA2_CTX context;

	SHA256Init(&context);
	SHA256Update(&context, (const uint8_t *)text, strlen(text));
	SHA256Final(digest, &context);
	write_mac(digest, ret_mac);
}

void mac_make_old(const char *name, const char *addresses, int is_dhcp, const char *suite,
		  char ret_mac[MAC_TEXT])
{
	uint8_t digest[MD5_DIGEST_LENGTH];
	_cleanup_free_ char *text =
		mem_textf("%s%s%s%s", name, addresses, is_dhcp ? "1" : "", suite);
	MD5_CTX context;

	MD5Init(&context);
	MD5Update(&context, (const uint8_t *)text, strlen(text));
	MD5Final(digest, &context);
	write_mac(digest, ret_mac);
}

void mac_make_random(char ret_mac[MAC_TEXT])
{
	uint8_t bytes[3];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		abort();
	write_mac(bytes, ret_mac);
}
