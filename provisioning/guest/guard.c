/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a volume may be written or removed: what the kernel and the hypervisor know. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/json.h"
#include "base/run.h"
#include "guest/autostart.h"
#include "guest/guard-parts.h"
#include "guest/mapper.h"

#define ATTEMPTS 10
#define PAUSE 50 /* ms between them */
#define TEXT_MAX ((size_t)16 << 20)
#define XL_TIME 60000 /* ms */

/* The running system: whatever the root is, devices are its. */
static int read_system(const char *path, struct str *ret_text, struct err *err)
{
	_cleanup_fs_ struct fs system = FS_CLOSED;
	int rc = fs_open("/", &system, err);

	return rc < 0 ? rc : fs_read(&system, path, TEXT_MAX, ret_text, err);
}

/* The disk of a partition; else the device itself. */
static dev_t disk_of(const struct fs *system, dev_t device)
{
	_cleanup_free_ char *path =
		mem_textf("sys/dev/block/%u:%u", major(device), minor(device));
	_cleanup_free_ char *partition = mem_textf("%s/partition", path);
	_cleanup_free_ char *disk = mem_textf("%s/../dev", path);
	_cleanup_str_ struct str text = {0};
	uint64_t first, second;
	char *colon;

	if (!fs_exists(system, partition) || fs_read(system, disk, 64, &text, NULL) < 0)
		return device;
	str_cut(&text, strcspn(str_text(&text), "\n"));
	colon = text.length ? strchr(text.text, ':') : NULL;
	if (!colon)
		return device;
	*colon = '\0';
	if (!str_to_number(text.text, UINT32_MAX, &first) ||
	    !str_to_number(colon + 1, UINT32_MAX, &second))
		return device;
	return makedev((unsigned int)first, (unsigned int)second);
}

bool guard_overlaps(const struct fs *system, dev_t a, dev_t b)
{
	return a == b || disk_of(system, a) == b || a == disk_of(system, b);
}

static bool is_same_device(dev_t a, dev_t b)
{
	_cleanup_fs_ struct fs system = FS_CLOSED;

	return a == b ||
	       (fs_open("/", &system, NULL) == 0 && guard_overlaps(&system, a, b));
}

bool guard_is_same(const char *path, const struct stat *wanted)
{
	struct stat st;

	if (stat(path, &st) < 0 || (st.st_mode & S_IFMT) != (wanted->st_mode & S_IFMT))
		return false;
	if (S_ISBLK(st.st_mode))
		return is_same_device(st.st_rdev, wanted->st_rdev);
	return st.st_dev == wanted->st_dev && st.st_ino == wanted->st_ino;
}

/* Field 3 is MAJOR:MINOR, field 5 the mount point. */
int guard_mounts(const char *mountinfo, dev_t device, struct err *err)
{
	_cleanup_free_ char *wanted = mem_textf(" %u:%u ", major(device), minor(device));
	const char *cursor = mountinfo, *line;
	size_t length;

	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *text = mem_text_part(line, length);
		char *at = strchr(text, ' ');

		at = at ? strchr(at + 1, ' ') : NULL;
		if (!at || !str_starts(at, wanted))
			continue;
		at = strchr(at + strlen(wanted), ' ');
		if (at)
			at[1 + strcspn(at + 1, " ")] = '\0';
		return err_say(err, EBUSY, "it is mounted at '%s'", at ? at + 1 : "?");
	}
	return 0;
}

static int check_swaps(const struct stat *wanted, struct err *err)
{
	_cleanup_str_ struct str text = {0};
	const char *cursor, *line;
	size_t length;
	int rc = read_system("proc/swaps", &text, err);

	/* A kernel without swap has no such file. */
	if (rc == -ENOENT) {
		err_clear(err);
		return 0;
	}
	if (rc < 0)
		return rc;
	cursor = str_text(&text);
	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *path = mem_text_part(line, strcspn(line, " \t\n"));

		if (path[0] == '/' && guard_is_same(path, wanted))
			return err_say(err, EBUSY, "it is swap space of this host");
	}
	return 0;
}

/* Whether one loop device is over this file or device. */
static int check_loop(const struct fs *system, const char *name,
		      const struct stat *wanted, struct err *err)
{
	static const char deleted[] = " (deleted)";
	_cleanup_free_ char *file = mem_textf("sys/block/%s/loop/backing_file", name);
	_cleanup_str_ struct str text = {0};

	if (!str_starts(name, "loop") || fs_read(system, file, TEXT_MAX, &text, NULL) < 0)
		return 0;
	str_cut(&text, strcspn(str_text(&text), "\n"));
	if (str_ends(str_text(&text), deleted))
		str_cut(&text, text.length - strlen(deleted));
	if (guard_is_same(str_text(&text), wanted))
		return err_say(err, EBUSY, "it is attached to /dev/%s", name);
	return 0;
}

static int check_loops(const struct stat *wanted, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	_cleanup_fs_ struct fs system = FS_CLOSED;
	int rc = fs_open("/", &system, err);

	if (rc == 0)
		rc = fs_readdir(&system, "sys/block", &names, err);
	for (size_t i = 0; rc == 0 && i < names.count; i++)
		rc = check_loop(&system, names.item[i], wanted, err);
	return rc;
}

/* Devices that are made of this one. */
static int check_holders(const struct stat *wanted, struct err *err)
{
	_cleanup_free_ char *path =
		mem_textf("sys/dev/block/%u:%u/holders", major(wanted->st_rdev),
			  minor(wanted->st_rdev));
	_cleanup_str_list_ struct str_list names = {0};
	_cleanup_fs_ struct fs system = FS_CLOSED;
	int rc = fs_open("/", &system, err);

	if (rc == 0)
		rc = fs_readdir(&system, path, &names, err);
	if (rc == -ENOENT) {
		err_clear(err);
		return 0;
	}
	if (rc < 0)
		return rc;
	return names.count ? err_say(err, EBUSY, "it is a part of '%s'", names.item[0])
			   : 0;
}

