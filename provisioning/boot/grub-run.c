/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running GRUB's scripts: words, statements and functions, with GRUB's own limits. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/grub-run.h"

#define DEPTH_MAX 64	 /* GRUB's MAX_RECURSION_DEPTH */
#define COMMAND_WORK 256 /* what a command costs in grub_spend()'s measure */

#define FAILED 1

/* ---- words ---- */

/*
 * The words as they grow. A word that got nothing at all is none; quotes give it at least
 * the empty text.
 */
struct expansion {
	struct grub_machine *machine;
	struct str_list *words;
	struct str word;
	bool is_there;
};

static void add(struct expansion *expansion, const char *text, size_t length)
{
	grub_spend(expansion->machine, length);
	str_add_bytes(&expansion->word, text, length);
	expansion->is_there = true;
}

static void next_word(struct expansion *expansion)
{
	if (!expansion->is_there)
		return;
	str_list_add(expansion->words, str_text(&expansion->word));
	str_cut(&expansion->word, 0);
	expansion->is_there = false;
	grub_spend(expansion->machine, 1);
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void add_split(struct expansion *expansion, const char *text)
{
	while (is_space(*text))
		text++;
	while (*text) {
		const char *start = text;

		while (*text && !is_space(*text))
			text++;
		add(expansion, start, (size_t)(text - start));
		while (is_space(*text))
			text++;
		if (*text)
			next_word(expansion);
	}
}

static void add_value(struct expansion *expansion, const char *value, bool is_quoted)
{
	if (is_quoted)
		add(expansion, value, strlen(value));
	else
		add_split(expansion, value);
}

/* $@ and $*: all arguments; only "$*" is one word. */
static void add_all(struct expansion *expansion, const struct grub_args *args, char name,
		    bool is_quoted)
{
	for (size_t i = args->shifted; i < args->list.count; i++) {
		if (i > args->shifted && name == '*' && is_quoted)
			add(expansion, " ", 1);
		else if (i > args->shifted)
			next_word(expansion);
		add_value(expansion, args->list.item[i], is_quoted);
	}
}

static void add_argument(struct expansion *expansion, const char *name, bool is_quoted)
{
	const struct grub_args *args = expansion->machine->scope;
	size_t count = args ? args->list.count - args->shifted : 0;
	char number[24];
	uint64_t index;

	if (!args)
		return;
	if (*name == '#') {
		(void)snprintf(number, sizeof(number), "%zu", count);
		add(expansion, number, strlen(number));
	} else if (*name == '@' || *name == '*') {
		add_all(expansion, args, *name, is_quoted);
	} else if (str_to_number(name, count, &index) && index) {
		add_value(expansion, args->list.item[args->shifted + index - 1],
			  is_quoted);
	}
}

static void add_variable(struct expansion *expansion, const char *name, bool is_quoted)
{
	const char *value;

	if (strchr("0123456789#@*", *name)) {
		add_argument(expansion, name, is_quoted);
		return;
	}
	value = grub_get(expansion->machine, name);
	if (value && *value)
		add_value(expansion, value, is_quoted);
}

/* The variables in a $"..." text; there is no translation of it here. */
static void add_translated(struct expansion *expansion, const char *text)
{
	add(expansion, "", 0);
	while (*text) {
		size_t length = strcspn(text, "$\\"), brace, name_length;
		_cleanup_free_ char *name = NULL;

		add(expansion, text, length);
		text += length;
		if (*text == '\\') {
			bool is_hidden = text[1] == '\\' || text[1] == '$';

			add(expansion, is_hidden ? text + 1 : text, 1);
			text += is_hidden ? 2 : 1;
			continue;
		}
		if (!*text)
			break;
		brace = text[1] == '{';
		name_length = brace ? strcspn(text + 2, "}")
				    : strspn(text + 1, "abcdefghijklmnopqrstuvwxyz_"
						       "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
						       "0123456789");
		if (!name_length) {
			add(expansion, "$", 1);
			text++;
			continue;
		}
		name = mem_text_part(text + 1 + brace, name_length);
		add_variable(expansion, name, true);
		text += 1 + brace + name_length;
		text += brace && *text == '}';
	}
}

static void add_part(struct expansion *expansion, const struct grub_part *part)
{
	switch (part->kind) {
	case GRUB_PART_TEXT:
	case GRUB_PART_QUOTED:
		add(expansion, part->text, strlen(part->text));
		break;
	case GRUB_PART_VAR:
	case GRUB_PART_QUOTED_VAR:
		add_variable(expansion, part->text, part->kind == GRUB_PART_QUOTED_VAR);
		break;
	case GRUB_PART_TRANSLATED:
		add_translated(expansion, part->text);
		break;
	}
}

void grub_expand(struct grub_machine *machine, const struct grub_statement *statement,
		 struct str_list *ret_words)
{
	struct expansion expansion = {.machine = machine, .words = ret_words};

	for (size_t i = 0; i < statement->word_count && machine->rc == 0; i++) {
		const struct grub_word *word = &statement->word[i];

		next_word(&expansion);
		for (size_t j = 0; j < word->count && machine->rc == 0; j++)
			add_part(&expansion, &word->part[j]);
	}
	next_word(&expansion);
	str_clear(&expansion.word);
}

/* ---- statements ---- */

static int run_statement(struct grub_machine *machine,
			 const struct grub_statement *statement);

static void set_result(struct grub_machine *machine, int result)
{
	grub_set(machine, "?", result ? "1" : "0");
}

static const struct grub_list *find_function(struct grub_machine *machine,
					     const char *name)
{
	for (size_t i = machine->function_count; i-- > 0;) {
		grub_spend(machine, 1);
		if (strcmp(machine->function[i].name, name) == 0)
			return machine->function[i].body;
	}
	return NULL;
}

/* NAME=VALUE where no command and no function has this name. Anything else is none. */
static void try_assignment(struct grub_machine *machine, const char *word)
{
	const char *equals = strchr(word, '=');
	_cleanup_free_ char *name = NULL;

	if (!equals)
		return;
	name = mem_text_part(word, (size_t)(equals - word));
	if (!strchr("0123456789#*@", *name))
		grub_set(machine, name, equals + 1);
}

int grub_run_scope(struct grub_machine *machine, const struct grub_list *list,
		   const struct str_list *args)
{
	struct grub_args scope = {0}, *outer = machine->scope;
	size_t loops = machine->loops;
	int result;

	for (size_t i = 0; i < args->count; i++)
		str_list_add(&scope.list, args->item[i]);
	machine->scope = &scope;
	machine->loops = 0;
	result = grub_run_list(machine, list);
	machine->is_returning = false;
	machine->loops = loops;
	machine->scope = outer;
	str_list_clear(&scope.list);
	return result;
}

static int run_words(struct grub_machine *machine, const struct grub_statement *statement,
		     const struct str_list *words)
{
	const struct grub_list *function;
	int result = 0;

	if (grub_run_command(machine, statement, words, &result))
		return result;
	function = find_function(machine, words->item[0]);
	if (function) {
		const struct str_list args = {.item = words->item + 1,
					      .count = words->count - 1};

		return grub_run_scope(machine, function, &args);
	}
	/* An unknown command is told and passed over: that is success. */
	try_assignment(machine, words->item[0]);
	return 0;
}

static int run_simple(struct grub_machine *machine,
		      const struct grub_statement *statement)
{
	_cleanup_str_list_ struct str_list words = {0};
	int result;

	grub_expand(machine, statement, &words);
	if (words.count == 0 || machine->rc < 0)
		return 0;
	if (strcmp(words.item[0], "!") == 0) {
		const struct str_list rest = {.item = words.item + 1,
					      .count = words.count - 1};

		return rest.count == 0 ? FAILED : !run_words(machine, statement, &rest);
	}
	result = run_words(machine, statement, &words);
	set_result(machine, result);
	return result;
}

static int run_if(struct grub_machine *machine, const struct grub_statement *statement)
{
	int result = grub_run_list(machine, &statement->condition);
	const char *status;

	if (machine->is_returning)
		return result;
	status = grub_get(machine, "?");
	if (status && strcmp(status, "0") == 0)
		return grub_run_list(machine, &statement->body);
	if (statement->is_elif)
		return run_statement(machine, &statement->other.item[0]);
	return statement->other.count ? grub_run_list(machine, &statement->other) : 0;
}

static int run_for(struct grub_machine *machine, const struct grub_statement *statement)
{
	_cleanup_str_list_ struct str_list words = {0};
	int result = 0;

	grub_expand(machine, statement, &words);
	machine->loops++;
	for (size_t i = 0; i < words.count && machine->rc == 0; i++) {
		if (machine->is_continue && machine->breaks == 1)
			machine->breaks = 0;
		if (machine->breaks)
			break;
		grub_set(machine, statement->name, words.item[i]);
		result = grub_run_list(machine, &statement->body);
		if (machine->is_returning)
			break;
	}
	if (machine->breaks)
		machine->breaks--;
	machine->loops--;
	return result;
}

static int run_loop(struct grub_machine *machine, const struct grub_statement *statement)
{
	int result = 0;

	machine->loops++;
	while (machine->rc == 0) {
		result = grub_run_list(machine, &statement->condition);
		if (machine->is_returning || (statement->is_until ? !result : result))
			break;
		result = grub_run_list(machine, &statement->body);
		if (machine->is_returning)
			break;
		if (machine->breaks == 1 && machine->is_continue)
			machine->breaks = 0;
		if (machine->breaks)
			break;
	}
	if (machine->breaks)
		machine->breaks--;
	machine->loops--;
	return result;
}

static int add_function(struct grub_machine *machine,
			const struct grub_statement *statement)
{
	machine->function = mem_grow(machine->function, machine->function_count,
				     sizeof(*machine->function));
	machine->function[machine->function_count++] = (struct grub_function){
		.name = statement->name,
		.body = &statement->body,
	};
	return 0;
}

/* One level of GRUB's recursion; when it is used up, nothing more is run in it. */
static bool enter(struct grub_machine *machine)
{
	return ++machine->depth < DEPTH_MAX;
}

static int leave(struct grub_machine *machine, int result)
{
	machine->depth--;
	set_result(machine, result);
	return result;
}

static int run_statement(struct grub_machine *machine,
			 const struct grub_statement *statement)
{
	static int (*const run[])(struct grub_machine *,
				  const struct grub_statement *) = {
		[GRUB_COMMAND] = run_simple,	[GRUB_IF] = run_if,
		[GRUB_FOR] = run_for,		[GRUB_LOOP] = run_loop,
		[GRUB_FUNCTION] = add_function,
	};

	grub_spend(machine, COMMAND_WORK);
	if (machine->rc < 0)
		return FAILED;
	/* GRUB forgets to count back here, and so do we: it runs less and less. */
	if (!enter(machine))
		return FAILED;
	return leave(machine, run[statement->kind](machine, statement));
}

int grub_run_list(struct grub_machine *machine, const struct grub_list *list)
{
	int result = 0;

	if (!enter(machine))
		return FAILED;
	for (size_t i = 0; i < list->count; i++) {
		if (machine->breaks || machine->rc < 0)
			break;
		result = run_statement(machine, &list->item[i]);
		if (machine->is_returning)
			break;
	}
	return leave(machine, result);
}

int grub_run_text(struct grub_machine *machine, const char *file, const char *text,
		  size_t length)
{
	struct grub_script *script = mem_alloc(sizeof(*script));
	int result = 0;

	machine->script = mem_grow(machine->script, machine->script_count,
				   sizeof(struct grub_script *));
	machine->script[machine->script_count++] = script;
	grub_spend(machine, length + COMMAND_WORK);
	if (machine->rc == 0)
		machine->rc = grub_script_parse(file, text, length, script, machine->err);
	if (machine->rc == 0)
		result = grub_run_list(machine, &script->list);
	return result;
}
