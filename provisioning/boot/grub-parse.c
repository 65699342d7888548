/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The statements of GRUB's script language, by its grammar: what it does not take is an error. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "boot/grub-script.h"

/* GRUB runs no more than 64 levels, and each statement inside another needs two. */
#define DEPTH_MAX 128

/* Further words that begin no command: these end the list they stand in, or are wrong. */
static const char *const keywords[] = {"then", "else", "elif",	 "fi", "do",	  "done",
				       "case", "esac", "select", "in", "function"};

static int parse_command(struct grub_lexer *lexer, size_t depth,
			 struct grub_statement *statement, struct err *err);

static void list_clear(struct grub_list *list);

static void statement_clear(struct grub_statement *statement)
{
	free(statement->name);
	for (size_t i = 0; i < statement->word_count; i++)
		grub_word_clear(&statement->word[i]);
	free(statement->word);
	list_clear(&statement->condition);
	list_clear(&statement->body);
	list_clear(&statement->other);
}

static void list_clear(struct grub_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		statement_clear(&list->item[i]);
	free(list->item);
	*list = (struct grub_list){0};
}

static struct grub_statement *list_add(struct grub_list *list)
{
	list->item = mem_grow(list->item, list->count, sizeof(*list->item));
	list->item[list->count] = (struct grub_statement){0};
	return &list->item[list->count++];
}

static bool begins_command(const struct grub_lexer *lexer)
{
	if (lexer->token != GRUB_TOKEN_WORD)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++)
		if (grub_lexer_is(lexer, keywords[i]))
			return false;
	return true;
}

static int expect(struct grub_lexer *lexer, const char *keyword, struct err *err)
{
	_cleanup_free_ char *cause = NULL;

	if (grub_lexer_is(lexer, keyword))
		return grub_lexer_next(lexer, err);
	cause = mem_textf("'%s' is missing", keyword);
	return grub_lexer_fail(lexer, cause, err);
}

static int expect_token(struct grub_lexer *lexer, enum grub_token token,
			const char *cause, struct err *err)
{
	return lexer->token == token ? grub_lexer_next(lexer, err)
				     : grub_lexer_fail(lexer, cause, err);
}

static int skip_newlines(struct grub_lexer *lexer, struct err *err)
{
	int rc = 0;

	while (rc == 0 && lexer->token == GRUB_TOKEN_NEWLINE)
		rc = grub_lexer_next(lexer, err);
	return rc;
}

static bool is_delimiter(const struct grub_lexer *lexer)
{
	return lexer->token == GRUB_TOKEN_SEMICOLON || lexer->token == GRUB_TOKEN_NEWLINE;
}

/* One ';' or newline, and more newlines. */
static int parse_delimiters(struct grub_lexer *lexer, struct err *err)
{
	int rc;

	if (!is_delimiter(lexer))
		return grub_lexer_fail(lexer, "a ';' or a new line is missing", err);
	rc = grub_lexer_next(lexer, err);
	return rc < 0 ? rc : skip_newlines(lexer, err);
}

/*
 * Commands, at least one. Where the list has to end with a delimiter, what stands behind
 * it is the present token; in a block the last one may be left out.
 */
static int parse_list(struct grub_lexer *lexer, size_t depth, bool is_block,
		      struct grub_list *list, struct err *err)
{
	int rc = skip_newlines(lexer, err);

	if (rc == 0 && !begins_command(lexer))
		return grub_lexer_fail(lexer, "a command is missing", err);
	while (rc == 0 && begins_command(lexer)) {
		rc = parse_command(lexer, depth, list_add(list), err);
		if (rc == 0 && is_block && !is_delimiter(lexer))
			return 0;
		if (rc == 0)
			rc = parse_delimiters(lexer, err);
	}
	return rc;
}

static int parse_words(struct grub_lexer *lexer, struct grub_statement *statement,
		       struct err *err)
{
	int rc = 0;

	while (rc == 0 && lexer->token == GRUB_TOKEN_WORD) {
		statement->word = mem_grow(statement->word, statement->word_count,
					   sizeof(*statement->word));
		statement->word[statement->word_count++] = lexer->word;
		lexer->word = (struct grub_word){0};
		rc = grub_lexer_next(lexer, err);
	}
	return rc;
}

static int parse_block(struct grub_lexer *lexer, size_t depth, struct grub_list *list,
		       struct err *err)
{
	int rc = grub_lexer_next(lexer, err);

	if (rc == 0)
		rc = parse_list(lexer, depth, true, list, err);
	if (rc == 0)
		rc = expect_token(lexer, GRUB_TOKEN_CLOSE, "a '}' is missing", err);
	return rc;
}

static int parse_simple(struct grub_lexer *lexer, size_t depth,
			struct grub_statement *statement, struct err *err)
{
	size_t start = lexer->start;
	int rc;

	statement->kind = GRUB_COMMAND;
	rc = parse_words(lexer, statement, err);
	if (rc == 0 && lexer->token == GRUB_TOKEN_OPEN) {
		statement->has_block = true;
		rc = parse_block(lexer, depth, &statement->body, err);
	}
	statement->start = lexer->text + start;
	statement->end = lexer->text + lexer->last_end;
	return rc;
}

/* Behind "if" or "elif". */
static int parse_if(struct grub_lexer *lexer, size_t depth,
		    struct grub_statement *statement, struct err *err)
{
	int rc = parse_list(lexer, depth, false, &statement->condition, err);

