/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked for, and what starts. */
#include <errno.h>
#include <string.h>

#include "boot/grub-verify.h"
#include "unit.h"

#define MENU                                               \
	"menuentry Linux --id linux { linux /vmlinuz; }\n" \
	"menuentry Xen --id xen { multiboot2 /xen.gz; }\n" \
	"menuentry Other { fwsetup; }\n"

static const struct grub_default nothing;

/* The words of the refusal; "" if it is what is wanted. */
static void assert_verified(const char *text, enum desc_boot_default wanted,
			    const struct grub_default *before, const char *words)
{
	const struct grub_platform pc = {.platform = "pc", .cpu = "i386"};
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	_cleanup_err_ struct err err = {0};
	int rc;

	assert_int_equal(grub_menu_parse("f", text, strlen(text), NULL, &pc, &menu, &err),
			 0);
	rc = grub_verify(&menu, wanted, before, &err);
	assert_int_equal(rc, *words ? -ENOENT : 0);
	assert_string_equal(err.text ? err.text : "", words);
}

static void xen_is_asked_for(void **state)
{
	(void)state;
	assert_verified("default=xen\n" MENU, DESC_DEFAULT_XEN, &nothing, "");
	assert_verified(MENU, DESC_DEFAULT_XEN, &nothing,
			"GRUB would start 'Linux', Linux without Xen");
	assert_verified("default=2\n" MENU, DESC_DEFAULT_XEN, &nothing,
			"GRUB would start 'Other', neither Xen nor Linux");
	assert_verified("default=zen\n" MENU, DESC_DEFAULT_XEN, &nothing,
			"GRUB's default 'zen' names nothing: it would start 'Linux', "
			"Linux without Xen");
	assert_verified("true\n", DESC_DEFAULT_XEN, &nothing,
			"GRUB's menu has no entries");
}

/* By chance is not what was asked for. */
static void a_first_entry_by_chance_is_refused(void **state)
{
	(void)state;
	assert_verified("default=zen\nmenuentry Xen { multiboot /xen.gz; }\n",
			DESC_DEFAULT_XEN, &nothing,
			"GRUB's default 'zen' names nothing: it would start 'Xen', Xen");
}

static void linux_is_asked_for(void **state)
{
	(void)state;
	assert_verified("default=0\n" MENU, DESC_DEFAULT_LINUX, &nothing, "");
	assert_verified("default=1\n" MENU, DESC_DEFAULT_LINUX, &nothing,
			"GRUB would start 'Xen', Xen");
}

static void what_was_there_is_kept(void **state)
{
	char name[] = "xen", title[] = "Other";
	const struct grub_default xen = {true, GRUB_XEN, name};
	const struct grub_default other = {true, GRUB_OTHER, title};
	const struct grub_default empty = {.is_known = true};

	(void)state;
	assert_verified("default=1\n" MENU, DESC_DEFAULT_KEEP, &xen, "");
	assert_verified("default=2\n" MENU, DESC_DEFAULT_KEEP, &other, "");
	assert_verified("default=0\n" MENU, DESC_DEFAULT_KEEP, &xen,
			"GRUB would start 'linux' and started 'xen' before");
	assert_verified("true\n", DESC_DEFAULT_KEEP, &xen,
			"GRUB would start 'nothing' and started 'xen' before");
	assert_verified("menuentry xen { linux /v; }\n", DESC_DEFAULT_KEEP, &xen,
			"GRUB would start 'xen' and started 'xen' before");
	assert_verified("true\n", DESC_DEFAULT_KEEP, &empty, "");
	assert_verified("default=0\n" MENU, DESC_DEFAULT_KEEP, &nothing, "");
}

static void the_default_of_a_system(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_grub_default_ struct grub_default none = {0}, known = {0};

	grub_default_read(&tree->fs, "bios", &none);
	assert_false(none.is_known);
	unit_file(tree, "boot/grub/grub.cfg", "default=1\n" MENU);
	grub_default_read(&tree->fs, "bios", &known);
	assert_true(known.is_known);
	assert_int_equal(known.kind, GRUB_XEN);
	assert_string_equal(known.name, "xen");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(xen_is_asked_for),
		cmocka_unit_test(a_first_entry_by_chance_is_refused),
		cmocka_unit_test(linux_is_asked_for),
		cmocka_unit_test(what_was_there_is_kept),
		unit_test_in_tree(the_default_of_a_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