static int check_device(const char *path, const struct stat *wanted, struct err *err)
{
	_cleanup_str_ struct str mounts = {0};
	_cleanup_close_ int fd = -1;
	unsigned int opens = 0;
	int rc = read_system("proc/self/mountinfo", &mounts, err);

	if (rc == 0)
		rc = guard_mounts(str_text(&mounts), wanted->st_rdev, err);
	if (rc == 0)
		rc = check_holders(wanted, err);
	if (rc < 0)
		return rc;
	rc = mapper_opens(wanted->st_rdev, &opens, err);
	if (rc == -ENOTSUP) {
		err_clear(err);
		rc = 0;
	}
	if (rc == 0 && opens)
		rc = err_say(err, EBUSY, "it is open");
	if (rc == 0)
		rc = guard_signature(path, wanted->st_rdev, err);
	if (rc < 0)
		return rc;
	fd = open(path, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == EBUSY ? err_say(err, EBUSY, "it is open")
				      : err_set(err, errno, "open");
	return 0;
}

/*
 * A write lease is given to the only one who has a file open (fcntl(2)). File systems that
 * give none (NFS) leave it to the other checks.
 */
static int check_file(const char *path, struct err *err)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return err_set(err, errno, "open");
	if (fcntl(fd, F_SETLEASE, F_WRLCK) < 0)
		return errno == EAGAIN ? err_say(err, EBUSY, "a process has it open") : 0;
	(void)fcntl(fd, F_SETLEASE, F_UNLCK);
	return 0;
}

bool guard_has_domains(const struct fs *system)
{
	_cleanup_str_ struct str roles = {0}, type = {0};

	if (fs_read(system, "proc/xen/capabilities", 4096, &roles, NULL) == 0)
		return strstr(str_text(&roles), "control_d");
	return fs_read(system, "sys/hypervisor/type", 4096, &type, NULL) == 0 &&
	       strcmp(str_text(&type), "xen\n") == 0;
}

/* libxl's names: config.c_info.name, config.disks[].pdev_path. */
int guard_domains(const char *json, size_t length, const struct stat *wanted,
		  const char *name, struct err *err)
{
	_cleanup_json_ json_t *list = json_loadb(json, length, 0, NULL);

	if (!json_is_array(list))
		return err_say(err, EPROTO, "xl list: not its report");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *config = json_object_get(json_array_get(list, i), "config");
		const json_t *disks = json_object_get(config, "disks");
		const char *other = json_string_value(
			json_object_get(json_object_get(config, "c_info"), "name"));

		if (name && other && strcmp(name, other) == 0)
			return err_say(err, EBUSY, "domain '%s' is there", name);
		for (size_t j = 0; wanted && j < json_array_size(disks); j++) {
			const char *path = json_string_value(
				json_object_get(json_array_get(disks, j), "pdev_path"));

			if (path && guard_is_same(path, wanted))
				return err_say(err, EBUSY, "domain '%s' has it",
					       other ? other : "?");
		}
	}
	return 0;
}

static int check_domains(const struct stat *wanted, const char *name, struct err *err)
{
	static const char *const argv[] = {"xl", "list", "-l", NULL};
	const struct run run = {
		.argv = argv, .timeout_ms = XL_TIME, .output_limit = TEXT_MAX};
	_cleanup_str_ struct str output = {0};
	_cleanup_fs_ struct fs system = FS_CLOSED;
	int rc = fs_open("/", &system, err);

	if (rc < 0 || !guard_has_domains(&system))
		return rc;
	rc = run_capture(&run, &output, err);
	return rc < 0 ? rc
		      : guard_domains(str_text(&output), output.length, wanted, name,
				      err);
}

static int check_once(const char *path, const struct stat *wanted, struct err *err)
{
	int rc = check_swaps(wanted, err);

	if (rc == 0)
		rc = check_loops(wanted, err);
	if (rc < 0)
		return rc;
	return S_ISBLK(wanted->st_mode) ? check_device(path, wanted, err)
					: check_file(path, err);
}

/* What was just closed or unmounted may be read by udev, or leave its loop device, still. */
static int check_patiently(const char *path, const struct stat *wanted, struct err *err)
{
	int rc = check_once(path, wanted, err);

	for (int attempt = 1; rc == -EBUSY && attempt < ATTEMPTS; attempt++) {
		err_clear(err);
		(void)poll(NULL, 0, PAUSE);
		rc = check_once(path, wanted, err);
	}
	return rc;
}

int guard_check(const struct fs *host, const char *path, const char *guest,
		struct err *err)
{
	struct stat wanted;
	int rc = stat(path, &wanted) < 0 ? err_set(err, errno, "stat") : 0;

	if (rc == 0 && !S_ISBLK(wanted.st_mode) && !S_ISREG(wanted.st_mode))
		rc = err_say(err, EINVAL, "neither a file nor a block device");
	if (rc == 0)
		rc = check_patiently(path, &wanted, err);
	if (rc == 0)
		rc = guard_configurations(host, &wanted, guest, err);
	if (rc == 0)
		rc = check_domains(&wanted, NULL, err);
	return rc < 0 ? err_wrap(err, "'%s'", path) : 0;
}

int guard_domain(const struct fs *host, const char *name, struct err *err)
{
	_cleanup_free_ char *saved = autostart_saved(host, name);

	return saved ? err_say(err, EBUSY,
			       "it is saved in '%s', and needs its disks as they are "
			       "when it "
			       "is restored: restore it, or remove that file",
			       saved)
		     : check_domains(NULL, name, err);
}
