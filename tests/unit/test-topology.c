/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Xen's processors in what xl prints, and which of them dom0 gets. */
#include <string.h>

#include "host/topology.h"
#include "unit.h"

#define HEAD                             \
	"host                   : xen\n" \
	"cpu_topology           :\ncpu:    core    socket     node\n"
#define TAIL "device topology        :\ndevice           node\n0000:00:00.0      0\n"

/* Two sockets of two cores with two threads each. */
static const char two_sockets[] = HEAD "  0:       0        0        0\n"
				       "  1:       0        0        0\n"
				       "  2:       1        0        0\n"
				       "  3:       1        0        0\n"
				       "  4:       0        1        1\n"
				       "  5:       0        1        1\n"
				       "  6:       1        1        1\n"
				       "  7:       1        1        1\n" TAIL;

/* As firmware numbers them that tells the second threads last, and socket 1 first. */
static const char interleaved[] = HEAD "  0:       0        1        1\n"
				       "  1:       8        0        0\n"
				       "  2:       2        0        0\n"
				       "  3:       0        1        1\n"
				       "  4:       8        0        0\n"
				       "  5:       2        0        0\n" TAIL;

static void assert_chosen(const char *xl_info, const char *pool, size_t vcpus,
			  const char *wanted)
{
	_cleanup_topology_ struct topology topology = {0};
	_cleanup_free_ char *found = NULL;

	assert_true(topology_parse(xl_info, &topology));
	if (pool)
		topology_restrict(&topology, pool);
	found = topology_choose(&topology, vcpus);
	assert_string_equal(found, wanted);
}

static void as_many_threads_as_dom0_has(void **state)
{
	(void)state;
	assert_chosen(two_sockets, NULL, 2, "0-1");
	assert_chosen(two_sockets, NULL, 4, "0-3");
	assert_chosen(two_sockets, NULL, 6, "0-5");
}

static void a_core_is_taken_whole(void **state)
{
	(void)state;
	assert_chosen(two_sockets, NULL, 1, "0-1");
	assert_chosen(two_sockets, NULL, 3, "0-3");
	assert_chosen(two_sockets, NULL, 0, "0-1");
}

static void cores_go_by_socket_and_not_by_number(void **state)
{
	(void)state;
	assert_chosen(interleaved, NULL, 2, "2,5");
	assert_chosen(interleaved, NULL, 3, "1-2,4-5");
	assert_chosen(interleaved, NULL, 5, "0-5");
}

static void all_is_the_most_there_is(void **state)
{
	(void)state;
	assert_chosen(two_sockets, NULL, 9, "0-7");
}

static void what_is_not_in_the_pool_is_left_out(void **state)
{
	(void)state;
	/* smt=0 */
	assert_chosen(two_sockets,
		      "Name               CPU list\nPool-0             0,2,4,6\n", 2,
		      "0,2");
	assert_chosen(two_sockets, "Name CPU list\nmy pool            4,5\n", 1, "4-5");
}

static void a_pool_that_makes_no_sense_is_all(void **state)
{
	static const char *const pools[] = {"",
					    "Name",
					    "Name\n",
					    "Name CPU list\nPool-0\n",
					    "Name CPU list\nPool-0             \n",
					    "Name CPU list\nPool-0             0,x\n",
					    "Name CPU list\nPool-0             99\n",
					    "Name CPU list\nPool-0             99999\n"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pools); i++)
		assert_chosen(two_sockets, pools[i], 8, "0-7");
}

/* As Xen in QEMU with one CPU prints it. */
static void a_single_cpu_needs_no_row(void **state)
{
	(void)state;
	assert_chosen("nr_cpus                : 1\n" HEAD TAIL, NULL, 1, "0");
}

static void what_is_no_table_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"nr_cpus                : 4\n",
		HEAD,
		HEAD TAIL,
		"nr_cpus                : 2\n" HEAD TAIL,
		"nr_cpus                : 1\n" HEAD "  0:       0        0\n",
		"  0:       0        0        0\n",
		HEAD "  0:       0        0\n",
		HEAD "  0:       -        0        0\n",
		HEAD "  0       0        0        0\n",
		HEAD "  4096:       0        0        0\n",
		HEAD "  0:       0        0        4294967296\n",
		HEAD "  0:       0        0        0\n  0:       1        0        0\n",
	};
	struct topology topology = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_false(topology_parse(texts[i], &topology));
	assert_null(topology.cpu);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_many_threads_as_dom0_has),
		cmocka_unit_test(a_core_is_taken_whole),
		cmocka_unit_test(cores_go_by_socket_and_not_by_number),
		cmocka_unit_test(all_is_the_most_there_is),
		cmocka_unit_test(what_is_not_in_the_pool_is_left_out),
		cmocka_unit_test(a_pool_that_makes_no_sense_is_all),
		cmocka_unit_test(a_single_cpu_needs_no_row),
		cmocka_unit_test(what_is_no_table_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
