/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that change the boot do for a trial of it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/run.h"
#include "boot/menu.h"
#include "cmd/boot-trial.h"
#include "host/command.h"

#define DEADMAN_STATE "/run/xenhost/deadman"
#define DEADMAN_PATH RUN_PATH ":/usr/lib/xenhost"
#define DEADMAN_TIMEOUT_MS 10000

static bool is_wanted(const struct boot_trial *trial)
{
	return !trial->desc_used || trial->desc_used->boot.trial.value;
}

/* Asked for in so many words: then a boot that cannot be tried is no boot. */
static bool is_required(const struct boot_trial *trial)
{
	return trial->desc_used && trial->desc_used->boot.trial.entry &&
	       trial->desc_used->boot.trial.value;
}

static void warn(const char *reason)
{
	(void)fprintf(stderr, "xenhost: warning: the next boot is not on trial: %s\n",
		      reason);
}

char *boot_trial_line(const struct trial *trial)
{
	return mem_textf("trial: '%s' is tried at the next boot; until it is healthy, "
			 "'%s' is the default",
			 trial->title, trial->good_title);
}

int boot_trial_make_menu(const struct fs *fs, void (*say)(const char *text, void *data),
			 void *data, struct err *err)
{
	_cleanup_free_ char *line = mem_textf("run %s", command_name(fs, COMMAND_GRUB));

	if (say)
		say(line, data);
	return command_run(fs, COMMAND_GRUB, err);
}

void boot_trial_prune_copies(const struct fs *fs)
{
	_cleanup_err_ struct err err = {0};

	if (menu_chain_prune(fs, &err) < 0)
		(void)fprintf(stderr,
			      "xenhost: warning: old copies for xen.efi stay: %s\n",
			      err.text);
}

void boot_trial_set_deadman(uint64_t seconds)
{
	_cleanup_free_ char *text = mem_textf("%llu", (unsigned long long)seconds);
	const char *argv[] = {"xenhost-deadman", seconds ? "arm" : "disarm",
			      seconds ? text : NULL, NULL};
	_cleanup_str_ struct str output = {0};
	_cleanup_err_ struct err err = {0};

	if (access(DEADMAN_STATE, F_OK) != 0)
		return;
	if (run_capture(&(struct run){.argv = argv,
				      .path = DEADMAN_PATH,
				      .timeout_ms = DEADMAN_TIMEOUT_MS,
				      .output_limit = BUFSIZ},
			&output, &err) < 0)
		(void)fprintf(stderr, "xenhost: warning: %s\n", err.text);
}

/* ---- around the menu ---- */

/* What stands in the way is told if the boot changes, and refused if that was asked for. */
static int take_obstacle(struct boot_trial *trial, bool is_undo, const char *obstacle,
			 struct err *err)
{
	free(trial->obstacle);
	trial->obstacle = mem_text(obstacle);
	if (is_required(trial) && !is_undo)
		return err_say(err, EOPNOTSUPP,
			       "[boot] trial = yes, but the next boot cannot be on "
			       "trial: %s",
			       obstacle);
	return 0;
}

/* An error that is a reason against a trial, and no failure. */
static int take_error(struct boot_trial *trial, bool is_undo, int rc,
		      const struct err *cause, struct err *err)
{
	if (rc == -EOPNOTSUPP)
		return take_obstacle(trial, is_undo, cause->text, err);
	return rc < 0 ? err_say(err, -rc, "trial: %s", cause->text) : 0;
}

static int before_menu(const struct fs *fs, bool is_undo, void *data, struct err *err)
{
	struct boot_trial *trial = data;
	_cleanup_err_ struct err cause = {0};
	_cleanup_free_ char *obstacle = NULL;
	int rc;

	grub_menu_clear(&trial->before);
	(void)!trial_menu_read(fs, trial->facts_used->boot.firmware, &trial->before,
			       NULL);
	if (!is_wanted(trial))
		return 0;
	obstacle = trial_obstacle(fs, trial->facts_used);
	if (obstacle)
		return take_obstacle(trial, is_undo, obstacle, err);
	rc = trial_arm(fs, trial->facts_used, &cause);
	return take_error(trial, is_undo, rc, &cause, err);
}

/* Whether the menu starts by itself what it started before. */
static bool is_unchanged(const struct fs *fs, const struct boot_trial *trial)
{
	_cleanup_grub_menu_ struct grub_menu now = {0};
	const struct grub_menu *before = &trial->before;

	if (trial_menu_read(fs, trial->facts_used->boot.firmware, &now, NULL) < 0 ||
	    now.standing == GRUB_NONE || before->count == 0 ||
	    before->standing == GRUB_NONE)
		return false;
	return trial_is_same(&now.entry[now.standing], &before->entry[before->standing]);
}

static int go_without(const struct fs *fs, const struct boot_trial *trial,
		      struct err *err)
{
	/* Of a trial before: the menu is not what was tried any more. */
	int rc = trial_is_armed(fs) ? trial_disarm(fs, err) : 0;

	if (rc == 0 && trial->obstacle && grub_menu_config_path(fs) &&
	    !is_unchanged(fs, trial))
		warn(trial->obstacle);
	return rc;
}

static int after_menu(const struct fs *fs, bool is_undo, void *data, struct err *err)
{
	const struct trial_wish wish = {.seconds = TRIAL_SECONDS};
	enum trial_outcome outcome = TRIAL_SAME;
	_cleanup_trial_ struct trial set = {0};
	_cleanup_err_ struct err cause = {0};
	_cleanup_free_ char *line = NULL;
	struct boot_trial *trial = data;
	bool has_good = false;
	int rc;

	if (!is_wanted(trial) || trial->obstacle)
		return go_without(fs, trial, err);
	rc = trial_settle(fs, trial->facts_used, &wish, &set, &outcome, &has_good,
			  &cause);
	if (rc < 0) {
		rc = take_error(trial, is_undo, rc, &cause, err);
		return rc < 0 ? rc : go_without(fs, trial, err);
	}
	if (outcome == TRIAL_SAME)
		return has_good ? boot_trial_make_menu(fs, trial->say, NULL, err) : 0;
	line = boot_trial_line(&set);
	if (trial->say)
		trial->say(line, NULL);
	return 0;
}

static void begin(const struct fs *fs, struct apply_options *options,
		  struct boot_trial *trial)
{
	/* A root that does not run is not started by this GRUB either. */
	if (!trial_is_running_system(fs))
		return;
	trial->say = options->say;
	options->before_menu = before_menu;
	options->after_menu = after_menu;
	options->menu_data = trial;
}

void boot_trial_begin(const struct host *host, struct apply_options *options,
		      struct boot_trial *trial)
{
	trial->desc_used = &host->desc;
	trial->facts_used = &host->facts;
	begin(&host->fs, options, trial);
}

void boot_trial_begin_undo(const struct call *call, const struct fs *fs,
			   struct apply_options *options, struct boot_trial *trial)
{
	if (host_read_facts(call, fs, &trial->facts, NULL) != EXIT_DONE)
		return;
	if (desc_read(fs, DESC_PATH, &trial->desc, NULL) == 0)
		trial->desc_used = &trial->desc;
	trial->facts_used = &trial->facts;
	begin(fs, options, trial);
}

void boot_trial_clear(struct boot_trial *trial)
{
	desc_clear(&trial->desc);
	facts_clear(&trial->facts);
	grub_menu_clear(&trial->before);
	free(trial->obstacle);
	trial->obstacle = NULL;
}
