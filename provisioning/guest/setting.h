/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an administrator asks of a guest: options and xen-tools.conf(5), by one table. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/str.h"

enum setting_kind {
	SETTING_TEXT,
	SETTING_SIZE,	 /* "4G", "1.5GiB", "512" (MiB): see setting_parse_size() */
	SETTING_NUMBER,	 /* from min to max */
	SETTING_YES,	 /* 0, 1, no, yes */
	SETTING_CHOICE,	 /* one word of `choices` */
	SETTING_LIST,	 /* words, with blanks or commas between; may be repeated */
	SETTING_REPEAT,	 /* texts: one each time that it is given */
	SETTING_PATH,	 /* an absolute path of dom0 */
	SETTING_IGNORED, /* does no harm: `why` is told once */
	SETTING_REFUSED, /* has no meaning any more: `why` */
};

/* Where it may be set. */
enum {
	SETTING_LINE = 1, /* the command line of xen-create-image */
	SETTING_FILE = 2,
	SETTING_NFS = 4, /* the command line of xen-create-nfs */
	SETTING_BOTH = SETTING_LINE | SETTING_FILE,
	SETTING_ALL = SETTING_BOTH | SETTING_NFS,
};

struct setting_spec {
	const char *name;     /* as xen-tools writes it; "_" and "-" do not count */
	const char *argument; /* NULL: an option without one */
	enum setting_kind kind;
	unsigned int places;
	const char *initial; /* what holds without it; NULL: nothing */
	const char *choices; /* SETTING_CHOICE: "pvh pv hvm" */
	uint64_t min, max;   /* SETTING_NUMBER */
	const char *help;    /* a few words for --help */
	const char *why;     /* SETTING_IGNORED, _REFUSED */
};

/* Sorted as --help shows them; a NULL name ends them. */
extern const struct setting_spec setting_specs[];

/* Later ones beat earlier ones. */
enum setting_level {
	LEVEL_INITIAL,
	LEVEL_CONF,   /* /etc/xen-tools/xen-tools.conf */
	LEVEL_CONFIG, /* --config FILE */
	LEVEL_LINE,
};

struct setting {
	const struct setting_spec *spec;
	enum setting_level level;
	char *where; /* as errors begin: "--size", "FILE:3: size" */
	struct str_list value;
};

struct settings {
	struct setting *item; /* one for each row of the table */
	size_t count;
	struct str_list notes; /* what is to be told on standard error, a line each */
};

#define _cleanup_settings_ _cleanup_(settings_clear)

/* What holds when nothing is set. */
void settings_init(struct settings *settings);
void settings_clear(struct settings *settings);

/*
 * Sets an option of a command line. `value` is NULL for one without argument; `is_off` for
 * "--no-NAME". -EINVAL if it is refused or no such value.
 */
int settings_set_option(struct settings *settings, const char *name, const char *value,
			bool is_off, struct err *err) _must_check_;

/*
 * Reads a configuration text: xen-tools.conf(5). -EINVAL with "FILE:LINE: cause" for what is
 * not understood, set twice, or refused. An empty value takes back what was set below.
 */
int settings_read(struct settings *settings, enum setting_level level, const char *file,
		  const char *text, size_t length, struct err *err) _must_check_;

/*
 * Reads /etc/xen-tools/xen-tools.conf, which may be absent, and `config` (NULL: none; a
 * relative name is one in /etc/xen-tools), which may not.
 */
int settings_load(struct settings *settings, const struct fs *host, const char *config,
		  struct err *err) _must_check_;

/*
 * What is set, by a name of the table. A text is NULL, a list empty, a number 0 and a yes no
 * if nothing is.
 */
const char *setting_text(const struct settings *settings, const char *name);
const struct str_list *setting_list(const struct settings *settings, const char *name);
bool setting_is_yes(const struct settings *settings, const char *name);
uint64_t setting_number(const struct settings *settings, const char *name);
uint64_t setting_size(const struct settings *settings, const char *name); /* bytes */
enum setting_level setting_level(const struct settings *settings, const char *name);

/* The value of "mirror_SUITE" or "keyring_SUITE": `name` is "mirror" or "keyring". */
const char *setting_for_suite(const struct settings *settings, const char *name,
			      const char *suite);

/* Takes back what was set. */
void setting_unset(struct settings *settings, const char *name);

/* Sets "WHERE IT WAS SET: TEXT". Returns -EINVAL. */
int setting_error(const struct settings *settings, const char *name, struct err *err,
		  const char *format, ...) _printf_(4, 5);

#define setting_error(...) err_negative((setting_error)(__VA_ARGS__))

/*
 * A size in xen-tools' words: digits with or without a fraction, then K, M, G or T in any
 * case (of 1024) with or without "B" or "iB"; a bare number is MiB. False if it is none, is
 * 0, or above 2^60 bytes.
 */
bool setting_parse_size(const char *text, uint64_t *ret_bytes);

/* {"size": {"value": "4G", "from": "--size"}, ...}: what is set. Never a password. */
json_t *settings_json(const struct settings *settings);
