/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors: chains of words, from intent to cause. */
#include <errno.h>

#include "base/err.h"
#include "unit.h"

static void set_ends_in_the_words_of_errno(void **state)
{
	_cleanup_err_ struct err err = {0};

	(void)state;
	assert_int_equal(err_set(&err, ENOSPC, "write '%s'", "a"), -ENOSPC);
	assert_string_equal(err.text, "write 'a': No space left on device");
}

static void wrap_puts_the_intent_first(void **state)
{
	_cleanup_err_ struct err err = {0};

	(void)state;
	(void)err_say(&err, EINVAL, "cause");
	assert_int_equal(err_wrap(&err, "bridge '%s'", "xenbr0"), -EINVAL);
	assert_int_equal(err_wrap(&err, "apply"), -EINVAL);
	assert_string_equal(err.text, "apply: bridge 'xenbr0': cause");
}

static void wrap_keeps_the_detail(void **state)
{
	_cleanup_err_ struct err err = {0};

	(void)state;
	(void)err_say(&err, EINVAL, "cause");
	err.detail = mem_text("line\n");
	(void)err_wrap(&err, "apply");
	assert_string_equal(err.detail, "line\n");
}

static void say_may_quote_what_it_replaces(void **state)
{
	_cleanup_err_ struct err err = {0};

	(void)state;
	(void)err_say(&err, EIO, "old");
	(void)err_say(&err, EINVAL, "new, not %s", err.text);
	assert_string_equal(err.text, "new, not old");
	assert_int_equal(err.code, EINVAL);
}

static void null_discards_the_words(void **state)
{
	(void)state;
	assert_int_equal(err_set(NULL, EIO, "x"), -EIO);
	assert_int_equal(err_say(NULL, EIO, "x"), -EIO);
}

static void clear_may_run_twice(void **state)
{
	struct err err = {0};

	(void)state;
	(void)err_say(&err, EIO, "x");
	err_clear(&err);
	err_clear(&err);
	assert_int_equal(err.code, 0);
	assert_null(err.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_ends_in_the_words_of_errno),
		cmocka_unit_test(wrap_puts_the_intent_first),
		cmocka_unit_test(wrap_keeps_the_detail),
		cmocka_unit_test(say_may_quote_what_it_replaces),
		cmocka_unit_test(null_discards_the_words),
		cmocka_unit_test(clear_may_run_twice),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
