/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Templates of configurations: fields, empty lines, and what is refused. */
#include <errno.h>
#include <string.h>

#include "guest/xlcfg.h"
#include "unit.h"

static char name[] = "web", device[] = "xvda2", path[] = "/dev/vg0/web-disk",
	    kernel[] = "/pvgrub";
static struct guest_volume volume = {.device = device, .path = path};
static struct guest_nic nic = {.mac = "00:16:3e:00:00:01"};
static const struct guest guest = {
	.name = name,
	.kernel = kernel,
	.memory = 512,
	.vcpus = 2,
	.volume = &volume,
	.volume_count = 1,
	.nic = &nic,
	.nic_count = 1,
};

static void assert_made(const char *template, const char *wanted)
{
	_cleanup_str_ struct str text = {0};
	_cleanup_err_ struct err err = {0};

	if (xlcfg_make(&guest, template, &text, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(str_text(&text), wanted);
}

static void assert_wrong(const char *template, const char *wanted)
{
	_cleanup_str_ struct str text = {0};
	_cleanup_err_ struct err err = {0};

	assert_int_equal(xlcfg_make(&guest, template, &text, &err), -EINVAL);
	assert_string_equal(err.text, wanted);
	assert_int_equal(text.length, 0);
}

static void fields_are_filled_in(void **state)
{
	(void)state;
	assert_made("name = '@NAME@-@NAME@' # @ @MEMORY@\n",
		    "name = 'web-web' # @ 512\n");
	assert_made("@DISK@\n@VIF@\n",
		    "disk        = [\n"
		    "                  'phy:/dev/vg0/web-disk,xvda2,w',\n"
		    "              ]\n"
		    "vif         = [ 'mac=00:16:3e:00:00:01' ]\n");
}

static void a_line_with_nothing_vanishes(void **state)
{
	(void)state;
	assert_made("a = 1\n@MAXMEM@\nb = 2\n", "a = 1\nb = 2\n");
	assert_made("a = 1\n\n@MAXMEM@\n\n\nb = 2\n", "a = 1\n\nb = 2\n");
	assert_made("x@MAXMEM@\n", "x\n");
}

static void what_is_no_field_stays(void **state)
{
	(void)state;
	assert_made("mail = 'root@example.org'\n@@\n@name@\n@NAME\n",
		    "mail = 'root@example.org'\n@@\n@name@\n@NAME\n");
}

static void a_last_line_without_newline_gets_one(void **state)
{
	(void)state;
	assert_made("vcpus = @VCPUS@", "vcpus = 2\n");
}

static void unknown_fields_name_the_nearest(void **state)
{
	(void)state;
	assert_wrong("\n@DISKS@\n",
		     "line 2: unknown field @DISKS@; did you mean @DISK@?");
	assert_wrong("@FROBNICATE@\n", "line 1: unknown field @FROBNICATE@");
}

static void perl_is_refused_with_the_field(void **state)
{
	(void)state;
	assert_wrong("a = 1\nmemory = '{$memory}'\n",
		     "line 2: Perl is not run; write @MEMORY@");
	assert_wrong("{ $hostname }\n", "line 1: Perl is not run; write @NAME@");
	assert_wrong("{$foo}\n", "line 1: Perl is not run, and no field is 'foo'");
	assert_wrong("{ if ( $dhcp )\n",
		     "line 1: Perl is not run; use fields like @DISK@ "
		     "and @VIF@ (xen-tools.conf(5))");
	assert_made("# { a comment }\n", "# { a comment }\n");
}

static void the_built_in_one_is_read_by_our_reader(void **state)
{
	_cleanup_str_ struct str text = {0};
	_cleanup_xlcfg_ struct xlcfg cfg = {0};
	_cleanup_err_ struct err err = {0};

	(void)state;
	assert_int_equal(xlcfg_make(&guest, NULL, &text, &err), 0);
	if (xlcfg_read("web.cfg", str_text(&text), text.length, &cfg, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(cfg.name, "web");
	assert_string_equal(cfg.type, "pvh");
	assert_int_equal(cfg.memory, 512);
	assert_int_equal(cfg.vcpus, 2);
	assert_int_equal(cfg.disk_count, 1);
	assert_string_equal(cfg.disk[0].path, "/dev/vg0/web-disk");
	assert_true(cfg.disk[0].is_writable);
	assert_string_equal(cfg.vif[0].mac, "00:16:3e:00:00:01");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_filled_in),
		cmocka_unit_test(a_line_with_nothing_vanishes),
		cmocka_unit_test(what_is_no_field_stays),
		cmocka_unit_test(a_last_line_without_newline_gets_one),
		cmocka_unit_test(unknown_fields_name_the_nearest),
		cmocka_unit_test(perl_is_refused_with_the_field),
		cmocka_unit_test(the_built_in_one_is_read_by_our_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
