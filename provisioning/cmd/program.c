/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the main() of each program does: runs a command, and alone reports errors. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"

/* Rows of --help whose left side is longer than this are not aligned. */
enum { ROW_MIN = 16, ROW_MAX = 26 };

/* "--root DIR", "--extension[=E]" */
static char *make_row(const char *dashes, const char *name, const char *argument)
{
	bool has_blank = argument && argument[0] != '[';

	if (!dashes[0])
		has_blank = argument != NULL;
	return mem_textf("%s%s%s%s", dashes, name, has_blank ? " " : "",
			 argument ? argument : "");
}

static void print_row(int width, const char *dashes, const char *name,
		      const char *argument, const char *help)
{
	_cleanup_free_ char *left = make_row(dashes, name, argument);

	printf("  %-*s  %s\n", width, left, help);
}

static int row_width(const struct option_spec *option)
{
	size_t width = ROW_MIN;

	for (; option->name; option++) {
		_cleanup_free_ char *left =
			make_row("--", option->name, option->argument);
		size_t length = strlen(left);

		if (option->help && length > width && length <= ROW_MAX)
			width = length;
	}
	return (int)width;
}

static void print_options(const struct option_spec *option, int width)
{
	for (; option->name; option++)
		if (option->help)
			print_row(width, "--", option->name, option->argument,
				  option->help);
}

/* A program that is a command. */
static void print_own_help(const struct program *program)
{
	const struct command *command = program->command;
	int width = command->options ? row_width(command->options) : ROW_MIN;

	printf("Usage: %s [OPTION]...%s%s\n%s.\n\nOptions:\n", program->name,
	       command->operands ? " " : "", command->operands ? command->operands : "",
	       command->summary);
	if (command->options)
		print_options(command->options, width);
	print_options(program->globals, width);
	printf("\nExit status: %s.\nMore: %s(8).\n", program->exits, program->name);
}

static void print_command_help(const struct program *program,
			       const struct command *command)
{
	printf("Usage: %s [OPTION]... %s%s%s\n%s.\n", program->name, command->name,
	       command->operands ? " " : "", command->operands ? command->operands : "",
	       command->summary);
	if (command->options) {
		printf("\nOptions:\n");
		print_options(command->options, ROW_MIN);
	}
	if (program->has_one_page)
		printf("\nMore: %s --help, %s(8).\n", program->name, program->name);
	else
		printf("\nMore: %s --help, %s-%s(8).\n", program->name, program->name,
		       command->name);
}

static void print_help(const struct program *program)
{
	printf("Usage: %s [OPTION]... COMMAND\n%s\n\nCommands:\n", program->name,
	       program->summary);
	for (size_t i = 0; program->commands[i]; i++)
		print_row(ROW_MIN, "", program->commands[i]->name,
			  program->commands[i]->operands, program->commands[i]->summary);
	printf("\nOptions:\n");
	print_options(program->globals, ROW_MIN);
	printf("\nExit status: %s.\nMore: %s(8).\n", program->exits, program->name);
}

/* One line, whatever is in it: file names and outputs may hold control sequences. */
void program_report(const char *name, const struct err *err)
{
	_cleanup_str_ struct str line = {0};

	for (const char *c = err->text; *c; c++) {
		unsigned char byte = (unsigned char)*c;

		if (byte < ' ' || byte == 0x7f)
			str_addf(&line, "\\x%02x", byte);
		else
			str_add_char(&line, *c);
	}
	(void)fprintf(stderr, "%s: %s\n%s", name, str_text(&line),
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

static int run(const struct program *program, char **argv, struct err *err)
{
	_cleanup_(call_clear) struct call call = {0};
	const struct command *command = NULL;
	int rc;

	if (call_parse(&call, argv, program, &command, err) < 0)
		return EXIT_USAGE;
	if (call_has(&call, "version")) {
		printf("%s " XENHOST_VERSION "\n", program->name);
		return EXIT_DONE;
	}
	if (call_has(&call, "help")) {
		if (program->command)
			print_own_help(program);
		else if (command)
			print_command_help(program, command);
		else
			print_help(program);
		return EXIT_DONE;
	}
	if (!command) {
		(void)err_say(err, EINVAL, "no command is given; try '%s --help'",
			      program->name);
		return EXIT_USAGE;
	}
	rc = command->run(&call, err);
	if (err->code && !program->command)
		(void)err_wrap(err, "%s", command->name);
	return rc < 0 ? EXIT_FAILED : rc;
}

int program_run(const struct program *program, char **argv)
{
	_cleanup_err_ struct err err = {0}, output_err = {0};
	int status;

	fill_standard_descriptors();
	status = run(program, argv, &err);
	if (err.code)
		program_report(program->name, &err);
	if (finish_output(&output_err) < 0) {
		program_report(program->name, &output_err);
		status = EXIT_FAILED;
	}
	return status;
}
