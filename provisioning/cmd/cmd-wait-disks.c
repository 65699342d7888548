/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost wait-disks: waits until the disks of guests that start with the host are there. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "cmd/command.h"
#include "guest/autostart.h"
#include "guest/disks.h"
#include "host/facts.h"

#define CONFIG_MAX (1 << 20)
#define TIMEOUT_S 300
#define TIMEOUT_MAX 86400
#define POLL_NS 200000000

static const struct option_spec options[] = {
	{"timeout", "SECONDS", "give up after this time (300)"},
	{NULL, NULL, NULL},
};

/* The disks of every configuration in the directory; links are followed. */
static struct str_list read_disks(const struct fs *fs)
{
	_cleanup_free_ char *directory = autostart_dir(fs);
	_cleanup_str_list_ struct str_list names = {0};
	struct str_list disks = {0};

	(void)!fs_readdir(fs, directory, &names, NULL);
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *path = mem_textf("%s/%s", directory, names.item[i]);
		_cleanup_str_ struct str text = {0};

		if (fs_read(fs, path, CONFIG_MAX, &text, NULL) == 0)
			guest_disks(str_text(&text), &disks);
	}
	return disks;
}

/* The first disk that is not there, or NULL. */
static const char *find_absent(const struct fs *fs, const struct str_list *disks)
{
	for (size_t i = 0; i < disks->count; i++)
		if (!fs_exists(fs, disks->item[i]))
			return disks->item[i];
	return NULL;
}

static int64_t now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static int run(const struct call *call, struct err *err)
{
	const char *value = call_value(call, "timeout"), *absent;
	const struct timespec pause = {.tv_nsec = POLL_NS};
	_cleanup_str_list_ struct str_list disks = {0};
	_cleanup_fs_ struct fs fs = FS_CLOSED;
	uint64_t timeout = TIMEOUT_S;
	int64_t end;
	int rc;

	if (value && !str_to_number(value, TIMEOUT_MAX, &timeout)) {
		(void)err_say(err, EINVAL, "'%s' is not a number of seconds", value);
		return EXIT_USAGE;
	}
	rc = fs_open(call->root, &fs, err);
	if (rc < 0)
		return rc;
	disks = read_disks(&fs);
	end = now_s() + (int64_t)timeout;
	while ((absent = find_absent(&fs, &disks))) {
		if (now_s() >= end)
			return err_say(err, ETIMEDOUT,
				       "'%s' is not there after %" PRIu64 " s", absent,
				       timeout);
		(void)nanosleep(&pause, NULL);
	}
	return EXIT_DONE;
}

const struct command command_wait_disks = {
	.name = "wait-disks",
	.summary = "wait for the disks of guests that start with the host",
	.options = options,
	.run = run,
};
