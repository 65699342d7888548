/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The xenhost program: finds the command, runs it, and alone reports errors. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* "  --root DIR      work on ..." */
static void print_row(const char *dashes, const char *name, const char *argument,
		      const char *help)
{
	_cleanup_free_ char *left = mem_textf(
		"%s%s%s%s", dashes, name, argument ? " " : "", argument ? argument : "");

	printf("  %-16s  %s\n", left, help);
}

static void print_options(const struct option_spec *option)
{
	printf("\nOptions:\n");
	for (; option->name; option++)
		print_row("--", option->name, option->argument, option->help);
}

static void print_command_help(const struct command *command)
{
	printf("Usage: xenhost [OPTION]... %s%s%s\n%s.\n", command->name,
	       command->operands ? " " : "", command->operands ? command->operands : "",
	       command->summary);
	if (command->options)
		print_options(command->options);
	printf("\nMore: xenhost --help, xenhost-%s(8).\n", command->name);
}

static void print_help(void)
{
	printf("Usage: xenhost [OPTION]... COMMAND\n"
	       "Turns a machine into a Xen host, and keeps it one.\n\nCommands:\n");
	for (size_t i = 0; commands[i]; i++)
		print_row("", commands[i]->name, commands[i]->operands,
			  commands[i]->summary);
	print_options(globals);
	printf("\nExit status: 0 done, 1 failed, 2 usage or invalid description, "
	       "3 differences.\nMore: xenhost(8).\n");
}

/* One line, whatever is in it: file names and outputs may hold control sequences. */
static void print_error(const struct err *err)
{
	_cleanup_str_ struct str line = {0};

	for (const char *c = err->text; *c; c++) {
		unsigned char byte = (unsigned char)*c;

		if (byte < ' ' || byte == 0x7f)
			str_addf(&line, "\\x%02x", byte);
		else
			str_add_char(&line, *c);
	}
	(void)fprintf(stderr, "xenhost: %s\n%s", str_text(&line),
		      err->detail ? err->detail : "");
}

/*
 * A program started with a standard descriptor closed would open its files there and
 * write messages into them. The stand-ins are opened so that using them fails: nothing is
 * lost silently.
 */
static void fill_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			abort();
	}
}

/* Text that did not reach its file is a failure, however well the rest went. */
static int finish_output(struct err *err)
{
	bool had_error = ferror(stdout);

	if (fclose(stdout) == 0 && !had_error)
		return 0;
	return err_set(err, errno ? errno : EIO, "write standard output");
}

static int run(char **argv, struct err *err)
{
	_cleanup_(call_clear) struct call call = {0};
	const struct command *command = NULL;
	int rc;

	if (call_parse(&call, argv, globals, commands, &command, err) < 0)
		return EXIT_USAGE;
	if (call_has(&call, "version")) {
		printf("xenhost " XENHOST_VERSION "\n");
		return EXIT_DONE;
	}
	if (call_has(&call, "help")) {
		if (command)
			print_command_help(command);
		else
			print_help();
		return EXIT_DONE;
	}
	if (!command) {
		(void)err_say(err, EINVAL, "no command is given; try 'xenhost --help'");
		return EXIT_USAGE;
	}
	rc = command->run(&call, err);
	if (err->code)
		(void)err_wrap(err, "%s", command->name);
	return rc < 0 ? EXIT_FAILED : rc;
}

int main(int argc, char **argv)
{
	_cleanup_err_ struct err err = {0}, output_err = {0};
	int status;

	fill_standard_descriptors();
	if (argc < 1)
		return EXIT_USAGE;
	status = run(argv, &err);
	if (err.code)
		print_error(&err);
	if (finish_output(&output_err) < 0) {
		print_error(&output_err);
		status = EXIT_FAILED;
	}
	return status;
}
