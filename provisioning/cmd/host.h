/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that plan share: a host, its description and facts, and their plan. */
#pragma once

#include "cmd/command.h"
#include "host/apply.h"
#include "host/desc.h"
#include "host/facts.h"

struct host {
	struct fs fs;
	struct desc desc;
	struct facts facts;
};

#define _cleanup_host_ _cleanup_(host_close)
#define HOST_CLOSED ((struct host){.fs = FS_CLOSED})

/*
 * Opens the root, reads the description (--config, or /etc/xen/host.conf below the root;
 * without the latter the defaults hold) and the facts. An enum command_exit or a negative
 * errno: EXIT_USAGE for an invalid description.
 */
int host_open(const struct call *call, struct host *ret_host,
	      struct err *err) _must_check_;

/*
 * The facts of a root, or those recorded in the file that --facts names: EXIT_USAGE if
 * that is invalid. Results as host_open()'s.
 */
int host_read_facts(const struct call *call, const struct fs *fs, struct facts *ret_facts,
		    struct err *err) _must_check_;

void host_close(struct host *host);

/* Makes the plan. Results as host_open()'s. */
int host_plan(const struct host *host, struct plan *ret_plan,
	      struct err *err) _must_check_;

/* Prints warnings on standard error, and what is pending. */
void host_warn(const struct str_list *warnings);
void host_tell_pending(const struct str_list *pending);

/* The options of apply_plan(): each thing that is done is a line on standard output. */
struct apply_options host_apply_options(const struct call *call);
