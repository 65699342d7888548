/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which Xen unpacks which kernel. */
#include "base/mem.h"
#include "host/pair.h"
#include "unit.h"

static void a_compression_is_unpacked_from_its_branch_on(void **state)
{
	static const struct {
		const char *version, *compression;
		bool is_unpacked;
	} pairs[] = {
		{"4.14-amd64", "zstd", false}, {"4.15", "zstd", true},
		{"4.20.3+127", "zstd", true},  {"4.0", "xz", false},
		{"4.1", "xz", true},	       {"4.3", "lz4", false},
		{"4.4", "lz4", true},	       {"3.4", "gzip", true},
		{"5.0", "zstd", true},	       {"4.14", "none", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		struct xen_branch branch;

		assert_true(pair_branch(pairs[i].version, &branch));
		assert_int_equal(pair_unpacks(branch, pairs[i].compression),
				 pairs[i].is_unpacked);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_compression_is_unpacked_from_its_branch_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
