/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A password that is asked for. */
#pragma once

#include "base/err.h"

/*
 * Asks twice on the terminal, without showing it; without one it is the first line of standard
 * input. -EINVAL if it is empty or the two differ. The caller wipes and frees it.
 */
int guest_password_ask(const char *name, char **ret_password,
		       struct err *err) _must_check_;

/* Overwrites and frees. NULL is fine. */
void guest_password_wipe(char **password);
