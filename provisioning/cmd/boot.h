/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands of `xenhost boot`, a file each. */
#pragma once

#include "cmd/command.h"

struct boot_command {
	const char *name;
	bool has_operand; /* takes one more word */
	const char *const
		*options; /* of `boot`, that it takes; NULL: none. NULL ends them */

	/* As command.run; call->operand[0] is the name. */
	int (*run)(const struct call *call, struct err *err);
};

extern const struct boot_command boot_command_health, boot_command_list,
	boot_command_menu, boot_command_promote, boot_command_prune, boot_command_status,
	boot_command_try;
