/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost boot health: looks whether this boot is healthy, and settles a trial. */
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/run.h"
#include "boot/trial-health.h"
#include "cmd/boot-trial.h"
#include "cmd/boot.h"

#define TIMEOUT_S 120
#define TIMEOUT_MAX 3600
#define POLL_S 2
#define LOCK_S 60
#define REBOOT_TIMEOUT_MS 60000

static int64_t now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void wait_a_little(void)
{
	const struct timespec pause = {.tv_sec = POLL_S};

	(void)nanosleep(&pause, NULL);
}

/* Another run may be at work, but not for long. */
static int take_lock(const struct fs *fs, struct journal *journal, struct err *err)
{
	int64_t end = now_s() + LOCK_S;
	int rc;

	while ((rc = journal_open(fs, journal, err)) == -EBUSY && now_s() < end) {
		err_clear(err);
		wait_a_little();
	}
	return rc;
}

/* Looks until everything is well; false, with the last reason, if that never is. */
static bool look(const struct health *health, uint64_t timeout, struct str *reason)
{
	int64_t end = now_s() + (int64_t)timeout;

	while (!health_look(health, reason)) {
		if (now_s() >= end)
			return false;
		wait_a_little();
	}
	return true;
}

static void restart(void)
{
	static const char *const ways[][4] = {
		{"systemctl", "reboot", NULL},
		{"systemctl", "reboot", "--force", NULL},
	};

	/* The time for shutting down: guests may take a while. */
	boot_trial_set_deadman(TRIAL_SECONDS);
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		_cleanup_str_ struct str output = {0};

		if (run_capture(&(struct run){.argv = ways[i],
					      .timeout_ms = REBOOT_TIMEOUT_MS,
					      .output_limit = BUFSIZ},
				&output, NULL) == 0)
			return;
	}
}

/* ---- a boot that is on trial ---- */

static int settle_tried(const struct host *host, struct trial *trial,
			const struct trial_running *running, bool is_healthy,
			const char *reason, struct err *err)
{
	int rc;

	if (!is_healthy) {
		rc = trial_fail(&host->fs, trial, TRIAL_FAILED, running->boot, reason,
				err);
		printf("not healthy: %s; restarting into '%s'\n", reason,
		       trial->good_title);
		(void)fflush(stdout);
		/* Even if it could not be written down: GRUB knows what is good. */
		restart();
		return rc;
	}
	if (!trial_is_tried(trial, running)) {
		rc = trial_fail(&host->fs, trial, TRIAL_FAILED, running->boot,
				"another entry was chosen by hand", err);
		boot_trial_set_deadman(0);
		return rc;
	}
	rc = trial_promote(&host->fs, &host->facts, trial, running, err);
	if (rc < 0)
		return rc;
	boot_trial_set_deadman(0);
	boot_trial_prune_copies(&host->fs);
	printf("healthy: '%s' is the default\n", trial->title);
	return 0;
}

static int try_boot(const struct host *host, const struct trial_running *running,
		    uint64_t timeout, struct trial *trial, struct err *err)
{
	const struct health health = {
		.fs = &host->fs,
		.desc = &host->desc,
		.is_xen = trial->hypervisor != NULL,
		.needs_route = trial->had_route,
		.interfaces = &trial->interfaces,
	};
	_cleanup_trial_running_ struct trial_running again = {0};
	_cleanup_journal_ struct journal journal = {.lock = -1};
	_cleanup_trial_ struct trial now = {0};
	_cleanup_str_ struct str reason = {0};
	bool is_healthy = look(&health, timeout, &reason);
	int rc = take_lock(&host->fs, &journal, err);

	if (rc == 0)
		rc = trial_read(&host->fs, &now, err);
	/* In the meantime somebody has decided, or changed what is on trial. */
	if (rc == 0 && (now.state != TRIAL_PENDING || !str_same(now.boot, trial->boot))) {
		boot_trial_set_deadman(0);
		return 0;
	}
	/* By now xl answers, if it ever does. */
	trial_running_read(&host->fs, &host->facts, &again);
	if (rc == 0)
		rc = settle_tried(host, trial, is_healthy ? &again : running, is_healthy,
				  str_text(&reason), err);
	return rc;
}

/* ---- any other boot ---- */

/* Why a trial that was to be started did not run until now. */
static const char *explain(const struct fs *fs, const struct trial *trial)
{
	_cleanup_grubenv_ struct grubenv env = {0};

	if (grubenv_read(fs, grub_menu_env_path(fs), &env, NULL) < 0 ||
	    !str_same(grubenv_get(&env, "xenhost_trial_entry"), trial->entry))
		return "xenhost was interrupted before GRUB was told of it";
	if (str_same(grubenv_get(&env, "next_entry"), trial->entry))
		return "GRUB did not start it: another entry was chosen by hand, or it "
		       "cannot write its environment block";
	return "it was started and did not come up: the hypervisor or the kernel could "
	       "not be loaded, panicked or hung";
}

