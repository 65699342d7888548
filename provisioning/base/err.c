/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An error: a number for the program, a chain from intent to cause for people. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

/* The functions themselves are defined here. */
#undef err_set
#undef err_say
#undef err_wrap

static char *format_text(const char *format, va_list args) _printf_(1, 0);

static char *format_text(const char *format, va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, format, args) < 0)
		mem_abort();
	return text;
}

/* The new words are made before the old are freed: they may quote them. */
static void replace(struct err *err, int code, char *text)
{
	err_clear(err);
	err->code = code;
	err->text = text;
}

int err_set(struct err *err, int code, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	assert(code > 0);
	if (!err)
		return -code;
	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	replace(err, code, mem_textf("%s: %s", text, strerror(code)));
	return -code;
}

int err_say(struct err *err, int code, const char *format, ...)
{
	va_list args;

	assert(code > 0);
	if (!err)
		return -code;
	va_start(args, format);
	replace(err, code, format_text(format, args));
	va_end(args);
	return -code;
}

int err_wrap(struct err *err, const char *format, ...)
{
	_cleanup_free_ char *inner = NULL, *intent = NULL;
	va_list args;

	assert(err && err->code > 0);
	inner = TAKE_PTR(err->text);
	va_start(args, format);
	intent = format_text(format, args);
	va_end(args);
	err->text = mem_textf("%s: %s", intent, inner);
	return -err->code;
}

void err_clear(struct err *err)
{
	if (!err)
		return;
	free(err->text);
	free(err->detail);
	*err = (struct err){0};
}
