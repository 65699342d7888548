/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a terminal gets and a file does not: colour, and a line that shows progress. */
#pragma once

#include <stdbool.h>

#include "base/mem.h"

/*
 * Whether a descriptor is a terminal that understands control sequences (TERM is not
 * "dumb").
 */
bool term_is_capable(int fd);

/* Whether colour is wanted there: a capable terminal, and NO_COLOR is unset or empty. */
bool term_has_color(int fd);

/*
 * A line that is rewritten in place. Anywhere but on a capable terminal both functions do
 * nothing, so callers need not ask. The text is cut to the width of the terminal.
 *
 *	struct term_progress progress = term_progress_start(STDERR_FILENO);
 *	term_progress_show(&progress, "copy: %d %%", percent);
 *	term_progress_end(&progress);
 */
struct term_progress {
	int fd; /* -1: nothing is shown */
	bool is_shown;
};

struct term_progress term_progress_start(int fd);
void term_progress_show(struct term_progress *progress, const char *format, ...)
	_printf_(2, 3);
void term_progress_end(
	struct term_progress *progress); /* clears the line; may run twice */
