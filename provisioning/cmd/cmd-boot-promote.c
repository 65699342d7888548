/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost boot promote: a trial is taken for good. */
#include <errno.h>
#include <stdio.h>

#include "cmd/boot-trial.h"
#include "cmd/boot.h"

static int run(const struct call *call, struct err *err)
{
	_cleanup_trial_running_ struct trial_running running = {0};
	_cleanup_journal_ struct journal journal = {.lock = -1};
	_cleanup_trial_ struct trial trial = {0};
	_cleanup_host_ struct host host = HOST_CLOSED;
	int rc = host_open(call, &host, err);

	if (rc != EXIT_DONE)
		return rc;
	if (!trial_is_running_system(&host.fs))
		return err_say(err, EOPNOTSUPP, "this is not the system that runs");
	rc = journal_open(&host.fs, &journal, err);
	if (rc == 0)
		rc = trial_read(&host.fs, &trial, err);
	if (rc < 0)
		return rc;
	if (!trial_is_armed(&host.fs))
		return err_say(err, ENOENT, "nothing is on trial");
	trial_running_read(&host.fs, &host.facts, &running);
	rc = trial_promote(&host.fs, &host.facts, &trial, &running, err);
	if (rc < 0)
		return rc;
	boot_trial_set_deadman(0);
	boot_trial_prune_copies(&host.fs);
	if (trial.title)
		printf("'%s' is the default\n", trial.title);
	return EXIT_DONE;
}

const struct boot_command boot_command_promote = {.name = "promote", .run = run};
