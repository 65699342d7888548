/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The language of xl.cfg(5): names, texts and lists, without their meaning. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/xlcfg-parts.h"

#define DEPTH_MAX 100
#define ITEMS_MAX 4096

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

enum token_kind {
	TOKEN_END,
	TOKEN_LINE, /* a newline, a comment before it too */
	TOKEN_NAME,
	TOKEN_TEXT, /* a number or a quoted text */
	TOKEN_SUM,  /* += */
	TOKEN_SIGN, /* one of [ ] , = ; */
};

struct lexer {
	const char *file;
	const char *at; /* a NUL ends the text */
	size_t line;
};

struct token {
	enum token_kind kind;
	char sign;	 /* TOKEN_SIGN */
	struct str text; /* TOKEN_NAME, TOKEN_TEXT */
};

static void token_clear(struct token *token)
{
	str_clear(&token->text);
}

void xlcfg_setting_clear(struct xlcfg_setting *setting)
{
	str_clear(&setting->text);
	str_list_clear(&setting->item);
	*setting = (struct xlcfg_setting){.name = setting->name};
}

static int syntax_error(const struct lexer *lexer, struct err *err, const char *cause)
{
	return err_say(err, EINVAL, "%s:%zu: %s", lexer->file, lexer->line, cause);
}

static int unescape(struct lexer *lexer, struct str *text, struct err *err)
{
	static const char names[] = "\"'\\abfnrtv", values[] = "\"'\\\a\b\f\n\r\t\v";
	const char *name = *lexer->at ? strchr(names, *lexer->at) : NULL;

	if (!name)
		return syntax_error(lexer, err, "no such escape in a quoted text");
	str_add_char(text, values[name - names]);
	lexer->at++;
	return 0;
}

/* The opening quote is passed. */
static int lex_quoted(struct lexer *lexer, char quote, struct str *text, struct err *err)
{
	while (*lexer->at != quote) {
		char c = *lexer->at;
		int rc = 0;

		if (!c || c == '\n')
			return syntax_error(lexer, err,
					    "a quoted text does not end on its line");
		lexer->at++;
		if (c == '\\')
			rc = unescape(lexer, text, err);
		else
			str_add_char(text, c);
		if (rc < 0)
			return rc;
	}
	lexer->at++;
	return 0;
}

static void lex_run(struct lexer *lexer, const char *members, struct token *token,
		    enum token_kind kind)
{
	size_t length = strspn(lexer->at, members);

	str_add_bytes(&token->text, lexer->at, length);
	lexer->at += length;
	token->kind = kind;
}

static int lex(struct lexer *lexer, struct token *token, struct err *err)
{
	char c;

	str_cut(&token->text, 0);
	lexer->at += strspn(lexer->at, " \t");
	if (*lexer->at == '#')
		lexer->at += strcspn(lexer->at, "\n");
	c = *lexer->at;
	token->sign = 0;
	if (!c) {
		token->kind = TOKEN_END;
	} else if (c == '\n') {
		lexer->at++;
		token->kind = TOKEN_LINE;
	} else if (strchr("[],=;", c)) {
		lexer->at++;
		token->sign = c;
		token->kind = TOKEN_SIGN;
	} else if (c == '+' && lexer->at[1] == '=') {
		lexer->at += 2;
		token->kind = TOKEN_SUM;
	} else if (strchr(LOWER, c)) {
		lex_run(lexer, LOWER DIGITS "._", token, TOKEN_NAME);
	} else if (strchr(DIGITS, c)) {
		lex_run(lexer, DIGITS "abcdefx", token, TOKEN_TEXT);
	} else if (c == '"' || c == '\'') {
		lexer->at++;
		token->kind = TOKEN_TEXT;
		return lex_quoted(lexer, c, &token->text, err);
	} else {
		return syntax_error(lexer, err, "neither a name nor a value");
	}
	return 0;
}

/* The next token that is no newline: lists go over lines. */
static int lex_in_list(struct lexer *lexer, struct token *token, struct err *err)
{
	int rc;

	while ((rc = lex(lexer, token, err)) == 0 && token->kind == TOKEN_LINE)
		lexer->line++;
	return rc;
}

static int keep_item(const struct lexer *lexer, const struct token *token,
		     struct xlcfg_setting *setting, struct err *err)
{
	if (!setting || setting->is_cut)
		return 0;
	if (setting->item.count >= ITEMS_MAX)
		return syntax_error(lexer, err, "the list is too long");
	str_list_add(&setting->item, str_text(&token->text));
	return 0;
}

