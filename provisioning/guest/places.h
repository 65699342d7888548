/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a dom0 keeps its guests unless told otherwise: as its family does. */
#pragma once

#include "base/fs.h"

struct places {
	const char *config;    /* directory of configurations: "/etc/xen" */
	const char *extension; /* what their names end in: ".cfg" */
	const char *images;    /* directory of volumes in files; NULL: it must be said */
};

/*
 * xen-tools' places; or SUSE's, README.SUSE, "Creating a VM with vm-install": "The disk image
 * will exist in /var/lib/xen/images, and a corresponding config file will exist in
 * /etc/xen/vm".
 */
const struct places *places_of(const struct fs *host);
