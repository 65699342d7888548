/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The proxy for packages, for apt in the guest: apt.conf(5). Templates know none. */
#include "guest/identity-parts.h"

int identity_proxy(struct identity *id, struct err *err)
{
	const char *proxy = id->guest->recipe.proxy;
	_cleanup_free_ char *line = NULL;

	if (!proxy || !fs_exists(id->root, "etc/apt"))
		return 0;
	/* Quotes and the like are in no URI that is accepted. */
	line = mem_textf("Acquire::http::Proxy \"%s\";\n", proxy);
	return identity_put(id->root, "etc/apt/apt.conf.d/01proxy", line, 0644, err);
}
