/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a terminal gets and a file does not: colour, and a line that shows progress. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/str.h"
#include "base/term.h"

#define CLEAR_LINE "\r\033[K"

bool term_is_capable(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term && *term && strcmp(term, "dumb") != 0;
}

/* https://no-color.org: set and not empty means no colour. */
bool term_has_color(int fd)
{
	const char *refused = getenv("NO_COLOR");

	return term_is_capable(fd) && !(refused && *refused);
}

struct term_progress term_progress_start(int fd)
{
	return (struct term_progress){.fd = term_is_capable(fd) ? fd : -1};
}

static size_t term_width(int fd)
{
	struct winsize size = {0};

	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
}

void term_progress_show(struct term_progress *progress, const char *format, ...)
{
	_cleanup_str_ struct str line = {0};
	char *text = NULL;
	va_list args;

	if (progress->fd < 0)
		return;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		mem_abort();
	va_end(args);
	str_add(&line, CLEAR_LINE);
	str_add(&line, text);
	free(text);
	/* A full last column would wrap on some terminals. */
	str_cut(&line, strlen(CLEAR_LINE) + term_width(progress->fd) - 1);
	(void)!write(progress->fd, line.text, line.length);
	progress->is_shown = true;
}

void term_progress_end(struct term_progress *progress)
{
	if (progress->is_shown)
		(void)!write(progress->fd, CLEAR_LINE, strlen(CLEAR_LINE));
	progress->is_shown = false;
}
