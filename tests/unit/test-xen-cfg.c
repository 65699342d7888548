/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen.efi's own file: read as Xen reads it, and written so that it does. */
#include <string.h>

#include "boot/xen-cfg.h"
#include "unit.h"

static void parse(const char *text, struct xen_cfg *cfg)
{
	xen_cfg_parse(text, strlen(text), cfg);
}

/* Xen's docs/misc/efi.pandoc. */
static const char example[] = "[global]\ndefault=sle11sp2\n\n[sle11sp2]\n"
			      "options=console=vga,com1 com1=57600 loglvl=all noreboot\n"
			      "kernel=vmlinuz-3.0.31-0.4-xen root=/dev/sda1 quiet\n"
			      "ramdisk=initrd-3.0.31-0.4-xen\n";

static void the_example_of_its_documentation(void **state)
{
	_cleanup_xen_cfg_ struct xen_cfg cfg = {0};
	const struct xen_cfg_section *section;

	(void)state;
	parse(example, &cfg);
	section = xen_cfg_find(&cfg, NULL);
	assert_non_null(section);
	assert_string_equal(section->name, "sle11sp2");
	assert_string_equal(section->options,
			    "console=vga,com1 com1=57600 loglvl=all noreboot");
	assert_string_equal(section->kernel, "vmlinuz-3.0.31-0.4-xen");
	assert_string_equal(section->kernel_args, "root=/dev/sda1 quiet");
	assert_string_equal(section->ramdisk, "initrd-3.0.31-0.4-xen");
	assert_null(section->ucode);
	assert_null(section->xsm);
	assert_null(xen_cfg_find(&cfg, "other"));
}

static void the_first_of_several_counts(void **state)
{
	_cleanup_xen_cfg_ struct xen_cfg cfg = {0};

	(void)state;
	parse("[a]\nkernel=one\nkernel=two\n[a]\nkernel=three\nramdisk=r\n", &cfg);
	assert_string_equal(xen_cfg_find(&cfg, "a")->kernel, "one");
	assert_null(xen_cfg_find(&cfg, "a")->ramdisk);
}

static void comments_begin_anywhere(void **state)
{
	_cleanup_xen_cfg_ struct xen_cfg cfg = {0};

	(void)state;
	parse("# [a]\n ; [b]\n  [c] # one\n\tkernel= two#three\n#ramdisk=r\n", &cfg);
	assert_int_equal(cfg.count, 1);
	assert_string_equal(xen_cfg_find(&cfg, "c")->kernel, "two");
	assert_null(xen_cfg_find(&cfg, "c")->ramdisk);
}

static void what_is_no_such_file_has_no_sections(void **state)
{
	_cleanup_xen_cfg_ struct xen_cfg cfg = {0};

	(void)state;
	parse("kernel=lost\n=\n\n", &cfg);
	assert_int_equal(cfg.count, 0);
	assert_null(xen_cfg_find(&cfg, NULL));
	xen_cfg_parse("\0[\0=", 4, &cfg);
	assert_int_equal(cfg.count, 1);
}

static void what_is_written_is_read(void **state)
{
	char name[] = "vmlinuz-6.1.0.xsm", kernel[] = "vmlinuz-6.1.0",
	     args[] = "root=/dev/a";
	char ramdisk[] = "initrd", xsm[] = "xenpolicy", options[] = "loglvl=all";
	const struct xen_cfg_section section = {.name = name,
						.kernel = kernel,
						.kernel_args = args,
						.options = options,
						.ramdisk = ramdisk,
						.xsm = xsm};
	_cleanup_xen_cfg_ struct xen_cfg cfg = {0};
	_cleanup_str_ struct str text = {0};

	(void)state;
	xen_cfg_add_default(&text, name);
	xen_cfg_add(&text, &section);
	assert_string_equal(str_text(&text),
			    "[global]\ndefault=vmlinuz-6.1.0.xsm\n\n[vmlinuz-6.1.0.xsm]\n"
			    "options=loglvl=all\nkernel=vmlinuz-6.1.0 root=/dev/a\n"
			    "ramdisk=initrd\nxsm=xenpolicy\n");
	parse(str_text(&text), &cfg);
	assert_int_equal(cfg.count, 2);
	assert_string_equal(xen_cfg_find(&cfg, NULL)->kernel_args, args);
	assert_string_equal(xen_cfg_find(&cfg, NULL)->xsm, xsm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_its_documentation),
		cmocka_unit_test(the_first_of_several_counts),
		cmocka_unit_test(comments_begin_anywhere),
		cmocka_unit_test(what_is_no_such_file_has_no_sections),
		cmocka_unit_test(what_is_written_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
