/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHA-256 of bytes and files, as text. */
#pragma once

#include <sha2.h>

#include "base/err.h"
#include "base/fs.h"

#define DIGEST_TEXT SHA256_DIGEST_STRING_LENGTH /* 64 hexadecimal digits and a NUL */

void digest_bytes(const void *bytes, size_t length, char ret_text[DIGEST_TEXT]);

/* Of all that is left to read. */
int digest_fd(int fd, char ret_text[DIGEST_TEXT], struct err *err) _must_check_;

/* Of a regular file. */
int digest_file(const struct fs *fs, const char *path, char ret_text[DIGEST_TEXT],
		struct err *err) _must_check_;
