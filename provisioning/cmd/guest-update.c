/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen-update-image: upgrades the packages of guests that do not run. */
#include <errno.h>
#include <string.h>

#include "base/term.h"
#include "cmd/guests.h"
#include "guest/removal.h"
#include "guest/update.h"

static const struct option_spec options[] = {
	{"hostname", "NAME", "a guest; may be repeated"},
	{"dist-upgrade", NULL, "let packages come and go too"},
	{"output", "DIR", "where configurations are (/etc/xen)"},
	{"extension", "[=TEXT]", "what their names end in (.cfg); nothing: all files"},
	{"config", "FILE", "read FILE beside xen-tools.conf"},
	{"dir", "DIR", NULL},
	{"lvm", "VG", NULL},
	{"verbose", NULL, NULL},
	{"xen-ok", NULL, NULL},
	{NULL, NULL, NULL},
};

struct updating {
	const struct call *call;
	struct fs host;
	struct settings settings;
	struct inventory inventory;
	struct term_progress progress;
	const char *name; /* of the guest whose turn it is */
};

static void updating_clear(struct updating *updating)
{
	term_progress_end(&updating->progress);
	fs_close(&updating->host);
	settings_clear(&updating->settings);
	inventory_clear(&updating->inventory);
}

static void show(void *context, const char *text)
{
	struct updating *updating = context;

	term_progress_show(&updating->progress, "%s: %s", updating->name, text);
}

static int update(struct updating *updating, const char *name, struct err *err)
{
	const struct inventory_guest *guest;
	int rc = inventory_find(&updating->inventory, name, &guest, err);

	updating->name = name;
	if (rc == 0 && guest->fault)
		rc = err_say(err, EINVAL, "%s", guest->fault);
	if (rc == 0)
		rc = update_run(&updating->host, guest,
				call_has(updating->call, "dist-upgrade"), show, updating,
				err);
	term_progress_end(&updating->progress);
	return rc < 0 ? err_wrap(err, "%s", name) : 0;
}

/* Those that cannot be updated do not keep the others from it; the last is the error. */
static int update_all(struct updating *updating, const struct str_list *names,
		      struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < names->count; i++) {
		_cleanup_err_ struct err cause = {0};
		int r = update(updating, names->item[i], &cause);

		if (r == 0) {
			guests_print(stdout, "updated '%s'\n", names->item[i]);
			(void)fflush(stdout);
			continue;
		}
		if (rc < 0)
			program_report("xen-update-image", err);
		rc = err_say(err, -r, "%s", cause.text);
		if (r == -EINTR)
			break;
	}
	return rc;
}

static int read_names(const struct call *call, struct str_list *names, struct err *err)
{
	for (size_t i = 0; i < call->operand_count; i++)
		str_list_add(names, call->operand[i]);
	for (size_t i = 0; i < call->given_count; i++)
		if (strcmp(call->given[i].name, "hostname") == 0)
			str_list_add(names, call->given[i].value);
	for (size_t i = 0; i < names->count; i++)
		if (!removal_is_name(names->item[i]))
			return err_say(err, EINVAL, "'%s' is no name of a guest",
				       names->item[i]);
	return names->count ? 0 : err_say(err, EINVAL, "no guest is named");
}

static int run(const struct call *call, struct err *err)
{
	_cleanup_(updating_clear) struct updating updating = {
		.call = call,
		.host = FS_CLOSED,
		.progress = term_progress_start(STDERR_FILENO)};
	_cleanup_str_list_ struct str_list names = {0};
	int rc = read_names(call, &names, err);

	if (rc < 0)
		return EXIT_USAGE;
	rc = guests_open(call, &updating.host, &updating.settings, err);
	if (rc == 0)
		rc = guests_inventory(call, &updating.settings, &updating.host,
				      &updating.inventory, err);
	return rc < 0 ? rc : update_all(&updating, &names, err);
}

const struct command command_update_image = {
	.name = "xen-update-image",
	.summary = "Upgrades the packages of guests that do not run",
	.operands = "NAME...",
	.options = options,
	.run = run,
};
