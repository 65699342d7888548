/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program for guests: the name it is called by is the command. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/guests.h"

/* The names as mk/c.mk links them. */
static const struct {
	const char *name;
	const struct command *command;
	const struct command *const *commands; /* or its first word is one of these */
	const char *summary;
} names[] = {
	{"xen-create-image", &command_create_image, NULL, NULL},
	{"xen-create-nfs", &command_create_nfs, NULL, NULL},
	{"xen-delete-image", &command_delete_image, NULL, NULL},
	{"xen-list-images", &command_list_images, NULL, NULL},
	{"xen-resize-guest", &command_resize_image, NULL, NULL},
	{"xen-resize-image", &command_resize_image, NULL, NULL},
	{"xen-update-image", &command_update_image, NULL, NULL},
	{"xen-templates", NULL, commands_templates,
	 "Builds, lists and removes the roots that guests are cloned from."},
	{NULL, NULL, NULL, NULL},
};

static const struct option_spec globals[] = {
	{"root", "DIR", "work on the system below DIR instead of /"},
	{"help", NULL, "show this help and exit"},
	{"version", NULL, "show the version and exit"},
	{NULL, NULL, NULL},
};

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int main(int argc, char **argv)
{
	struct program program = {
		.globals = globals,
		.exits = "0 done, 1 failed, 2 usage, or invalid settings of a new guest",
		.has_negations = true,
	};

	if (argc < 1)
		return EXIT_USAGE;
	for (size_t i = 0; names[i].name; i++)
		if (strcmp(names[i].name, last_part(argv[0])) == 0) {
			program.name = names[i].name;
			program.command = names[i].command;
			program.commands = names[i].commands;
			program.summary = names[i].summary;
			program.has_one_page = true;
			return program_run(&program, argv);
		}
	(void)fprintf(stderr, "%s: there is no command of that name\n",
		      last_part(argv[0]));
	return EXIT_USAGE;
}
