/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shell assignments, read without a shell. */
#pragma once

/*
 * The value of a variable in a text of shell assignments as os-release(5) defines them;
 * the last assignment counts, malformed ones do not. NULL if there is none. The caller
 * frees it.
 */
char *shell_value(const char *text, const char *name);
