/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The xenhost program: its commands and what they have in common. */
#include "cmd/command.h"

static const struct command *const commands[] = {
	&command_facts,	  &command_plan,  &command_apply,      &command_rollback,
	&command_history, &command_check, &command_wait_disks, &command_pin,
	&command_boot,	  NULL,
};

static const struct option_spec globals[] = {
	{"root", "DIR", "work on the system below DIR instead of /"},
	{"config", "FILE", "read the host description from FILE"},
	{"facts", "FILE", "take the facts recorded in FILE, not this machine's"},
	{"json", NULL, "print JSON"},
	{"help", NULL, "show this help, or a command's, and exit"},
	{"version", NULL, "show the version and exit"},
	{NULL, NULL, NULL},
};

static const struct program program = {
	.name = "xenhost",
	.summary = "Turns a machine into a Xen host, and keeps it one.",
	.globals = globals,
	.commands = commands,
	.exits = "0 done, 1 failed, 2 usage or invalid description, 3 differences",
};

int main(int argc, char **argv)
{
	if (argc < 1)
		return EXIT_USAGE;
	return program_run(&program, argv);
}
