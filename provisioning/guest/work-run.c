/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A step in a child process that takes all it started with it when it ends. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "guest/work-parts.h"

#define RUN_DIR "/run/xenhost"
#define TEXT_ROOM ((size_t)3072) /* what a pipe takes at once (PIPE_BUF), and to spare */
#define ROUNDS 100 /* of 100 ms: time that programs have to end by SIGTERM */

/* What a child tells. */
struct answer {
	int code; /* 0: it went well */
	char text[TEXT_ROOM];
};

/*
 * For SIGTERM in the child, the first process of its namespace: its programs get it too and
 * may end in order; those that do not are killed by the kernel when it ends.
 */
static void end_all(int number)
{
	(void)number;
	(void)kill(-1, SIGTERM);
	for (int round = 0; round < ROUNDS; round++) {
		pid_t pid;

		do {
			pid = waitpid(-1, NULL, WNOHANG);
		} while (pid > 0);
		if (pid < 0)
			break;
		(void)poll(NULL, 0, 100);
	}
	_exit(EXIT_FAILURE);
}

/* Mounts stay in this namespace. */
static int enter(pid_t parent, const sigset_t *old_mask, struct err *err)
{
	const struct sigaction end = {.sa_handler = end_all};

	(void)sigaction(SIGTERM, &end, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
		return err_set(err, errno, "watch process %d", (int)parent);
	(void)sigprocmask(SIG_SETMASK, old_mask, NULL);
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return err_set(err, errno, "make mounts private");
	return 0;
}

/* So do the directories that they are on: they are made in a file system that vanishes with it. */
static int mount_run_dir(struct err *err)
{
	if (mkdir(RUN_DIR, 0700) < 0 && errno != EEXIST)
		return err_set(err, errno, "make '%s'", RUN_DIR);
	if (mount("xenhost", RUN_DIR, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  "mode=0700,size=1m") < 0)
		return err_set(err, errno, "mount '%s'", RUN_DIR);
	return 0;
}

/* What a child does. */
struct task {
	int (*step)(void *context, struct err *err);
	void *context;
	bool has_run_dir; /* an empty one; else it sees its parent's */
};

/* `alive` is a pipe whose other end only the parent has: it tells a parent that is gone. */
static _noreturn_ void child_main(pid_t parent, const sigset_t *old_mask, int alive,
				  int pipe_end, const struct task *task)
{
	struct answer answer = {0};
	struct err err = {0};
	struct pollfd hangup = {.fd = alive};
	int rc = enter(parent, old_mask, &err);

	if (rc == 0 && task->has_run_dir)
		rc = mount_run_dir(&err);
	if (rc == 0 && poll(&hangup, 1, 0) == 0)
		rc = task->step(task->context, &err);
	else if (rc == 0)
		rc = err_set(&err, ESRCH, "process %d", (int)parent);
	(void)fflush(NULL);
	answer.code = -rc;
	(void)snprintf(answer.text, sizeof(answer.text), "%s",
		       err.text ? err.text : strerror(-rc));
	_exit(write(pipe_end, &answer, sizeof(answer)) == (ssize_t)sizeof(answer)
		      ? EXIT_SUCCESS
		      : EXIT_FAILURE);
}

/* What ends a command from outside, but for what the caller's caller has it ignore. */
static void fill_signals(sigset_t *set)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

	(void)sigemptyset(set);
	(void)sigaddset(set, SIGCHLD);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct sigaction action;

		if (sigaction(numbers[i], NULL, &action) == 0 &&
		    action.sa_handler != SIG_IGN)
			(void)sigaddset(set, numbers[i]);
	}
}

/* Waits for the child's end; *ret_signal is what came meanwhile, 0 for nothing. */
static int wait_for(pid_t child, const sigset_t *signals, int *ret_signal)
{
	int status = 0, number;

	*ret_signal = 0;
	for (;;) {
		pid_t pid = waitpid(child, &status, WNOHANG);

		if (pid == child || (pid < 0 && errno != EINTR))
			return status;
		number = sigwaitinfo(signals, NULL);
		if (number <= 0 || number == SIGCHLD)
			continue;
		*ret_signal = number;
		(void)kill(child, SIGTERM);
	}
}

static int read_answer(int fd, int status, int number, struct err *err)
{
	struct answer answer = {0};

	if (number)
		return err_say(err, EINTR, "interrupted (%s)", strsignal(number));
	if (read(fd, &answer, sizeof(answer)) != (ssize_t)sizeof(answer)) {
		if (WIFSIGNALED(status))
			return err_say(err, ECHILD, "its process died by signal %d (%s)",
				       WTERMSIG(status), strsignal(WTERMSIG(status)));
		return err_say(err, ECHILD, "its process ended early");
	}
	answer.text[TEXT_ROOM - 1] = '\0';
	return answer.code > 0 ? err_say(err, answer.code, "%s", answer.text) : 0;
}

/*
 * Like fork() with new namespaces: unshare() would put this process's later children into
 * the new process namespace too.
 */
static pid_t fork_apart(void)
{
	return (pid_t)syscall(SYS_clone, CLONE_NEWNS | CLONE_NEWPID | SIGCHLD, NULL, NULL,
			      NULL, NULL);
}

static int supervise(const struct task *task, const sigset_t *signals,
		     const sigset_t *old_mask, struct err *err)
{
	_cleanup_close_ int in = -1, out = -1, alive = -1, watched = -1;
	int ends[2], number, status;
	pid_t child, parent = getpid();

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(err, errno, "pipe");
	in = ends[0];
	out = ends[1];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(err, errno, "pipe");
	watched = ends[0];
	alive = ends[1];
	(void)fflush(NULL);
	child = fork_apart();
	if (child < 0)
		return err_set(err, errno, "new process with namespaces");
	if (child == 0) {
		(void)close(TAKE_FD(alive));
		child_main(parent, old_mask, watched, out, task);
	}
	(void)close(TAKE_FD(out));
	status = wait_for(child, signals, &number);
	return read_answer(in, status, number, err);
}

int work_run(struct work *work, int (*step)(void *context, struct err *err),
	     void *context, struct err *err)
{
	const struct task task = {step, context, true};
	_cleanup_err_ struct err why = {0};
	sigset_t signals, old_mask;
	int rc, ended;

	fill_signals(&signals);
	(void)sigprocmask(SIG_BLOCK, &signals, &old_mask);
	rc = supervise(&task, &signals, &old_mask, err);
	if (rc == 0)
		rc = work_commit(work, err);
	ended = work_end(work, &why);
	if (ended < 0 && rc == 0)
		rc = err_say(err, why.code, "%s", why.text);
	else if (ended < 0)
		rc = err_say(err, err->code, "%s; and %s", err->text, why.text);
	(void)sigprocmask(SIG_SETMASK, &old_mask, NULL);
	return rc;
}

int work_apart(int (*step)(void *context, struct err *err), void *context,
	       struct err *err)
{
	const struct task task = {step, context, false};
	sigset_t signals, old_mask;
	int rc;

	fill_signals(&signals);
	(void)sigprocmask(SIG_BLOCK, &signals, &old_mask);
	rc = supervise(&task, &signals, &old_mask, err);
	(void)sigprocmask(SIG_SETMASK, &old_mask, NULL);
	return rc;
}
