/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into a program: lets one of its calls that write to the disk fail, or kills it
 * there. The environment says which and how:
 *
 *	FAULT_AT=N	the Nth such call, counted from 1
 *	FAULT_HOW=E	the errno that it and, with a "+" behind, all later ones fail with;
 *			0: SIGKILL instead, in the middle of what a write() writes
 *	FAULT_FD=D	a byte is written there when it happens
 *	FAULT_SYNC=1	no fault: the program is aborted if something is renamed before its
 *			bytes are on the disk, or closed before its bytes or names are
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static long number_of(const char *name)
{
	const char *text = getenv(name);

	return text ? strtol(text, NULL, 10) : 0;
}

/* Whether this call is to fail; errno is set then. `fd` is that of a write() or -1. */
static bool is_fault(int fd, const void *bytes, size_t length)
{
	static long count;
	const char *how = getenv("FAULT_HOW");
	long at = number_of("FAULT_AT");
	char byte = '!';

	count++;
	if (!how || !at || count < at || (count > at && !strchr(how, '+')))
		return false;
	if (count == at && number_of("FAULT_FD"))
		(void)!syscall(SYS_write, (int)number_of("FAULT_FD"), &byte, (size_t)1);
	if (strtol(how, NULL, 10) == 0) {
		if (fd >= 0)
			(void)!syscall(SYS_write, fd, bytes, length / 2);
		(void)kill(getpid(), SIGKILL);
	}
	errno = (int)strtol(how, NULL, 10);
	return true;
}

/* A function of the C library: ISO C has no cast from an object's pointer to one. */
static void find(const char *name, void *function)
{
	void *found = dlsym(RTLD_NEXT, name);

	memcpy(function, &found, sizeof(found));
}

/* What of each descriptor is not on the disk. */
#define FD_COUNT 1024
enum { BYTES = 1, NAMES = 2 };
static unsigned char unsynced[FD_COUNT];

static void note(int fd, unsigned char what)
{
	if (fd >= 0 && fd < FD_COUNT)
		unsynced[fd] |= what;
}

static void check_synced(int fd, unsigned char what, const char *when)
{
	if (!getenv("FAULT_SYNC") || fd < 0 || fd >= FD_COUNT || !(unsynced[fd] & what))
		return;
	(void)dprintf(2, "%s: %s are not on the disk\n", when,
		      unsynced[fd] & BYTES ? "bytes" : "names");
	abort();
}

/* A call that fails here, or is made; `done` is run if it went well. */
#define FAULTY(name, parameters, done, ...) \
	int name parameters;                \
	int name parameters                 \
	{                                   \
		int(*next) parameters;      \
		int result;                 \
                                            \
		if (is_fault(-1, NULL, 0))  \
			return -1;          \
		find(#name, &next);         \
		result = next(__VA_ARGS__); \
		if (result == 0) {          \
			done;               \
		}                           \
		return result;              \
	}

static void clear(int fd)
{
	if (fd >= 0 && fd < FD_COUNT)
		unsynced[fd] = 0;
}

/* Any file may be the one that is renamed. */
static void note_rename(int from, int to)
{
	for (int fd = 0; fd < FD_COUNT; fd++)
		check_synced(fd, BYTES, "rename");
	note(from, NAMES);
	note(to, NAMES);
}

FAULTY(fsync, (int fd), clear(fd), fd)
FAULTY(fchmod, (int fd, mode_t mode), note(fd, BYTES), fd, mode)
FAULTY(fchown, (int fd, uid_t uid, gid_t gid), note(fd, BYTES), fd, uid, gid)
FAULTY(fremovexattr, (int fd, const char *name), note(fd, BYTES), fd, name)
FAULTY(fsetxattr, (int fd, const char *name, const void *value, size_t size, int flags),
       note(fd, BYTES), fd, name, value, size, flags)
FAULTY(mkdirat, (int dir, const char *path, mode_t mode), note(dir, NAMES), dir, path,
       mode)
FAULTY(symlinkat, (const char *target, int dir, const char *path), note(dir, NAMES),
       target, dir, path)
FAULTY(unlinkat, (int dir, const char *path, int flags), note(dir, NAMES), dir, path,
       flags)
FAULTY(renameat, (int from_dir, const char *from, int to_dir, const char *to),
       note_rename(from_dir, to_dir), from_dir, from, to_dir, to)

int close(int fd)
{
	check_synced(fd, BYTES | NAMES, "close");
	clear(fd);
	return (int)syscall(SYS_close, fd);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
	if (is_fault(fd, bytes, length))
		return -1;
	if (fd > 2)
		note(fd, BYTES);
	return syscall(SYS_write, fd, bytes, length);
}

/* Others that write are not used; the day one is, its faults must be tried too. */
#define UNKNOWN(name)                                                   \
	void unknown_##name(void) __asm__(#name);                       \
	void unknown_##name(void)                                       \
	{                                                               \
		(void)dprintf(2, "the shim does not know " #name "\n"); \
		abort();                                                \
	}

UNKNOWN(ftruncate)
UNKNOWN(ftruncate64)
UNKNOWN(pwrite)
UNKNOWN(pwrite64)
UNKNOWN(writev)
UNKNOWN(fallocate)
UNKNOWN(linkat)
UNKNOWN(fdatasync)
UNKNOWN(sync_file_range)
UNKNOWN(copy_file_range)
UNKNOWN(sendfile)

static bool is_for_writing(int flags)
{
	return (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT);
}

int openat(int dir, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;

	va_start(args, flags);
	if (flags & O_CREAT)
		mode = va_arg(args, mode_t);
	va_end(args);
	if (is_for_writing(flags) && is_fault(-1, NULL, 0))
		return -1;
	return (int)syscall(SYS_openat, dir, path, flags, mode);
}

/* openat2() and the like, which have no function of their own. */
long syscall(long number, ...)
{
	long (*next)(long, ...);
	long argument[6];
	va_list args;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		argument[i] = va_arg(args, long);
	va_end(args);
	if (number == SYS_openat2) {
		const struct open_how *how;

		memcpy(&how, &argument[2], sizeof(how));
		if (is_for_writing((int)how->flags) && is_fault(-1, NULL, 0))
			return -1;
	}
	find("syscall", &next);
	return next(number, argument[0], argument[1], argument[2], argument[3],
		    argument[4], argument[5]);
}

/* It returns the error. */
int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
		const posix_spawnattr_t *attributes, char *const *argv, char *const *env)
{
	int (*next)(pid_t *, const char *, const posix_spawn_file_actions_t *,
		    const posix_spawnattr_t *, char *const *, char *const *);

	if (is_fault(-1, NULL, 0))
		return errno;
	find("posix_spawn", &next);
	return next(pid, path, actions, attributes, argv, env);
}
