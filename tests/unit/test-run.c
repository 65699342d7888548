/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs: they end, they are reaped, and their failure is told in words. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/run.h"
#include "unit.h"

/* The shell stands for any program here; run.c never starts one by itself. */
static int run_script(const char *script, unsigned int timeout_ms, struct str *output,
		      struct err *err)
{
	const char *const argv[] = {"/bin/sh", "-c", script, NULL};
	const struct run run = {
		.argv = argv, .timeout_ms = timeout_ms, .output_limit = 1 << 20};

	return run_capture(&run, output, err);
}

static void assert_no_child_is_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void output_is_captured(void **state)
{
	_cleanup_str_ struct str output = {0};

	(void)state;
	assert_int_equal(run_script("echo one; echo two", 0, &output, NULL), 0);
	assert_string_equal(output.text, "one\ntwo\n");
	assert_no_child_is_left();
}

static void more_than_a_pipe_holds_is_captured(void **state)
{
	_cleanup_str_ struct str output = {0};

	(void)state;
	assert_int_equal(run_script("head -c 300000 /dev/zero", 0, &output, NULL), 0);
	assert_int_equal(output.length, 300000);
}

static void keep(void *context, const char *bytes, size_t length)
{
	str_add_bytes(context, bytes, length);
}

static void a_follower_gets_both_outputs_as_they_come(void **state)
{
	const char *const argv[] = {
		"/bin/sh", "-c", "echo a; head -c 300000 /dev/zero; echo b >&2; exit 3",
		NULL};
	_cleanup_str_ struct str output = {0}, all = {0};
	_cleanup_err_ struct err err = {0};
	const struct run run = {
		.argv = argv, .output_limit = 20000, .follow = keep, .context = &all};

	(void)state;
	assert_int_equal(run_capture(&run, &output, &err), -EREMOTEIO);
	assert_string_equal(err.text, "'/bin/sh': exit status 3: b");
	assert_int_equal(all.length, 300004);
	assert_int_equal(output.length, 0);
}

static void a_descriptor_is_the_standard_input(void **state)
{
	_cleanup_close_ int input = memfd_create("input", MFD_CLOEXEC);
	const char *const argv[] = {"cat", NULL};
	const struct run run = {.argv = argv, .output_limit = 100, .input = &input};
	_cleanup_str_ struct str output = {0};

	(void)state;
	assert_int_equal(write(input, "bytes", 5), 5);
	assert_int_equal(lseek(input, 1, SEEK_SET), 1);
	assert_int_equal(run_capture(&run, &output, NULL), 0);
	assert_string_equal(str_text(&output), "ytes");
}

static void arguments_reach_the_program_as_they_are(void **state)
{
	const char *const argv[] = {"printf", "%s", "a b;$(c) \"'", NULL};
	const struct run run = {.argv = argv, .output_limit = 100};
	_cleanup_str_ struct str output = {0};

	(void)state;
	assert_int_equal(run_capture(&run, &output, NULL), 0);
	assert_string_equal(output.text, "a b;$(c) \"'");
}

static void the_environment_is_only_ours(void **state)
{
	const char *const argv[] = {"env", NULL};
	const char *const env[] = {"LVM_SUPPRESS_FD_WARNINGS=1", NULL};
	const struct run run = {
		.argv = argv, .env = env, .path = "/usr/bin:/bin", .output_limit = 1000};
	_cleanup_str_ struct str output = {0};

	(void)state;
	assert_int_equal(run_capture(&run, &output, NULL), 0);
	assert_string_equal(output.text, "PATH=/usr/bin:/bin\nHOME=/\n"
					 "LVM_SUPPRESS_FD_WARNINGS=1\nLC_ALL=C\n");
}

static void a_given_locale_and_home_replace_ours(void **state)
{
	const char *const argv[] = {"env", NULL};
	const char *const env[] = {"LC_ALL=", "LANG=de_DE.UTF-8", "HOME=/root", NULL};
	const struct run run = {
		.argv = argv, .env = env, .path = "/usr/bin:/bin", .output_limit = 1000};
	_cleanup_str_ struct str output = {0};

	(void)state;
	assert_int_equal(run_capture(&run, &output, NULL), 0);
	assert_string_equal(
		output.text,
		"PATH=/usr/bin:/bin\nLC_ALL=\nLANG=de_DE.UTF-8\nHOME=/root\n");
}

