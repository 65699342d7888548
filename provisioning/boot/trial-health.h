/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the system that runs is healthy: what it takes to keep a boot. */
#pragma once

#include "boot/trial.h"
#include "host/desc.h"

/* What is looked at. */
struct health {
	const struct fs *fs;
	const struct desc *desc; /* NULL: it cannot be read, and nothing is asked for */
	bool is_xen;		 /* this has to be dom0 */
	bool needs_route;	 /* there has to be a default route */
	const struct str_list *interfaces; /* those that had an address; NULL: unknown */
};

/*
 * Looks once at everything, and stops at what is not well: its reason, one line, and
 * false. It takes seconds where a program hangs.
 */
bool health_look(const struct health *health, struct str *ret_reason);

/* ---- its readers ---- */

/* Memory in MiB of domain 0 in what `xl list` prints; 0: it is not there. */
uint64_t health_dom0_mib(const char *xl_list);

/* The units in a `systemctl list-units` that are xenhost's or Xen's, "a, b"; or NULL. */
char *health_failed_units(const char *list);

/*
 * Adds the interfaces with an address in what `ip -o address` prints, each once; not
 * those of the link alone and of the host itself.
 */
void health_addressed(const char *ip_address, struct str_list *ret_names);

/* Whether an interface has ADDRESS/LENGTH there, and may use it. */
bool health_has_address(const char *ip_address, const char *interface,
			const char *address);

/*
 * The gateways of default routes in a /proc/net/route, as addresses. False if there is no
 * default route; one to a link without a gateway adds nothing.
 */
bool health_gateways(const char *routes, struct str_list *ret_gateways);

/* Whether a /proc/net/arp has an answer of an address. */
bool health_has_neighbour(const char *arp, const char *address);
