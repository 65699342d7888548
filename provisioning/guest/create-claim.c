/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What no other guest may have: taken before the first thing is made. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "guest/create-parts.h"

/* "MAC address 00:16:3e:12:34:56" */
static void claim(struct str_list *things, const char *kind, const char *object,
		  size_t length)
{
	_cleanup_free_ char *thing = mem_textf("%s %.*s", kind, (int)length, object);

	for (char *at = thing + strlen(kind); strcmp(kind, "MAC address") == 0 && *at;
	     at++)
		*at = (char)tolower((unsigned char)*at);
	str_list_add(things, thing);
}

static void list(const struct create *create, struct str_list *things)
{
	const struct guest *guest = create->guest;

	for (size_t n = 0; n < guest->nic_count; n++) {
		const struct guest_nic *nic = &guest->nic[n];

		claim(things, "MAC address", nic->mac, strlen(nic->mac));
		for (size_t a = 0; a < nic->addresses.count; a++)
			claim(things, "address", nic->addresses.item[a],
			      strcspn(nic->addresses.item[a], "/"));
	}
	for (size_t n = 0; create_is_on_devices(create) && n < guest->volume_count; n++) {
		const char *path = guest->volume[n].path;
		_cleanup_free_ char *device = realpath(path, NULL);

		claim(things, "device", device ? device : path,
		      strlen(device ? device : path));
	}
}

static int check(void *context, struct err *err)
{
	const struct create *const *create = context;

	return create_check(*create, err);
}

int create_claim(const struct create *create, struct work *work, struct err *err)
{
	_cleanup_str_list_ struct str_list things = {0};

	list(create, &things);
	return work_claim(work, &things, check, &create, err);
}
