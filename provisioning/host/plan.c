/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan as text and as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diff.h"
#include "host/command.h"

bool plan_is_empty(const struct plan *plan)
{
	return plan->count == 0;
}

bool change_is_of_link(const struct change *change)
{
	return change->old.kind == NODE_LINK || change->new.kind == NODE_LINK;
}

static const char *action(const struct change *change)
{
	if (change->old.kind == NODE_ABSENT)
		return "create";
	return change->new.kind == NODE_ABSENT ? "remove" : "change";
}

char *change_title(const struct change *change)
{
	bool is_link = change->new.kind == NODE_LINK;

	return mem_textf("%s %s%s%s%s (%s)", action(change), change->path,
			 is_link ? " -> " : "",
			 is_link ? str_text(&change->new.bytes) : "",
			 change->new.kind == NODE_DIRECTORY ? "/" : "", change->resource);
}

static void render_change(const struct change *change, struct str *text)
{
	_cleanup_free_ char *title = change_title(change);

	str_addf(text, "%s\n", title);
	if (change->old.kind == NODE_FILE && change->new.kind == NODE_FILE &&
	    change->old.access.mode != change->new.access.mode)
		str_addf(text, "    mode %04o, was %04o\n", change->new.access.mode,
			 change->old.access.mode);
	if (change->new.kind == NODE_FILE || change->old.kind == NODE_FILE)
		diff_lines(str_text(&change->old.bytes), str_text(&change->new.bytes),
			   "    ", text);
}

void plan_render(const struct plan *plan, const struct fs *fs, struct str *text)
{
	for (size_t i = 0; i < plan->notes.count; i++)
		str_addf(text, "note: %s\n", plan->notes.item[i]);
	for (size_t i = 0; i < plan->count; i++)
		render_change(&plan->change[i], text);
	for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++) {
		enum command_kind kind = (enum command_kind)i;

		if (plan->has_command[i] && !command_is_moot(fs, kind))
			str_addf(text, "run %s\n", command_name(fs, kind));
	}
}

static const char *const kind_names[] = {
	[NODE_ABSENT] = "absent",
	[NODE_FILE] = "file",
	[NODE_LINK] = "link",
	[NODE_DIRECTORY] = "directory",
};

static json_t *node_to_json(const struct node *node)
{
	json_t *json = json_object();

	json_put(json, "kind", json_text(kind_names[node->kind]));
	if (node->kind == NODE_LINK)
		json_put(json, "target", json_text(str_text(&node->bytes)));
	if (node->kind == NODE_FILE)
		json_put(json, "text", json_text(str_text(&node->bytes)));
	if (node->kind == NODE_FILE || node->kind == NODE_DIRECTORY) {
		_cleanup_free_ char *mode = mem_textf("%04o", node->access.mode);

		json_put(json, "mode", json_text(mode));
		json_put(json, "uid", json_integer(node->access.uid));
		json_put(json, "gid", json_integer(node->access.gid));
	}
	return json;
}

json_t *plan_commands_to_json(const struct plan *plan)
{
	json_t *commands = json_array();

	for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++)
		if (plan->has_command[i])
			json_append(commands,
				    json_text(command_kind_name((enum command_kind)i)));
	return commands;
}

json_t *plan_to_json(const struct plan *plan)
{
	json_t *json = json_object(), *changes = json_array();

	for (size_t i = 0; i < plan->count; i++) {
		const struct change *change = &plan->change[i];
		json_t *item = json_object();

		json_put(item, "resource", json_text(change->resource));
		json_put(item, "action", json_text(action(change)));
		json_put(item, "path", json_text(change->path));
		json_put(item, "old", node_to_json(&change->old));
		json_put(item, "new", node_to_json(&change->new));
		json_append(changes, item);
	}
	json_put(json, "changes", changes);
	json_put(json, "commands", plan_commands_to_json(plan));
	json_put(json, "warnings", json_texts(&plan->warnings));
	json_put(json, "notes", json_texts(&plan->notes));
	return json;
}

void plan_clear(struct plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->count; i++) {
		free(plan->change[i].resource);
		free(plan->change[i].path);
		node_clear(&plan->change[i].old);
		node_clear(&plan->change[i].new);
	}
	free(plan->change);
	str_list_clear(&plan->warnings);
	str_list_clear(&plan->notes);
	*plan = (struct plan){0};
}
