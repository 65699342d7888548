/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Upgrading the packages of a guest that does not run. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/run.h"
#include "guest/guard.h"
#include "guest/sandbox.h"
#include "guest/update-parts.h"
#include "guest/update.h"
#include "guest/work.h"

#define POLICY "usr/sbin/policy-rc.d"
#define TIMEOUT_MS (2U * 60 * 60 * 1000)
#define OUTPUT_MAX ((size_t)16 << 20)

/* Asked by invoke-rc.d before it starts a service: 101 is "no". */
static const char policy[] =
	"#!/bin/sh\n# xenhost: while packages are upgraded\nexit 101\n";

struct update {
	const struct fs *host;
	const struct inventory_guest *guest;
	bool is_full;
	update_progress *progress;
	void *context;
};

static const char *const apt_steps[][10] = {
	{"dpkg", "--configure", "-a", "--force-confdef", "--force-confold", NULL},
	{"apt-get", "-q", "-y", "update", NULL},
	{"apt-get", "-q", "-y", "-o", "Dpkg::Options::=--force-confdef", "-o",
	 "Dpkg::Options::=--force-confold", "upgrade", NULL},
};
static const char *const apt_full[] = {"apt-get",
				       "-q",
				       "-y",
				       "-o",
				       "Dpkg::Options::=--force-confdef",
				       "-o",
				       "Dpkg::Options::=--force-confold",
				       "dist-upgrade",
				       NULL};
static const char *const zypper_steps[][10] = {
	{"zypper", "--non-interactive", "refresh", NULL},
	{"zypper", "--non-interactive", "update", NULL},
};
static const char *const zypper_full[] = {"zypper", "--non-interactive", "dist-upgrade",
					  NULL};

static int run_program(const struct update *update, const char *const *argv,
		       struct err *err)
{
	static const char *const env[] = {"DEBIAN_FRONTEND=noninteractive", "HOME=/root",
					  NULL};
	_cleanup_str_ struct str output = {0};

	if (update->progress)
		update->progress(update->context, argv[0]);
	return run_capture(&(struct run){.argv = argv,
					 .env = env,
					 .timeout_ms = TIMEOUT_MS,
					 .output_limit = OUTPUT_MAX},
			   &output, err);
}

static int run_steps(const struct update *update, const char *const steps[][10],
		     size_t count, const char *const *full, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++)
		rc = run_program(update, full && i + 1 == count ? full : steps[i], err);
	return rc;
}

static int run_manager(const struct update *update, bool is_apt, struct err *err)
{
	if (is_apt)
		return run_steps(update, apt_steps, ARRAY_SIZE(apt_steps),
				 update->is_full ? apt_full : NULL, err);
	return run_steps(update, zypper_steps, ARRAY_SIZE(zypper_steps),
			 update->is_full ? zypper_full : NULL, err);
}

/* A policy of the guest's own stays, and counts. */
static int deny_services(const struct fs *root, struct err *err)
{
	const struct fs_access access = {0755, 0, 0};
	struct stat st;

	if (fs_lstat(root, POLICY, &st, NULL) == 0)
		return 0;
	return fs_replace(root, POLICY, policy, strlen(policy), &access, NULL, err);
}

static int allow_services(const struct fs *root, struct err *err)
{
	_cleanup_str_ struct str text = {0};

	if (fs_read(root, POLICY, sizeof(policy), &text, NULL) < 0 ||
	    strcmp(str_text(&text), policy) != 0)
		return 0;
	return fs_remove(root, POLICY, err);
}

static int sync_root(const struct fs *root, struct err *err)
{
	_cleanup_close_ int fd = -1;
	int rc = fs_open_file(root, ".", O_RDONLY | O_DIRECTORY, &fd, err);

	if (rc == 0 && syncfs(fd) < 0)
		rc = err_set(err, errno, "write its file system");
	return rc;
}

static int upgrade(void *context, struct err *err)
{
	const struct update *update = context;
	_cleanup_update_mount_ struct update_mount mounted = UPDATE_UNMOUNTED;
	_cleanup_err_ struct err later = {0};
	bool is_apt;
	int rc = update_mount_root(&update->guest->cfg, &mounted, err), ended;

	if (rc == 0)
		rc = update_mount_rest(&mounted, &update->guest->cfg, err);
	if (rc < 0)
		return rc;
	is_apt = fs_is_program(&mounted.root, "usr/bin/apt-get");
	rc = deny_services(&mounted.root, err);
	if (rc == 0)
		rc = sandbox_enter(&mounted.root, mounted.directory, update->guest->name,
				   true, err);
	if (rc == 0)
		rc = run_manager(update, is_apt, err);
	ended = allow_services(&mounted.root, &later);
	if (ended == 0)
		ended = sync_root(&mounted.root, &later);
	return rc < 0 || ended == 0 ? rc : err_say(err, later.code, "%s", later.text);
}

/* After a step that was killed: the services of the guest may start again. */
static int tidy(void *context, struct err *err)
{
	const struct update *update = context;
	_cleanup_update_mount_ struct update_mount mounted = UPDATE_UNMOUNTED;
	int rc = update_mount_root(&update->guest->cfg, &mounted, err);

	if (rc == 0)
		rc = update_mount_rest(&mounted, &update->guest->cfg, err);
	if (rc == 0)
		rc = allow_services(&mounted.root, err);
	return rc < 0 ? rc : sync_root(&mounted.root, err);
}

static int check(const struct update *update, struct err *err)
{
	const struct xlcfg *cfg = &update->guest->cfg;
	int rc = guard_domain(update->host, update->guest->name, err);

	for (size_t i = 0; i < cfg->disk_count && rc == 0; i++)
		if (cfg->disk[i].is_writable && !cfg->disk[i].backend &&
		    cfg->disk[i].path[0] == '/')
			rc = guard_check(update->host, cfg->disk[i].path,
					 update->guest->name, err);
	return rc;
}

static int begin(struct update *update, int (*step)(void *context, struct err *err),
		 struct err *err)
{
	struct work *work = NULL;
	int rc = work_check_whole(update->host, update->guest->name, err);

	if (rc == 0)
		rc = work_begin(update->host, update->guest->name, &work, err);
	if (rc < 0)
		return rc;
	rc = check(update, err);
	if (rc == 0)
		return work_run(work, step, update, err);
	(void)!work_end(work, NULL);
	return rc;
}

int update_run(const struct fs *host, const struct inventory_guest *guest, bool is_full,
	       update_progress *progress, void *context, struct err *err)
{
	struct update update = {host, guest, is_full, progress, context};
	_cleanup_err_ struct err unheard = {0};
	int rc = begin(&update, upgrade, err);

	if (rc == -EINTR || rc == -ECHILD)
		(void)!begin(&update, tidy, &unheard);
	return rc;
}
