/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that plan share: a host, its description and facts, and their plan. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/host.h"
#include "resources/resources.h"

/*
 * --config and --facts name files of the machine that xenhost runs on, whatever the root
 * is.
 */
static int open_here(const char *name, struct fs *ret_here, char **ret_path,
		     struct err *err)
{
	_cleanup_free_ char *path = realpath(name, NULL);
	int rc;

	if (!path)
		return err_set(err, errno, "open '%s'", name);
	rc = fs_open("/", ret_here, err);
	if (rc == 0)
		*ret_path = TAKE_PTR(path);
	return rc;
}

static int read_description(const struct call *call, struct host *host, struct err *err)
{
	_cleanup_fs_ struct fs here = FS_CLOSED;
	_cleanup_free_ char *path = NULL;
	struct stat st;
	int rc;

	if (call->config) {
		rc = open_here(call->config, &here, &path, err);
		return rc < 0 ? rc : desc_read(&here, path, &host->desc, err);
	}
	rc = desc_read(&host->fs, DESC_PATH, &host->desc, err);
	if (rc != -ENOENT)
		return rc;
	err_clear(err);
	/* A link to nothing is a mistake: the defaults are not what was meant. */
	if (fs_lstat(&host->fs, DESC_PATH, &st, NULL) == 0)
		return err_say(err, ENOENT, "'" DESC_PATH "' is a link to nothing");
	desc_defaults(&host->desc);
	return 0;
}

int host_read_facts(const struct call *call, const struct fs *fs, struct facts *ret_facts,
		    struct err *err)
{
	_cleanup_fs_ struct fs here = FS_CLOSED;
	_cleanup_free_ char *path = NULL;
	int rc;

	if (!call->facts)
		return facts_read(fs, ret_facts, err);
	rc = open_here(call->facts, &here, &path, err);
	if (rc == 0)
		rc = facts_load(&here, path, ret_facts, err);
	return rc == -EBADMSG ? EXIT_USAGE : rc;
}

int host_open(const struct call *call, struct host *ret_host, struct err *err)
{
	_cleanup_host_ struct host host = HOST_CLOSED;
	int rc = fs_open(call->root, &host.fs, err);

	if (rc == 0)
		rc = read_description(call, &host, err);
	if (rc == 0)
		rc = host_read_facts(call, &host.fs, &host.facts, err);
	if (rc != EXIT_DONE)
		return rc == -EBADMSG ? EXIT_USAGE : rc;
	*ret_host = host;
	host = HOST_CLOSED;
	return EXIT_DONE;
}

void host_close(struct host *host)
{
	fs_close(&host->fs);
	desc_clear(&host->desc);
	facts_clear(&host->facts);
}

int host_plan(const struct host *host, struct plan *ret_plan, struct err *err)
{
	int rc = planner_run(resources, &host->desc, &host->facts, &host->fs, ret_plan,
			     err);

	return rc == -EBADMSG ? EXIT_USAGE : rc;
}

void host_warn(const struct str_list *warnings)
{
	for (size_t i = 0; i < warnings->count; i++)
		(void)fprintf(stderr, "xenhost: warning: %s\n", warnings->item[i]);
}

void host_tell_pending(const struct str_list *pending)
{
	for (size_t i = 0; i < pending->count; i++)
		printf("pending: %s\n", pending->item[i]);
}

static void print_line(const char *text, void *data)
{
	(void)data;
	(void)puts(text);
	(void)fflush(stdout);
}

struct apply_options host_apply_options(const struct call *call)
{
	return (struct apply_options){.no_commands = call_has(call, "no-commands"),
				      .say = print_line};
}
