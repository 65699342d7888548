/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The making of a guest: everything, or nothing is left. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/run.h"
#include "guest/autostart.h"
#include "guest/create-parts.h"
#include "guest/create.h"
#include "guest/filesystem.h"
#include "guest/guard.h"
#include "guest/hosts.h"
#include "guest/identity.h"
#include "guest/lease.h"
#include "guest/template.h"

#define LOG_DIR "var/log/xen-tools"
#define XL_TIMEOUT_MS (120 * 1000)

static const struct fs_access log_access = {0750, FS_KEEP_UID, FS_KEEP_GID};
static const struct fs_access directory_access = {0755, FS_KEEP_UID, FS_KEEP_GID};

static void say(const struct making *making, const char *text)
{
	if (making->create->progress)
		making->create->progress(making->create->context, text);
}

/* ---- the child's part: volumes and what is in them ---- */

static int enlist(const struct making *making, struct err *err)
{
	const struct guest *guest = making->guest;
	const struct fs *host = making->create->host;
	_cleanup_free_ char *line = mem_textf("etc/hosts %s", guest->name);
	int rc = 0;

	if (guest->is_autostarted)
		rc = autostart_add(host, guest->config, making->work, err);
	if (rc < 0 || !guest->is_in_hosts)
		return rc;
	rc = work_note(making->work, WORK_HOSTS, line, err);
	for (size_t i = 0; rc == 0 && i < guest->nic_count; i++)
		rc = hosts_add(host, guest->name, &guest->nic[i].addresses, err);
	return rc;
}

/* In the order of xen-tools, whose roles know of it: final ones find the configuration. */
static int personalise(const struct making *making, const char *directory,
		       const struct fs *root, struct err *err)
{
	const struct guest *guest = making->guest;
	_cleanup_free_ char *password =
		NULL; /* create_guest() made it, so there is none */
	int rc;

	say(making, "identity");
	rc = identity_write(guest, root, making->create->host, &password, err);
	if (rc == 0)
		say(making, "roles");
	if (rc == 0)
		rc = identity_hooks(guest, making->create->host, directory, making->log,
				    err);
	if (rc == 0)
		rc = identity_roles(guest, &guest->roles, directory, making->log, err);
	if (rc == 0)
		rc = create_config(making->create->host, guest, making->work, err);
	return rc < 0 ? rc
		      : identity_roles(guest, &guest->final_roles, directory, making->log,
				       err);
}

/* All that the guest has, mounted as the guest will have it. */
static int fill_tree(const struct making *making, const char *directory,
		     const struct fs *root, struct err *err)
{
	_cleanup_str_list_ struct str_list mounts = {0};
	int rc = 0;

	if (create_has_parts(making->guest))
		rc = create_copy(making, root, directory, &mounts, err);
	if (rc == 0)
		rc = personalise(making, directory, root, err);
	/* What is still mounted after a failure goes with this process. */
	return rc < 0 ? rc : create_unmount(&mounts, err);
}

static int fill(const struct making *making, const struct guest_volume *volume,
		struct err *err)
{
	_cleanup_free_ char *directory = NULL;
	_cleanup_fs_ struct fs root = FS_CLOSED;
	int rc;

	if (create_has_parts(making->guest))
		rc = filesystem_mount(volume->path, 0, volume->fs, false, &directory,
				      &root, err);
	else
		rc = filesystem_adopt(volume->path, making->template->root_offset,
				      volume->fs, volume->uuid, &directory, &root, err);
	if (rc == 0)
		rc = fill_tree(making, directory, &root, err);
	fs_close(&root);
	return rc < 0 ? rc : filesystem_unmount(directory, err);
}

static int make(void *context, struct err *err)
{
	const struct making *making = context;
	const struct guest *guest = making->guest;
	int rc;

	say(making, "volumes");
	if (guest->has_installer)
		return create_empty(making, err);
	rc = create_volumes(making, err);
	for (size_t i = 0; rc == 0 && i < guest->volume_count; i++)
		if (create_is_root(&guest->volume[i]))
			rc = fill(making, &guest->volume[i], err);
	/* Last: with the link a restart of the host starts it. */
	return rc < 0 ? rc : enlist(making, err);
}

