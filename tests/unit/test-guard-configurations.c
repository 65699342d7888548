/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the configuration of another guest names a volume. */
#include <errno.h>
#include <string.h>

#include "guest/guard-parts.h"
#include "unit.h"

/* Asks about the file "image" of the tree; its path is in the texts as "@". */
static int ask(const struct unit_tree *tree, const char *file, const char *text,
	       struct err *err)
{
	const char *at = strchr(text, '@');
	_cleanup_free_ char *whole = at ? mem_textf("%.*s%s/image%s", (int)(at - text),
						    text, tree->path, at + 1)
					: mem_text(text);
	struct stat wanted;

	unit_file(tree, "image", "");
	unit_file(tree, file, whole);
	assert_int_equal(fs_stat(&tree->fs, "image", &wanted, NULL), 0);
	return guard_configurations(&tree->fs, &wanted, "web", err);
}

static void another_guest_that_names_it(void **state)
{
	_cleanup_err_ struct err err = {0};

	assert_int_equal(ask(*state, "etc/xen/db.cfg", "disk = ['file:@,xvda,r']", &err),
			 -EBUSY);
	assert_string_equal(err.text, "'etc/xen/db.cfg' names it");
}

static void a_file_of_suse(void **state)
{
	assert_int_equal(ask(*state, "etc/xen/vm/db", "disk = ['file:@,xvda,w']", NULL),
			 -EBUSY);
}

static void the_guest_itself(void **state)
{
	assert_int_equal(ask(*state, "etc/xen/web.cfg", "disk = ['file:@,xvda,w']", NULL),
			 0);
	assert_int_equal(ask(*state, "etc/xen/auto/10",
			     "name = 'web'\ndisk = ['file:@,xvda,w']", NULL),
			 0);
}

/* A guest that was renamed in its file, which kept the name. */
static void another_guest_in_a_file_of_its_name(void **state)
{
	assert_int_equal(ask(*state, "etc/xen/web.cfg",
			     "name = 'prod'\ndisk = ['file:@,xvda,w']", NULL),
			 -EBUSY);
}

static void a_configuration_that_cannot_be_read(void **state)
{
	_cleanup_err_ struct err err = {0};

	assert_int_equal(ask(*state, "etc/xen/db.cfg", "disk = [", &err), -EBUSY);
	assert_string_equal(err.text, "whether 'etc/xen/db.cfg' names it: "
				      "etc/xen/db.cfg:1: this is no list");
}

static void what_is_no_configuration(void **state)
{
	assert_int_equal(ask(*state, "etc/xen/xend-config.sxp", "(a '@')", NULL), 0);
	assert_int_equal(ask(*state, "etc/xen/vm/db.xml", "<disk>@</disk>", NULL), 0);
}

static void a_disk_of_another_domain(void **state)
{
	assert_int_equal(ask(*state, "etc/xen/db.cfg",
			     "disk = ['vdev=xvda,backend=store,target=@']", NULL),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(another_guest_that_names_it),
		unit_test_in_tree(a_file_of_suse),
		unit_test_in_tree(the_guest_itself),
		unit_test_in_tree(another_guest_in_a_file_of_its_name),
		unit_test_in_tree(a_configuration_that_cannot_be_read),
		unit_test_in_tree(what_is_no_configuration),
		unit_test_in_tree(a_disk_of_another_domain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
