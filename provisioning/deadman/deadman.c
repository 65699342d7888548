/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost-deadman: has Xen restart the machine unless somebody says in time not to. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Small, and with no library but C's: it runs in the initial RAM file system, before
 * there is anything that may hang. What it calls is in Xen's public/sched.h: a domain has
 * two watchdogs, each restarts the machine when its time is over if the domain is dom0.
 * Number 0 asks for a free one; no time at all switches one off.
 */
#define SCHED_OP 29
#define SCHED_OP_WATCHDOG 6

struct sched_watchdog {
	uint32_t id;
	uint32_t timeout; /* seconds */
};

/* Linux's include/uapi/xen/privcmd.h, which includes what is not installed. */
struct privcmd_hypercall {
	uint64_t op;
	uint64_t arg[5];
};

#define IOCTL_PRIVCMD_HYPERCALL _IOC(_IOC_NONE, 'P', 0, sizeof(struct privcmd_hypercall))

#define STATE_DIR "/run/xenhost"
#define STATE STATE_DIR "/deadman" /* the watchdog's number */
#define PRIVCMD "/dev/xen/privcmd"
#define BUFFER "/dev/xen/hypercall"
#define SECONDS_MAX 86400
#define USAGE 2

static int fail(const char *what)
{
	(void)fprintf(stderr, "xenhost-deadman: %s: %s\n", what, strerror(errno));
	return EXIT_FAILURE;
}

/*
 * Memory that Xen can read at any moment: the kernel moves no page of the device's. Where
 * there is none, before Linux 4.18, locked memory is the next best.
 */
static struct sched_watchdog *map_argument(void)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	int fd = open(BUFFER, O_RDWR | O_CLOEXEC);
	void *page = MAP_FAILED;

	if (fd >= 0) {
		page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		(void)close(fd);
	}
	if (page == MAP_FAILED)
		page = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	return page == MAP_FAILED ? NULL : page;
}

/* The number of a new watchdog, 0, or -1 with errno. */
static int set_watchdog(uint32_t id, uint32_t seconds)
{
	struct sched_watchdog *argument = map_argument();
	int fd = open(PRIVCMD, O_RDWR | O_CLOEXEC), rc = -1;

	if (fd >= 0 && argument) {
		struct privcmd_hypercall call = {
			.op = SCHED_OP,
			.arg = {SCHED_OP_WATCHDOG, (uint64_t)(uintptr_t)argument},
		};

		*argument = (struct sched_watchdog){.id = id, .timeout = seconds};
		rc = ioctl(fd, IOCTL_PRIVCMD_HYPERCALL, &call);
	}
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* 0: none is armed by us. */
static uint32_t read_state(void)
{
	FILE *file = fopen(STATE, "re");
	unsigned int id = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%u", &id) != 1)
		id = 0;
	(void)fclose(file);
	return id;
}

static int write_state(int id)
{
	FILE *file;

	(void)mkdir(STATE_DIR, 0755);
	file = fopen(STATE, "we");
	if (!file)
		return fail(STATE);
	(void)fprintf(file, "%d\n", id);
	return fclose(file) == 0 ? EXIT_SUCCESS : fail(STATE);
}

/* One that is armed gets the new time. */
static int arm(uint32_t seconds)
{
	uint32_t id = read_state();
	int rc = id ? set_watchdog(id, seconds) : -1;

	if (rc == 0)
		return EXIT_SUCCESS;
	rc = set_watchdog(0, seconds);
	return rc < 0 ? fail("ask Xen for a watchdog") : write_state(rc);
}

static int disarm(void)
{
	uint32_t id = read_state();

	if (!id)
		return EXIT_SUCCESS;
	if (set_watchdog(id, 0) < 0)
		return fail("switch the watchdog off");
	return unlink(STATE) == 0 ? EXIT_SUCCESS : fail(STATE);
}

int main(int argc, char **argv)
{
	char *end = NULL;
	unsigned long seconds;

	if (argc == 2 && strcmp(argv[1], "disarm") == 0)
		return disarm();
	if (argc == 3 && strcmp(argv[1], "arm") == 0) {
		seconds = strtoul(argv[2], &end, 10);
		if (*argv[2] >= '0' && *argv[2] <= '9' && !*end && seconds &&
		    seconds <= SECONDS_MAX)
			return arm((uint32_t)seconds);
	}
	(void)fputs("usage: xenhost-deadman arm SECONDS | disarm\n", stderr);
	return USAGE;
}