	statement->kind = GRUB_IF;
	if (rc == 0)
		rc = expect(lexer, "then", err);
	if (rc == 0)
		rc = parse_list(lexer, depth, false, &statement->body, err);
	if (rc < 0)
		return rc;
	if (grub_lexer_is(lexer, "elif")) {
		if (depth >= DEPTH_MAX)
			return grub_lexer_fail(lexer, "too many levels", err);
		statement->is_elif = true;
		rc = grub_lexer_next(lexer, err);
		return rc < 0 ? rc
			      : parse_if(lexer, depth + 1, list_add(&statement->other),
					 err);
	}
	if (grub_lexer_is(lexer, "else")) {
		rc = grub_lexer_next(lexer, err);
		if (rc == 0)
			rc = parse_list(lexer, depth, false, &statement->other, err);
	}
	return rc < 0 ? rc : expect(lexer, "fi", err);
}

static int parse_do(struct grub_lexer *lexer, size_t depth,
		    struct grub_statement *statement, struct err *err)
{
	int rc = expect(lexer, "do", err);

	if (rc == 0)
		rc = parse_list(lexer, depth, false, &statement->body, err);
	return rc < 0 ? rc : expect(lexer, "done", err);
}

/* A word that can be a function's or a variable's name. */
static int parse_name(struct grub_lexer *lexer, char **ret_name, struct err *err)
{
	const char *start = lexer->text + lexer->start;
	size_t length = lexer->at - lexer->start;

	if (!begins_command(lexer) || (*start >= '0' && *start <= '9') ||
	    strspn(start, "abcdefghijklmnopqrstuvwxyz_0123456789"
			  "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != length)
		return grub_lexer_fail(lexer, "a name is missing", err);
	*ret_name = mem_text_part(start, length);
	return grub_lexer_next(lexer, err);
}

static int parse_for(struct grub_lexer *lexer, size_t depth,
		     struct grub_statement *statement, struct err *err)
{
	int rc = parse_name(lexer, &statement->name, err);

	statement->kind = GRUB_FOR;
	if (rc == 0)
		rc = expect(lexer, "in", err);
	if (rc == 0)
		rc = parse_words(lexer, statement, err);
	if (rc == 0)
		rc = parse_delimiters(lexer, err);
	return rc < 0 ? rc : parse_do(lexer, depth, statement, err);
}

static int parse_loop(struct grub_lexer *lexer, size_t depth,
		      struct grub_statement *statement, struct err *err)
{
	int rc = parse_list(lexer, depth, false, &statement->condition, err);

	statement->kind = GRUB_LOOP;
	return rc < 0 ? rc : parse_do(lexer, depth, statement, err);
}

static int parse_command(struct grub_lexer *lexer, size_t depth,
			 struct grub_statement *statement, struct err *err)
{
	int (*parse)(struct grub_lexer *, size_t, struct grub_statement *, struct err *) =
		parse_simple;

	if (++depth > DEPTH_MAX)
		return grub_lexer_fail(lexer, "too many levels", err);
	if (grub_lexer_is(lexer, "if"))
		parse = parse_if;
	else if (grub_lexer_is(lexer, "for"))
		parse = parse_for;
	else if (grub_lexer_is(lexer, "while") || grub_lexer_is(lexer, "until"))
		parse = parse_loop;
	statement->is_until = grub_lexer_is(lexer, "until");
	if (parse != parse_simple) {
		int rc = grub_lexer_next(lexer, err);

		if (rc < 0)
			return rc;
	}
	return parse(lexer, depth, statement, err);
}

static int parse_function(struct grub_lexer *lexer, struct grub_statement *statement,
			  struct err *err)
{
	int rc = grub_lexer_next(lexer, err);

	statement->kind = GRUB_FUNCTION;
	if (rc == 0)
		rc = parse_name(lexer, &statement->name, err);
	if (rc == 0)
		rc = skip_newlines(lexer, err);
	if (rc == 0)
		rc = expect_token(lexer, GRUB_TOKEN_OPEN, "a '{' is missing", err);
	/* Unlike a menu entry's, its last command needs a ';' or a new line. */
	if (rc == 0)
		rc = parse_list(lexer, 1, false, &statement->body, err);
	if (rc == 0)
		rc = expect_token(lexer, GRUB_TOKEN_CLOSE, "a '}' is missing", err);
	return rc;
}

static int parse_statement(struct grub_lexer *lexer, struct grub_statement *statement,
			   struct err *err)
{
	if (grub_lexer_is(lexer, "function"))
		return parse_function(lexer, statement, err);
	if (!begins_command(lexer))
		return grub_lexer_fail(lexer, "a command is missing", err);
	return parse_command(lexer, 0, statement, err);
}

int grub_script_parse(const char *file, const char *text, size_t length,
		      struct grub_script *ret_script, struct err *err)
{
	_cleanup_grub_script_ struct grub_script script = {0};
	struct grub_list list;
	_cleanup_(grub_lexer_clear) struct grub_lexer lexer = {0};
	int rc = grub_lexer_init(file, text, length, &lexer, err);

	if (rc == 0)
		rc = grub_lexer_next(&lexer, err);
	if (rc == 0)
		rc = skip_newlines(&lexer, err);
	while (rc == 0 && lexer.token != GRUB_TOKEN_END) {
		rc = parse_statement(&lexer, list_add(&script.list), err);
		if (rc == 0)
			rc = parse_delimiters(&lexer, err);
	}
	if (rc < 0)
		return rc;
	list = script.list;
	script.list = (struct grub_list){0};
	ret_script->list = list;
	ret_script->text = TAKE_PTR(lexer.text);
	return 0;
}

void grub_script_clear(struct grub_script *script)
{
	list_clear(&script->list);
	free(script->text);
	*script = (struct grub_script){0};
}
