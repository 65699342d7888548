/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands for guests: one program under the names that users of xen-tools know. */
#pragma once

#include <stdio.h>

#include "cmd/command.h"
#include "guest/inventory.h"
#include "guest/setting.h"

/* In guest-create-image.c ...; the names that they are called by are in guests-main.c. */
extern const struct command command_create_image, command_create_nfs,
	command_delete_image, command_list_images, command_resize_image,
	command_update_image;

/* Of xen-templates, NULL-terminated. */
extern const struct command *const commands_templates[];

/*
 * Opens the root and reads the settings there and of --config; an
 * absent xen-tools.conf(5) is none.
 */
int guests_open(const struct call *call, struct fs *ret_host,
		struct settings *ret_settings, struct err *err) _must_check_;

/* The guests where the settings, or the options, `output` and `extension` say. */
int guests_inventory(const struct call *call, const struct settings *settings,
		     const struct fs *host, struct inventory *ret_inventory,
		     struct err *err) _must_check_;

/* Prints a line whose names may be anything: what controls a terminal is shown as '?'. */
void guests_print(FILE *file, const char *format, ...) _printf_(2, 3);
