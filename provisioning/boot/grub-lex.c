/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of GRUB's script language, as the lexer of GRUB 2.06 to 2.12 takes them apart. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "boot/grub-script.h"

/* ---- the text ---- */

/* A line as GRUB reads it: none if it begins with '#', and no carriage returns. */
static void add_line(struct grub_lexer *lexer, struct str *text, const char *line,
		     size_t length)
{
	if (length && line[0] == '#') {
		lexer->dropped = mem_grow(lexer->dropped, lexer->dropped_count,
					  sizeof(*lexer->dropped));
		lexer->dropped[lexer->dropped_count++] = text->length;
		return;
	}
	for (const char *p = line; p < line + length; p++)
		if (*p != '\r')
			str_add_char(text, *p);
	str_add_char(text, '\n');
}

int grub_lexer_init(const char *file, const char *text, size_t length,
		    struct grub_lexer *ret_lexer, struct err *err)
{
	const char *line = text, *end = text + length;
	struct grub_lexer lexer = {.file = file};
	_cleanup_str_ struct str clean = {0};

	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));

		stop = stop ? stop : end;
		add_line(&lexer, &clean, line, (size_t)(stop - line));
		line = stop + 1;
	}
	lexer.length = clean.length;
	lexer.text = clean.length ? str_take(&clean) : mem_text("");
	*ret_lexer = lexer;
	if (strlen(lexer.text) == lexer.length)
		return 0;
	ret_lexer->start = strlen(lexer.text);
	return grub_lexer_fail(ret_lexer, "a NUL byte", err);
}

void grub_lexer_clear(struct grub_lexer *lexer)
{
	grub_word_clear(&lexer->word);
	free(lexer->text);
	free(lexer->dropped);
	*lexer = (struct grub_lexer){0};
}

int grub_lexer_fail(const struct grub_lexer *lexer, const char *cause, struct err *err)
{
	size_t line = 1;

	for (size_t i = 0; i < lexer->start; i++)
		line += lexer->text[i] == '\n';
	for (size_t i = 0; i < lexer->dropped_count; i++)
		line += lexer->dropped[i] <= lexer->start;
	return err_say(err, EBADMSG, "%s:%zu: %s", lexer->file, line, cause);
}

/* ---- words ---- */

void grub_word_clear(struct grub_word *word)
{
	for (size_t i = 0; i < word->count; i++)
		free(word->part[i].text);
	free(word->part);
	*word = (struct grub_word){0};
}

