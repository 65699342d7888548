/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost apply: makes the machine what its description says. */
#include "cmd/boot-default.h"
#include "cmd/boot-trial.h"

static const struct option_spec options[] = {
	{"no-commands", NULL, "only name the commands that would be run"},
	{NULL, NULL, NULL},
};

/* Settles what an interrupted run left, before anything is planned on top of it. */
static int recover(const struct host *host, const struct apply_options *how,
		   struct journal *journal, struct str_list *ret_pending, struct err *err)
{
	int rc = journal_open(&host->fs, journal, err);

	return rc < 0 ? rc : apply_recover(journal, how, ret_pending, NULL, err);
}

/*
 * The plan, made under the journal's lock unless there is neither a journal nor anything
 * to write into one.
 */
static int make_plan(const struct host *host, const struct apply_options *how,
		     struct journal *journal, struct plan *plan,
		     struct str_list *ret_pending, struct err *err)
{
	bool has_journal;
	int rc = journal_exists(&host->fs, &has_journal, err);

	if (rc == 0 && !has_journal) {
		rc = host_plan(host, plan, err);
		if (rc != EXIT_DONE || plan_is_empty(plan))
			return rc;
		plan_clear(plan);
	}
	if (rc == 0)
		rc = recover(host, how, journal, ret_pending, err);
	return rc == 0 ? host_plan(host, plan, err) : rc;
}

static void check_clear(struct boot_default_check *check)
{
	grub_default_clear(&check->before);
}

static int run(const struct call *call, struct err *err)
{
	_cleanup_(check_clear) struct boot_default_check check = {0};
	_cleanup_boot_trial_ struct boot_trial trial = {0};
	struct apply_options how = host_apply_options(call);
	_cleanup_journal_ struct journal journal = {.lock = -1};
	_cleanup_str_list_ struct str_list pending = {0};
	_cleanup_host_ struct host host = HOST_CLOSED;
	_cleanup_plan_ struct plan plan = {0};
	int rc = host_open(call, &host, err);

	if (rc == EXIT_DONE)
		boot_trial_begin(&host, &how, &trial);
	if (rc == EXIT_DONE)
		rc = make_plan(&host, &how, &journal, &plan, &pending, err);
	if (rc != EXIT_DONE)
		return rc;
	/* What is as it shall be was warned of when it was made so; check tells again. */
	if (!plan_is_empty(&plan))
		host_warn(&plan.warnings);
	if (plan.has_command[COMMAND_GRUB])
		boot_default_begin(&host, &how, &check);
	rc = apply_plan(&journal, &plan, &how, &pending, err);
	if (rc < 0)
		return rc;
	if (plan.has_command[COMMAND_GRUB]) {
		boot_trial_prune_copies(&host.fs);
		boot_default_warn(&host);
	}
	host_tell_pending(&pending);
	return EXIT_DONE;
}

const struct command command_apply = {
	.name = "apply",
	.summary = "make the machine what its description says",
	.options = options,
	.run = run,
};
