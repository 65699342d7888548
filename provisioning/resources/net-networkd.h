/* SPDX-License-Identifier: GPL-2.0-or-later */
/* systemd-networkd's files: which one configures an interface. */
#pragma once

#include "resources/net-ini.h"
#include "resources/net.h"

#define NETWORKD_DIRECTORY "etc/systemd/network"
#define NETWORKD_PREFIX "05-xenhost-"

enum networkd_match { NETWORKD_NO, NETWORKD_MAYBE, NETWORKD_YES };

/* An interface as [Match] sees it. */
struct networkd_link {
	const char *name;
	const char *mac, *driver; /* NULL: unknown */
	const char *kind;	  /* of a .netdev; NULL: it is a device */
};

struct networkd_file {
	char *path; /* NULL: none */
	char *name; /* without its directory */
	enum networkd_match match;
	struct ini ini; /* with its drop-ins */
};

#define _cleanup_networkd_file_ _cleanup_(networkd_file_clear)

/*
 * The first .network file that matches or may match, in systemd.network(5)'s order; ours
 * are not seen.
 */
void networkd_find(const struct planner *planner, const struct networkd_link *link,
		   struct networkd_file *ret_file);

/* Likewise any that configures more than the loopback. */
void networkd_find_any(const struct planner *planner, struct networkd_file *ret_file);

/* The Kind= of the .netdev file that makes an interface, or NULL. The caller frees it. */
char *networkd_kind(const struct planner *planner, const char *interface);

/* systemd.network(5), "[Match] section options". */
enum networkd_match networkd_matches(const struct ini *ini,
				     const struct networkd_link *link);

/* May run twice. */
void networkd_file_clear(struct networkd_file *file);
