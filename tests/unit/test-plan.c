/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan as text and as JSON. */
#include <string.h>

#include "host/plan.h"
#include "unit.h"

static struct change *add(struct plan *plan, const char *path, enum node_kind old,
			  enum node_kind new)
{
	struct change *change;

	plan->change = mem_grow(plan->change, plan->count, sizeof(*plan->change));
	change = &plan->change[plan->count++];
	*change = (struct change){.resource = mem_text("r"), .path = mem_text(path)};
	change->old.kind = old;
	change->new.kind = new;
	change->new.access = (struct fs_access){.mode = 0640, .uid = 1, .gid = 2};
	return change;
}

static void assert_text(const struct unit_tree *tree, const struct plan *plan,
			const char *wanted)
{
	_cleanup_str_ struct str text = {0};

	plan_render(plan, &tree->fs, &text);
	assert_string_equal(str_text(&text), wanted);
}

static void a_plan_without_changes_is_empty(void **state)
{
	const struct plan plan = {0};

	assert_true(plan_is_empty(&plan));
	assert_text(*state, &plan, "");
}

static void each_kind_of_change_has_its_line(void **state)
{
	_cleanup_plan_ struct plan plan = {0};
	struct change *change;

	(void)add(&plan, "d", NODE_ABSENT, NODE_DIRECTORY);
	change = add(&plan, "d/new", NODE_ABSENT, NODE_FILE);
	str_add(&change->new.bytes, "a\n");
	change = add(&plan, "old", NODE_FILE, NODE_ABSENT);
	str_add(&change->old.bytes, "b\n");
	change = add(&plan, "link", NODE_LINK, NODE_LINK);
	str_add(&change->new.bytes, "to");
	assert_text(*state, &plan,
		    "create d/ (r)\n"
		    "create d/new (r)\n    + a\n"
		    "remove old (r)\n    - b\n"
		    "change link -> to (r)\n");
}

static void commands_come_last_in_their_order(void **state)
{
	_cleanup_plan_ struct plan plan = {0};

	unit_file(*state, "etc/debian_version", "");
	unit_dir(*state, "etc/initramfs-tools");
	(void)add(&plan, "a", NODE_ABSENT, NODE_FILE);
	plan.has_command[COMMAND_GRUB] = plan.has_command[COMMAND_INITRAMFS] = true;
	assert_text(*state, &plan,
		    "create a (r)\nrun update-initramfs -u -k all\nrun update-grub\n");
}

static void what_is_for_a_running_system_is_not_shown_below_a_root(void **state)
{
	_cleanup_plan_ struct plan plan = {0};

	(void)add(&plan, "a", NODE_ABSENT, NODE_FILE);
	plan.has_command[COMMAND_SYSTEMD] = plan.has_command[COMMAND_UDEV] = true;
	assert_text(*state, &plan, "create a (r)\n");
}

static void json_has_both_sides_of_a_change(void **state)
{
	_cleanup_plan_ struct plan plan = {0};
	_cleanup_json_ json_t *json = NULL;
	_cleanup_str_ struct str text = {0};
	struct change *change = add(&plan, "a", NODE_LINK, NODE_FILE);

	(void)state;
	str_add(&change->old.bytes, "to");
	str_add(&change->new.bytes, "x\n");
	plan.has_command[COMMAND_UDEV] = true;
	str_list_add(&plan.warnings, "careful");
	json = plan_to_json(&plan);
	json_render(json, &text);
	assert_string_equal(text.text, "{\n"
				       "  \"changes\": [\n"
				       "    {\n"
				       "      \"resource\": \"r\",\n"
				       "      \"action\": \"change\",\n"
				       "      \"path\": \"a\",\n"
				       "      \"old\": {\n"
				       "        \"kind\": \"link\",\n"
				       "        \"target\": \"to\"\n"
				       "      },\n"
				       "      \"new\": {\n"
				       "        \"kind\": \"file\",\n"
				       "        \"text\": \"x\\n\",\n"
				       "        \"mode\": \"0640\",\n"
				       "        \"uid\": 1,\n"
				       "        \"gid\": 2\n"
				       "      }\n"
				       "    }\n"
				       "  ],\n"
				       "  \"commands\": [\n"
				       "    \"udev\"\n"
				       "  ],\n"
				       "  \"warnings\": [\n"
				       "    \"careful\"\n"
				       "  ],\n"
				       "  \"notes\": []\n"
				       "}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(a_plan_without_changes_is_empty),
		unit_test_in_tree(each_kind_of_change_has_its_line),
		unit_test_in_tree(commands_come_last_in_their_order),
		unit_test_in_tree(what_is_for_a_running_system_is_not_shown_below_a_root),
		cmocka_unit_test(json_has_both_sides_of_a_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
