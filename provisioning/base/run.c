/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs programs: by argument vector, never through a shell, never without an end. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "base/run.h"

#define TAIL_ROOM ((size_t)4096) /* of standard error, kept for its last line */
#define ROUNDS_AFTER_END 128	 /* of 16 KiB: more than a pipe holds by default */

/* A running program: killed with its group and reaped if we give up early. */
struct child {
	pid_t pid; /* 0: none, or reaped */
	int pidfd, output, complaints;
};

static void child_clear(struct child *child)
{
	if (child->pid > 0) {
		(void)kill(-child->pid, SIGKILL);
		while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	mem_close_ref(&child->pidfd);
	mem_close_ref(&child->output);
	mem_close_ref(&child->complaints);
}

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

int run_find(const char *name, const char *path, char **ret_program, struct err *err)
{
	if (strchr(name, '/')) {
		if (!is_program(name))
			return err_say(err, ENOENT, "'%s': no such program", name);
		*ret_program = mem_text(name);
		return 0;
	}
	for (const char *start = path; *start;) {
		size_t length = strcspn(start, ":");
		_cleanup_free_ char *directory = mem_text_part(start, length);
		_cleanup_free_ char *program = mem_textf("%s/%s", directory, name);

		/* An empty or relative part would mean the working directory. */
		if (directory[0] == '/' && is_program(program)) {
			*ret_program = TAKE_PTR(program);
			return 0;
		}
		start += length + (start[length] == ':');
	}
	return err_say(err, ENOENT, "'%s': no such program in %s", name, path);
}

static void fill_environment(const struct run *run, const char *path,
			     struct str_list *env)
{
	_cleanup_free_ char *search = mem_textf("PATH=%s", path);
	bool has_locale = false, has_home = false;

	str_list_add(env, search);
	for (size_t i = 0; run->env && run->env[i]; i++) {
		has_locale |= str_starts(run->env[i], "LC_ALL=");
		has_home |= str_starts(run->env[i], "HOME=");
	}
	if (!has_home)
		str_list_add(env, "HOME=/");
	for (size_t i = 0; run->env && run->env[i]; i++)
		str_list_add(env, run->env[i]);
	if (!has_locale)
		str_list_add(env, "LC_ALL=C");
	env->item = mem_grow(env->item, env->count, sizeof(*env->item));
	env->item[env->count] = NULL;
}

/* posix_spawn() and its kin return the error and leave errno alone. */
static int spawn(const char *program, char *const *argv, char *const *env,
		 const int *input, int output, int complaints, pid_t *ret_pid)
{
	const short flags =
		POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t all, none;
	int error;

	(void)sigfillset(&all);
	(void)sigemptyset(&none);
	if (posix_spawn_file_actions_init(&actions) != 0 ||
	    posix_spawnattr_init(&attributes) != 0)
		mem_abort();
	(void)posix_spawnattr_setsigdefault(&attributes, &all);
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	(void)posix_spawnattr_setflags(&attributes, flags);
	if (input)
		error = posix_spawn_file_actions_adddup2(&actions, *input, STDIN_FILENO);
	else
		error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO,
							 "/dev/null", O_RDONLY, 0);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, complaints,
							 STDERR_FILENO);
	if (!error)
		error = posix_spawn_file_actions_addclosefrom_np(&actions,
								 STDERR_FILENO + 1);
	if (!error)
		error = posix_spawn(ret_pid, program, &actions, &attributes, argv, env);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)posix_spawnattr_destroy(&attributes);
	return -error;
}

/* Only our end is non-blocking: the program gets an ordinary pipe. */
static int make_pipe(int *ret_read, int *ret_write)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	*ret_read = ends[0];
	*ret_write = ends[1];
	return fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
}

static int child_start(struct child *child, const struct run *run, struct err *err)
{
	const char *path = run->path ? run->path : RUN_PATH;
	_cleanup_close_ int output = -1, complaints = -1;
	_cleanup_str_list_ struct str_list env = {0};
	_cleanup_free_ char *program = NULL;
	_cleanup_free_ char **argv = NULL;
	size_t count = 0;
	int rc;

	rc = run_find(run->argv[0], path, &program, err);
	if (rc < 0)
		return rc;
	/* posix_spawn() wants writable pointers, and writes nothing through them. */
	for (; run->argv[count]; count++) {
		argv = mem_grow(argv, count, sizeof(*argv));
		memcpy(&argv[count], &run->argv[count], sizeof(*argv));
	}
	argv = mem_grow(argv, count, sizeof(*argv));
	argv[count] = NULL;
	fill_environment(run, path, &env);
	rc = make_pipe(&child->output, &output);
	if (rc == 0)
		rc = make_pipe(&child->complaints, &complaints);
	if (rc == 0)
		rc = spawn(program, argv, env.item, run->input, output, complaints,
			   &child->pid);
	if (rc < 0)
		return err_set(err, -rc, "'%s'", program);
	child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	if (child->pidfd < 0)
		return err_set(err, errno, "'%s': pidfd", program);
	return 0;
}

/* Adds what is in a pipe. 1: more may come, 0: the other end is closed. */
static int drain(int fd, struct str *text)
{
	char buffer[16384];

	for (;;) {
		ssize_t r = read(fd, buffer, sizeof(buffer));

		if (r > 0) {
			str_add_bytes(text, buffer, (size_t)r);
			return 1;
		}
		if (r == 0)
			return 0;
		if (errno == EAGAIN)
			return 1;
		if (errno != EINTR)
			return -errno;
	}
}

/* Hands what came since `from` to whoever follows. */
static void tell(const struct run *run, const struct str *text, size_t from)
{
	if (run->follow && text->length > from)
		run->follow(run->context, text->text + from, text->length - from);
}

