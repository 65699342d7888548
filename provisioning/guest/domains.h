/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The domains that run. */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"

struct domain {
	char *name;
	uint64_t id;
	bool is_paused;
};

struct domains {
	struct domain *item;
	size_t count;
};

#define _cleanup_domains_ _cleanup_(domains_clear)

void domains_clear(struct domains *domains);

/* What `xl list` printed: xl(1). -EINVAL for anything else. */
int domains_parse(const char *text, struct domains *ret_domains,
		  struct err *err) _must_check_;

/* All that there are; none without a hypervisor, and below another root than "/". */
int domains_read(const struct fs *host, struct domains *ret_domains,
		 struct err *err) _must_check_;

/* NULL if none has that name. */
const struct domain *domains_find(const struct domains *domains, const char *name);
