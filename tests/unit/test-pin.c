/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pinning dom0: what xl is asked and told, with a stand-in for it. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "host/pin.h"
#include "unit.h"

/* Writes down how it is called, and answers as xl does. */
static const char xl[] =
	"#!/bin/sh\n"
	"dir=${0%/*}\n"
	"echo \"$*\" >> \"$dir/log\"\n"
	"[ ! -e \"$dir/fail-$1\" ] || { echo \"$1 fails\" >&2; exit 1; }\n"
	"case $1 in\n"
	"info) cat \"$dir/info\" ;;\n"
	"cpupool-list) printf 'Name CPU list\\nPool-0 0,2\\n' ;;\n"
	"esac\n";

static const char info[] = "cpu_topology           :\ncpu:    core    socket     node\n"
			   "  0:       0        0        0\n"
			   "  1:       0        0        0\n"
			   "  2:       1        0        0\n"
			   "  3:       1        0        0\n";

static void make_xl(struct unit_tree *tree)
{
	_cleanup_free_ char *path = mem_textf("%s/bin/xl", tree->path);

	unit_file(tree, "bin/xl", xl);
	unit_file(tree, "bin/info", info);
	assert_int_equal(chmod(path, 0755), 0);
}

static int pin(struct unit_tree *tree, size_t vcpus, char **ret_cpus, struct err *err)
{
	_cleanup_free_ char *path = mem_textf("%s/bin:/usr/bin:/bin", tree->path);

	return pin_dom0(path, vcpus, ret_cpus, err);
}

static void assert_log(struct unit_tree *tree, const char *wanted)
{
	_cleanup_str_ struct str log = {0};

	assert_int_equal(fs_read(&tree->fs, "bin/log", 1000, &log, NULL), 0);
	assert_string_equal(str_text(&log), wanted);
}

static void all_vcpus_go_to_the_chosen_processors(void **state)
{
	_cleanup_free_ char *cpus = NULL;

	make_xl(*state);
	assert_int_equal(pin(*state, 2, &cpus, NULL), 0);
	assert_string_equal(cpus, "0,2");
	assert_log(*state,
		   "info -n\ncpupool-list -c Pool-0\nvcpu-pin Domain-0 all 0,2\n");
}

static void without_a_pool_all_processors_count(void **state)
{
	_cleanup_free_ char *cpus = NULL;

	make_xl(*state);
	unit_file(*state, "bin/fail-cpupool-list", "");
	assert_int_equal(pin(*state, 2, &cpus, NULL), 0);
	assert_string_equal(cpus, "0-1");
}

static void without_a_topology_nothing_is_pinned(void **state)
{
	_cleanup_err_ struct err err = {0};
	char *cpus = NULL;

	make_xl(*state);
	unit_file(*state, "bin/info", "nr_cpus                : 4\n");
	assert_int_equal(pin(*state, 2, &cpus, &err), -EBADMSG);
	assert_string_equal(err.text, "'xl info -n' tells no processors");
	assert_log(*state, "info -n\n");
	assert_null(cpus);
}

static void a_failure_of_xl_is_told(void **state)
{
	_cleanup_err_ struct err err = {0};
	char *cpus = NULL;

	make_xl(*state);
	unit_file(*state, "bin/fail-vcpu-pin", "");
	assert_int_equal(pin(*state, 2, &cpus, &err), -EREMOTEIO);
	assert_non_null(strstr(err.text, "vcpu-pin fails"));
	assert_null(cpus);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(all_vcpus_go_to_the_chosen_processors),
		unit_test_in_tree(without_a_pool_all_processors_count),
		unit_test_in_tree(without_a_topology_nothing_is_pinned),
		unit_test_in_tree(a_failure_of_xl_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
