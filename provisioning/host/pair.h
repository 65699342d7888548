/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which Xen can start which kernel. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* A branch of Xen: 4.20. */
struct xen_branch {
	uint32_t major, minor;
};

/* Reads the branch in front of a version: "4.20", "4.20.3+127", "4.20-amd64". */
bool pair_branch(const char *version, struct xen_branch *ret_branch);

/* Whether `a` is older than `b`. */
bool pair_is_older(struct xen_branch a, struct xen_branch b);

/*
 * Whether a Xen unpacks kernels that are compressed this way ("zstd", as
 * facts_kernel.compression), its own dom0's and its guests'.
 */
bool pair_unpacks(struct xen_branch xen, const char *compression);
