/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of ifupdown's interfaces(5): statements with the lines that they are on. */
#pragma once

#include "base/str.h"

enum interfaces_kind {
	INTERFACES_AUTO,   /* auto, allow-hotplug and other allow-* */
	INTERFACES_IFACE,  /* its options follow it */
	INTERFACES_OPTION, /* of the iface before */
	INTERFACES_MAPPING,
	INTERFACES_SOURCE,
	INTERFACES_SOURCE_DIRECTORY,
	INTERFACES_OTHER, /* of no meaning here, or to nobody */
};

/*
 * A keyword and the rest of its line, lines that a '\' continues joined and blanks around
 * both cut. Comments and empty lines are between statements and belong to none.
 */
struct interfaces_statement {
	enum interfaces_kind kind;
	size_t line, line_count; /* from 0 */
	char *keyword;
	char *value; /* may be empty */
};

struct interfaces {
	struct interfaces_statement *statement;
	size_t count;
};

#define _cleanup_interfaces_ _cleanup_(interfaces_clear)

void interfaces_parse(const char *text, struct interfaces *ret_interfaces);

/* May run twice. */
void interfaces_clear(struct interfaces *interfaces);

/* The words of a value; "iface" has NAME FAMILY METHOD and more. */
void interfaces_words(const char *value, struct str_list *ret_words);
