/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a volume may be written or removed: what other guests' configurations name. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/guard-parts.h"
#include "guest/inventory.h"
#include "guest/xlcfg.h"

#define CONFIGURATION_MAX ((size_t)1 << 20)

static const struct {
	const char *directory, *extension; /* of configurations there */
} places[] = {{"etc/xen", ".cfg"}, {"etc/xen/vm", ""}, {"etc/xen/auto", ""}};

/* "web.cfg" and "web" are of the guest "web", where they do not tell another name. */
static bool is_of(const char *file, const char *guest)
{
	size_t length = guest ? strlen(guest) : 0;

	return guest && strncmp(file, guest, length) == 0 &&
	       (!file[length] || strcmp(file + length, ".cfg") == 0);
}

/* One file. A configuration that cannot be read may name anything; others lie there too. */
static int check_file(const struct fs *host, const char *path, bool is_config,
		      const struct stat *wanted, const char *guest, struct err *err)
{
	bool is_its_file = is_of(strrchr(path, '/') + 1, guest);
	_cleanup_xlcfg_ struct xlcfg cfg = {0};
	_cleanup_err_ struct err cause = {0};
	_cleanup_str_ struct str text = {0};
	struct stat st;
	int rc;

	if (fs_stat(host, path, &st, NULL) < 0 || !S_ISREG(st.st_mode))
		return 0;
	rc = fs_read(host, path, CONFIGURATION_MAX, &text, &cause);
	if (rc == 0)
		rc = xlcfg_read(path, str_text(&text), text.length, &cfg, &cause);
	if (rc < 0)
		return is_config && !is_its_file
			       ? err_say(err, EBUSY, "whether '%s' names it: %s", path,
					 cause.text)
			       : 0;
	if (cfg.name ? guest && strcmp(cfg.name, guest) == 0 : is_its_file)
		return 0;
	for (size_t i = 0; i < cfg.disk_count; i++)
		if (!cfg.disk[i].backend && guard_is_same(cfg.disk[i].path, wanted))
			return err_say(err, EBUSY, "'%s' names it", path);
	return 0;
}

int guard_configurations(const struct fs *host, const struct stat *wanted,
			 const char *guest, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_str_list_ struct str_list names = {0};
		int rc = fs_readdir(host, places[i].directory, &names, err);

		if (rc == -ENOENT) {
			err_clear(err);
			continue;
		}
		if (rc < 0)
			return rc;
		for (size_t j = 0; j < names.count; j++) {
			_cleanup_free_ char *path =
				mem_textf("%s/%s", places[i].directory, names.item[j]);

			rc = check_file(
				host, path,
				inventory_is_config(names.item[j], places[i].extension),
				wanted, guest, err);
			if (rc < 0)
				return rc;
		}
	}
	return 0;
}
