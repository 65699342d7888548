/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Terminals: a pipe gets nothing, NO_COLOR is honoured. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/term.h"
#include "unit.h"

/* Both ends of a pseudo-terminal that is `columns` wide. */
static void open_terminal(unsigned short columns, int *ret_ours, int *ret_theirs)
{
	struct winsize size = {.ws_row = 25, .ws_col = columns};
	int ours = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);

	assert_true(ours >= 0);
	assert_int_equal(grantpt(ours), 0);
	assert_int_equal(unlockpt(ours), 0);
	*ret_theirs = open(ptsname(ours), O_RDWR | O_NOCTTY);
	assert_true(*ret_theirs >= 0);
	assert_int_equal(ioctl(*ret_theirs, TIOCSWINSZ, &size), 0);
	*ret_ours = ours;
}

static int setup(void **state)
{
	(void)state;
	(void)setenv("TERM", "xterm", 1);
	(void)unsetenv("NO_COLOR");
	return 0;
}

static void a_terminal_has_colour_unless_it_is_refused(void **state)
{
	_cleanup_close_ int ours = -1, theirs = -1;

	(void)state;
	open_terminal(80, &ours, &theirs);
	assert_true(term_has_color(theirs));
	(void)setenv("NO_COLOR", "", 1);
	assert_true(term_has_color(theirs));
	(void)setenv("NO_COLOR", "1", 1);
	assert_false(term_has_color(theirs));
	assert_true(term_is_capable(theirs));
}

static void a_dumb_terminal_is_not_capable(void **state)
{
	_cleanup_close_ int ours = -1, theirs = -1;

	(void)state;
	open_terminal(80, &ours, &theirs);
	(void)setenv("TERM", "dumb", 1);
	assert_false(term_is_capable(theirs));
}

static void progress_in_a_pipe_is_nothing(void **state)
{
	int ends[2];
	char byte;
	struct term_progress progress;

	(void)state;
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	progress = term_progress_start(ends[1]);
	term_progress_show(&progress, "%d %%", 50);
	term_progress_end(&progress);
	assert_int_equal(read(ends[0], &byte, 1), -1);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void progress_is_cut_to_the_terminal(void **state)
{
	_cleanup_close_ int ours = -1, theirs = -1;
	struct term_progress progress;
	const char *expected = "\r\033[K0123456789012345678\r\033[K";
	char text[200] = {0};

	(void)state;
	open_terminal(20, &ours, &theirs);
	progress = term_progress_start(theirs);
	term_progress_show(&progress, "%s", "0123456789012345678901234567890");
	term_progress_end(&progress);
	/* The kernel hands a terminal's output over piecemeal. */
	for (size_t length = 0; length < strlen(expected);) {
		ssize_t count = read(ours, text + length, sizeof(text) - 1 - length);

		assert_true(count > 0);
		length += (size_t)count;
	}
	assert_string_equal(text, expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_terminal_has_colour_unless_it_is_refused, setup),
		cmocka_unit_test_setup(a_dumb_terminal_is_not_capable, setup),
		cmocka_unit_test_setup(progress_in_a_pipe_is_nothing, setup),
		cmocka_unit_test_setup(progress_is_cut_to_the_terminal, setup),
	};

	return cmocka_run_group_tests_name("term", tests, NULL, NULL);
}
