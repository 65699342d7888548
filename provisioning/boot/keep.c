/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Older builds of the hypervisor, which upgrades leave in /boot. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "boot/keep.h"
#include "boot/trial.h"
#include "host/facts-parts.h"
#include "host/version.h"

#define LIST_MAX (64 << 10)
#define PACKAGE_MAX (16 << 20)
#define GOOD_MAX (1 << 20)
#define DPKG_LISTS "var/lib/dpkg/info"
#define PREFIX "/boot/xen-"
#define SUFFIX ".gz"

/* The list is trusted with nothing but the names that packages put there. */
static bool is_kept_name(const char *path)
{
	return str_starts(path, PREFIX) && str_ends(path, SUFFIX) &&
	       strlen(path) > strlen(PREFIX SUFFIX) &&
	       !strchr(path + strlen("/boot/"), '/');
}

/* "/boot/xen-4.20.2+7.gz" -> "4.20.2+7". The caller frees it. */
static char *kept_version(const char *path)
{
	size_t length = strlen(path) - strlen(PREFIX SUFFIX);

	return mem_text_part(path + strlen(PREFIX), length);
}

static int read_list(const struct fs *fs, struct str_list *paths, struct err *err)
{
	_cleanup_str_ struct str text = {0};
	const char *cursor, *line;
	size_t length;
	int rc = fs_read(fs, KEEP_LIST, LIST_MAX, &text, err);

	if (rc == -ENOENT) {
		err_clear(err);
		return 0;
	}
	if (rc < 0)
		return rc;
	cursor = str_text(&text);
	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *path = mem_text_part(line, length);

		if (!str_list_has(paths, path))
			str_list_add(paths, path);
	}
	return 0;
}

static bool has_line(const char *text, const char *wanted)
{
	const char *cursor = text, *line;
	size_t length;

	while (str_next_line(&cursor, &line, &length))
		if (length == strlen(wanted) && strncmp(line, wanted, length) == 0)
			return true;
	return false;
}

/* Takes away what a package has: an upgrade back to a version that was kept. */
static void drop_owned(const struct fs *fs, struct str_list *paths)
{
	_cleanup_str_list_ struct str_list names = facts_names(fs, DPKG_LISTS);

	for (size_t i = 0; i < names.count && paths->count; i++) {
		_cleanup_free_ char *list = mem_textf(DPKG_LISTS "/%s", names.item[i]);
		_cleanup_str_list_ struct str_list left = {0};
		_cleanup_str_ struct str text = {0};

		if (!str_ends(list, ".list") ||
		    fs_read(fs, list, PACKAGE_MAX, &text, NULL) < 0)
			continue;
		for (size_t k = 0; k < paths->count; k++)
			if (!has_line(str_text(&text), paths->item[k]))
				str_list_add(&left, paths->item[k]);
		str_list_clear(paths);
		*paths = left;
		left = (struct str_list){0};
	}
}

static void drop_absent(const struct fs *fs, struct str_list *paths)
{
	_cleanup_str_list_ struct str_list left = {0};

	for (size_t i = 0; i < paths->count; i++) {
		struct stat st;

		if (is_kept_name(paths->item[i]) &&
		    fs_lstat(fs, paths->item[i], &st, NULL) == 0 && S_ISREG(st.st_mode))
			str_list_add(&left, paths->item[i]);
	}
	str_list_clear(paths);
	*paths = left;
	left = (struct str_list){0};
}

static int compare_newest(const void *a, const void *b)
{
	_cleanup_free_ char *left = kept_version(*(char *const *)a);
	_cleanup_free_ char *right = kept_version(*(char *const *)b);

	return version_compare(right, left);
}

static bool is_needed(const struct facts *facts, const char *good, const char *path)
{
	_cleanup_free_ char *version = kept_version(path);

	if (facts->xen.version && facts_is_version_of(version, facts->xen.version))
		return true;
	return strstr(good, path + strlen("/boot")) != NULL;
}

static int remove_build(const struct fs *fs, const char *path, struct err *err)
{
	_cleanup_free_ char *version = kept_version(path);
	_cleanup_free_ char *config = mem_textf("boot/xen-%s.config", version);
	_cleanup_free_ char *policy = mem_textf("boot/flask/xenpolicy-%s", version);
	const char *const parts[] = {path, config, policy};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		struct stat st;
		int rc = 0;

		if (fs_lstat(fs, parts[i], &st, NULL) == 0)
			rc = fs_remove(fs, parts[i], err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int write_list(const struct fs *fs, const struct str_list *paths, struct err *err)
{
	const struct fs_access access = {
		.mode = 0644, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};
	_cleanup_str_ struct str text = {0};

	if (!fs_exists(fs, KEEP_LIST))
		return 0;
	if (!paths->count)
		return fs_remove(fs, KEEP_LIST, err);
	for (size_t i = 0; i < paths->count; i++)
		str_addf(&text, "%s\n", paths->item[i]);
	return fs_replace(fs, KEEP_LIST, text.text, text.length, &access, NULL, err);
}

int keep_prune(const struct fs *fs, const struct facts *facts, size_t limit,
	       struct str_list *ret_removed, struct err *err)
{
	_cleanup_str_list_ struct str_list paths = {0}, left = {0}, removed = {0};
	_cleanup_str_ struct str good = {0};
	int rc = read_list(fs, &paths, err);

	if (rc < 0)
		return rc;
	drop_absent(fs, &paths);
	drop_owned(fs, &paths);
	if (paths.count)
		qsort(paths.item, paths.count, sizeof(*paths.item), compare_newest);
	(void)!fs_read(fs, TRIAL_GOOD, GOOD_MAX, &good, NULL);
	for (size_t i = 0; i < paths.count; i++) {
		if (i < limit || is_needed(facts, str_text(&good), paths.item[i])) {
			str_list_add(&left, paths.item[i]);
			continue;
		}
		rc = remove_build(fs, paths.item[i], err);
		if (rc < 0)
			return rc;
		str_list_add(&removed, paths.item[i] + 1);
	}
	/* Last: a path of the list that is not there is none. */
	rc = write_list(fs, &left, err);
	if (rc < 0)
		return rc;
	str_list_clear(ret_removed);
	*ret_removed = removed;
	removed = (struct str_list){0};
	return 0;
}
