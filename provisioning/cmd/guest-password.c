/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A password that is asked for. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "cmd/guest-password.h"

enum { PASSWORD_LIMIT = 512 };

void guest_password_wipe(char **password)
{
	if (*password)
		explicit_bzero(*password, strlen(*password));
	free(*password);
	*password = NULL;
}

/* Waits for a line on the terminal, or a signal that would end us: its number; else 0. */
static int wait_for_line(int signal_fd)
{
	struct pollfd ready[] = {{STDIN_FILENO, POLLIN, 0}, {signal_fd, POLLIN, 0}};
	struct signalfd_siginfo info;

	while (poll(ready, ARRAY_SIZE(ready), -1) < 0)
		if (errno != EINTR)
			return 0;
	if (!ready[1].revents || read(signal_fd, &info, sizeof(info)) != sizeof(info))
		return 0;
	return (int)info.ssi_signo;
}

/* One line of a terminal, the echo off; on again whatever ends it. */
static const char *read_quietly(const struct termios *before, char *line, int size)
{
	static const int ending[] = {SIGINT, SIGTERM, SIGQUIT, SIGHUP};
	_cleanup_close_ int signal_fd = -1;
	struct termios quiet = *before;
	const char *result = NULL;
	sigset_t signals, old;
	int number = 0;

	(void)sigemptyset(&signals);
	for (size_t i = 0; i < ARRAY_SIZE(ending); i++)
		(void)sigaddset(&signals, ending[i]);
	(void)sigprocmask(SIG_BLOCK, &signals, &old);
	signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	number = wait_for_line(signal_fd);
	if (!number)
		result = fgets(line, size, stdin);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, before);
	(void)fprintf(stderr, "\n");
	if (number)
		(void)raise(number);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	return result;
}

static int read_line(char **ret_line, struct err *err)
{
	char line[PASSWORD_LIMIT];
	struct termios before;
	const char *result;

	result = tcgetattr(STDIN_FILENO, &before) == 0
			 ? read_quietly(&before, line, sizeof(line))
			 : fgets(line, sizeof(line), stdin);
	if (!result)
		return err_say(err, EINVAL, "no password was given");
	line[strcspn(line, "\n")] = '\0';
	*ret_line = mem_text(line);
	explicit_bzero(line, sizeof(line));
	return 0;
}

int guest_password_ask(const char *name, char **ret_password, struct err *err)
{
	_cleanup_(guest_password_wipe) char *first = NULL, *second = NULL;
	bool is_terminal = isatty(STDIN_FILENO) == 1;
	int rc;

	if (is_terminal)
		(void)fprintf(stderr, "Password of root in %s: ", name);
	rc = read_line(&first, err);
	if (rc < 0)
		return rc;
	if (!first[0])
		return err_say(err, EINVAL, "the password is empty");
	if (is_terminal) {
		(void)fprintf(stderr, "Again: ");
		rc = read_line(&second, err);
		if (rc < 0)
			return rc;
		if (strcmp(first, second) != 0)
			return err_say(err, EINVAL, "the two passwords differ");
	}
	*ret_password = TAKE_PTR(first);
	return 0;
}