static void our_descriptors_stay_ours(void **state)
{
	_cleanup_close_ int fd = open("/dev/null", O_RDONLY);
	_cleanup_str_ struct str output = {0};

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(run_script("cd /proc/self/fd; echo *", 0, &output, NULL), 0);
	/* The shell opens the directory that it lists. */
	assert_true(str_starts(output.text, "0 1 2"));
	assert_true(output.length <= strlen("0 1 2 3\n"));
}

static void failure_quotes_the_last_words(void **state)
{
	_cleanup_err_ struct err err = {0};
	struct str output = {0};

	(void)state;
	assert_int_equal(
		run_script("echo first >&2; echo last >&2; exit 5", 0, &output, &err),
		-EREMOTEIO);
	assert_string_equal(err.text, "'/bin/sh': exit status 5: last");
	assert_null(output.text);
}

/* resize2fs says why, and then what to do. */
static void what_a_program_says_in_its_own_name_is_the_reason(void **state)
{
	_cleanup_err_ struct err err = {0};
	struct str output = {0};

	(void)state;
	assert_int_equal(run_script("echo 'sh: first' >&2; echo 'sh: why' >&2; "
				    "echo advice >&2; exit 5",
				    0, &output, &err),
			 -EREMOTEIO);
	assert_string_equal(err.text, "'/bin/sh': exit status 5: sh: why");
}

static void long_complaints_keep_their_end(void **state)
{
	_cleanup_err_ struct err err = {0};
	struct str output = {0};

	(void)state;
	assert_int_equal(
		run_script("head -c 300000 /dev/zero | tr '\\0' 'x' >&2; echo >&2; "
			   "echo end >&2; exit 1",
			   0, &output, &err),
		-EREMOTEIO);
	assert_string_equal(err.text, "'/bin/sh': exit status 1: end");
}

static void death_by_a_signal_is_named(void **state)
{
	_cleanup_err_ struct err err = {0};
	struct str output = {0};

	(void)state;
	assert_int_equal(run_script("kill -TERM $$", 0, &output, &err), -EREMOTEIO);
	assert_string_equal(err.text, "'/bin/sh': killed by signal 15 (Terminated)");
	assert_no_child_is_left();
}

static double seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void a_timeout_kills_and_reaps(void **state)
{
	_cleanup_err_ struct err err = {0};
	struct str output = {0};
	double start = seconds();

	(void)state;
	assert_int_equal(run_script("trap '' TERM; sleep 60; :", 100, &output, &err),
			 -ETIMEDOUT);
	assert_string_equal(err.text, "'/bin/sh': took longer than 100 ms");
	assert_true(seconds() - start < 20);
	assert_no_child_is_left();
}

static void a_timeout_ends_a_program_that_never_stops_talking(void **state)
{
	struct str output = {0};

	(void)state;
	assert_int_equal(run_script("exec cat /dev/zero >&2", 100, &output, NULL),
			 -ETIMEDOUT);
	assert_no_child_is_left();
}

static void too_much_output_ends_the_program(void **state)
{
	_cleanup_err_ struct err err = {0};
	struct str output = {0};

	(void)state;
	assert_int_equal(
		run_script("while :; do echo xxxxxxxx; done", 20000, &output, &err),
		-EFBIG);
	assert_string_equal(err.text, "'/bin/sh': wrote more than 1048576 bytes");
	assert_no_child_is_left();
}

static void a_background_process_is_not_waited_for(void **state)
{
	_cleanup_str_ struct str output = {0};
	double start = seconds();

	(void)state;
	assert_int_equal(run_script("sleep 30 & echo done", 0, &output, NULL), 0);
	assert_string_equal(output.text, "done\n");
	assert_true(seconds() - start < 20);
}

