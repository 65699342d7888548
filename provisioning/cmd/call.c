/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command line, taken apart: options by table, the nearest name for an unknown one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"

bool call_has(const struct call *call, const char *name)
{
	for (size_t i = 0; i < call->given_count; i++)
		if (strcmp(call->given[i].name, name) == 0)
			return true;
	return false;
}

const char *call_value(const struct call *call, const char *name)
{
	for (size_t i = call->given_count; i > 0; i--)
		if (strcmp(call->given[i - 1].name, name) == 0)
			return call->given[i - 1].value;
	return NULL;
}

/* `name` is followed by NUL or '='. */
static const struct option_spec *find_option(const struct option_spec *options,
					     const char *name, size_t length)
{
	for (; options && options->name; options++)
		if (strlen(options->name) == length &&
		    strncmp(options->name, name, length) == 0)
			return options;
	return NULL;
}

static void list_options(const struct option_spec *options, struct str_list *names)
{
	for (; options && options->name; options++)
		str_list_add(names, options->name);
}

static int unknown_option(const char *name, const struct option_spec *globals,
			  const struct command *command, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	const char *nearest;

	list_options(globals, &names);
	list_options(command ? command->options : NULL, &names);
	nearest = str_nearest(name, &names);
	if (nearest)
		return err_say(err, EINVAL, "unknown option '--%s'; did you mean '--%s'?",
			       name, nearest);
	return err_say(err, EINVAL, "unknown option '--%s'", name);
}

/* *argv is at "--..."; it is left at the last word that belongs to the option. */
static int parse_option(struct call *call, char ***argv,
			const struct option_spec *globals, const struct command *command,
			struct err *err)
{
	const char *name = **argv + 2, *value = NULL;
	size_t length = strcspn(name, "=");
	_cleanup_free_ char *bare = mem_text_part(name, length);
	const struct option_spec *option = find_option(globals, name, length);

	if (!option && command)
		option = find_option(command->options, name, length);
	if (!option)
		return unknown_option(bare, globals, command, err);
	if (name[length] == '=')
		value = name + length + 1;
	if (value && !option->argument)
		return err_say(err, EINVAL, "option '--%s' takes no argument", bare);
	if (!value && option->argument) {
		value = *++*argv;
		if (!value)
			return err_say(err, EINVAL, "option '--%s' needs an argument: %s",
				       bare, option->argument);
	}
	call->given = mem_grow(call->given, call->given_count, sizeof(*call->given));
	call->given[call->given_count++] = (struct option_given){option->name, value};
	return 0;
}

static int find_command(const char *name, const struct command *const *commands,
			const struct command **ret_command, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	const char *nearest;

	for (; *commands; commands++) {
		str_list_add(&names, (*commands)->name);
		if (strcmp((*commands)->name, name) == 0) {
			*ret_command = *commands;
			return 0;
		}
	}
	nearest = str_nearest(name, &names);
	if (nearest)
		return err_say(err, EINVAL, "unknown command '%s'; did you mean '%s'?",
			       name, nearest);
	return err_say(err, EINVAL, "unknown command '%s'", name);
}

static void add_operand(struct call *call, const char *word)
{
	call->operand =
		mem_grow(call->operand, call->operand_count, sizeof(*call->operand));
	call->operand[call->operand_count++] = word;
}

int call_parse(struct call *call, char **argv, const struct option_spec *globals,
	       const struct command *const *commands, const struct command **ret_command,
	       struct err *err)
{
	const struct command *command = NULL;
	bool has_options = true;

	for (argv++; *argv; argv++) {
		int rc = 0;

		if (has_options && strcmp(*argv, "--") == 0)
			has_options = false;
		else if (has_options && str_starts(*argv, "--"))
			rc = parse_option(call, &argv, globals, command, err);
		else if (has_options && (*argv)[0] == '-' && (*argv)[1])
			rc = err_say(err, EINVAL,
				     "unknown option '%s'; options begin with '--'",
				     *argv);
		else if (!command)
			rc = find_command(*argv, commands, &command, err);
		else
			add_operand(call, *argv);
		if (rc < 0)
			return command && err ? err_wrap(err, "%s", command->name) : rc;
	}
	if (command && !command->operands && call->operand_count)
		return err_say(err, EINVAL, "%s: unexpected '%s'", command->name,
			       call->operand[0]);
	call->is_json = call_has(call, "json");
	call->config = call_value(call, "config");
	call->facts = call_value(call, "facts");
	call->root = call_value(call, "root");
	if (!call->root)
		call->root = "/";
	*ret_command = command;
	return 0;
}

void call_clear(struct call *call)
{
	free(call->given);
	free(call->operand);
	*call = (struct call){0};
}
