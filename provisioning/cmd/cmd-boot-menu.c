/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost boot menu: GRUB's entries for Xen, for grub-mkconfig. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

#include "boot/menu.h"
#include "cmd/boot.h"

static const char *get(const char *name)
{
	return getenv(name);
}

/* A file's name is in the line: what would be a line or a colour of its own is shown. */
static void print_note(const char *note)
{
	(void)fputs("xenhost: boot: menu: ", stderr);
	for (; *note; note++) {
		if ((unsigned char)*note < ' ' || *note == 0x7f)
			(void)fprintf(stderr, "\\x%02x", (unsigned char)*note);
		else
			(void)fputc(*note, stderr);
	}
	(void)fputc('\n', stderr);
}

static int run(const struct call *call, struct err *err)
{
	_cleanup_str_list_ struct str_list notes = {0};
	_cleanup_str_ struct str text = {0};
	_cleanup_fs_ struct fs fs = FS_CLOSED;
	struct utsname machine;
	struct menu_env env;
	int rc = fs_open(call->root, &fs, err);

	if (rc < 0)
		return rc;
	menu_env_fill(&env, get);
	if (!*env.machine && uname(&machine) == 0)
		env.machine = machine.machine;
	menu_make(&fs, &env, &text, &notes);
	for (size_t i = 0; i < notes.count; i++)
		print_note(notes.item[i]);
	(void)fwrite(str_text(&text), 1, text.length, stdout);
	return EXIT_DONE;
}

const struct boot_command boot_command_menu = {.name = "menu", .run = run};
