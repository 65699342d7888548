/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's configuration, as grub-mkconfig reads it: grub(7), "Simple configuration". */
#pragma once

#include "host/planner.h"

#define GRUB_DROP_INS "etc/default/grub.d"
#define GRUB_DROP_IN "xenhost.cfg"
#define GRUB_MAIN "etc/default/grub"
#define GRUB_SCRIPTS "etc/grub.d"
#define GRUB_GENERATOR GRUB_SCRIPTS "/20_xenhost"

/* Whether our script makes the entries for Xen; else it is GRUB's own, 20_linux_xen. */
bool grub_has_generator(const struct fs *fs);

/* Plans the entries of GRUB Legacy, on hosts that have no later one. */
int grub_legacy_plan(struct planner *planner, struct err *err) _must_check_;

/*
 * Warns of lines of others that what is wished for does not survive: `names` are the
 * variables that it sets.
 */
void grub_warn(struct planner *planner, const struct str_list *names);
