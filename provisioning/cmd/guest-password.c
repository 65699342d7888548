/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A password that is asked for. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>

#include "cmd/guest-password.h"

enum { PASSWORD_LIMIT = 512 };

void guest_password_wipe(char **password)
{
	if (*password)
		explicit_bzero(*password, strlen(*password));
	free(*password);
	*password = NULL;
}

/* One line of standard input, the echo off on a terminal. */
static int read_line(char **ret_line, struct err *err)
{
	char line[PASSWORD_LIMIT];
	struct termios before, quiet;
	bool is_terminal = tcgetattr(STDIN_FILENO, &before) == 0;
	const char *result;

	if (is_terminal) {
		quiet = before;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	result = fgets(line, sizeof(line), stdin);
	if (is_terminal) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		(void)fprintf(stderr, "\n");
	}
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
