/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making a plan: the words that resources plan with. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/edit.h"
#include "host/planner.h"

struct planner_file {
	const struct resource *resource;
	char *path;
	enum command_kind command;
	struct str text;
};

static void wishes_clear(struct wishes *wishes)
{
	for (size_t i = 0; i < wishes->count; i++)
		free(wishes->item[i].text);
	free(wishes->item);
	*wishes = (struct wishes){0};
}

static void planner_clear(struct planner *planner)
{
	for (size_t i = 0; i < LINE_COUNT; i++)
		wishes_clear(&planner->line[i]);
	wishes_clear(&planner->grub);
	wishes_clear(&planner->grub_shell);
	wishes_clear(&planner->modules);
	wishes_clear(&planner->modprobe);
	wishes_clear(&planner->initrd_modules);
	for (size_t i = 0; i < planner->edited_count; i++) {
		free(planner->edited[i]->path);
		str_clear(&planner->edited[i]->text);
		free(planner->edited[i]);
	}
	free(planner->edited);
}

static int plan_edited(struct planner *planner, struct err *err)
{
	for (size_t i = 0; i < planner->edited_count; i++) {
		const struct planner_file *file = planner->edited[i];
		int rc;

		if (!file->text.length && !fs_exists(planner->fs, file->path))
			continue;
		rc = planner_write(planner, file->resource, file->path,
				   str_text(&file->text), file->command, err);
		if (rc < 0)
			return err_wrap(err, "%s", file->resource->name);
	}
	return 0;
}

int planner_run(const struct resource *const *resources, const struct desc *desc,
		const struct facts *facts, const struct fs *fs, struct plan *ret_plan,
		struct err *err)
{
	_cleanup_plan_ struct plan plan = {0};
	_cleanup_(planner_clear) struct planner planner = {
		.desc = desc, .facts = facts, .fs = fs, .plan = &plan};
	int rc;

	for (; *resources; resources++) {
		rc = (*resources)->plan ? (*resources)->plan(&planner, err) : 0;
		if (rc == -EBADMSG)
			return rc;
		if (rc < 0)
			return err_wrap(err, "%s", (*resources)->name);
	}
	rc = plan_edited(&planner, err);
	if (rc < 0)
		return rc;
	*ret_plan = plan;
	plan = (struct plan){0};
	return 0;
}

void planner_wish(struct wishes *wishes, const struct conf_entry *entry, size_t word,
		  const char *format, ...)
{
	struct wish wish = {.entry = entry, .word = word};
	va_list args;

	va_start(args, format);
	if (vasprintf(&wish.text, format, args) < 0)
		mem_abort();
	va_end(args);
	wishes->item = mem_grow(wishes->item, wishes->count, sizeof(*wishes->item));
	wishes->item[wishes->count++] = wish;
}

static void add_line(struct str_list *lines, const char *format, va_list args)
	_printf_(2, 0);

static void add_line(struct str_list *lines, const char *format, va_list args)
{
	_cleanup_free_ char *text = NULL;

	if (vasprintf(&text, format, args) < 0)
		mem_abort();
	str_list_add(lines, text);
}

void planner_note(struct planner *planner, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_line(&planner->plan->notes, format, args);
	va_end(args);
}

void planner_warn(struct planner *planner, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_line(&planner->plan->warnings, format, args);
	va_end(args);
}

static const char *without_slash(const char *path)
{
	return path + strspn(path, "/");
}

static struct planner_file *find_edited(const struct planner *planner, const char *path)
{
	for (size_t i = 0; i < planner->edited_count; i++)
		if (strcmp(planner->edited[i]->path, path) == 0)
			return planner->edited[i];
	return NULL;
}

static struct change *find_change(const struct planner *planner, const char *path)
{
	for (size_t i = 0; i < planner->plan->count; i++)
		if (strcmp(planner->plan->change[i].path, path) == 0)
			return &planner->plan->change[i];
	return NULL;
}

/* Everything here handles texts that end at a NUL: the rest of a file would be lost. */
static int read_text(const struct fs *fs, const char *path, struct str *ret_text,
		     struct err *err)
{
	_cleanup_str_ struct str text = {0};
	int rc = fs_read(fs, path, NODE_MAX, &text, err);

