/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The volumes of a new guest: all of them made at once, and what is in them before a mount. */
#include <stdlib.h>
#include <string.h>

#include "guest/create-parts.h"
#include "guest/filesystem.h"

bool create_is_root(const struct guest_volume *volume)
{
	return volume->mountpoint && strcmp(volume->mountpoint, "/") == 0;
}

static bool is_clone(const struct guest *guest, const struct guest_volume *volume)
{
	return create_is_root(volume) && !guest->has_installer &&
	       !create_has_parts(guest);
}

static struct storage_order order_of(const struct making *making,
				     const struct guest_volume *volume)
{
	const struct template *template = making->template;
	struct storage_order order = {.name = volume->name, .size = volume->size};

	if (is_clone(making->guest, volume)) {
		order.from = &template->store;
		order.key = template->volume;
		order.key_size = template->size;
	}
	return order;
}

static int format(const struct making *making, const struct guest_volume *volume,
		  struct err *err)
{
	int rc = 0;

	if (!is_clone(making->guest, volume))
		rc = filesystem_make(volume->path, 0, volume->fs, volume->uuid, err);
	else if (making->guest->recipe.layout == LAYOUT_DISK)
		rc = template_fit_disk(volume->path, err);
	return rc < 0 ? err_wrap(err, "volume '%s'", volume->name) : 0;
}

int create_volumes(const struct making *making, struct err *err)
{
	const struct guest *guest = making->guest;
	size_t count = guest->volume_count;
	struct storage_order *orders = mem_alloc((count + 1) * sizeof(*orders));
	int rc;

	for (size_t i = 0; i < count; i++)
		orders[i] = order_of(making, &guest->volume[i]);
	rc = storage_make(making->create->storage, guest->name, orders, count,
			  making->work, err);
	free(orders);
	/* An installer makes its own. */
	for (size_t i = 0; rc == 0 && i < count && !guest->has_installer; i++)
		rc = format(making, &guest->volume[i], err);
	return rc;
}
