/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into tests/lvm/parts.c: stops it for ever at one of its steps, so that the test
 * can kill it there. A step is what changes something outside the process.
 *
 *	STEP_AT=N	the Nth step, counted from 1; a child goes on counting
 *	STEP_PARENT=1	steps of the child, which is its namespace's first process, are none
 *	STEP_DURING=1	a program that is started there runs meanwhile
 *
 * A byte on standard output tells that it is there.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* A function of the C library: ISO C has no cast from an object's pointer to one. */
static void find(const char *name, void *function)
{
	void *found = dlsym(RTLD_NEXT, name);

	memcpy(function, &found, sizeof(found));
}

static void stop(void)
{
	(void)!write(STDOUT_FILENO, "!", 1);
	for (;;)
		(void)pause();
}

static bool is_step(void)
{
	static long count;
	const char *at = getenv("STEP_AT");

	if (getenv("STEP_PARENT") && getpid() == 1)
		return false;
	return at && ++count == strtol(at, NULL, 10);
}

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
		const posix_spawnattr_t *attributes, char *const *argv, char *const *envp)
{
	int (*next)(pid_t *, const char *, const posix_spawn_file_actions_t *,
		    const posix_spawnattr_t *, char *const *, char *const *);
	bool must_stop = is_step(), is_during = getenv("STEP_DURING") != NULL;
	int error;

	find("posix_spawn", &next);
	if (must_stop && !is_during)
		stop();
	error = next(pid, path, actions, attributes, argv, envp);
	if (must_stop)
		stop();
	return error;
}

int fdatasync(int fd)
{
	int (*next)(int);

	find("fdatasync", &next);
	if (is_step())
		stop();
	return next(fd);
}

int fsync(int fd)
{
	int (*next)(int);

	find("fsync", &next);
	if (is_step())
		stop();
	return next(fd);
}

/* Zeroing is one; nothing else is done by ioctl() that is left behind. */
int ioctl(int fd, unsigned long request, ...)
{
	int (*next)(int, unsigned long, void *);
	va_list arguments;
	void *argument;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	find("ioctl", &next);
	if (request == BLKZEROOUT && is_step())
		stop();
	return next(fd, request, argument);
}

int mkdir(const char *path, mode_t mode)
{
	int (*next)(const char *, mode_t);

	find("mkdir", &next);
	if (is_step())
		stop();
	return next(path, mode);
}

int mount(const char *source, const char *target, const char *type, unsigned long flags,
	  const void *data)
{
	int (*next)(const char *, const char *, const char *, unsigned long,
		    const void *);

	find("mount", &next);
	if (is_step())
		stop();
	return next(source, target, type, flags, data);
}

int umount2(const char *target, int flags)
{
	int (*next)(const char *, int);

	find("umount2", &next);
	if (is_step())
		stop();
	return next(target, flags);
}
