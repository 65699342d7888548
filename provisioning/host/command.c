/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The programs that make something out of files: which a system has, and running them. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/shell.h"
#include "host/command.h"
#include "host/facts-parts.h"

#define ARGUMENTS_MAX 8
#define TIMEOUT_MS (30 * 60 * 1000) /* initial RAM file systems of many kernels */
#define OUTPUT_MAX (4 << 20)
#define LOCALE_MAX 65536
#define SYSCONFIG_MAX (1 << 20)

struct program {
	enum command_kind kind;
	bool is_for_running; /* of no use below another root */
	const char *shown;
	const char *argv[ARGUMENTS_MAX];
	const char *hint; /* a path of the systems that have it */

	/* Whether it does what it is for; NULL: always. */
	bool (*is_in_charge)(const struct fs *fs);
};

/*
 * SUSE's update-bootloader(8) runs what etc/sysconfig/bootloader names; with another loader,
 * or none, it makes no menu of GRUB, and does not say so.
 */
static bool is_loader_grub(const struct fs *fs)
{
	_cleanup_str_ struct str text = {0};
	_cleanup_free_ char *type = NULL;

	if (fs_read(fs, "etc/sysconfig/bootloader", SYSCONFIG_MAX, &text, NULL) < 0)
		return false;
	type = shell_value(str_text(&text), "LOADER_TYPE");
	return str_same(type, "grub2") || str_same(type, "grub2-efi");
}

/* The first that a root has is taken; if it has none, the first whose hint it has. */
static const struct program programs[] = {
	{COMMAND_LDCONFIG, false, "ldconfig", {"ldconfig"}, ".", NULL},
	{COMMAND_INITRAMFS,
	 false,
	 "update-initramfs -u -k all",
	 {"update-initramfs", "-u", "-k", "all"},
	 "etc/initramfs-tools",
	 NULL},
	{COMMAND_INITRAMFS,
	 false,
	 "dracut --force --regenerate-all",
	 {"dracut", "--force", "--regenerate-all"},
	 "etc/dracut.conf.d",
	 NULL},
	{COMMAND_INITRAMFS, false, "mkinitrd", {"mkinitrd"}, ".", NULL},
	{COMMAND_GRUB, false, "update-grub", {"update-grub"}, "etc/debian_version", NULL},
	{COMMAND_GRUB,
	 false,
	 "update-bootloader --refresh",
	 {"update-bootloader", "--refresh"},
	 "etc/sysconfig/bootloader",
	 is_loader_grub},
	{COMMAND_GRUB,
	 false,
	 "grub2-mkconfig -o /boot/grub2/grub.cfg",
	 {"grub2-mkconfig", "-o", "/boot/grub2/grub.cfg"},
	 "boot/grub2",
	 NULL},
	{COMMAND_GRUB,
	 false,
	 "grub-mkconfig -o /boot/grub/grub.cfg",
	 {"grub-mkconfig", "-o", "/boot/grub/grub.cfg"},
	 ".",
	 NULL},
	{COMMAND_SYSTEMD,
	 true,
	 "systemctl daemon-reload",
	 {"systemctl", "daemon-reload"},
	 ".",
	 NULL},
	{COMMAND_UDEV,
	 true,
	 "udevadm control --reload",
	 {"udevadm", "control", "--reload"},
	 ".",
	 NULL},
};

static bool has_program(const struct fs *fs, const char *name)
{
	for (const char *start = RUN_PATH; *start;) {
		size_t length = strcspn(start, ":");
		_cleanup_free_ char *directory = mem_text_part(start, length);
		_cleanup_free_ char *path = mem_textf("%s/%s", directory, name);

		if (fs_is_program(fs, path))
			return true;
		start += length + (start[length] == ':');
	}
	return false;
}

static const struct program *find_program(const struct fs *fs, enum command_kind kind)
{
	const struct program *hinted = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		const struct program *program = &programs[i];

		if (program->kind != kind ||
		    (program->is_in_charge && !program->is_in_charge(fs)))
			continue;
		if (has_program(fs, program->argv[0]))
			return program;
		if (!hinted && fs_exists(fs, program->hint))
			hinted = program;
	}
	assert(hinted); /* the last of each kind has a hint that every root has */
	return hinted;
}

const char *command_kind_name(enum command_kind kind)
{
	static const char *const names[COMMAND_COUNT] = {
		[COMMAND_NONE] = "none",	   [COMMAND_LDCONFIG] = "ldconfig",
		[COMMAND_INITRAMFS] = "initramfs", [COMMAND_GRUB] = "grub",
		[COMMAND_SYSTEMD] = "systemd",	   [COMMAND_UDEV] = "udev",
	};

	return names[kind];
}

const char *command_name(const struct fs *fs, enum command_kind kind)
{
	return find_program(fs, kind)->shown;
}

bool command_is_moot(const struct fs *fs, enum command_kind kind)
{
	const struct program *program = find_program(fs, kind);

	if (!program->is_for_running)
		return false;
	if (!fs_is_host(fs))
		return true;
	/* systemd and udev that do not run have nothing to reload: a chroot, a container. */
	return !fs_exists(fs, kind == COMMAND_SYSTEMD ? "run/systemd/system"
						      : "run/udev/control");
}

bool command_can_run(const struct fs *fs, enum command_kind kind)
{
	return !command_is_moot(fs, kind) &&
	       has_program(fs, find_program(fs, kind)->argv[0]);
}

/*
 * "LANG=de_DE.UTF-8", as the system's own shells have it: locale.conf(5), or Debian's
 * file. The titles in GRUB's menu are in this language, and GRUB_DEFAULT may name one.
 */
static char *system_language(const struct fs *fs)
{
	static const char *const files[] = {"etc/locale.conf", "etc/default/locale"};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *value = NULL;
		_cleanup_str_ struct str text = {0};

		if (fs_read(fs, files[i], LOCALE_MAX, &text, NULL) < 0)
			continue;
		value = shell_value(str_text(&text), "LANG");
		if (value)
			return mem_textf("LANG=%s", value);
	}
	return NULL;
}

int command_run(const struct fs *fs, enum command_kind kind, struct err *err)
{
	const struct program *program = find_program(fs, kind);
	_cleanup_free_ char *root = realpath(fs->path, NULL);
	_cleanup_free_ char *language = system_language(fs);
	const char *env[] = {"LC_ALL=", language, NULL};
	const char *argv[ARGUMENTS_MAX + 3] = {"chroot", root};
	_cleanup_str_ struct str output = {0};
	size_t start = 2;
	int rc;

	/* Absolute: chroot(8) takes a name that begins with "-" for an option. */
	if (!root)
		return err_set(err, errno, "root '%s'", fs->path);
	memcpy(argv + start, program->argv, sizeof(program->argv));
	rc = run_capture(&(struct run){.argv = fs_is_host(fs) ? argv + start : argv,
				       .env = env,
				       .timeout_ms = TIMEOUT_MS,
				       .output_limit = OUTPUT_MAX},
			 &output, err);
	return rc < 0 && !fs_is_host(fs) ? err_wrap(err, "'%s'", program->shown) : rc;
}
