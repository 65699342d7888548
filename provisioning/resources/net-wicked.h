/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wicked's files: one ifcfg for each interface. */
#pragma once

#include "resources/net-sysconfig.h"
#include "resources/net.h"

#define WICKED_DIRECTORY "etc/sysconfig/network"

/* An ifcfg file; `is_there` is false where it is absent or ours. */
struct ifcfg {
	char *path;
	bool is_there;
	struct sysconfig text;
};

#define _cleanup_ifcfg_ _cleanup_(ifcfg_clear)

void ifcfg_read(const struct planner *planner, const char *interface,
		struct ifcfg *ret_ifcfg);

/* May run twice. */
void ifcfg_clear(struct ifcfg *ifcfg);

/* Whether a variable is about addresses, not about the link. */
bool ifcfg_moves(const char *name);

/* Whether a file gives its interface an address. */
bool ifcfg_has_address(const struct ifcfg *ifcfg);

/* Refuses a port that cannot leave what it is in. */
int ifcfg_check_port(const struct net *net, const struct net_bridge *bridge,
		     const struct net_port *port, const struct ifcfg *ifcfg,
		     struct err *err) _must_check_;
