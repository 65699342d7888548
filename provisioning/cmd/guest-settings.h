/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that make guests share: options by the table of settings. */
#pragma once

#include "cmd/guests.h"
#include "guest/setting.h"
#include "guest/spec.h"

/* More than there are settings; a test would see the last one missing. */
enum { GUEST_OPTIONS_MAX = 160 };

/* Fills in the options that may stand in `places`, with a NULL name at the end. */
void guest_options(unsigned int places, struct option_spec options[GUEST_OPTIONS_MAX]);

/*
 * Opens the root, reads the configuration and the command line. Notes are printed on standard error.
 * An enum command_exit, or a negative errno.
 */
int guest_settings_read(const struct call *call, const char *program, struct fs *ret_host,
			struct settings *ret_settings, struct err *err) _must_check_;

/* Undoes what a killed command left of that name: it is no guest that stands in the way. */
int guest_settings_recover(const struct settings *settings, const struct fs *host,
			   struct err *err) _must_check_;

/* What a failed specification exits with: EXIT_USAGE for what was asked wrongly. */
int guest_settings_exit(int rc);

/* Prints JSON on standard output, and frees it. */
void guest_print_json(json_t *value);

/* --dry-run --json: the guest (guest/spec.h), and the text of its configuration. */
void guest_print_plan(const struct guest *guest, const struct storage *storage,
		      const char *config);

/* --dumpconfig: the settings, and where each comes from. */
void guest_settings_dump(const struct settings *settings, bool is_json);
