/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What unit tests share: a tree of files that goes away with its test. */
#include <elf.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

int unit_tree_setup(void **state)
{
	struct unit_tree *tree = mem_alloc(sizeof(*tree));
	const char *base = getenv("TMPDIR");

	tree->path = mem_textf("%s/xenhost-unit-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(tree->path) || fs_open(tree->path, &tree->fs, NULL) < 0)
		return -1;
	*state = tree;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int unit_tree_teardown(void **state)
{
	struct unit_tree *tree = *state;

	(void)nftw(tree->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	fs_close(&tree->fs);
	free(tree->path);
	free(tree);
	return 0;
}

static char *with_parents(const struct unit_tree *tree, const char *path)
{
	char *full = mem_textf("%s/%s", tree->path, path);

	for (char *slash = full + strlen(tree->path) + 1; (slash = strchr(slash, '/'));
	     slash++) {
		*slash = '\0';
		assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
	return full;
}

void unit_file(const struct unit_tree *tree, const char *path, const char *text)
{
	_cleanup_free_ char *full = with_parents(tree, path);
	FILE *file = fopen(full, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

void unit_link(const struct unit_tree *tree, const char *path, const char *target)
{
	_cleanup_free_ char *full = with_parents(tree, path);

	assert_int_equal(symlink(target, full), 0);
}

void unit_dir(const struct unit_tree *tree, const char *path)
{
	_cleanup_free_ char *full = with_parents(tree, path);

	assert_int_equal(mkdir(full, 0755), 0);
}

void unit_bare_elf(const struct unit_tree *tree, const char *path)
{
	_cleanup_free_ char *full = with_parents(tree, path);
	const Elf64_Ehdr header = {.e_ident = ELFMAG "\2\1", .e_machine = EM_X86_64};
	FILE *file = fopen(full, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(&header, sizeof(header), 1, file), 1);
	assert_int_equal(fclose(file), 0);
}

size_t unit_count(const struct unit_tree *tree, const char *path)
{
	_cleanup_str_list_ struct str_list names = {0};

	assert_int_equal(fs_readdir(&tree->fs, path, &names, NULL), 0);
	return names.count;
}
