/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost history: lists what was applied and undone. */
#include <stdio.h>
#include <time.h>

#include "cmd/host.h"

/* UTC, as RFC 3339 writes it: an administrator compares hosts of several zones. */
static void format_time(int64_t seconds, char *text, size_t size)
{
	time_t time = (time_t)seconds;
	struct tm parts;

	if (!gmtime_r(&time, &parts) ||
	    !strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", &parts))
		(void)snprintf(text, size, "?");
}

/* What cannot be read does not hide the rest. */
static void print_damaged(unsigned int id)
{
	printf("%u  damaged\n", id);
}

static void print_entry(const struct journal_entry *entry)
{
	char when[64];

	format_time(entry->time, when, sizeof(when));
	printf("%u  %s  %-7s  %zu changes\n", entry->id, when,
	       journal_state_name(entry->state), entry->plan.count);
	for (size_t i = 0; i < entry->plan.count; i++)
		printf("    %s (%s)\n", entry->plan.change[i].path,
		       entry->plan.change[i].resource);
}

static json_t *damaged_to_json(unsigned int id)
{
	json_t *json = json_object();

	json_put(json, "id", json_integer(id));
	json_put(json, "state", json_text("damaged"));
	return json;
}

static json_t *entry_to_json(const struct journal_entry *entry)
{
	json_t *json = json_object(), *paths = json_array();
	char when[64];

	format_time(entry->time, when, sizeof(when));
	json_put(json, "id", json_integer(entry->id));
	json_put(json, "time", json_text(when));
	json_put(json, "state", json_text(journal_state_name(entry->state)));
	for (size_t i = 0; i < entry->plan.count; i++)
		json_append(paths, json_text(entry->plan.change[i].path));
	json_put(json, "paths", paths);
	return json;
}

static int run(const struct call *call, struct err *err)
{
	_cleanup_free_ unsigned int *ids = NULL;
	_cleanup_json_ json_t *json = json_array();
	_cleanup_str_ struct str text = {0};
	_cleanup_fs_ struct fs fs = FS_CLOSED;
	size_t count = 0;
	int status = EXIT_DONE;
	int rc = fs_open(call->root, &fs, err);

	if (rc == 0)
		rc = journal_list(&fs, &ids, &count, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++) {
		_cleanup_journal_entry_ struct journal_entry entry = {0};
		_cleanup_err_ struct err other = {0};

		/* The first damage is the one that is told. */
		rc = journal_read(&fs, ids[i], &entry, status < 0 ? &other : err);
		if (rc < 0 && status == EXIT_DONE)
			status = rc;
		if (call->is_json)
			json_append(json, rc < 0 ? damaged_to_json(ids[i])
						 : entry_to_json(&entry));
		else if (rc < 0)
			print_damaged(ids[i]);
		else
			print_entry(&entry);
	}
	if (call->is_json) {
		json_render(json, &text);
		(void)fputs(str_text(&text), stdout);
	}
	return status;
}

const struct command command_history = {
	.name = "history",
	.summary = "list what was applied and undone",
	.run = run,
};
