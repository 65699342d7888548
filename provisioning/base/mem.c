/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory and handles: allocation that aborts instead of failing. */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void mem_abort(void)
{
	static const char text[] = "out of memory\n";

	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	abort();
}

void *mem_alloc(size_t size)
{
	void *block = calloc(1, size ? size : 1);

	if (!block)
		mem_abort();
	return block;
}

void *mem_resize(void *block, size_t size)
{
	void *moved = realloc(block, size ? size : 1);

	if (!moved)
		mem_abort();
	return moved;
}

char *mem_text(const char *text)
{
	return mem_text_part(text, strlen(text));
}

char *mem_text_part(const char *text, size_t length)
{
	char *copy = mem_alloc(length + 1);

	memcpy(copy, text, length);
	return copy;
}

char *mem_textf(const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		mem_abort();
	va_end(args);
	return text;
}

/*
 * The capacity is implied: the array is full exactly when the count is 0 or a power of
 * two.
 */
void *mem_grow(void *items, size_t count, size_t size)
{
	size_t room = count ? count * 2 : 1;

	if (items && (count & (count - 1)))
		return items;
	if (room < count || room > SIZE_MAX / size)
		mem_abort();
	return mem_resize(items, room * size);
}

void mem_free_ref(void *pointer_ref)
{
	void **ref = pointer_ref;

	free(*ref);
	*ref = NULL;
}
