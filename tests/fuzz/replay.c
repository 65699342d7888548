/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for a fuzz engine: gives each file named on the command line to the reader,
 * once.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "fuzz.h"

/* The bytes in a block of just their size, so that a read beyond them is seen. */
static void replay(const struct str *text)
{
	uint8_t *bytes = malloc(text->length ? text->length : 1);

	if (!bytes)
		abort();
	if (text->length)
		memcpy(bytes, text->text, text->length);
	(void)LLVMFuzzerTestOneInput(bytes, text->length);
	free(bytes);
}

int main(int argc, char **argv)
{
	_cleanup_fs_ struct fs fs = FS_CLOSED;
	_cleanup_err_ struct err err = {0};

	if (argc < 2 || fs_open(".", &fs, &err) < 0) {
		(void)fprintf(stderr, "%s: no files: %s\n", argv[0],
			      err.text ? err.text : "");
		return 1;
	}
	printf("1..%d\n", argc - 1);
	for (int i = 1; i < argc; i++) {
		_cleanup_str_ struct str text = {0};

		if (fs_read(&fs, argv[i], 1 << 24, &text, &err) < 0) {
			(void)fprintf(stderr, "%s: %s\n", argv[0], err.text);
			return 1;
		}
		replay(&text);
		printf("ok %d - %s\n", i, argv[i]);
		(void)fflush(stdout);
	}
	return 0;
}
