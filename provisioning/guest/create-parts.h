/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files that make a guest. */
#pragma once

#include <stdbool.h>

#include "guest/create.h"
#include "guest/template.h"
#include "guest/work.h"

struct making {
	const struct create *create;
	const struct guest *guest; /* with its password */
	struct template *template;
	struct work *work;
	int log; /* what roles write */
};

/* What create_check() asks of other guests' configurations. */
int create_check_others(const struct create *create, struct err *err) _must_check_;

/* Whether its volumes are given devices. */
bool create_is_on_devices(const struct create *create);

bool create_is_root(const struct guest_volume *volume);

/* Makes all volumes: a clone of the template, file systems and swap; empty for an installer. */
int create_volumes(const struct making *making, struct err *err) _must_check_;

/* Whether the guest's files are on several volumes: its root is no clone then, but a copy. */
bool create_has_parts(const struct guest *guest);

/*
 * Mounts the guest's other volumes in its mounted, empty root, where they belong, and copies
 * the template's files there. The paths of the mounts are added to `ret_mounts`.
 */
int create_copy(const struct making *making, const struct fs *root, const char *directory,
		struct str_list *ret_mounts, struct err *err) _must_check_;

/* Unmounts them again, last first. */
int create_unmount(const struct str_list *mounts, struct err *err) _must_check_;

/* In place of all that: volumes that an installer will fill, and the configuration. */
int create_empty(const struct making *making, struct err *err) _must_check_;
