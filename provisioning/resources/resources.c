/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that a host has, and the order in which it is planned. */
#include "resources/resources.h"

const struct resource *const resources[] = {
	&resource_dom0,
	&resource_dom0_unit,
	&resource_serial,
	&resource_xen_args,
	&resource_loop,
	&resource_toolstack,
	&resource_guests,
	&resource_storage,
	&resource_thin_pool,
	&resource_tls,
	&resource_pci,
	&resource_net,
	&resource_firewall,
	&resource_boot,
	/* These write what the ones above wish for. */
	&resource_modules,
	&resource_modprobe,
	&resource_grub,
	/* These only check. */
	&resource_kernels,
	&resource_grub_menu,
	&resource_running,
	&resource_archive,
	&resource_dom0_memory,
	&resource_network_state,
	&resource_guest_disks,
	NULL,
};