static void an_absent_program_is_named(void **state)
{
	const char *const argv[] = {"no-such-program", NULL};
	const struct run run = {.argv = argv, .path = "/usr/bin:/bin", .output_limit = 1};
	_cleanup_err_ struct err err = {0};
	struct str output = {0};

	(void)state;
	assert_int_equal(run_capture(&run, &output, &err), -ENOENT);
	assert_string_equal(err.text,
			    "'no-such-program': no such program in /usr/bin:/bin");
}

static void the_working_directory_is_never_searched(void **state)
{
	char *program = NULL;

	(void)state;
	assert_int_equal(chdir("/bin"), 0);
	assert_int_equal(run_find("sh", ":.:", &program, NULL), -ENOENT);
	assert_int_equal(chdir("/"), 0);
}

/* A file without a name for what a program logs. */
static int open_log(void)
{
	int log = memfd_create("log", MFD_CLOEXEC);

	assert_true(log >= 0);
	return log;
}

static void a_log_gets_both_outputs_however_long(void **state)
{
	const char *const argv[] = {"/bin/sh", "-c",
				    "head -c 300000 /dev/zero; echo words >&2", NULL};
	const struct run run = {.argv = argv, .output_limit = 1};
	_cleanup_close_ int log = open_log();
	struct stat st;

	(void)state;
	assert_int_equal(run_logged(&run, log, NULL), 0);
	assert_int_equal(fstat(log, &st), 0);
	assert_int_equal(st.st_size, 300006);
	assert_no_child_is_left();
}

static void a_logged_failure_quotes_the_last_words_too(void **state)
{
	const char *const argv[] = {"/bin/sh", "-c", "echo out; echo why >&2; exit 3",
				    NULL};
	const struct run run = {.argv = argv};
	_cleanup_close_ int log = open_log();
	_cleanup_err_ struct err err = {0};

	(void)state;
	assert_int_equal(run_logged(&run, log, &err), -EREMOTEIO);
	assert_string_equal(err.text, "'/bin/sh': exit status 3: why");
}

/* A program in the middle of its work is not ended for that. */
static void a_log_that_takes_nothing_is_told_at_the_end(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_free_ char *script =
		mem_textf("echo out; sleep 0.1; echo done >%s/done", tree->path);
	const char *const argv[] = {"/bin/sh", "-c", script, NULL};
	const struct run run = {.argv = argv};
	_cleanup_close_ int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	_cleanup_err_ struct err err = {0};

	assert_int_equal(run_logged(&run, full, &err), -ENOSPC);
	assert_string_equal(err.text, "'/bin/sh': log: No space left on device");
	assert_true(fs_exists(&tree->fs, "done"));
	assert_no_child_is_left();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_is_captured),
		cmocka_unit_test(more_than_a_pipe_holds_is_captured),
		cmocka_unit_test(a_follower_gets_both_outputs_as_they_come),
		cmocka_unit_test(a_descriptor_is_the_standard_input),
		cmocka_unit_test(arguments_reach_the_program_as_they_are),
		cmocka_unit_test(the_environment_is_only_ours),
		cmocka_unit_test(a_given_locale_and_home_replace_ours),
		cmocka_unit_test(our_descriptors_stay_ours),
		cmocka_unit_test(failure_quotes_the_last_words),
		cmocka_unit_test(what_a_program_says_in_its_own_name_is_the_reason),
		cmocka_unit_test(long_complaints_keep_their_end),
		cmocka_unit_test(death_by_a_signal_is_named),
		cmocka_unit_test(a_timeout_kills_and_reaps),
		cmocka_unit_test(a_timeout_ends_a_program_that_never_stops_talking),
		cmocka_unit_test(too_much_output_ends_the_program),
		cmocka_unit_test(a_background_process_is_not_waited_for),
		cmocka_unit_test(an_absent_program_is_named),
		cmocka_unit_test(the_working_directory_is_never_searched),
		cmocka_unit_test(a_log_gets_both_outputs_however_long),
		cmocka_unit_test(a_logged_failure_quotes_the_last_words_too),
		unit_test_in_tree(a_log_that_takes_nothing_is_told_at_the_end),
	};

	return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