/* A trial that is over without having been looked at: GRUB was told, and this is not it. */
static int settle_missed(const struct host *host, struct trial *trial,
			 const struct trial_running *running, struct err *err)
{
	if (trial->state != TRIAL_PENDING || str_same(trial->boot, running->boot))
		return 0;
	/* A promotion that was interrupted. */
	if (!trial_is_armed(&host->fs))
		return trial_promote(&host->fs, &host->facts, trial, running, err);
	return trial_fail(&host->fs, trial, TRIAL_FAILED, running->boot,
			  explain(&host->fs, trial), err);
}

static char *title_of(const struct host *host, const struct trial_running *running)
{
	const char *firmware = host->facts.boot.firmware;
	_cleanup_grub_menu_ struct grub_menu menu = {0}, good = {0};
	size_t found = GRUB_NONE;

	if (trial_menu_read(&host->fs, firmware, &menu, NULL) == 0)
		found = trial_find_running(&host->fs, &menu, running);
	if (found != GRUB_NONE)
		return mem_text(menu.entry[found].title);
	if (trial_good_read(&host->fs, firmware, &good, NULL) == 0 &&
	    trial_is_running(&good.entry[0], running))
		return mem_text(good.entry[0].title);
	return mem_text("an entry that is not in the menu");
}

static int settle_before(const struct host *host, struct trial *trial,
			 const struct trial_running *running, struct err *err)
{
	_cleanup_journal_ struct journal journal = {.lock = -1};
	int rc = take_lock(&host->fs, &journal, err);

	return rc < 0 ? rc : settle_missed(host, trial, running, err);
}

static int keep_boot(const struct host *host, uint64_t timeout,
		     const struct trial_running *running, struct err *err)
{
	const struct health health = {
		.fs = &host->fs, .desc = &host->desc, .is_xen = running->is_xen};
	_cleanup_free_ char *title = title_of(host, running);
	_cleanup_str_ struct str reason = {0};
	bool is_healthy = look(&health, timeout, &reason);
	_cleanup_journal_ struct journal journal = {.lock = -1};
	int rc = take_lock(&host->fs, &journal, err);

	if (rc == 0 && is_healthy)
		rc = trial_keep(&host->fs, &host->facts, running, err);
	if (rc == 0 && is_healthy)
		boot_trial_prune_copies(&host->fs);
	if (rc == 0)
		rc = trial_log(&host->fs, running->boot,
			       is_healthy ? "healthy" : "unhealthy", title,
			       is_healthy ? NULL : str_text(&reason), err);
	if (rc == 0 && !is_healthy)
		printf("not healthy: %s\n", str_text(&reason));
	return rc < 0 ? rc : is_healthy ? EXIT_DONE : EXIT_DIFFERENCES;
}

/* A description that is wrong by now is no reason to give a boot up: it asks nothing. */
static int open_host(const struct call *call, struct host *host, struct err *err)
{
	int rc = host_open(call, host, err);

	if (rc != EXIT_USAGE)
		return rc;
	err_clear(err);
	rc = fs_open(call->root, &host->fs, err);
	if (rc == 0)
		rc = host_read_facts(call, &host->fs, &host->facts, err);
	desc_defaults(&host->desc);
	return rc;
}

static int run(const struct call *call, struct err *err)
{
	const char *value = call_value(call, "timeout");
	_cleanup_trial_running_ struct trial_running running = {0};
	_cleanup_trial_ struct trial trial = {0};
	_cleanup_host_ struct host host = HOST_CLOSED;
	uint64_t timeout = TIMEOUT_S;
	int rc;

	if (value && !str_to_number(value, TIMEOUT_MAX, &timeout)) {
		(void)err_say(err, EINVAL, "--timeout: '%s' is not a number of seconds",
			      value);
		return EXIT_USAGE;
	}
	rc = open_host(call, &host, err);
	if (rc != EXIT_DONE)
		return rc;
	if (!trial_is_running_system(&host.fs))
		return err_say(err, EOPNOTSUPP, "this is not the system that runs");
	trial_running_read(&host.fs, &host.facts, &running);
	rc = trial_read(&host.fs, &trial, err);
	if (rc < 0)
		return rc;
	if (running.is_trial && trial.state == TRIAL_PENDING &&
	    !str_same(trial.boot, running.boot))
		return try_boot(&host, &running, timeout, &trial, err);
	/* Nobody waits for this boot any more. */
	boot_trial_set_deadman(0);
	rc = settle_before(&host, &trial, &running, err);
	return rc < 0 ? rc : keep_boot(&host, timeout, &running, err);
}

static const char *const options[] = {"timeout", NULL};

const struct boot_command boot_command_health = {
	.name = "health",
	.options = options,
	.run = run,
};
