/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands for guests: one program under the names that users of xen-tools know. */
#pragma once

#include "cmd/command.h"

extern const struct command command_create_image, command_create_nfs;
