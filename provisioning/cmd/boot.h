/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands of `xenhost boot`, a file each. */
#pragma once

#include "cmd/command.h"

struct boot_command {
	const char *name;
	bool has_operand; /* takes one more word */

	/* As command.run; call->operand[0] is the name. */
	int (*run)(const struct call *call, struct err *err);
};

extern const struct boot_command boot_command_list, boot_command_menu, boot_command_prune;
