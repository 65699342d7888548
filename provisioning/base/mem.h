/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory and handles: allocation that aborts instead of failing, cleanup attributes. */
#pragma once

#include <stddef.h>
#include <unistd.h>

/* Runs `f(&variable)` when the variable leaves its scope. */
#define _cleanup_(f) __attribute__((cleanup(f)))
#define _cleanup_free_ _cleanup_(mem_free_ref)
#define _cleanup_close_ _cleanup_(mem_close_ref)

#define _must_check_ __attribute__((warn_unused_result))
#define _printf_(text, first) __attribute__((format(printf, text, first)))
#define _noreturn_ __attribute__((noreturn))
#define _never_null_ __attribute__((returns_nonnull))

/* Hands a pointer or descriptor over to a new owner and disarms its cleanup. */
#define TAKE_PTR(p)                         \
	__extension__({                     \
		__typeof__(p) taken_ = (p); \
		(p) = NULL;                 \
		taken_;                     \
	})
#define TAKE_FD(fd)                \
	__extension__({            \
		int taken_ = (fd); \
		(fd) = -1;         \
		taken_;            \
	})

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/*
 * Running out of memory aborts the program: every write it makes is atomic or journaled,
 * so stopping is safe at any point. None of these returns NULL.
 */
_never_null_ void *mem_alloc(size_t size);		 /* zeroed */
_never_null_ void *mem_resize(void *block, size_t size); /* like realloc() */
_never_null_ char *mem_text(const char *text);		 /* a copy */
_never_null_ char *mem_textf(const char *format, ...) _printf_(1, 2);

/* A copy of the first bytes, which must be there. */
_never_null_ char *mem_text_part(const char *text, size_t length);

/*
 * Makes room for one more item after `count` of them, each of `size` bytes, and returns
 * the array, which may have moved. The array must have been grown by this function only.
 *
 *	list->item = mem_grow(list->item, list->count, sizeof(*list->item));
 *	list->item[list->count++] = value;
 */
_never_null_ void *mem_grow(void *items, size_t count, size_t size);

/* Aborts with a word on stderr: for libraries that report "no memory" as a value. */
_noreturn_ void mem_abort(void);

void mem_free_ref(void *pointer_ref);

static inline void mem_close_ref(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}
