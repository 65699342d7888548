/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a machine is: the whole, and what its parts share. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include "host/facts-parts.h"

#define ATTRIBUTE_MAX 65536 /* more than a file of sysfs holds */

char *facts_attribute(const struct fs *fs, const char *format, ...)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_str_ struct str text = {0};
	va_list args;

	va_start(args, format);
	if (vasprintf(&path, format, args) < 0)
		mem_abort();
	va_end(args);
	if (fs_read(fs, path, ATTRIBUTE_MAX, &text, NULL) < 0)
		return NULL;
	while (text.length && strchr(" \t\n", text.text[text.length - 1]))
		str_cut(&text, text.length - 1);
	return str_take(&text);
}

char *facts_link_name(const struct fs *fs, const char *format, ...)
{
	_cleanup_free_ char *path = NULL, *target = NULL;
	const char *slash;
	va_list args;

	va_start(args, format);
	if (vasprintf(&path, format, args) < 0)
		mem_abort();
	va_end(args);
	if (fs_readlink(fs, path, &target, NULL) < 0)
		return NULL;
	slash = strrchr(target, '/');
	return mem_text(slash ? slash + 1 : target);
}

struct str_list facts_names(const struct fs *fs, const char *path)
{
	struct str_list names = {0};

	(void)!fs_readdir(fs, path, &names, NULL);
	return names;
}

static bool is_mounted_kernel(const struct fs *fs, const char *path)
{
	_cleanup_close_ int fd = -1;
	struct statfs st;

	if (fs_open_file(fs, path, O_PATH, &fd, NULL) < 0 || fstatfs(fd, &st) < 0)
		return false;
	return st.f_type == SYSFS_MAGIC || st.f_type == PROC_SUPER_MAGIC;
}

bool facts_has_hardware(const struct fs *fs)
{
	return fs_is_host(fs) ||
	       (!is_mounted_kernel(fs, "proc") && !is_mounted_kernel(fs, "sys"));
}

int facts_read(const struct fs *fs, struct facts *ret_facts, struct err *err)
{
	struct facts facts = {0};
	struct str_list names = {0};
	bool is_own;
	int rc;

	/* One look that must succeed: later, what cannot be read is just unknown. */
	rc = fs_readdir(fs, ".", &names, err);
	str_list_clear(&names);
	if (rc < 0)
		return err ? err_wrap(err, "root '%s'", fs->path) : rc;
	is_own = facts_has_hardware(fs);
	facts_read_os(fs, &facts);
	facts_read_stacks(fs, &facts);
	facts_read_boot(fs, &facts);
	facts_read_volume_groups(fs, is_own, &facts);
	if (is_own) {
		facts_read_firmware(fs, &facts);
		facts_read_cpu(fs, &facts);
		facts_read_nics(fs, &facts);
		facts_read_routes(fs, &facts);
		facts_read_pci(fs, &facts);
		facts_read_mounts(fs, &facts);
		facts_read_thin_pools(fs, &facts);
		facts_read_consoles(fs, &facts);
	}
	*ret_facts = facts;
	return 0;
}
