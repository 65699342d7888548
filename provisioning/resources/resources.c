/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that a host has, and the order in which it is planned. */
#include "resources/resources.h"

const struct resource *const resources[] = {
	&resource_loop,
	&resource_net,
	/* These write what the ones above wish for. */
	&resource_modules,
	&resource_modprobe,
	&resource_grub,
	NULL,
};
