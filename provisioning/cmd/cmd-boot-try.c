/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost boot try: the default, or an entry, is started once, and kept if it is healthy. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/boot-trial.h"
#include "cmd/boot.h"

static void print_line(const char *text, void *data)
{
	(void)data;
	(void)puts(text);
	(void)fflush(stdout);
}

static int read_wish(const struct call *call, struct trial_wish *ret_wish,
		     struct err *err)
{
	const char *value = call_value(call, "seconds");
	uint64_t seconds = TRIAL_SECONDS;

	if (value && (!str_to_number(value, TRIAL_SECONDS_MAX, &seconds) ||
		      seconds < TRIAL_SECONDS_MIN)) {
		(void)err_say(err, EINVAL,
			      "--seconds: '%s' is not a number from %d to %d", value,
			      TRIAL_SECONDS_MIN, TRIAL_SECONDS_MAX);
		return EXIT_USAGE;
	}
	*ret_wish = (struct trial_wish){
		.entry = call->operand_count > 1 ? call->operand[1] : NULL,
		.seconds = seconds,
	};
	return EXIT_DONE;
}

/* Whether the menu's default is what it was when the trial that there is was set up. */
static bool is_tried_already(const struct grub_entry *entry, const struct trial *trial)
{
	return (trial->state == TRIAL_PENDING || trial->state == TRIAL_FAILED ||
		trial->state == TRIAL_CANCELLED) &&
	       str_same(entry->hypervisor, trial->hypervisor) &&
	       trial_is_same_line(entry->hypervisor_args, trial->hypervisor_args) &&
	       str_same(entry->kernel, trial->kernel) &&
	       trial_is_same_line(entry->kernel_args, trial->kernel_args);
}

/*
 * Whether there is something to try: the default is not what last booted healthily, and
 * is not, or was not, tried as it is.
 */
static bool is_changed(const struct host *host)
{
	const char *firmware = host->facts.boot.firmware;
	_cleanup_grub_menu_ struct grub_menu menu = {0}, good = {0};
	_cleanup_trial_ struct trial trial = {0};
	const struct grub_entry *entry;

	if (trial_menu_read(&host->fs, firmware, &menu, NULL) < 0 ||
	    menu.standing == GRUB_NONE)
		return false;
	entry = &menu.entry[menu.standing];
	if (trial_is_armed(&host->fs) && trial_read(&host->fs, &trial, NULL) == 0 &&
	    is_tried_already(entry, &trial))
		return false;
	return trial_good_read(&host->fs, firmware, &good, NULL) < 0 ||
	       !trial_is_same(entry, &good.entry[0]);
}

static int set_up(const struct host *host, const struct trial_wish *wish, struct err *err)
{
	enum trial_outcome outcome = TRIAL_SAME;
	_cleanup_trial_ struct trial trial = {0};
	_cleanup_free_ char *line = NULL;
	_cleanup_err_ struct err ignored = {0};
	bool has_good = false;
	int rc = trial_arm(&host->fs, &host->facts, err);

	if (rc == 0)
		rc = boot_trial_make_menu(&host->fs, print_line, NULL, err);
	if (rc == 0)
		rc = trial_settle(&host->fs, &host->facts, wish, &trial, &outcome,
				  &has_good, err);
	if (rc == -EOPNOTSUPP || rc == -ENOENT)
		(void)!trial_disarm(&host->fs, &ignored);
	if (rc < 0)
		return rc;
	if (outcome == TRIAL_SAME) {
		(void)puts("there is nothing to try: what last booted healthily is the "
			   "default");
		return has_good ? boot_trial_make_menu(&host->fs, print_line, NULL, err)
				: 0;
	}
	line = boot_trial_line(&trial);
	(void)puts(line);
	return 0;
}

static int cancel(const struct host *host, struct err *err)
{
	_cleanup_trial_running_ struct trial_running running = {0};
	_cleanup_trial_ struct trial trial = {0};
	int rc = trial_read(&host->fs, &trial, err);

	if (rc < 0)
		return rc;
	if (trial.state != TRIAL_PENDING)
		return err_say(err, ENOENT, "nothing is on trial");
	trial_running_read(&host->fs, &host->facts, &running);
	rc = trial_fail(&host->fs, &trial, TRIAL_CANCELLED, running.boot,
			"taken back by hand", err);
	if (rc < 0)
		return rc;
	boot_trial_set_deadman(0);
	printf("'%s' is not tried; '%s' is the default\n", trial.title, trial.good_title);
	return 0;
}

/* For package hooks: what cannot be tried is no failure of the package. */
static int forgive(const struct call *call, int rc, struct err *err)
{
	if (rc >= 0 || !call_has(call, "if-changed"))
		return rc;
	(void)fprintf(stderr, "xenhost: warning: the next boot is not on trial: %s\n",
		      err->text);
	err_clear(err);
	return EXIT_DONE;
}

static int try_entry(const struct call *call, const struct host *host,
		     const struct trial_wish *wish, struct err *err)
{
	_cleanup_free_ char *obstacle = trial_obstacle(&host->fs, &host->facts);
	_cleanup_journal_ struct journal journal = {.lock = -1};
	int rc;

	if (call_has(call, "if-changed") && !is_changed(host))
		return EXIT_DONE;
	if (obstacle && !call_has(call, "cancel"))
		return err_say(err, EOPNOTSUPP, "%s", obstacle);
	rc = journal_open(&host->fs, &journal, err);
	if (rc < 0)
		return rc;
	return call_has(call, "cancel") ? cancel(host, err) : set_up(host, wish, err);
}

static int run(const struct call *call, struct err *err)
{
	_cleanup_host_ struct host host = HOST_CLOSED;
	struct trial_wish wish = {0};
	int rc = read_wish(call, &wish, err);

	if (rc == EXIT_DONE)
		rc = host_open(call, &host, err);
	if (rc != EXIT_DONE)
		return forgive(call, rc, err);
	if (!trial_is_running_system(&host.fs) || !host.desc.boot.trial.value) {
		if (call_has(call, "if-changed"))
			return EXIT_DONE;
		if (!trial_is_running_system(&host.fs))
			return err_say(err, EOPNOTSUPP,
				       "this is not the system that runs");
	}
	return forgive(call, try_entry(call, &host, &wish, err), err);
}

static const char *const options[] = {"if-changed", "seconds", "cancel", NULL};

const struct boot_command boot_command_try = {
	.name = "try",
	.has_operand = true,
	.options = options,
	.run = run,
};
