/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command line, taken apart: options by table, the nearest name for an unknown one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"

bool call_has(const struct call *call, const char *name)
{
	for (size_t i = call->given_count; i > 0; i--)
		if (strcmp(call->given[i - 1].name, name) == 0)
			return !call->given[i - 1].is_off;
	return false;
}

const char *call_value(const struct call *call, const char *name)
{
	for (size_t i = call->given_count; i > 0; i--)
		if (strcmp(call->given[i - 1].name, name) == 0)
			return call->given[i - 1].value;
	return NULL;
}

/* A word that begins with "--", taken apart. */
struct word {
	const char *name; /* `length` bytes of it */
	size_t length;
	const char *value; /* behind "="; NULL: there is none */
};

/* The next letter of a name, past hyphens if they do not count. */
static const char *next_letter(const char *at, const char *end, bool has_hyphens)
{
	while (at < end && !has_hyphens && strchr("-_", *at))
		at++;
	return at;
}

static bool is_named(const struct option_spec *option, const struct word *word,
		     bool has_negations)
{
	const char *a = option->name, *a_end = a + strlen(a);
	const char *b = word->name, *b_end = b + word->length;

	for (;; a++, b++) {
		a = next_letter(a, a_end, !has_negations);
		b = next_letter(b, b_end, !has_negations);
		if (a == a_end || b == b_end)
			return a == a_end && b == b_end;
		if (*a != *b)
			return false;
	}
}

static const struct option_spec *find_option(const struct program *program,
					     const struct command *command,
					     const struct word *word)
{
	const struct option_spec *tables[] = {program->globals,
					      command ? command->options : NULL};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (const struct option_spec *option = tables[i]; option && option->name;
		     option++)
			if (is_named(option, word, program->has_negations))
				return option;
	return NULL;
}

/* What "--no-NAME" or "--noNAME" takes back. */
static const struct option_spec *find_negated(const struct program *program,
					      const struct command *command,
					      const struct word *word)
{
	struct word rest = {word->name + strlen("no"), word->length - strlen("no"), NULL};
	const struct option_spec *option;

	if (!program->has_negations || word->length <= strlen("no") ||
	    !str_starts(word->name, "no"))
		return NULL;
	option = find_option(program, command, &rest);
	return option && !option->argument ? option : NULL;
}

static void list_options(const struct option_spec *options, struct str_list *names)
{
	for (; options && options->name; options++)
		if (options->help)
			str_list_add(names, options->name);
}

static int unknown_option(const char *name, const struct program *program,
			  const struct command *command, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	const char *nearest;

	list_options(program->globals, &names);
	list_options(command ? command->options : NULL, &names);
	nearest = str_nearest(name, &names);
	if (nearest)
		return err_say(err, EINVAL, "unknown option '--%s'; did you mean '--%s'?",
			       name, nearest);
	return err_say(err, EINVAL, "unknown option '--%s'", name);
}

static void add_given(struct call *call, const struct option_spec *option,
		      const char *value, bool is_off)
{
	call->given = mem_grow(call->given, call->given_count, sizeof(*call->given));
	call->given[call->given_count++] =
		(struct option_given){option->name, value, is_off};
}

/* *argv is at "--..."; it is left at the last word that belongs to the option. */
static int parse_option(struct call *call, char ***argv, const struct program *program,
			const struct command *command, struct err *err)
{
	struct word word = {**argv + 2, strcspn(**argv + 2, "="), NULL};
	_cleanup_free_ char *bare = mem_text_part(word.name, word.length);
	const struct option_spec *option = find_option(program, command, &word);
	bool is_off = false;

	if (!option) {
		option = find_negated(program, command, &word);
		is_off = option != NULL;
	}
	if (!option)
		return unknown_option(bare, program, command, err);
	if (word.name[word.length] == '=')
		word.value = word.name + word.length + 1;
	if (word.value && !option->argument)
		return err_say(err, EINVAL, "option '--%s' takes no argument", bare);
	if (!word.value && option->argument && option->argument[0] != '[') {
		word.value = *++*argv;
		if (!word.value)
			return err_say(err, EINVAL, "option '--%s' needs an argument: %s",
				       bare, option->argument);
	}
	add_given(call, option, word.value, is_off);
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
			if ((*commands)->prepare)
				(*commands)->prepare();
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

/* The words, in order. *command is the program's, or found on the way. */
static int parse_words(struct call *call, char **argv, const struct program *program,
		       const struct command **command, struct err *err)
{
	bool has_options = true;

	for (argv++; *argv; argv++) {
		int rc = 0;

		if (has_options && strcmp(*argv, "--") == 0)
			has_options = false;
		else if (has_options && str_starts(*argv, "--"))
			rc = parse_option(call, &argv, program, *command, err);
		else if (has_options && (*argv)[0] == '-' && (*argv)[1])
			rc = err_say(err, EINVAL,
				     "unknown option '%s'; options begin with '--'",
				     *argv);
		else if (!*command)
			rc = find_command(*argv, program->commands, command, err);
		else
			add_operand(call, *argv);
		if (rc < 0)
			return rc;
	}
	if (*command && !(*command)->operands && call->operand_count)
		return err_say(err, EINVAL, "unexpected '%s'", call->operand[0]);
	return 0;
}

int call_parse(struct call *call, char **argv, const struct program *program,
	       const struct command **ret_command, struct err *err)
{
	const struct command *command = program->command;
	int rc;

	if (command && command->prepare)
		command->prepare();
	rc = parse_words(call, argv, program, &command, err);
	if (rc < 0)
		return command && !program->command && err
			       ? err_wrap(err, "%s", command->name)
			       : rc;
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
