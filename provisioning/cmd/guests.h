/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands for guests: one program under the names that users of xen-tools know. */
#pragma once

#include "cmd/command.h"

/* "command_create_image" in guest-create-image.c ...; the names are in guests-main.c. */
