/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command is: a name, options, a function. One file and one line add one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

enum command_exit {
	EXIT_DONE = 0, /* or nothing to do */
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,	      /* or an invalid description */
	EXIT_DIFFERENCES = 3, /* or findings */
};

/* An option "--name" or "--name ARGUMENT". Tables of them end with a NULL name. */
struct option_spec {
	const char *name;
	const char *argument; /* NULL: it takes none; "[=ARGUMENT]": only behind "=" */
	const char *help;     /* a few words: one line of --help; NULL: it is not shown */
};

/* An option that was given. It points into argv and the table. */
struct option_given {
	const char *name;  /* as the table has it */
	const char *value; /* NULL for an option without argument */
	bool is_off;	   /* "--no-NAME", "--noNAME" */
};

/* A command line, taken apart. */
struct call {
	const char *root;	    /* --root, else "/" */
	const char *config;	    /* --config, else NULL */
	const char *facts;	    /* --facts, else NULL */
	bool is_json;		    /* --json */
	struct option_given *given; /* all options, in order */
	size_t given_count;
	const char **operand;
	size_t operand_count;
};

struct command {
	const char *name;
	const char *summary;		   /* a few words: one line of --help */
	const char *operands;		   /* "[ID]"; NULL: it takes none */
	const struct option_spec *options; /* its own; NULL: none */
	void (*prepare)(void); /* fills in `options` if they are made; NULL: nothing */

	/*
	 * An enum command_exit, or a negative errno with `err` set, which exits as
	 * EXIT_FAILED.
	 */
	int (*run)(const struct call *call, struct err *err);
};

extern const struct command command_facts, command_plan, command_apply, command_rollback,
	command_history, command_check, command_wait_disks, command_pin, command_boot;

/* What a program takes. */
struct program {
	const char *name;    /* messages begin with it */
	const char *summary; /* "Turns a machine into a Xen host, and keeps it one." */
	const struct option_spec *globals;

	/* The first word names one of these, NULL-terminated; or the program is one. */
	const struct command *const *commands;
	const struct command *command;
	bool has_one_page; /* its commands have none of their own */

	const char *exits; /* "0 done, 1 failed ...", for --help */

	/*
	 * As in xen-tools: "_" and "-" in names of options do not count, and what takes no
	 * argument can be "--no-NAME" or "--noNAME".
	 */
	bool has_negations;
};

/*
 * Takes a command line apart. The command is the first word that is no option, unless the
 * program is one; global options may stand anywhere before "--". *ret_command is NULL if
 * there is no command. Errors are -EINVAL and name the nearest known word.
 */
int call_parse(struct call *call, char **argv, const struct program *program,
	       const struct command **ret_command, struct err *err);
void call_clear(struct call *call);

/* Whether an option was given, and not taken back by a later "--no-NAME". */
bool call_has(const struct call *call, const char *name);

/*
 * The value of an option, the last one if it was given more than once; NULL if it was
 * not.
 */
const char *call_value(const struct call *call, const char *name);

/*
 * The whole of main(): runs the command, prints what --help and --version ask for, reports
 * errors. The result is the exit status.
 */
int program_run(const struct program *program, char **argv);

/* Prints an error on standard error, as one line: for those that do not end a command. */
void program_report(const char *name, const struct err *err);
