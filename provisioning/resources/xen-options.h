/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's command line as typed data. */
#pragma once

#include <stddef.h>

enum xen_type {
	XEN_BOOL,	 /* NAME, no-NAME, NAME=BOOLEAN */
	XEN_NUMBER,	 /* NAME=NUMBER, decimal, or hexadecimal with "0x" */
	XEN_SIZE,	 /* NAME=NUMBER with B, K, M, G or T */
	XEN_VALUE,	 /* NAME=TEXT */
	XEN_SCHEDULER,	 /* NAME=WORD */
	XEN_GRANULARITY, /* NAME=WORD */
	XEN_LEVELS,	 /* NAME=WORD or NAME=WORD/WORD */
	XEN_ANY,	 /* NAME, no-NAME, NAME=TEXT */
};

struct xen_option {
	const char *name;
	enum xen_type type;
};

/* Sorted by name. */
extern const struct xen_option xen_options[];
extern const size_t xen_option_count;
