/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen-delete-image: takes guests away with all that is theirs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/guests.h"
#include "guest/hosts.h"
#include "guest/removal.h"
#include "guest/work.h"

static const struct option_spec options[] = {
	{"hostname", "NAME", "a guest; may be repeated"},
	{"force", NULL, "do not ask"},
	{"yes", NULL, "likewise"},
	{"dry-run", NULL, "only tell what would be removed"},
	{"dir", "DIR", "look below DIR for what is left of a guest"},
	{"lvm", "VG", "look in the volume group VG for what is left of a guest"},
	{"output", "DIR", "where configurations are (/etc/xen)"},
	{"config", "FILE", "read FILE beside xen-tools.conf"},
	{"extension", "[=TEXT]", "what their names end in (.cfg); nothing: all files"},
	{"test", NULL, "as --force; xen-tools' tests use it"},
	{"verbose", NULL, NULL},
	{"xen-ok", NULL, NULL},
	{NULL, NULL, NULL},
};

struct deletion {
	const struct call *call;
	struct fs host;
	struct settings settings;
	struct inventory inventory;
	struct str_list names;
	struct str_list left; /* names of which a killed command left something */
	struct removal *removal;
	struct work **work; /* their locks */
	size_t count, work_count;
};

static void deletion_clear(struct deletion *deletion)
{
	for (size_t i = 0; i < deletion->count; i++)
		removal_clear(&deletion->removal[i]);
	free(deletion->removal);
	for (size_t i = 0; i < deletion->work_count; i++)
		(void)!work_end(deletion->work[i], NULL);
	free(deletion->work);
	str_list_clear(&deletion->names);
	str_list_clear(&deletion->left);
	inventory_clear(&deletion->inventory);
	settings_clear(&deletion->settings);
	fs_close(&deletion->host);
}

static void add_name(struct deletion *deletion, const char *name)
{
	if (!str_list_has(&deletion->names, name))
		str_list_add(&deletion->names, name);
}

static int read_names(struct deletion *deletion, struct err *err)
{
	const struct call *call = deletion->call;

	for (size_t i = 0; i < call->operand_count; i++)
		add_name(deletion, call->operand[i]);
	for (size_t i = 0; i < call->given_count; i++)
		if (strcmp(call->given[i].name, "hostname") == 0)
			add_name(deletion, call->given[i].value);
	if (!deletion->names.count) {
		(void)err_say(err, EINVAL, "no guest is named");
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < deletion->names.count; i++)
		if (!removal_is_name(deletion->names.item[i])) {
			(void)err_say(err, EINVAL, "'%s' is no name of a guest",
				      deletion->names.item[i]);
			return EXIT_USAGE;
		}
	return EXIT_DONE;
}

/* In the order of names, so that two commands do not wait for each other. */
static int lock(struct deletion *deletion, struct err *err)
{
	str_list_sort(&deletion->names);
	for (size_t i = 0; i < deletion->names.count; i++) {
		struct work *work;
		int rc = work_begin(&deletion->host, deletion->names.item[i], &work, err);

		if (rc < 0)
			return err_wrap(err, "%s", deletion->names.item[i]);
		deletion->work = mem_grow(deletion->work, deletion->work_count,
					  sizeof(struct work *));
		deletion->work[deletion->work_count++] = work;
	}
	return 0;
}

static int plan(struct deletion *deletion, struct err *err)
{
	const struct call *call = deletion->call;
	const struct removal_places places = {
		call_value(call, "dir"), call_value(call, "lvm"),
		setting_text(&deletion->settings, "ipfile")};

	for (size_t i = 0; i < deletion->names.count; i++) {
		struct removal removal;
		const char *name = deletion->names.item[i];
		int rc = removal_plan(&deletion->host, &deletion->inventory, name,
				      &places, &removal, err);

		/* With what was undone nothing else of it may be there. */
		if (rc == -ENOENT && str_list_has(&deletion->left, name)) {
			err_clear(err);
			continue;
		}
		if (rc < 0)
			return err_wrap(err, "%s", name);
		deletion->removal = mem_grow(deletion->removal, deletion->count,
					     sizeof(*deletion->removal));
		deletion->removal[deletion->count++] = removal;
	}
	return 0;
}

static void show_list(const char *intent, const struct str_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		guests_print(stdout, "would %s '%s'\n", intent, list->item[i]);
}

static void show(const struct removal *removal)
{
	show_list("remove", &removal->link);
	show_list("remove", &removal->volume);
	if (removal->has_hosts)
		printf("would remove its lines of '" HOSTS_FILE "'\n");
	show_list("free", &removal->lease);
	if (removal->config)
		guests_print(stdout, "would remove '%s'\n", removal->config);
}

