/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of passwd(5) and shadow(5): "ACCOUNT:PASSWORD:...". */
#pragma once

#include <stdbool.h>

#include "base/str.h"

/*
 * Makes `value` the password of an account, in every line that it has. Nothing else of the
 * text changes, but a missing newline at the end. Where there is none,
 * "ACCOUNT:VALUE:REST" becomes the first line.
 */
void shadow_set(struct str *text, const char *account, const char *value,
		const char *rest);

/* Whether an account has a line, and in all of them that password. */
bool shadow_is(const char *text, const char *account, const char *value);
