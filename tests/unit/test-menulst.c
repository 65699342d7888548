/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB Legacy's menu: what is read of it, what is written, and that our part goes away. */
#include <errno.h>
#include <string.h>

#include "host/menulst.h"
#include "unit.h"

static void the_menus_own_commands_are_read(void **state)
{
	_cleanup_menulst_ struct menulst menu = {0};

	(void)state;
	menulst_parse("default 1\n  default=2\n#default 3\nfallback\t0 1 \r\ntitle a\n"
		      "default 4\n",
		      &menu);
	assert_string_equal(menu.default_entry, "2");
	assert_string_equal(menu.fallback, "0 1");
	assert_int_equal(menu.count, 1);
}

static void entries_are_read(void **state)
{
	_cleanup_menulst_ struct menulst menu = {0};

	(void)state;
	menulst_parse("title  XEN\nroot (hd0,5)\nkernel /xen.gz dom0_mem=1G\n"
		      "module /vmlinuz-xen root=/dev/sda6  ro\nmodule /initrd-xen\n\n"
		      "title Linux\nuuid 1234\nkernel --no-mem-option (hd0,5)/vmlinuz\n"
		      "initrd /initrd\ntitle\n",
		      &menu);
	assert_null(menu.default_entry);
	assert_int_equal(menu.count, 3);
	assert_string_equal(menu.stanza[0].title, "XEN");
	assert_string_equal(menu.stanza[0].root, "root (hd0,5)");
	assert_string_equal(menu.stanza[0].kernel, "/xen.gz");
	assert_string_equal(menu.stanza[0].kernel_args, "dom0_mem=1G");
	assert_int_equal(menu.stanza[0].modules.count, 2);
	assert_string_equal(menu.stanza[0].modules.item[0],
			    "/vmlinuz-xen root=/dev/sda6  ro");
	assert_string_equal(menu.stanza[1].root, "uuid 1234");
	assert_string_equal(menu.stanza[1].kernel, "(hd0,5)/vmlinuz");
	assert_string_equal(menu.stanza[1].kernel_args, "");
	assert_string_equal(menu.stanza[2].title, "");
	assert_null(menu.stanza[2].kernel);
}

static void an_entry_for_xen_is_written(void **state)
{
	_cleanup_str_ struct str text = {0};

	(void)state;
	menulst_write(&(struct menulst_entry){.title = "Xen",
					      .root = "root (hd0,5)",
					      .hypervisor = "/xen.gz",
					      .hypervisor_args = "",
					      .kernel = "/vmlinuz",
					      .kernel_args = "root=/dev/sda6",
					      .initrd = "/initrd"},
		      &text);
	assert_string_equal(str_text(&text),
			    "title Xen\nroot (hd0,5)\nkernel /xen.gz\n"
			    "module /vmlinuz root=/dev/sda6\nmodule /initrd\n");
}

static void an_entry_of_a_guest_is_written(void **state)
{
	_cleanup_str_ struct str text = {0};

	(void)state;
	menulst_write(&(struct menulst_entry){.title = "Linux",
					      .root = "root (hd0)",
					      .kernel = "/vmlinuz",
					      .kernel_args = "root=/dev/xvda1",
					      .initrd = "/initrd"},
		      &text);
	assert_string_equal(str_text(&text),
			    "title Linux\nroot (hd0)\nkernel /vmlinuz root=/dev/xvda1\n"
			    "initrd /initrd\n");
}

/* The text with a block, which must go away again. */
static void assert_placed(const char *text, const char *before, const char *after)
{
	_cleanup_free_ char *begins = mem_textf("%s" MENULST_BEGIN, before);
	_cleanup_free_ char *ends = mem_textf("\nx\n" MENULST_END "\n%s", after);
	_cleanup_str_ struct str whole = {0}, again = {0};

	assert_int_equal(menulst_add_block(text, "x\n", &whole, NULL), 0);
	assert_true(str_starts(whole.text, begins));
	assert_true(str_ends(whole.text, ends));
	assert_int_equal(menulst_remove_block(whole.text, &again, NULL), 0);
	assert_string_equal(str_text(&again), text);
}

static void our_part_is_before_the_first_entry(void **state)
{
	(void)state;
	assert_placed("title a\n", "", "title a\n");
	assert_placed("default 0\ntitle a\ntitle b", "default 0\n", "title a\ntitle b");
}

static void our_part_is_not_in_what_others_make_anew(void **state)
{
	(void)state;
	assert_placed("timeout 5\n\n### BEGIN AUTOMAGIC KERNELS LIST\n# kopt=ro\n\n"
		      "title a\n",
		      "timeout 5\n",
		      "\n### BEGIN AUTOMAGIC KERNELS LIST\n# kopt=ro\n\ntitle a\n");
}

static void without_an_entry_there_is_no_place(void **state)
{
	_cleanup_str_ struct str whole = {0};
	_cleanup_err_ struct err err = {0};

	(void)state;
	assert_int_equal(menulst_add_block("default 0\n", "x\n", &whole, &err), -ENOENT);
	assert_string_equal(err.text, "there is no entry");
}

static void a_part_without_an_end_is_refused(void **state)
{
	_cleanup_str_ struct str own = {0};
	_cleanup_err_ struct err err = {0};

	(void)state;
	assert_int_equal(
		menulst_remove_block("a\n" MENULST_BEGIN "\ntitle b\n", &own, &err),
		-EINVAL);
	assert_string_equal(err.text, "'" MENULST_BEGIN "' has no '" MENULST_END "'");
	assert_int_equal(own.length, 0);
}

static void other_comments_are_no_marks(void **state)
{
	static const char text[] = MENULST_BEGIN "s\n" MENULST_END "\n# " MENULST_BEGIN;
	_cleanup_str_ struct str own = {0};

	(void)state;
	assert_int_equal(menulst_remove_block(text, &own, NULL), 0);
	assert_string_equal(str_text(&own), text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_menus_own_commands_are_read),
		cmocka_unit_test(entries_are_read),
		cmocka_unit_test(an_entry_for_xen_is_written),
		cmocka_unit_test(an_entry_of_a_guest_is_written),
		cmocka_unit_test(our_part_is_before_the_first_entry),
		cmocka_unit_test(our_part_is_not_in_what_others_make_anew),
		cmocka_unit_test(without_an_entry_there_is_no_place),
		cmocka_unit_test(a_part_without_an_end_is_refused),
		cmocka_unit_test(other_comments_are_no_marks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
