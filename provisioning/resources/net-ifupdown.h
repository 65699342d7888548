/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ifupdown's files as a whole: what the parts of that stack share. */
#pragma once

#include "base/edit.h"
#include "resources/net-interfaces.h"
#include "resources/net.h"

struct ifupdown_file {
	char *path;
	struct interfaces text;
	struct edit_change *change;
	size_t change_count;
};

/* One "iface" with its options: statements `first` + 1 to `end` - 1 of a file. */
struct ifupdown_stanza {
	struct ifupdown_file *file;
	size_t first, end;
	char *name, *family, *method;
	char *tail; /* what follows them: "inherits NAME"; may be empty */
};

struct ifupdown {
	struct ifupdown_file **file;
	size_t file_count;
	struct ifupdown_stanza *stanza; /* in the order of the files and lines */
	size_t stanza_count;
	bool sources_ours; /* /etc/network/interfaces reads IFUPDOWN_OURS already */
	char *trouble;	   /* why it may not be all; NULL: it is */
};

#define _cleanup_ifupdown_ _cleanup_(ifupdown_clear)

#define IFUPDOWN_MAIN "etc/network/interfaces"
#define IFUPDOWN_DIRECTORY "etc/network/interfaces.d"
#define IFUPDOWN_OURS IFUPDOWN_DIRECTORY "/xenhost"

/* Reads interfaces(5) and all that it names; what is absent has no stanza. */
void ifupdown_read(const struct planner *planner, struct ifupdown *ret_ifupdown);

/* May run twice. */
void ifupdown_clear(struct ifupdown *ifupdown);

/* The stanza of a name after `previous` (NULL: the first), or NULL. */
struct ifupdown_stanza *ifupdown_find(const struct ifupdown *ifupdown, const char *name,
				      const struct ifupdown_stanza *previous);

/* The stanza's option number i from 0, or NULL behind the last. */
const struct interfaces_statement *ifupdown_option(const struct ifupdown_stanza *stanza,
						   size_t i);

/* Whether the stanza is of an interface that ifup makes: a bond, a VLAN. */
bool ifupdown_is_made(const struct ifupdown_stanza *stanza);

/* Whether a keyword is bridge_NAME: "bridge_fd" and "bridge-fd" are the same. */
bool ifupdown_is_bridge_option(const char *keyword, const char *name);

/* Plans the lines of a statement to be disabled or, with a text, replaced by it. */
void ifupdown_change(struct ifupdown_file *file,
		     const struct interfaces_statement *statement, const char *text);

/* Refuses a port that cannot leave what it is in. */
int ifupdown_check_port(const struct net *net, const struct ifupdown *ifupdown,
			const struct net_bridge *bridge, const struct net_port *port,
			struct err *err) _must_check_;

/*
 * Refuses bridges where nothing would make them: bridge-utils-interfaces(5) is of scripts,
 * which ifupdown itself has not.
 */
int ifupdown_check_tools(const struct net *net, struct err *err) _must_check_;
