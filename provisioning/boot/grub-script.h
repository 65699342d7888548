/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's script language as a tree: what its lexer and grammar (2.06 to 2.12) make of a text. */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

enum grub_part_kind {
	GRUB_PART_TEXT,	  /* without quotes, backslashes taken away */
	GRUB_PART_QUOTED, /* also where it is empty, there is a word */
	GRUB_PART_VAR,	  /* a variable's name; its value is split at blanks */
	GRUB_PART_QUOTED_VAR,
	GRUB_PART_TRANSLATED, /* $"...", variables inside not yet replaced */
};

struct grub_part {
	enum grub_part_kind kind;
	char *text;
};

struct grub_word {
	struct grub_part *part;
	size_t count;
};

enum grub_statement_kind {
	GRUB_COMMAND,
	GRUB_IF,
	GRUB_FOR,
	GRUB_LOOP, /* while, until */
	GRUB_FUNCTION,
};

struct grub_statement;

struct grub_list {
	struct grub_statement *item;
	size_t count;
};

struct grub_statement {
	enum grub_statement_kind kind;
	char *name;		/* FOR, FUNCTION */
	struct grub_word *word; /* COMMAND, FOR */
	size_t word_count;
	struct grub_list condition; /* IF, LOOP */
	struct grub_list body;	    /* of all but a COMMAND without a block */
	struct grub_list other;	    /* IF: else */
	bool has_block;		    /* COMMAND { ... } */
	bool is_until;		    /* LOOP */
	bool is_elif;		    /* IF: `other` is one IF */
	const char *start, *end;    /* COMMAND: in the script's text */
};

struct grub_script {
	char *text; /* without the lines that GRUB does not see, see below */
	struct grub_list list;
};

#define _cleanup_grub_script_ _cleanup_(grub_script_clear)

/*
 * Reads a text. GRUB drops lines that begin with '#' and carriage returns before it looks
 * at anything, even inside quotes. -EBADMSG, "FILE:LINE: cause", for what GRUB would
 * pass over as "Incorrect command": there is no telling where it goes on.
 */
int grub_script_parse(const char *file, const char *text, size_t length,
		      struct grub_script *ret_script, struct err *err) _must_check_;

/* May run twice. */
void grub_script_clear(struct grub_script *script);

/* ---- the lexer, for the parser ---- */

enum grub_token {
	GRUB_TOKEN_END,
	GRUB_TOKEN_NEWLINE,
	GRUB_TOKEN_SEMICOLON,
	GRUB_TOKEN_OPEN,  /* { */
	GRUB_TOKEN_CLOSE, /* } */
	GRUB_TOKEN_WORD,
	GRUB_TOKEN_OTHER, /* what no statement has: | & < > ;; [[ ]] */
};

struct grub_lexer {
	const char *file;
	char *text; /* as GRUB sees it, ends with a newline; owned */
	size_t length, at;
	size_t *dropped; /* for each line that was left out, where; for line numbers */
	size_t dropped_count;

	/* The present token, and of a word what it is made of; owned. */
	enum grub_token token;
	size_t start; /* where it begins; it ends at `at` */
	struct grub_word word;
	size_t last_end; /* where the token before ended */
};

int grub_lexer_init(const char *file, const char *text, size_t length,
		    struct grub_lexer *ret_lexer, struct err *err) _must_check_;
void grub_lexer_clear(struct grub_lexer *lexer);

/* Goes on to the next token; what was not taken of the word is freed. */
int grub_lexer_next(struct grub_lexer *lexer, struct err *err) _must_check_;

/* Whether the token is this word, not quoted in any way: a keyword. */
bool grub_lexer_is(const struct grub_lexer *lexer, const char *keyword);

/* "FILE:LINE: cause", of the present token. Returns -EBADMSG. */
int grub_lexer_fail(const struct grub_lexer *lexer, const char *cause, struct err *err);

void grub_word_clear(struct grub_word *word);