static void keep_tail(struct str *text)
{
	if (text->length <= 2 * TAIL_ROOM)
		return;
	memmove(text->text, text->text + text->length - TAIL_ROOM, TAIL_ROOM);
	str_cut(text, TAIL_ROOM);
}

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Milliseconds for poll(): -1 without a deadline, 0 when it has passed. */
static int time_left(int64_t deadline)
{
	int64_t left = deadline - now_ms();

	if (!deadline)
		return -1;
	if (left < 0)
		return 0;
	return left > INT32_MAX ? INT32_MAX : (int)left;
}

/*
 * Reads both pipes until the program has ended and they are empty. What ended leaves at
 * most a full pipe behind, so the rounds after the end are counted: a descendant may go
 * on writing for ever.
 */
static int child_follow(struct child *child, const struct run *run, struct str *output,
			struct str *complaints)
{
	int64_t deadline = run->timeout_ms ? now_ms() + run->timeout_ms : 0;
	struct pollfd polls[] = {
		{.fd = child->output, .events = POLLIN},
		{.fd = child->complaints, .events = POLLIN},
		{.fd = child->pidfd, .events = POLLIN},
	};
	struct str *texts[] = {output, complaints};
	bool has_ended = false;

	for (int rounds_left = ROUNDS_AFTER_END; rounds_left; rounds_left -= has_ended) {
		int left = has_ended ? 0 : time_left(deadline);
		int r = poll(polls, ARRAY_SIZE(polls), left);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0 && has_ended)
			return 0;
		if (r == 0 || (left == 0 && !has_ended && !polls[2].revents))
			return -ETIMEDOUT;
		for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
			size_t from = texts[i]->length;
			int rc = polls[i].revents ? drain(polls[i].fd, texts[i]) : 1;

			if (rc < 0)
				return rc;
			tell(run, texts[i], from);
			if (rc == 0)
				polls[i].fd = -1;
		}
		keep_tail(complaints);
		if (run->follow)
			str_cut(output, 0);
		if (output->length > run->output_limit)
			return -EFBIG;
		if (polls[2].revents) {
			has_ended = true;
			polls[2].fd = -1;
		}
	}
	return 0;
}

static int child_reap(struct child *child)
{
	int status = 0;

	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	child->pid = 0;
	return status;
}

/*
 * ": LINE" for the last line with something in it, or the last that begins with the name of
 * the program; else nothing.
 */
static char *last_line(const struct run *run, const struct str *text)
{
	const char *cursor = str_text(text), *line, *last = NULL;
	const char *slash = strrchr(run->argv[0], '/');
	_cleanup_free_ char *name = mem_textf("%s: ", slash ? slash + 1 : run->argv[0]);
	bool is_own, is_last_own = false;
	size_t length, last_length = 0;

	while (str_next_line(&cursor, &line, &length)) {
		is_own = str_starts(line, name);
		if (length == 0 || is_own < is_last_own)
			continue;
		last = line;
		last_length = length;
		is_last_own = is_own;
	}
	return last ? mem_textf(": %.*s", (int)last_length, last) : mem_text("");
}

static int explain_failure(const struct run *run, int rc, struct err *err)
{
	const char *name = run->argv[0];

	if (rc == -ETIMEDOUT)
		return err_say(err, ETIMEDOUT, "'%s': took longer than %u ms", name,
			       run->timeout_ms);
	if (rc == -EFBIG)
		return err_say(err, EFBIG, "'%s': wrote more than %zu bytes", name,
			       run->output_limit);
	return err_set(err, -rc, "'%s'", name);
}

int run_capture(const struct run *run, struct str *ret_output, struct err *err)
{
	_cleanup_(child_clear) struct child child = {0, -1, -1, -1};
	_cleanup_str_ struct str output = {0}, complaints = {0};
	_cleanup_free_ char *why = NULL;
	int rc, status;

	assert(run->argv && run->argv[0]);
	rc = child_start(&child, run, err);
	if (rc < 0)
		return rc;
	rc = child_follow(&child, run, &output, &complaints);
	if (rc < 0)
		return explain_failure(run, rc, err);
	status = child_reap(&child);
	why = last_line(run, &complaints);
	if (WIFSIGNALED(status))
		return err_say(err, EREMOTEIO, "'%s': killed by signal %d (%s)%s",
			       run->argv[0], WTERMSIG(status),
			       strsignal(WTERMSIG(status)), why);
	if (WEXITSTATUS(status) != 0)
		return err_say(err, EREMOTEIO, "'%s': exit status %d%s", run->argv[0],
			       WEXITSTATUS(status), why);
	str_clear(ret_output);
	*ret_output = output;
	output = (struct str){0};
	return 0;
}

/* Where run_logged() writes, and the first error of that. */
struct log {
	int fd, error;
};

static void write_log(void *context, const char *bytes, size_t length)
{
	struct log *log = context;

	while (length && !log->error) {
		ssize_t r = write(log->fd, bytes, length);

		if (r < 0 && errno != EINTR)
			log->error = errno;
		if (r <= 0)
			continue;
		bytes += r;
		length -= (size_t)r;
	}
}

int run_logged(const struct run *run, int fd, struct err *err)
{
	struct log log = {fd, 0};
	struct run followed = *run;
	_cleanup_str_ struct str output = {0};
	int rc;

	followed.follow = write_log;
	followed.context = &log;
	rc = run_capture(&followed, &output, err);
	if (rc == 0 && log.error)
		return err_set(err, log.error, "'%s': log", run->argv[0]);
	return rc;
}
