/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A login on the guest's console, and the C library that suits a 32-bit PV guest. */
#include <string.h>

#include "guest/identity-parts.h"

/* inittab(5), "ID:RUNLEVELS:ACTION:PROCESS": whether it starts a getty, and where. */
static bool is_getty(const char *line)
{
	return line[0] != '#' && strstr(line, ":respawn:") && strstr(line, "getty");
}

static bool is_getty_on(const char *line, const char *device)
{
	const char *found = is_getty(line) ? strstr(line, device) : NULL;

	return found && strchr(" \t", found[-1]) && strchr(" \t", found[strlen(device)]);
}

/*
 * One getty, on the console. Only hvm guests have a screen: elsewhere those on tty1 and so
 * on would be started again and again.
 */
static int write_inittab(struct identity *id, const char *console, struct err *err)
{
	_cleanup_str_ struct str old = {0}, text = {0};
	bool has_screen = id->guest->type == GUEST_HVM, is_there = false;
	const char *cursor, *line;
	size_t length;
	int rc = identity_get(id->root, "etc/inittab", &old, err);

	if (rc < 0 || !old.length)
		return rc;
	cursor = str_text(&old);
	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *copy = mem_text_part(line, length);
		bool is_ours = is_getty_on(copy, console);

		is_there |= is_ours;
		if (is_getty(copy) && !is_ours && !has_screen)
			str_add_char(&text, '#');
		str_addf(&text, "%s\n", copy);
	}
	if (!is_there)
		str_addf(&text, "co:2345:respawn:/sbin/getty 38400 %s\n", console);
	return identity_put(id->root, "etc/inittab", str_text(&text), 0644, err);
}

/* securetty(5): where root may log in; where the file is absent, everywhere. */
static int write_securetty(struct identity *id, const char *console, struct err *err)
{
	_cleanup_free_ char *line = mem_textf("\n%s\n", console);
	_cleanup_str_ struct str old = {0}, text = {0};
	int rc = identity_get(id->root, "etc/securetty", &old, err);

	if (rc < 0 || !fs_exists(id->root, "etc/securetty"))
		return rc;
	str_addf(&text, "\n%s", str_text(&old));
	if (text.text[text.length - 1] != '\n')
		str_add_char(&text, '\n');
	if (strstr(str_text(&text), line))
		return 0;
	str_add(&text, line + 1);
	return identity_put(id->root, "etc/securetty", str_text(&text) + 1, 0644, err);
}

/*
 * README.Debian, "About /lib/tls", and README.SUSE, "Thread-Local Storage": a 32-bit glibc
 * reads thread-local variables in a way that Xen has to emulate for PV guests. The loader
 * is told of the form without, or the slow one is moved away: it finds that in /lib then.
 */
static int move_tls(struct identity *id, struct err *err)
{
	const struct fs *root = id->root;
	const char *arch = id->guest->recipe.arch;

	if (id->guest->type != GUEST_PV || !arch || strcmp(arch, "i386") != 0)
		return 0;
	if (fs_exists(root, "lib/i686/nosegneg"))
		return identity_put(root, "etc/ld.so.conf.d/xenhost.conf",
				    "hwcap 1 nosegneg\n", 0644, err);
	if (!fs_exists(root, "lib/tls") || !fs_exists(root, "lib/libc.so.6") ||
	    fs_exists(root, "lib/tls.disabled"))
		return 0;
	return fs_rename(root, "lib/tls", "lib/tls.disabled", err);
}

/* systemd-getty-generator(8) starts one on the kernel's console by itself. */
int identity_console(struct identity *id, struct err *err)
{
	const char *console = identity_console_device(id->guest);
	int rc = write_inittab(id, console, err);

	if (rc == 0)
		rc = write_securetty(id, console, err);
	return rc == 0 ? move_tls(id, err) : rc;
}
