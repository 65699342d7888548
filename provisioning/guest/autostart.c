/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links to the configurations of guests that start with the host. */
#include <errno.h>
#include <string.h>

#include "guest/autostart.h"

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *autostart_path(const char *directory, const char *config)
{
	return mem_textf("%s/%s", directory, last_part(config));
}

/* Whether it is a link with that text, or leads to the configuration in another way. */
static bool leads_to(const struct fs *host, const char *path, const char *config)
{
	_cleanup_free_ char *target = NULL;
	struct stat a, b;

	if (fs_readlink(host, path, &target, NULL) < 0)
		return false;
	return strcmp(target, config) == 0 ||
	       (fs_stat(host, path, &a, NULL) == 0 &&
		fs_stat(host, config, &b, NULL) == 0 && a.st_dev == b.st_dev &&
		a.st_ino == b.st_ino);
}

int autostart_add(const struct fs *host, const char *directory, const char *config,
		  struct err *err)
{
	const struct fs_access access = {0755, FS_KEEP_UID, FS_KEEP_GID};
	_cleanup_free_ char *path = autostart_path(directory, config);
	struct stat st;
	int rc;

	if (leads_to(host, path, config))
		return 0;
	if (fs_lstat(host, path, &st, NULL) == 0)
		return err_set(err, EEXIST, "link '%s'", path);
	rc = fs_mkdir(host, directory, &access, err);
	return rc < 0 ? rc : fs_link(host, path, config, err);
}

int autostart_find(const struct fs *host, const char *directory, const char *config,
		   struct str_list *ret_paths, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	int rc = fs_readdir(host, directory, &names, err);

	if (rc == -ENOENT) {
		err_clear(err);
		return 0;
	}
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *path = mem_textf("%s/%s", directory, names.item[i]);
		struct stat st;
		bool is_copy = strcmp(names.item[i], last_part(config)) == 0 &&
			       fs_lstat(host, path, &st, NULL) == 0 &&
			       S_ISREG(st.st_mode);

		if (is_copy || leads_to(host, path, config))
			str_list_add(ret_paths, path);
	}
	return 0;
}

int autostart_remove(const struct fs *host, const char *directory, const char *config,
		     struct err *err)
{
	_cleanup_str_list_ struct str_list paths = {0};
	int rc = autostart_find(host, directory, config, &paths, err);

	for (size_t i = 0; i < paths.count && rc == 0; i++)
		rc = fs_remove(host, paths.item[i], err);
	return rc;
}