/* ---- the parent's ---- */

static int open_log(const struct create *create, int *ret_log, struct err *err)
{
	_cleanup_free_ char *name = mem_textf("%s.log", create->guest->name);
	_cleanup_close_ int directory = -1;
	int rc = 0;

	if (!fs_exists(create->host, LOG_DIR))
		rc = fs_mkdir(create->host, LOG_DIR, &log_access, err);
	if (rc == 0)
		rc = fs_open_file(create->host, LOG_DIR, O_PATH | O_DIRECTORY, &directory,
				  err);
	if (rc < 0)
		return err_wrap(err, "log");
	*ret_log = openat(directory, name,
			  O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0640);
	return *ret_log < 0 ? err_set(err, errno, "log '/%s/%s'", LOG_DIR, name) : 0;
}

static int make_directory(const struct create *create, struct err *err)
{
	_cleanup_free_ char *directory = mem_text(create->guest->config);
	char *slash = strrchr(directory, '/');

	if (!slash || slash == directory)
		return 0;
	*slash = '\0';
	return fs_mkdir(create->host, directory, &directory_access, err);
}

/* What needs the guest's name to be ours, but no child process. */
static int prepare(const struct making *making, struct err *err)
{
	const struct create *create = making->create;
	const struct guest *guest = making->guest;
	int rc = 0;

	/*
	 * It may be waited for, and that be interrupted: what is to be given back comes after
	 * it.
	 */
	if (!guest->has_installer)
		rc = template_get(create->host, &guest->recipe, create->storage,
				  create->progress, create->context, making->template,
				  err);
	/* Whose address another one has taken since tries the next (-EAGAIN). */
	if (rc == 0 && guest->pool)
		rc = lease_take(create->host, guest->pool,
				guest->nic[0].addresses.item[guest->pool_address],
				guest->name, making->work, err);
	if (rc == 0)
		rc = create_claim(create, making->work, err);
	return rc < 0 ? rc : make_directory(create, err);
}

static int make_locked(struct making *making, struct err *err)
{
	_cleanup_close_ int log = -1;
	int rc = open_log(making->create, &log, err);

	if (rc == 0)
		rc = prepare(making, err);
	if (rc < 0) {
		_cleanup_err_ struct err other = {0};

		if (work_end(making->work, &other) < 0)
			return err_wrap(err, "%s; and then", other.text);
		return rc;
	}
	making->log = log;
	return work_run(making->work, make, making, err);
}

int create_guest(const struct create *create, char **ret_password, struct err *err)
{
	struct guest guest = *create->guest;
	_cleanup_template_ struct template template = TEMPLATE_NONE;
	struct making making = {.create = create, .guest = &guest, .template = &template};
	char *password = NULL;
	int rc = 0;

	/* Made here: what the child makes, nobody would see. */
	if (guest.password_kind == PASSWORD_GENERATE)
		rc = identity_make_password(guest.password_length, &password, err);
	if (password) {
		guest.password_kind = PASSWORD_GIVEN;
		guest.password = password;
	}
	if (rc == 0)
		rc = work_begin(create->host, guest.name, &making.work, err);
	if (rc == 0)
		rc = make_locked(&making, err);
	if (rc == 0) {
		*ret_password = password;
		return 0;
	}
	if (password)
		explicit_bzero(password, strlen(password));
	free(password);
	return rc;
}

int create_start(const struct create *create, struct err *err)
{
	const struct guest *guest = create->guest;
	const char *const argv[] = {"xl", "create", "--quiet", guest->config, NULL};
	const struct run xl = {.argv = argv, .timeout_ms = XL_TIMEOUT_MS};
	_cleanup_close_ int log = -1;
	int rc = open_log(create, &log, err);

	if (rc == 0)
		rc = run_logged(&xl, log, err);
	/* xl says why long before its last line. */
	return rc < 0 ? err_wrap(err, "it is made, but does not start, see '/%s/%s.log'",
				 LOG_DIR, guest->name)
		      : 0;
}
