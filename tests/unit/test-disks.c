/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disks of a guest's configuration: the forms of xl-disk-configuration(5). */
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

static void a_field_by_its_place(void **state)
{
	(void)state;
	assert_disks("disk = ['/dev/vg/root,raw,xvda,rw', \"/srv/b.img,,xvdb\"]\n",
		     "/dev/vg/root|/srv/b.img|");
}

static void a_target_by_name_takes_the_rest(void **state)
{
	(void)state;
	assert_disks("disk=[ 'format=raw, vdev=xvda, target=/srv/a b,c.img' ]\n",
		     "/srv/a b,c.img|");
}

static void prefixes_are_not_of_the_path(void **state)
{
	(void)state;
	assert_disks("disk = [ 'phy:/dev/vg/a,xvda,w', 'file:/b,xvdb,w',\n"
		     "         'tap2:tapdisk:aio:/c,xvdc,r' ]\n",
		     "/dev/vg/a|/b|/c|");
}

static void a_colon_of_the_path_stays(void **state)
{
	(void)state;
	assert_disks("disk = [ 'phy:/dev/disk/by-path/pci-0000:00:1f.2,xvda,w' ]\n",
		     "/dev/disk/by-path/pci-0000:00:1f.2|");
}

static void comments_and_lines_inside_the_list(void **state)
{
	(void)state;
	assert_disks("disk = [\n  # 'phy:/no,xvda,w',\n  'phy:/yes,xvda,w', # it's\n]\n"
		     "name = '/other'\n",
		     "/yes|");
}

static void the_last_list_counts(void **state)
{
	(void)state;
	assert_disks("disk = ['/a,raw,xvda']\ndisk = ['/b,raw,xvda']\n", "/b|");
}

static void what_is_no_path_is_passed_over(void **state)
{
	(void)state;
	assert_disks(
		"disk = [ 'a.img,raw,xvda', ',empty,xvdb', 'rbd:pool/a,raw,xvdc' ]\n",
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
		cmocka_unit_test(a_field_by_its_place),
		cmocka_unit_test(a_target_by_name_takes_the_rest),
		cmocka_unit_test(prefixes_are_not_of_the_path),
		cmocka_unit_test(a_colon_of_the_path_stays),
		cmocka_unit_test(comments_and_lines_inside_the_list),
		cmocka_unit_test(the_last_list_counts),
		cmocka_unit_test(what_is_no_path_is_passed_over),
		cmocka_unit_test(a_path_is_named_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