static void show_left(const struct removal *removal)
{
	for (size_t i = 0; i < removal->left.count; i++)
		guests_print(stderr, "xen-delete-image: stays: %s\n",
			     removal->left.item[i]);
}

/* Whether the answer on the terminal is yes. */
static bool ask(const char *what)
{
	char answer[16];

	(void)fflush(stdout);
	(void)fprintf(stderr, "Remove %s? [y/N] ", what);
	if (!fgets(answer, sizeof(answer), stdin))
		return false;
	return strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0 ||
	       strcmp(answer, "Y\n") == 0;
}

static bool is_forced(const struct call *call)
{
	return call_has(call, "force") || call_has(call, "yes") || call_has(call, "test");
}

static int confirm(const char *what, struct err *err)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return err_say(err, EPERM,
			       "there is no terminal to ask on; --force does not ask");
	return ask(what) ? 0 : err_say(err, ECANCELED, "nothing was removed");
}

static int confirm_removal(const struct deletion *deletion, struct err *err)
{
	if (is_forced(deletion->call) || !deletion->count)
		return 0;
	for (size_t i = 0; i < deletion->count; i++)
		show(&deletion->removal[i]);
	return confirm(deletion->count > 1 ? "these guests" : "this guest", err);
}

/*
 * What killed commands left goes when the names are locked: it is told, and asked about,
 * before.
 */
static int confirm_left(struct deletion *deletion, struct err *err)
{
	bool is_shown = call_has(deletion->call, "dry-run") || !is_forced(deletion->call);

	for (size_t i = 0; i < deletion->names.count; i++) {
		_cleanup_str_list_ struct str_list notes = {0};
		const char *name = deletion->names.item[i];
		int rc = work_left(&deletion->host, name, &notes, err);

		if (rc < 0)
			return err_wrap(err, "%s", name);
		if (notes.count)
			str_list_add(&deletion->left, name);
		for (size_t j = 0; is_shown && j < notes.count; j++)
			guests_print(stdout,
				     "would remove what a killed command left of '%s': "
				     "%s\n",
				     name, notes.item[j]);
	}
	return deletion->left.count && !call_has(deletion->call, "dry-run") &&
			       !is_forced(deletion->call)
		       ? confirm("what was left", err)
		       : 0;
}

/* All of them: with a reason against one, nothing of another is removed. */
static int check(const struct deletion *deletion, struct err *err)
{
	for (size_t i = 0; i < deletion->count; i++) {
		const struct removal *removal = &deletion->removal[i];
		int rc = removal_check(&deletion->host, removal, err);

		if (rc < 0)
			return err_wrap(err, "%s", removal->name);
	}
	return 0;
}

static void print_line(void *context, const char *text)
{
	(void)context;
	guests_print(stdout, "%s\n", text);
	(void)fflush(stdout);
}

static int delete_all(struct deletion *deletion, struct err *err)
{
	bool is_dry = call_has(deletion->call, "dry-run");
	int rc = confirm_left(deletion, err);

	if (rc == 0 && !is_dry)
		rc = lock(deletion, err);
	for (size_t i = 0; i < deletion->left.count && rc == 0 && !is_dry; i++)
		guests_print(stdout, "removed what a killed command left of '%s'\n",
			     deletion->left.item[i]);
	if (rc == 0)
		rc = guests_inventory(deletion->call, &deletion->settings,
				      &deletion->host, &deletion->inventory, err);
	if (rc == 0)
		rc = plan(deletion, err);
	for (size_t i = 0; i < deletion->count && rc == 0; i++) {
		if (is_dry)
			show(&deletion->removal[i]);
		show_left(&deletion->removal[i]);
	}
	if (rc == 0)
		rc = check(deletion, err);
	if (rc < 0 || is_dry)
		return rc;
	rc = confirm_removal(deletion, err);
	for (size_t i = 0; i < deletion->count && rc == 0; i++) {
		rc = removal_run(&deletion->host, &deletion->removal[i], print_line, NULL,
				 err);
		if (rc < 0)
			return err_wrap(err, "%s", deletion->removal[i].name);
	}
	return rc;
}

static int run(const struct call *call, struct err *err)
{
	_cleanup_(deletion_clear) struct deletion deletion = {.call = call,
							      .host = FS_CLOSED};
	int rc = read_names(&deletion, err);

	if (rc != EXIT_DONE)
		return rc;
	rc = guests_open(call, &deletion.host, &deletion.settings, err);
	return rc < 0 ? rc : delete_all(&deletion, err);
}

const struct command command_delete_image = {
	.name = "xen-delete-image",
	.summary = "Takes guests away with all that is theirs",
	.operands = "NAME...",
	.options = options,
	.run = run,
};
