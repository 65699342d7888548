/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words of GRUB's script language (GRUB's manual, "Shell-like scripting"). */
#include <string.h>

#include "boot/menu-parts.h"

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NAME LETTERS DIGITS "_"

static bool is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void menu_add_quoted(struct str *text, const char *word)
{
	str_add_char(text, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			str_add(text, "'\\''");
		else if (is_control(*word))
			str_add_char(text, '?');
		else
			str_add_char(text, *word);
	}
	str_add_char(text, '\'');
}

void menu_add_word(struct str *text, const char *word)
{
	if (*word && word[strspn(word, NAME "/.+-=:,@%~")] == '\0')
		str_add(text, word);
	else
		menu_add_quoted(text, word);
}

/* How long the variable is that begins with this '$', 0 if there is none. */
static size_t variable_length(const char *at)
{
	bool has_brace = at[1] == '{';
	const char *name = at + 1 + has_brace;
	size_t length;

	if (*name && strchr("?#*@", *name))
		length = 1;
	else if (*name && strchr(DIGITS, *name))
		length = strspn(name, DIGITS);
	else
		length = strspn(name, NAME);
	if (length == 0 || (has_brace && name[length] != '}'))
		return 0;
	return 1 + length + (has_brace ? 2 : 0);
}

/*
 * How long the text in quotes is that begins here, 0 if it does not end in its line, or
 * has a '$' that GRUB cannot read.
 */
static size_t quoted_length(const char *at)
{
	size_t i = 1;

	for (; at[i] && at[i] != at[0]; i++) {
		if (at[0] == '"' && at[i] == '\\' && at[i + 1])
			i++;
		if (is_control(at[i]) ||
		    (at[0] == '"' && at[i] == '$' && variable_length(at + i) == 0))
			return 0;
	}
	return at[i] ? i + 1 : 0;
}

/* How much of it GRUB reads as one thing that is not just a character. */
static size_t construct_length(const char *at)
{
	switch (*at) {
	case '\\':
		return at[1] && !is_control(at[1]) ? 2 : 0;
	case '\'':
	case '"':
		return quoted_length(at);
	case '$':
		return variable_length(at);
	default:
		return 0;
	}
}

/* What only begins a word in a special way: a comment, and "[[" and "]]" alone. */
static bool is_special_start(const char *at)
{
	return *at == '#' || ((str_starts(at, "[[") || str_starts(at, "]]")) &&
			      (at[2] == '\0' || is_blank(at[2])));
}

void menu_add_arguments(struct str *text, const char *arguments)
{
	bool is_start = true;

	while (*arguments) {
		size_t length = construct_length(arguments);

		if (is_blank(*arguments)) {
			if (!is_start)
				str_add_char(text, ' ');
			is_start = true;
			arguments++;
			continue;
		}
		if (length == 0) {
			length = 1;
			if (strchr("{}|&;<>$\\'\"", *arguments) ||
			    (is_start && is_special_start(arguments)))
				str_add_char(text, '\\');
		}
		if (is_control(*arguments))
			str_add_char(text, '?');
		else
			str_add_bytes(text, arguments, length);
		arguments += length;
		is_start = false;
	}
	if (is_start && text->length && text->text[text->length - 1] == ' ')
		str_cut(text, text->length - 1);
}
