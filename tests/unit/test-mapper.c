/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of device-mapper, and back to LVM's. */
#include "guest/mapper.h"
#include "unit.h"

static void assert_name(const char *group, const char *volume, const char *wanted)
{
	_cleanup_free_ char *name = mapper_name(group, volume, NULL);
	_cleanup_free_ char *group_again = NULL, *volume_again = NULL;

	assert_string_equal(name, wanted);
	assert_true(mapper_split(name, &group_again, &volume_again));
	assert_string_equal(group_again, group);
	assert_string_equal(volume_again, volume);
}

static void dashes_are_doubled(void **state)
{
	(void)state;
	assert_name("vg0", "disk", "vg0-disk");
	assert_name("vg0", "web-disk", "vg0-web--disk");
	assert_name("my-vg", "a--b", "my--vg-a----b");
	assert_name("vg0", "web.example.org-disk", "vg0-web.example.org--disk");
}

static void a_layer_is_a_part(void **state)
{
	_cleanup_free_ char *name = mapper_name("vg0", "a-b", "tpool");
	char *group = NULL, *volume = NULL;

	(void)state;
	assert_string_equal(name, "vg0-a--b-tpool");
	assert_false(mapper_split(name, &group, &volume));
	assert_null(group);
	assert_null(volume);
}

static void what_is_no_such_name(void **state)
{
	static const char *const wrong[] = {"", "vg0", "-a", "vg0-", "a--b", "a-b-c"};
	char *group = NULL, *volume = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(mapper_split(wrong[i], &group, &volume));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dashes_are_doubled),
		cmocka_unit_test(a_layer_is_a_part),
		cmocka_unit_test(what_is_no_such_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
