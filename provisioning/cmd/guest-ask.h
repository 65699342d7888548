/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest shall be, asked for on a terminal. */
#pragma once

#include "base/fs.h"
#include "base/str.h"
#include "guest/setting.h"

/*
 * Whether to ask: with --interactive, or where something that a guest needs is not said and
 * there is a terminal; never with --json. -EINVAL with --interactive where that cannot be.
 */
int guest_ask_is_wanted(const struct settings *settings, const struct fs *host,
			bool *ret_is_wanted, struct err *err) _must_check_;

/*
 * Asks for what the command line does not say, each question with what holds without an
 * answer; answers become settings as if they were on the command line. What is no answer
 * is told, and asked again. -EINVAL if the terminal ends.
 */
int guest_ask(struct settings *settings, const struct fs *host,
	      struct err *err) _must_check_;

/* "TEXT [Y/n] ": whether nothing else than yes, or nothing, is said. */
bool guest_ask_yes(const char *text);

/* The command line that says the same without questions; never a password. */
void guest_ask_command(const struct settings *settings, const char *root,
		       struct str *ret_text);
