/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between two texts, line by line. */
#pragma once

#include "base/str.h"

/*
 * Adds the lines that differ: "INDENT- LINE" for those only in the old text, "INDENT+
 * LINE" for those only in the new one, in their order. Equal lines are left out. As few
 * as possible, unless about a thousand lines differ on both sides: then all between the
 * first and the last difference count. Control characters are shown as '?'.
 */
void diff_lines(const char *old_text, const char *new_text, const char *indent,
		struct str *ret_text);
