/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of files with sections: systemd's units and NetworkManager's keyfiles. */
#pragma once

#include <stdbool.h>

#include "base/str.h"

struct ini_entry {
	char *key, *value;
};

struct ini_section {
	char *name;
	struct ini_entry *entry;
	size_t count;
};

/* Sections in their order; one name may occur more than once. */
struct ini {
	struct ini_section *section;
	size_t count;
};

#define _cleanup_ini_ _cleanup_(ini_clear)

/*
 * Adds the sections of a text. systemd.syntax(7): '#' and ';' begin comments, a '\' at
 * the end continues a line (it becomes a blank). Desktop Entry Specification, "Basic
 * format", for keyfiles: '#' alone begins comments, nothing continues. Lines that are
 * neither are left out.
 */
void ini_parse(const char *text, bool is_systemd, struct ini *ini);

/* May run twice. */
void ini_clear(struct ini *ini);

/* The last value of a key in sections of this name, or NULL. */
const char *ini_get(const struct ini *ini, const char *section, const char *key);

void ini_add_entry(struct str *out, const struct ini_entry *entry);