	if (rc < 0)
		return rc;
	if (strlen(str_text(&text)) != text.length)
		return err_say(err, EINVAL, "read '%s': it has a NUL byte: no text",
			       path);
	str_clear(ret_text);
	*ret_text = text;
	text = (struct str){0};
	return 0;
}

int planner_read(const struct planner *planner, const char *path, struct str *ret_text,
		 struct err *err)
{
	const struct change *change = find_change(planner, without_slash(path));
	const struct planner_file *edited = find_edited(planner, without_slash(path));

	if (edited) {
		str_clear(ret_text);
		str_add_bytes(ret_text, str_text(&edited->text), edited->text.length);
		return 0;
	}
	if (!change)
		return read_text(planner->fs, path, ret_text, err);
	if (change->new.kind == NODE_ABSENT)
		return err_set(err, ENOENT, "open '%s'", path);
	if (change->new.kind != NODE_FILE)
		return err_say(err, EINVAL, "read '%s': not a regular file", path);
	str_clear(ret_text);
	str_add_bytes(ret_text, str_text(&change->new.bytes), change->new.bytes.length);
	return 0;
}

bool planner_has(const struct planner *planner, const char *path)
{
	const struct change *change = find_change(planner, without_slash(path));

	return change ? change->new.kind != NODE_ABSENT : fs_exists(planner->fs, path);
}

/* The name of a path in a directory, or NULL if it is elsewhere or deeper. */
static const char *name_in(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	if (strncmp(path, directory, length) != 0 || path[length] != '/' ||
	    strchr(path + length + 1, '/'))
		return NULL;
	return path + length + 1;
}

void planner_list(const struct planner *planner, const char *path,
		  struct str_list *ret_names)
{
	_cleanup_str_list_ struct str_list found = {0}, names = {0};

	path = without_slash(path);
	(void)!fs_readdir(planner->fs, path, &found, NULL);
	for (size_t i = 0; i < planner->plan->count; i++) {
		const struct change *change = &planner->plan->change[i];
		const char *name = name_in(change->path, path);

		if (name && !str_list_has(&found, name))
			str_list_add(&found, name);
	}
	for (size_t i = 0; i < found.count; i++) {
		_cleanup_free_ char *inside = mem_textf("%s/%s", path, found.item[i]);

		if (planner_has(planner, inside))
			str_list_add(&names, found.item[i]);
	}
	str_list_sort(&names);
	str_list_clear(ret_names);
	*ret_names = names;
	names = (struct str_list){0};
}

static void add_change(struct planner *planner, const struct resource *resource,
		       const char *path, struct node *old, struct node *new)
{
	struct plan *plan = planner->plan;

	plan->change = mem_grow(plan->change, plan->count, sizeof(*plan->change));
	plan->change[plan->count++] = (struct change){
		.resource = mem_text(resource->name),
		.path = mem_text(path),
		.old = *old,
		.new = *new,
	};
	*old = *new = (struct node){0};
}

