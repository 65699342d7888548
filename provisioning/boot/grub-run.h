/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running GRUB's scripts as far as they decide the menu; what grub-menu.c is made of. */
#pragma once

#include "boot/grub-menu.h"
#include "boot/grub-script.h"

/* ---- variables: grub-context.c ---- */

struct grub_var {
	char *name;
	char *value; /* NULL: unset here, whatever is below */
	bool is_exported;
};

/*
 * A layer of variables: what is not in it is looked for below. A submenu's sees only what
 * was exported there.
 */
struct grub_context {
	struct grub_var *var;
	size_t count;
	struct grub_context *below;
	bool is_submenu;
};

/* ---- the machine ---- */

/* What "menuentry" and "submenu" add: an entry before its body was run. */
struct grub_raw_menu;
struct grub_raw_entry {
	struct str_list args; /* the title first; "$1" and so on in its body */
	char *id;
	bool is_submenu;
	const struct grub_list *body; /* NULL: it has none */
	const char *start, *end;      /* its text */
	struct grub_raw_menu *menu;   /* of a submenu */
};

struct grub_raw_menu {
	struct grub_raw_entry *item;
	size_t count;
	char *default_text; /* $default when all of it was run, or NULL */
	char *fallback_text;
};

struct grub_function {
	const char *name;
	const struct grub_list *body;
};

/* The words of a command, or the arguments of a function. */
struct grub_args {
	struct str_list list;
	size_t shifted; /* so many of them are gone */
};

struct grub_machine {
	const struct grub_platform *platform;
	const char *directory; /* of grub.cfg below the root: "boot/grub"; may be NULL */
	struct grubenv env;    /* as saved so far; empty if there is none */
	bool saves_nothing;    /* save_env only seems to */

	struct grub_context *context;
	struct grub_raw_menu *menu; /* where entries are added */
	struct grub_entry *subject; /* whose loader's commands are read, or NULL */

	struct grub_script **script; /* what was parsed; entries and functions point in */
	size_t script_count;
	struct grub_function *function;
	size_t function_count;

	struct grub_args *scope; /* "$1", or NULL */
	size_t depth, loops, breaks, sources;
	bool is_continue, is_returning;

	size_t entry_count;
	size_t work, work_max; /* commands and bytes that were moved, see grub_spend() */
	int rc;		       /* what ended the run, -ELOOP or -EBADMSG */
	struct err *err;
};

/* Counts work; when there was too much of it, the run ends. */
void grub_spend(struct grub_machine *machine, size_t work);

/* NULL: not set. */
const char *grub_get(struct grub_machine *machine, const char *name);

/* A NULL value unsets. */
void grub_set(struct grub_machine *machine, const char *name, const char *value);
void grub_export(struct grub_machine *machine, const char *name);

/* A new layer on top, and its end. */
void grub_context_push(struct grub_machine *machine, bool is_submenu,
		       struct grub_context *context);
void grub_context_pop(struct grub_machine *machine);

/* The words of a statement with their variables in place. */
void grub_expand(struct grub_machine *machine, const struct grub_statement *statement,
		 struct str_list *ret_words);

/* Runs a list of statements; 0, or what the last one failed with. */
int grub_run_list(struct grub_machine *machine, const struct grub_list *list);

/* Likewise with "$1" and so on; it is also the end of what "return" leaves. */
int grub_run_scope(struct grub_machine *machine, const struct grub_list *list,
		   const struct str_list *args);

/* Parses and runs a text, which is copied. */
int grub_run_text(struct grub_machine *machine, const char *file, const char *text,
		  size_t length);

/* Runs a command; `words` begins with its name. True if there is such a command. */
bool grub_run_command(struct grub_machine *machine,
		      const struct grub_statement *statement,
		      const struct str_list *words, int *ret_result);

/* "[", test: whether the expression holds. */
bool grub_test(struct grub_machine *machine, const struct str_list *words);

/* Where a path of GRUB's is below the root: NULL if it is nowhere. The caller frees it. */
char *grub_find_file(const struct grub_machine *machine, const char *path);

/* Whether a path of GRUB's is the environment block. */
bool grub_is_env(const struct grub_machine *machine, const char *path);

/* menuentry and submenu. */
int grub_add_entry(struct grub_machine *machine, const struct grub_statement *statement,
		   const struct str_list *words);

/* What a command of the loader says of the entry whose body is run. */
void grub_read_loader(struct grub_machine *machine, const struct str_list *words);

/*
 * A number as GRUB takes it from the beginning of a text, of any base C knows: false if
 * there is none.
 */
bool grub_number(const char *text, unsigned long *ret_number, const char **ret_end);

/* ---- names: grub-names.c ---- */

/* What is behind the first lone '>' of a name; NULL if there is nothing. */
const char *grub_next_part(const char *name);

/* Adds a name with its '>' doubled. */
void grub_add_name(struct str *text, const char *name);

/* The first entry with this parent that the first part of a name means; GRUB_NONE. */
size_t grub_find_in(const struct grub_menu *menu, size_t parent, const char *name);

/* Sets the path of each entry. */
void grub_set_paths(struct grub_menu *menu);
