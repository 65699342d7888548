/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of sysconfig files: shell assignments, one on a line; ifcfg(5). */
#pragma once

#include <stdbool.h>

#include "base/str.h"

struct sysconfig_line {
	size_t line; /* from 0 */
	char *name;
	char *value;   /* without quotes */
	char *raw;     /* the line as it is */
	bool is_whole; /* false: a quote stays open, the value goes on below */
};

struct sysconfig {
	struct sysconfig_line *line;
	size_t count;
};

#define _cleanup_sysconfig_ _cleanup_(sysconfig_clear)

void sysconfig_parse(const char *text, struct sysconfig *ret_sysconfig);

/* May run twice. */
void sysconfig_clear(struct sysconfig *sysconfig);

/* The value that counts, the last one; NULL if it is not set. */
const char *sysconfig_get(const struct sysconfig *sysconfig, const char *name);