/* Plans the directories above a path that are absent. */
static int plan_parents(struct planner *planner, const struct resource *resource,
			const char *path, struct err *err)
{
	for (const char *slash = strchr(path, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		_cleanup_free_ char *parent = mem_text_part(path, (size_t)(slash - path));
		_cleanup_node_ struct node old = {0};
		struct node new = {
			.kind = NODE_DIRECTORY,
			.access = {.mode = 0755, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID},
		};
		const struct change *change;
		int rc;

		change = find_change(planner, parent);
		if (change && change->new.kind == NODE_DIRECTORY)
			continue;
		rc = node_read(planner->fs, parent, false, &old, err);
		if (rc < 0)
			return rc;
		if (old.kind == NODE_DIRECTORY && !change)
			continue;
		if (old.kind != NODE_ABSENT || change)
			return err_set(err, ENOTDIR, "write '%s': '%s'", path, parent);
		add_change(planner, resource, parent, &old, &new);
	}
	return 0;
}

static void drop(struct plan *plan, size_t index)
{
	struct change *change = &plan->change[index];

	node_clear(&change->old);
	node_clear(&change->new);
	free(change->resource);
	free(change->path);
	memmove(change, change + 1, (plan->count - index - 1) * sizeof(*change));
	plan->count--;
}

/* Whether a directory is planned for nothing: no change is in it any more. */
static bool is_for_nothing(const struct plan *plan, const struct change *directory)
{
	size_t length = strlen(directory->path);

	if (directory->new.kind != NODE_DIRECTORY)
		return false;
	for (size_t i = 0; i < plan->count; i++)
		if (strncmp(plan->change[i].path, directory->path, length) == 0 &&
		    plan->change[i].path[length] == '/')
			return false;
	return true;
}

/* A change that leads back to what is there is none; the last one wins. */
static void drop_if_same(struct plan *plan, struct change *change)
{
	if (!node_is_equal(&change->old, &change->new))
		return;
	drop(plan, (size_t)(change - plan->change));
	for (size_t i = plan->count; i-- > 0;)
		if (is_for_nothing(plan, &plan->change[i]))
			drop(plan, i);
	memset(plan->has_command, 0, sizeof(plan->has_command));
	for (size_t i = 0; i < plan->count; i++)
		for (size_t kind = 0; kind < COMMAND_COUNT; kind++)
			plan->has_command[kind] |= plan->change[i].has_command[kind];
}

static void note_command(struct planner *planner, struct change *change,
			 enum command_kind command)
{
	change->has_command[command] = true;
	/* xen.efi starts copies, which the menu's generator makes. */
	if (command == COMMAND_INITRAMFS && planner->desc->boot.chainload.value)
		change->has_command[COMMAND_GRUB] = true;
	for (size_t kind = 0; kind < COMMAND_COUNT; kind++)
		planner->plan->has_command[kind] |= change->has_command[kind];
}

/* The journal is JSON, which has no other bytes in its texts. */
static int check_path(const char *path, struct err *err)
{
	_cleanup_json_ json_t *json = json_string(path);

	if (!json || !path[0])
		return err_say(err, EILSEQ, "write '%s': the name is not UTF-8", path);
	return 0;
}

/* What is planned for a path already becomes `new`. */
static int change_again(struct planner *planner, struct change *change, struct node *new,
			enum command_kind command, struct err *err)
{
	if (change_is_of_link(change) && new->kind == NODE_FILE)
		return err_say(err, EEXIST, "write '%s': a link is there", change->path);
	if (change->old.kind == NODE_FILE && new->kind == NODE_FILE)
		new->access = change->old.access;
	node_clear(&change->new);
	change->new = *new;
	*new = (struct node){0};
	note_command(planner, change, command);
	drop_if_same(planner->plan, change);
	return 0;
}

/* Plans that `path` shall be `new`, whose contents move. */
static int plan_node(struct planner *planner, const struct resource *resource,
		     const char *path, struct node *new, enum command_kind command,
		     struct err *err)
{
	struct change *change = find_change(planner, path);
	struct plan *plan = planner->plan;
	_cleanup_node_ struct node old = {0};
	int rc = check_path(path, err);

	if (rc < 0)
		return rc;
	if (change)
		return change_again(planner, change, new, command, err);
	/* Links are followed by writing only: what is removed is the link itself. */
	rc = node_read(planner->fs, path, new->kind != NODE_FILE, &old, err);
	if (rc < 0)
		return rc;
	if (old.kind == NODE_DIRECTORY)
		return err_set(err, EISDIR, "write '%s'", path);
	if (old.kind == NODE_FILE && new->kind == NODE_FILE)
		new->access = old.access;
	if (node_is_equal(&old, new))
		return 0;
	rc = plan_parents(planner, resource, path, err);
	if (rc < 0)
		return rc;
	add_change(planner, resource, path, &old, new);
	note_command(planner, &plan->change[plan->count - 1], command);
	return 0;
}

static int plan_file(struct planner *planner, const struct resource *resource,
		     const char *path, const char *text, mode_t mode,
		     enum command_kind command, struct err *err)
{
	_cleanup_node_ struct node new = {
		.kind = NODE_FILE,
		.access = {.mode = mode, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID}};

	str_add(&new.bytes, text);
	return plan_node(planner, resource, without_slash(path), &new, command, err);
}

int planner_write(struct planner *planner, const struct resource *resource,
		  const char *path, const char *text, enum command_kind command,
		  struct err *err)
{
	return plan_file(planner, resource, path, text, 0644, command, err);
}

static const char *mark_of(const char *path, mode_t mode)
{
	if (mode & 0111)
		return PLANNER_MARK_SCRIPT;
	return str_ends(path, ".xml") ? PLANNER_MARK_XML : PLANNER_MARK;
}

static int own_file(struct planner *planner, const struct resource *resource,
		    const char *path, const char *text, mode_t mode,
		    enum command_kind command, struct err *err)
{
	_cleanup_node_ struct node absent = {.kind = NODE_ABSENT};
	_cleanup_str_ struct str old = {0};
	const char *mark = mark_of(path, mode);
	_cleanup_free_ char *whole = NULL;
	int rc = planner_read(planner, path, &old, err);

	if (rc < 0 && rc != -ENOENT)
		return rc;
	if (rc == 0 && !str_starts(str_text(&old), mark)) {
		if (!text)
			return 0;
		return err_say(err, EEXIST,
			       "write '%s': it is there and not xenhost's; move it away",
			       path);
	}
	if (rc == -ENOENT)
		err_clear(err);
	if (text) {
		whole = mem_textf("%s%s", mark, text);
		return plan_file(planner, resource, path, whole, mode, command, err);
	}
	if (rc == -ENOENT)
		return 0;
	return plan_node(planner, resource, without_slash(path), &absent, command, err);
}

int planner_own(struct planner *planner, const struct resource *resource,
		const char *path, const char *text, enum command_kind command,
		struct err *err)
{
	return own_file(planner, resource, path, text, 0644, command, err);
}

int planner_own_private(struct planner *planner, const struct resource *resource,
			const char *path, const char *text, enum command_kind command,
			struct err *err)
{
	return own_file(planner, resource, path, text, 0600, command, err);
}

int planner_own_script(struct planner *planner, const struct resource *resource,
		       const char *path, const char *text, struct err *err)
{
	return own_file(planner, resource, path, text, 0755, COMMAND_NONE, err);
}

int planner_link(struct planner *planner, const struct resource *resource,
		 const char *path, const char *target, const char *old_target,
		 enum command_kind command, struct err *err)
{
	_cleanup_node_ struct node new = {0}, old = {0};
	int rc;

	path = without_slash(path);
	rc = node_read(planner->fs, path, true, &old, err);
	if (rc < 0)
		return rc;
	if (!target &&
	    (old.kind != NODE_LINK || strcmp(str_text(&old.bytes), old_target) != 0))
		return 0;
	if (target && old.kind != NODE_ABSENT && old.kind != NODE_LINK)
		return err_say(err, EEXIST, "link '%s': something else is there", path);
	if (target) {
		new.kind = NODE_LINK;
		str_add(&new.bytes, target);
	}
	return plan_node(planner, resource, path, &new, command, err);
}

int planner_mode(struct planner *planner, const struct resource *resource,
		 const char *path, mode_t away, enum command_kind command,
		 struct err *err)
{
	_cleanup_node_ struct node old = {0}, new = {0};
	int rc;

	path = without_slash(path);
	rc = node_read(planner->fs, path, false, &old, err);
	if (rc < 0 || old.kind != NODE_FILE || !(old.access.mode & away))
		return rc;
	node_copy(&old, &new);
	new.access.mode &= ~away;
	add_change(planner, resource, path, &old, &new);
	note_command(planner, &planner->plan->change[planner->plan->count - 1], command);
	return 0;
}

int planner_edit(struct planner *planner, const struct resource *resource,
		 const char *path, enum command_kind command, struct str **ret_text,
		 struct err *err)
{
	struct planner_file *file = find_edited(planner, without_slash(path));
	_cleanup_str_ struct str old = {0};
	int rc;

	if (!file) {
		rc = read_text(planner->fs, path, &old, err);
		if (rc < 0 && rc != -ENOENT)
			return rc;
		if (rc < 0)
			err_clear(err);
		file = mem_alloc(sizeof(*file));
		*file = (struct planner_file){
			.resource = resource,
			.path = mem_text(without_slash(path)),
			.command = command,
		};
		edit_revert(str_text(&old), &file->text);
		planner->edited = mem_grow(planner->edited, planner->edited_count,
					   sizeof(struct planner_file *));
		planner->edited[planner->edited_count++] = file;
	}
	*ret_text = &file->text;
	return 0;
}
