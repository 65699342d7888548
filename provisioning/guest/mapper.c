/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices of device-mapper: LVM's volumes as the kernel has them, without running lvm. */
#include <errno.h>
#include <libdevmapper.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/fs.h"
#include "guest/mapper.h"

#define TEXT_MAX 4096

static void add_part(struct str *name, const char *text)
{
	for (; *text; text++) {
		str_add_char(name, *text);
		if (*text == '-')
			str_add_char(name, '-');
	}
}

char *mapper_name(const char *group, const char *volume, const char *layer)
{
	struct str name = {0};

	add_part(&name, group);
	str_add_char(&name, '-');
	add_part(&name, volume);
	if (layer) {
		str_add_char(&name, '-');
		add_part(&name, layer);
	}
	return str_take(&name);
}

bool mapper_split(const char *name, char **ret_group, char **ret_volume)
{
	_cleanup_str_ struct str group = {0}, volume = {0};
	struct str *part = &group;

	for (; *name; name++) {
		if (name[0] == '-' && name[1] != '-') {
			if (part == &volume)
				return false;
			part = &volume;
			continue;
		}
		str_add_char(part, *name);
		name += *name == '-';
	}
	if (!group.length || !volume.length)
		return false;
	*ret_group = str_take(&group);
	*ret_volume = str_take(&volume);
	return true;
}

/* One line of /sys/dev/block/MAJOR:MINOR/dm. */
static int read_property(dev_t device, const char *property, char **ret_value,
			 struct err *err)
{
	_cleanup_free_ char *path = mem_textf("sys/dev/block/%u:%u/dm/%s", major(device),
					      minor(device), property);
	_cleanup_fs_ struct fs host = FS_CLOSED;
	_cleanup_str_ struct str text = {0};
	int rc = fs_open("/", &host, err);

	if (rc == 0)
		rc = fs_read(&host, path, TEXT_MAX, &text, err);
	if (rc < 0)
		return rc;
	str_cut(&text, strcspn(str_text(&text), "\n"));
	*ret_value = mem_text(str_text(&text));
	return 0;
}

int mapper_find(dev_t device, char **ret_name, struct err *err)
{
	_cleanup_free_ char *uuid = NULL;
	int rc = read_property(device, "uuid", &uuid, err);

	if (rc == -ENOENT || (rc == 0 && !str_starts(uuid, "LVM-")))
		return err_say(err, ENOTSUP, "not a volume of LVM");
	return rc < 0 ? rc : read_property(device, "name", ret_name, err);
}

static void free_task(struct dm_task **task)
{
	if (*task)
		dm_task_destroy(*task);
	dm_lib_release();
}

/* The library would print. */
static void be_silent(int level, const char *file, int line, int code, const char *format,
		      ...)
{
	(void)level;
	(void)file;
	(void)line;
	(void)code;
	(void)format;
}

static struct dm_task *task_new(int type)
{
	struct dm_task *task;

	dm_log_with_errno_init(be_silent);
	task = dm_task_create(type);
	if (task)
		(void)dm_task_no_open_count(task);
	return task;
}

static int task_error(struct dm_task *task, const char *what, struct err *err)
{
	int code = task ? dm_task_get_errno(task) : 0;

	if (code == ENXIO)
		code = ENOENT;
	return err_set(err, code > 0 ? code : EIO, "device-mapper: %s", what);
}

int mapper_opens(dev_t device, unsigned int *ret_count, struct err *err)
{
	_cleanup_(free_task) struct dm_task *task = NULL;
	_cleanup_free_ char *name = NULL;
	struct dm_info info;
	int rc = read_property(device, "name", &name, err);

	if (rc == -ENOENT)
		return err_say(err, ENOTSUP, "not a device of device-mapper");
	if (rc < 0)
		return rc;
	dm_log_with_errno_init(be_silent);
	task = dm_task_create(DM_DEVICE_INFO);
	if (!task || !dm_task_set_name(task, name) || !dm_task_run(task) ||
	    !dm_task_get_info(task, &info))
		return task_error(task, name, err);
	if (!info.exists)
		return err_set(err, ENOENT, "device-mapper: %s", name);
	*ret_count = info.open_count > 0 ? (unsigned int)info.open_count : 0;
	return 0;
}

int mapper_target(const char *name, bool is_status, char **ret_type, char **ret_line,
		  struct err *err)
{
	_cleanup_(free_task) struct dm_task *task =
		task_new(is_status ? DM_DEVICE_STATUS : DM_DEVICE_TABLE);
	char *type = NULL, *line = NULL;
	uint64_t start, length;
	struct dm_info info;

	if (!task || !dm_task_set_name(task, name) || !dm_task_run(task) ||
	    !dm_task_get_info(task, &info))
		return task_error(task, name, err);
	if (!info.exists)
		return err_set(err, ENOENT, "device-mapper: %s", name);
	if (dm_get_next_target(task, NULL, &start, &length, &type, &line) || !type)
		return err_say(err, ENOTSUP, "device-mapper: %s: not one target", name);
	*ret_type = mem_text(type);
	*ret_line = mem_text(line ? line : "");
	return 0;
}
