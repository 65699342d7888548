/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disks of a guest's configuration that have a path in dom0. */
#include <string.h>

#include "guest/disks.h"
#include "unit.h"

/* The paths in their order, each followed by "|". */
static void assert_disks(const char *text, const char *wanted)
{
	_cleanup_str_list_ struct str_list paths = {0};
	_cleanup_str_ struct str found = {0};

	guest_disks(text, &paths);
	for (size_t i = 0; i < paths.count; i++)
		str_addf(&found, "%s|", paths.item[i]);
	assert_string_equal(str_text(&found), wanted);
}

static void what_is_no_path_is_passed_over(void **state)
{
	(void)state;
	assert_disks("disk = [ 'a.img,raw,xvda', ',empty,xvdb', 'rbd:pool/a,raw,xvdc',\n"
		     "         'vdev=xvdd,backend=storage,target=/d' ]\n",
		     "");
	assert_disks("", "");
	assert_disks("disk", "");
	assert_disks("disk = [ 'unfinished", "");
	assert_disks("disk = [ # no end", "");
	assert_disks("diskless = [ '/a' ]", "");
}

static void a_path_is_named_once(void **state)
{
	(void)state;
	assert_disks("disk = [ '/a,raw,xvda', '/a,raw,xvdb' ]", "/a|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_path_is_passed_over),
		cmocka_unit_test(a_path_is_named_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
