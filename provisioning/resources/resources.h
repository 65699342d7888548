/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that a host has, and the order in which it is planned. */
#pragma once

#include "host/planner.h"

/* Ends with NULL. One file and one line here add one. */
extern const struct resource *const resources[];

extern const struct resource resource_dom0, resource_dom0_unit, resource_xen_args,
	resource_serial, resource_loop, resource_toolstack, resource_guests,
	resource_storage, resource_thin_pool, resource_tls, resource_pci, resource_net,
	resource_firewall, resource_modules, resource_modprobe, resource_boot,
	resource_grub;

/* These only check. */
extern const struct resource resource_kernels, resource_grub_menu, resource_dom0_memory,
	resource_running, resource_archive, resource_network_state, resource_guest_disks;
