/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost boot status: what runs, what starts next, and the story of the last boots. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cmd/boot-trial.h"
#include "cmd/boot.h"

#define STORY_LINES 20

struct status {
	struct trial trial;
	struct trial_running running;
	struct grub_menu menu; /* as GRUB is told */
	json_t *log;
	char *runs; /* the title of what runs, NULL: it is not in the menu */
	bool is_armed, is_known;
};

static void status_clear(struct status *status)
{
	trial_clear(&status->trial);
	trial_running_clear(&status->running);
	grub_menu_clear(&status->menu);
	json_decref(status->log);
	free(status->runs);
}

static const char *title_or(const struct grub_menu *menu, size_t index)
{
	return index == GRUB_NONE ? NULL : menu->entry[index].title;
}

static void find_running(const struct fs *fs, const struct facts *facts,
			 struct status *status)
{
	_cleanup_grub_menu_ struct grub_menu good = {0};
	size_t found;

	/* Another root's kernel is not the one that runs. */
	if (!facts_has_hardware(fs))
		return;
	trial_running_read(fs, facts, &status->running);
	status->is_known = status->running.release != NULL;
	found = trial_find_running(fs, &status->menu, &status->running);
	if (found != GRUB_NONE)
		status->runs = mem_text(status->menu.entry[found].title);
	else if (trial_good_read(fs, facts->boot.firmware, &good, NULL) == 0 &&
		 trial_is_running(&good.entry[0], &status->running))
		status->runs = mem_text(good.entry[0].title);
}

static int read_status(const struct call *call, struct status *status, struct err *err)
{
	_cleanup_facts_ struct facts facts = {0};
	_cleanup_fs_ struct fs fs = FS_CLOSED;
	int rc = fs_open(call->root, &fs, err);

	if (rc == 0)
		rc = host_read_facts(call, &fs, &facts, err);
	if (rc == 0)
		rc = trial_read(&fs, &status->trial, err);
	/* A host without GRUB 2 has a story too, an empty one. */
	if (rc == 0 && grub_menu_config_path(&fs))
		rc = grub_menu_read(&fs, facts.boot.firmware, &status->menu, err);
	else
		status->menu.standing = status->menu.chosen = GRUB_NONE;
	if (rc != 0)
		return rc;
	status->is_armed = trial_is_armed(&fs);
	status->log = trial_log_read(&fs);
	find_running(&fs, &facts, status);
	return EXIT_DONE;
}

/* ---- as text ---- */

static void print_row(const char *name, const char *text)
{
	printf("%-8s %s\n", name, text ? text : "unknown");
}

static void print_trial(const struct status *status)
{
	const struct trial *trial = &status->trial;

	if (trial->state == TRIAL_NONE || !trial->title) {
		print_row("trial",
			  status->is_armed
				  ? "none, but what last booted healthily is the "
				    "default: an apply was interrupted"
				  : "none");
		return;
	}
	if (trial->state == TRIAL_PENDING && status->running.is_trial &&
	    !str_same(trial->boot, status->running.boot))
		print_row("trial", "runs, and is not found healthy yet");
	else
		print_row("trial", trial_state_name(trial->state));
	print_row("", trial->title);
	if (trial->changes && *trial->changes)
		print_row("", trial->changes);
	if (trial->reason)
		print_row("", trial->reason);
}

static void print_event(const json_t *event)
{
	time_t seconds = (time_t)json_integer_value(json_object_get(event, "time"));
	const char *title = json_string_value(json_object_get(event, "title"));
	const char *text = json_string_value(json_object_get(event, "text"));
	const char *name = json_string_value(json_object_get(event, "event"));
	struct tm parts;
	char when[64];

	if (!gmtime_r(&seconds, &parts) ||
	    !strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &parts))
		(void)snprintf(when, sizeof(when), "?");
	printf("%s  %-9s  %s\n", when, name ? name : "?", title ? title : "?");
	if (text && *text)
		printf("    %s\n", text);
}

static void print_text(const struct status *status)
{
	const struct grub_menu *menu = &status->menu;
	size_t count = json_array_size(status->log);

	if (status->is_known)
		print_row("running", status->runs ? status->runs
						  : "an entry that is not in the menu");
	print_row("default", title_or(menu, menu->standing));
	if (menu->is_once)
		print_row("next", title_or(menu, menu->chosen));
	print_trial(status);
	for (size_t i = count > STORY_LINES ? count - STORY_LINES : 0; i < count; i++)
		print_event(json_array_get(status->log, i));
}

/* ---- as JSON ---- */

static json_t *trial_to_json(const struct trial *trial)
{
	json_t *json = json_object();

	json_put(json, "state", json_text(trial_state_name(trial->state)));
	json_put(json, "entry", json_text(trial->entry));
	json_put(json, "title", json_text(trial->title));
	json_put(json, "good-title", json_text(trial->good_title));
	json_put(json, "changes", json_text(trial->changes));
	json_put(json, "reason", json_text(trial->reason));
	json_put(json, "seconds", json_integer((json_int_t)trial->seconds));
	return json;
}

static void print_json(const struct status *status)
{
	const struct grub_menu *menu = &status->menu;
	_cleanup_json_ json_t *json = json_object();
	_cleanup_str_ struct str text = {0};

	json_put(json, "running", json_text(status->runs));
	json_put(json, "is-trial", json_boolean(status->running.is_trial));
	json_put(json, "default", json_text(title_or(menu, menu->standing)));
	json_put(json, "next",
		 json_text(menu->is_once ? title_or(menu, menu->chosen) : NULL));
	json_put(json, "falls-back", json_boolean(status->is_armed));
	json_put(json, "trial", trial_to_json(&status->trial));
	json_put(json, "log", json_incref(status->log));
	json_render(json, &text);
	(void)fputs(str_text(&text), stdout);
}

static int run(const struct call *call, struct err *err)
{
	_cleanup_(status_clear) struct status status = {0};
	int rc = read_status(call, &status, err);

	if (rc != EXIT_DONE)
		return rc;
	if (call->is_json)
		print_json(&status);
	else
		print_text(&status);
	return EXIT_DONE;
}

const struct boot_command boot_command_status = {.name = "status", .run = run};
