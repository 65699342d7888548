/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen-create-nfs: the configuration of a guest whose root is on an NFS server. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/guest-settings.h"
#include "guest/create.h"
#include "guest/spec.h"
#include "guest/xlcfg.h"

static struct option_spec options[GUEST_OPTIONS_MAX];

static void prepare(void)
{
	guest_options(SETTING_NFS, options);
}

static int make(const struct fs *host, const struct guest *guest, struct err *err)
{
	_cleanup_err_ struct err other = {0};
	const struct create create = {.host = host, .guest = guest};
	struct work *work = NULL;
	int rc = work_begin(host, guest->name, &work, err), ended;

	if (rc == 0)
		rc = create_claim(&create, work, err);
	if (rc == 0)
		rc = create_config(host, guest, work, err);
	if (rc == 0)
		rc = work_commit(work, err);
	ended = work_end(work, &other);
	if (rc == 0 && ended < 0)
		rc = err_say(err, -ended, "%s", other.text);
	return rc < 0 ? err_wrap(err, "%s", guest->name) : 0;
}

static int run(const struct call *call, struct err *err)
{
	_cleanup_fs_ struct fs host = FS_CLOSED;
	_cleanup_settings_ struct settings settings = {0};
	_cleanup_guest_ struct guest guest = {0};
	_cleanup_str_ struct str text = {0};
	int rc = guest_settings_read(call, "xen-create-nfs", &host, &settings, err);

	if (rc != 0)
		return rc;
	if (setting_is_yes(&settings, "dumpconfig")) {
		guest_settings_dump(&settings, call->is_json);
		return EXIT_DONE;
	}
	rc = guest_settings_recover(&settings, &host, err);
	if (rc == 0)
		rc = spec_make_nfs(&settings, &host, &guest, err);
	if (rc == 0)
		rc = xlcfg_make_for(&host, &guest, &text, err);
	if (rc < 0)
		return guest_settings_exit(rc);
	if (!setting_is_yes(&settings, "dry-run"))
		return make(&host, &guest, err);
	if (call->is_json)
		guest_print_plan(&guest, NULL, str_text(&text));
	else
		printf("file %s:\n%s", guest.config, str_text(&text));
	return EXIT_DONE;
}

const struct command command_create_nfs = {
	.name = "xen-create-nfs",
	.summary = "Write the configuration of a guest whose root is on an NFS server",
	.options = options,
	.prepare = prepare,
	.run = run,
};