/*
 * The "[" is passed. What may follow a token does not depend on how deep it is, so the
 * depth is all there is to know of the lists around.
 */
static int parse_list(struct lexer *lexer, struct token *token,
		      struct xlcfg_setting *setting, struct err *err)
{
	bool may_be_value = true;

	for (size_t depth = 1; depth > 0;) {
		int rc = lex_in_list(lexer, token, err);

		if (rc < 0)
			return rc;
		if (token->kind == TOKEN_TEXT && may_be_value) {
			may_be_value = false;
			rc = depth == 1 ? keep_item(lexer, token, setting, err) : 0;
		} else if (token->sign == '[' && may_be_value) {
			if (setting)
				setting->is_cut = true;
			if (++depth > DEPTH_MAX)
				rc = syntax_error(lexer, err, "the lists are too deep");
		} else if (token->sign == ',' && !may_be_value) {
			may_be_value = true;
		} else if (token->sign == ']') {
			may_be_value = false;
			depth--;
		} else {
			rc = syntax_error(lexer, err, "this is no list");
		}
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int parse_value(struct lexer *lexer, struct token *token, bool is_sum,
		       struct xlcfg_setting *setting, struct err *err)
{
	bool was_list = setting && setting->is_list, was_set = setting && setting->line;
	bool is_list;
	int rc = lex(lexer, token, err);

	if (rc < 0)
		return rc;
	is_list = token->sign == '[';
	if (!is_list && token->kind != TOKEN_TEXT)
		return syntax_error(lexer, err, "a value is missing");
	if (is_sum && was_set && is_list != was_list)
		return syntax_error(lexer, err, "a list and a text cannot be added");
	if (setting && !is_sum)
		xlcfg_setting_clear(setting);
	if (setting) {
		setting->is_sum = is_sum;
		setting->is_list = is_list;
		setting->line = lexer->line;
	}
	if (is_list)
		return parse_list(lexer, token, setting, err);
	if (setting)
		str_add(&setting->text, str_text(&token->text));
	return 0;
}

/* The token is its name. */
static int parse_assignment(struct lexer *lexer, struct token *token,
			    struct xlcfg_setting *settings, size_t count, struct err *err)
{
	struct xlcfg_setting *setting = NULL;
	bool is_sum;
	int rc;

	for (size_t i = 0; i < count && !setting; i++)
		if (strcmp(settings[i].name, str_text(&token->text)) == 0)
			setting = &settings[i];
	rc = lex(lexer, token, err);
	if (rc < 0)
		return rc;
	is_sum = token->kind == TOKEN_SUM;
	if (!is_sum && token->sign != '=')
		return syntax_error(lexer, err, "'=' is missing");
	rc = parse_value(lexer, token, is_sum, setting, err);
	if (rc == 0)
		rc = lex(lexer, token, err);
	if (rc == 0 && token->kind != TOKEN_END && token->kind != TOKEN_LINE &&
	    token->sign != ';')
		rc = syntax_error(lexer, err, "more than one value");
	return rc;
}

static int parse(struct lexer *lexer, struct xlcfg_setting *setting, size_t count,
		 struct err *err)
{
	_cleanup_(token_clear) struct token token = {.kind = TOKEN_LINE};
	int rc;

	do {
		rc = lex(lexer, &token, err);
		if (rc == 0 && token.kind == TOKEN_NAME)
			rc = parse_assignment(lexer, &token, setting, count, err);
		else if (rc == 0 && token.kind != TOKEN_END && token.kind != TOKEN_LINE &&
			 token.sign != ';')
			rc = syntax_error(lexer, err, "a name is missing");
		if (rc < 0)
			return rc;
		if (token.kind == TOKEN_LINE)
			lexer->line++;
	} while (token.kind != TOKEN_END);
	return 0;
}

int xlcfg_parse(const char *file, const char *text, size_t length,
		struct xlcfg_setting *setting, size_t count, struct err *err)
{
	_cleanup_free_ char *copy = mem_text_part(text, length);
	struct lexer lexer = {.file = file, .at = copy, .line = 1};

	if (strlen(copy) != length)
		return err_say(err, EINVAL, "%s: a NUL byte", file);
	return parse(&lexer, setting, count, err);
}
