/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netplan's files: which definitions there are, and on which lines; netplan-yaml(5). */
#pragma once

#include "resources/net.h"

#define NETPLAN_DIRECTORY "etc/netplan"

/* A key of a definition with its value. */
struct netplan_key {
	char *name;
	char *value;		/* of a scalar, or NULL */
	struct str_list values; /* of a list of scalars */
	size_t line, end;	/* the lines that it is on: from `line` to before `end` */
};

struct netplan_definition {
	char *path;
	char *kind; /* "ethernets" */
	char *id;
	char *name;    /* of the interface: as "match" or "set-name" say, else the id */
	char *mac;     /* that is matched, or NULL */
	bool is_block; /* each key is on lines of its own */
	struct netplan_key *key;
	size_t count;
};

struct netplan {
	struct netplan_definition *definition;
	size_t count;
	char *trouble; /* the first file that cannot be read, and why; or NULL */
};

#define _cleanup_netplan_ _cleanup_(netplan_clear)

/* Reads all files; those that are not YAML leave a word in `trouble`. */
void netplan_read(const struct planner *planner, struct netplan *ret_netplan);

/* Adds a text's definitions. `path` is where it is from. */
void netplan_parse(const char *path, const char *text, struct netplan *netplan);

/* May run twice. */
void netplan_clear(struct netplan *netplan);

const struct netplan_key *netplan_get(const struct netplan_definition *definition,
				      const char *name);

/* Whether a definition gives its interface an address. */
bool netplan_has_address(const struct netplan_definition *definition);
