/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links to the configurations of guests that start with the host. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/shell.h"
#include "guest/autostart.h"

#define FILE_MAX (1 << 20)

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A value of xendomains' own file; NULL if it has none. */
static char *setting(const struct fs *host, const char *key)
{
	static const char *const files[] = {"etc/sysconfig/xendomains",
					    "etc/default/xendomains"};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_str_ struct str text = {0};
		char *value;

		if (fs_read(host, files[i], FILE_MAX, &text, NULL) < 0)
			continue;
		value = shell_value(str_text(&text), key);
		if (value && value[0])
			return value;
		free(value);
	}
	return NULL;
}

char *autostart_dir(const struct fs *host)
{
	char *directory = setting(host, "XENDOMAINS_AUTO");

	return directory ? directory : mem_text("/etc/xen/auto");
}

char *autostart_saved(const struct fs *host, const char *name)
{
	_cleanup_free_ char *directory = setting(host, "XENDOMAINS_SAVE");
	_cleanup_free_ char *path =
		mem_textf("%s/%s", directory ? directory : "/var/lib/xen/save", name);
	struct stat st;

	return fs_stat(host, path, &st, NULL) == 0 && S_ISREG(st.st_mode) ? TAKE_PTR(path)
									  : NULL;
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

bool autostart_is_config(const struct fs *host, const char *config, const struct stat *st)
{
	struct stat other;

	return fs_stat(host, config, &other, NULL) == 0 && other.st_dev == st->st_dev &&
	       other.st_ino == st->st_ino;
}

int autostart_find(const struct fs *host, const char *config, struct str_list *ret_paths,
		   struct err *err)
{
	_cleanup_free_ char *directory = autostart_dir(host);
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
			       S_ISREG(st.st_mode) &&
			       !autostart_is_config(host, config, &st);

		if (is_copy || leads_to(host, path, config))
			str_list_add(ret_paths, path);
	}
	return 0;
}

int autostart_remove(const struct fs *host, const char *config, struct err *err)
{
	_cleanup_str_list_ struct str_list paths = {0};
	int rc = autostart_find(host, config, &paths, err);

	for (size_t i = 0; i < paths.count && rc == 0; i++)
		rc = fs_remove(host, paths.item[i], err);
	return rc;
}
