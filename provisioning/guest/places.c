/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a dom0 keeps its guests unless told otherwise: as its family does. */
#include "guest/places.h"
#include "guest/inventory.h"
#include "guest/spec-parts.h"

static const struct places xen_tools = {"/etc/xen", ".cfg", NULL};
static const struct places suse = {INVENTORY_VM_DIR, "", "/var/lib/xen/images"};

const struct places *places_of(const struct fs *host)
{
	return suite_host_is_suse(host) ? &suse : &xen_tools;
}
