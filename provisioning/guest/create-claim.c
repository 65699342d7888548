/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What no other guest may have: taken before the first thing is made. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/inet.h"
#include "guest/create-parts.h"

/* "MAC address 00:16:3e:12:34:56": in the one spelling that all others are. */
static void claim(struct str_list *things, const char *kind, const char *object)
{
	_cleanup_free_ char *thing = mem_textf("%s %s", kind, object);

	str_list_add(things, thing);
}

static void claim_nic(struct str_list *things, const struct guest_nic *nic)
{
	_cleanup_free_ char *mac = mem_text(nic->mac);

	for (char *at = mac; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	claim(things, "MAC address", mac);
	for (size_t i = 0; i < nic->addresses.count; i++) {
		const char *text = nic->addresses.item[i];
		_cleanup_free_ char *address = inet_canonical(text, strcspn(text, "/"));

		claim(things, "address", address);
	}
}

static void claim_devices(struct str_list *things, const struct guest *guest)
{
	for (size_t i = 0; i < guest->volume_count; i++) {
		const char *path = guest->volume[i].path;
		_cleanup_free_ char *device = realpath(path, NULL);

		claim(things, "device", device ? device : path);
	}
}

static int check(void *context, struct err *err)
{
	const struct create *const *create = context;

	return create_check_others(*create, err);
}

int create_claim(const struct create *create, struct work *work, struct err *err)
{
	_cleanup_str_list_ struct str_list things = {0};
	int rc = create_check(create, err);

	for (size_t i = 0; i < create->guest->nic_count; i++)
		claim_nic(&things, &create->guest->nic[i]);
	if (create_is_on_devices(create))
		claim_devices(&things, create->guest);
	return rc < 0 ? rc : work_claim(work, &things, check, &create, err);
}
