/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What unit tests share: cmocka, and a tree of files that goes away with its test. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/fs.h"

/* A root of a test's own; unit_tree_setup() and unit_tree_teardown() are its fixtures. */
struct unit_tree {
	char *path;
	struct fs fs;
};

int unit_tree_setup(void **state);
int unit_tree_teardown(void **state);

/* Make a file, its parents too, or a link. They fail the test if they cannot. */
void unit_file(const struct unit_tree *tree, const char *path, const char *text);
void unit_link(const struct unit_tree *tree, const char *path, const char *target);
void unit_dir(const struct unit_tree *tree, const char *path);

/* Makes an ELF file that is no kernel for Xen: it has no notes. */
void unit_bare_elf(const struct unit_tree *tree, const char *path);

/* How many names a directory of the tree holds. */
size_t unit_count(const struct unit_tree *tree, const char *path);

#define unit_test_in_tree(test) \
	cmocka_unit_test_setup_teardown(test, unit_tree_setup, unit_tree_teardown)
