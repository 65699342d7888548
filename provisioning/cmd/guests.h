/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands for guests: one program under the names that users of xen-tools know. */
#pragma once

#include <stdio.h>

#include "cmd/command.h"
#include "guest/inventory.h"

/* In guest-create-image.c ...; the names that they are called by are in guests-main.c. */
extern const struct command command_create_image, command_create_nfs,
	command_delete_image, command_list_images;

/* Of xen-templates, NULL-terminated. */
extern const struct command *const commands_templates[];