/* Ends a part; an empty one counts only where it was quoted. */
static void end_part(struct grub_word *word, enum grub_part_kind kind, struct str *text)
{
	if (kind == GRUB_PART_TEXT && !text->length)
		return;
	word->part = mem_grow(word->part, word->count, sizeof(*word->part));
	word->part[word->count++] = (struct grub_part){
		.kind = kind,
		.text = mem_text(str_text(text)),
	};
	str_cut(text, 0);
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* How long the name of a variable is: NAME, digits, or one of ?#*@; 0 if it is none. */
static size_t name_length(const char *p)
{
	size_t length = 0;

	if (is_digit(*p)) {
		while (is_digit(p[length]))
			length++;
		return length;
	}
	if (*p == '?' || *p == '#' || *p == '*' || *p == '@')
		return 1;
	if (!is_letter(*p))
		return 0;
	while (is_letter(p[length]) || is_digit(p[length]))
		length++;
	return length;
}

/* "$NAME" or "${NAME}" at `at`. */
static int read_variable(struct grub_lexer *lexer, enum grub_part_kind kind,
			 struct err *err)
{
	const char *p = lexer->text + lexer->at + 1;
	bool has_brace = *p == '{';
	size_t length = name_length(p + has_brace);
	_cleanup_str_ struct str name = {0};

	if (!length || (has_brace && p[1 + length] != '}'))
		return grub_lexer_fail(lexer, "a '$' without the name of a variable",
				       err);
	str_add_bytes(&name, p + has_brace, length);
	end_part(&lexer->word, kind, &name);
	lexer->at += 1 + length + (has_brace ? 2 : 0);
	return 0;
}

static int read_single_quoted(struct grub_lexer *lexer, struct err *err)
{
	const char *start = lexer->text + lexer->at + 1, *stop = strchr(start, '\'');
	_cleanup_str_ struct str text = {0};

	if (!stop)
		return grub_lexer_fail(lexer, "a \"'\" that is not closed", err);
	str_add_bytes(&text, start, (size_t)(stop - start));
	end_part(&lexer->word, GRUB_PART_QUOTED, &text);
	lexer->at = (size_t)(stop + 1 - lexer->text);
	return 0;
}

/* What a backslash in double quotes stands for; both characters are passed. */
static void read_escape(struct grub_lexer *lexer, bool is_translated, struct str *text)
{
	char next = lexer->text[lexer->at + 1];

	lexer->at += 2;
	if (next == '\n')
		return;
	if (is_translated ? next != '"' : (next != '$' && next != '\\' && next != '"'))
		str_add_char(text, '\\');
	str_add_char(text, next);
}

static int read_double_quoted(struct grub_lexer *lexer, bool is_translated,
			      struct err *err)
{
	enum grub_part_kind kind =
		is_translated ? GRUB_PART_TRANSLATED : GRUB_PART_QUOTED;
	_cleanup_str_ struct str text = {0};

	lexer->at += is_translated ? 2 : 1;
	while (lexer->at < lexer->length && lexer->text[lexer->at] != '"') {
		char c = lexer->text[lexer->at];

		if (c == '\\' && lexer->at + 1 < lexer->length) {
			read_escape(lexer, is_translated, &text);
		} else if (c == '$' && !is_translated) {
			int rc;

			end_part(&lexer->word, kind, &text);
			rc = read_variable(lexer, GRUB_PART_QUOTED_VAR, err);
			if (rc < 0)
				return rc;
		} else {
			str_add_char(&text, c);
			lexer->at++;
		}
	}
	if (lexer->at >= lexer->length)
		return grub_lexer_fail(lexer, "a '\"' that is not closed", err);
	end_part(&lexer->word, kind, &text);
	lexer->at++;
	return 0;
}

/* A backslash outside quotes: the next character as it is, and no end of the line. */
static int read_backslash(struct grub_lexer *lexer, struct str *text, struct err *err)
{
	char next = lexer->text[lexer->at + 1];

	lexer->at += 2;
	if (next != '\n')
		str_add_char(text, next);
	else if (lexer->at >= lexer->length)
		return grub_lexer_fail(lexer, "a line that goes on, and is the last",
				       err);
	return 0;
}

static int read_quoted(struct grub_lexer *lexer, struct str *text, struct err *err)
{
	const char *p = lexer->text + lexer->at;

	end_part(&lexer->word, GRUB_PART_TEXT, text);
	if (*p == '\'')
		return read_single_quoted(lexer, err);
	if (*p == '"' || p[1] == '"')
		return read_double_quoted(lexer, *p == '$', err);
	return read_variable(lexer, GRUB_PART_VAR, err);
}

static int read_word(struct grub_lexer *lexer, struct err *err)
{
	_cleanup_str_ struct str text = {0};
	int rc = 0;

	lexer->token = GRUB_TOKEN_WORD;
	while (rc == 0 && lexer->at < lexer->length) {
		char c = lexer->text[lexer->at];

		if (strchr(" \t\n;|&<>{}", c))
			break;
		if (c == '\\') {
			rc = read_backslash(lexer, &text, err);
		} else if (c == '\'' || c == '"' || c == '$') {
			rc = read_quoted(lexer, &text, err);
		} else {
			str_add_char(&text, c);
			lexer->at++;
		}
	}
	end_part(&lexer->word, GRUB_PART_TEXT, &text);
	if (rc == 0 && (grub_lexer_is(lexer, "[[") || grub_lexer_is(lexer, "]]")))
		lexer->token = GRUB_TOKEN_OTHER;
	return rc;
}

/* ---- tokens ---- */

static void skip_blanks(struct grub_lexer *lexer)
{
	while (lexer->text[lexer->at] == ' ' || lexer->text[lexer->at] == '\t')
		lexer->at++;
	if (lexer->text[lexer->at] == '#')
		lexer->at += strcspn(lexer->text + lexer->at, "\n");
}

int grub_lexer_next(struct grub_lexer *lexer, struct err *err)
{
	static const char single[] = "\n;{}|&<>";
	static const enum grub_token tokens[] = {
		GRUB_TOKEN_NEWLINE, GRUB_TOKEN_SEMICOLON, GRUB_TOKEN_OPEN,
		GRUB_TOKEN_CLOSE,   GRUB_TOKEN_OTHER,	  GRUB_TOKEN_OTHER,
		GRUB_TOKEN_OTHER,   GRUB_TOKEN_OTHER,
	};
	const char *found;

	lexer->last_end = lexer->at;
	grub_word_clear(&lexer->word);
	skip_blanks(lexer);
	lexer->start = lexer->at;
	if (lexer->at >= lexer->length) {
		lexer->token = GRUB_TOKEN_END;
		return 0;
	}
	found = strchr(single, lexer->text[lexer->at]);
	if (!found)
		return read_word(lexer, err);
	lexer->token = tokens[found - single];
	lexer->at++;
	if (*found == ';' && lexer->text[lexer->at] == ';')
		lexer->token = GRUB_TOKEN_OTHER;
	return 0;
}

bool grub_lexer_is(const struct grub_lexer *lexer, const char *keyword)
{
	size_t length = lexer->at - lexer->start;

	return lexer->token == GRUB_TOKEN_WORD && strlen(keyword) == length &&
	       memcmp(lexer->text + lexer->start, keyword, length) == 0;
}
