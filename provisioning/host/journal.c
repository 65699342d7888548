/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record of transactions on the disk. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>

#include "host/command.h"
#include "host/journal.h"

#define ENTRIES_DIR JOURNAL_DIR "/journal"
#define NEW_DIR ENTRIES_DIR "/.new"
#define OLD_DIR ENTRIES_DIR "/.old"
#define ID_MAX 99999999u

static const struct fs_access private_file = {
	.mode = 0600, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};
static const struct fs_access private_dir = {
	.mode = 0700, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};
static const struct fs_access public_dir = {
	.mode = 0755, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};

static const char *const state_names[] = {
	[JOURNAL_OPEN] = "open",
	[JOURNAL_DONE] = "done",
	[JOURNAL_UNDOING] = "undoing",
	[JOURNAL_UNDONE] = "undone",
};

static const char *const kind_names[] = {
	[NODE_ABSENT] = "absent",
	[NODE_FILE] = "file",
	[NODE_LINK] = "link",
	[NODE_DIRECTORY] = "directory",
};

const char *journal_state_name(enum journal_state state)
{
	return state_names[state];
}

/* The index of a name, or -1. */
static int find_name(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; name && i < count; i++)
		if (strcmp(names[i], name) == 0)
			return (int)i;
	return -1;
}

int journal_exists(const struct fs *fs, bool *ret_exists, struct err *err)
{
	struct stat st;
	int rc = fs_stat(fs, ENTRIES_DIR, &st, err);

	if (rc < 0 && rc != -ENOENT)
		return err_wrap(err, "journal");
	if (rc < 0)
		err_clear(err);
	*ret_exists = rc == 0;
	return 0;
}

int journal_open(const struct fs *fs, struct journal *ret_journal, struct err *err)
{
	_cleanup_close_ int lock = -1;
	int rc = fs_mkdir(fs, "var", &public_dir, err);

	if (rc == 0)
		rc = fs_mkdir(fs, "var/lib", &public_dir, err);
	if (rc == 0)
		rc = fs_mkdir(fs, JOURNAL_DIR, &private_dir, err);
	if (rc == 0)
		rc = fs_mkdir(fs, ENTRIES_DIR, &private_dir, err);
	if (rc == 0)
		rc = fs_open_file(fs, JOURNAL_DIR, O_RDONLY | O_DIRECTORY, &lock, err);
	if (rc < 0)
		return err_wrap(err, "journal");
	if (flock(lock, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EWOULDBLOCK)
			return err_say(err, EBUSY, "journal: another xenhost is at work");
		return err_set(err, errno, "journal: lock '%s'", JOURNAL_DIR);
	}
	*ret_journal = (struct journal){.fs = fs, .lock = TAKE_FD(lock)};
	return 0;
}

void journal_close(struct journal *journal)
{
	if (!journal)
		return;
	mem_close_ref(&journal->lock);
	journal->lock = -1;
}

static int compare_ids(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return x < y ? -1 : x > y;
}

int journal_list(const struct fs *fs, unsigned int **ret_ids, size_t *ret_count,
		 struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	unsigned int *ids = NULL;
	size_t count = 0;
	int rc = fs_readdir(fs, ENTRIES_DIR, &names, err);

	if (rc < 0 && rc != -ENOENT)
		return err_wrap(err, "journal");
	if (rc < 0)
		err_clear(err);
	for (size_t i = 0; i < names.count; i++) {
		uint64_t id;

		if (!str_to_number(names.item[i], ID_MAX, &id) || !id)
			continue;
		ids = mem_grow(ids, count, sizeof(*ids));
		ids[count++] = (unsigned int)id;
	}
	if (count)
		qsort(ids, count, sizeof(*ids), compare_ids);
	*ret_ids = ids;
	*ret_count = count;
	return 0;
}

/* ---- writing ---- */

static int write_text(const struct fs *fs, const char *path, const char *text,
		      size_t length, struct err *err)
{
	return fs_replace(fs, path, text, length, &private_file, NULL, err);
}

/* Removes a transaction's directory that has no number: nobody reads it any more. */
static int remove_entry(const struct fs *fs, const char *dir, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};

	if (fs_readdir(fs, dir, &names, NULL) < 0)
		return 0;
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *path = mem_textf("%s/%s", dir, names.item[i]);
		int rc = fs_remove(fs, path, err);

		if (rc < 0)
			return rc;
	}
	return fs_remove(fs, dir, err);
}

/* The Fowler/Noll/Vo hash, RFC 9923. */
static uint64_t digest_of(const struct str *bytes)
{
	uint64_t digest = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < bytes->length; i++)
		digest = (digest ^ (unsigned char)bytes->text[i]) *
			 UINT64_C(0x100000001b3);
	return digest;
}

static bool has_bytes(const struct node *node)
{
	return node->kind == NODE_FILE || node->kind == NODE_LINK;
}

static json_t *node_to_json(const struct node *node)
{
	json_t *json = json_object();

	json_put(json, "kind", json_text(kind_names[node->kind]));
	if (has_bytes(node)) {
		_cleanup_free_ char *digest =
			mem_textf("%016jx", (uintmax_t)digest_of(&node->bytes));

		json_put(json, "digest", json_text(digest));
	}
	if (node->kind != NODE_FILE && node->kind != NODE_DIRECTORY)
		return json;
	json_put(json, "mode", json_integer(node->access.mode));
	json_put(json, "uid",
		 node->access.uid == FS_KEEP_UID ? json_null()
						 : json_integer(node->access.uid));
	json_put(json, "gid",
		 node->access.gid == FS_KEEP_GID ? json_null()
						 : json_integer(node->access.gid));
	return json;
}

static void render_plan(const struct plan *plan, struct str *text)
{
	_cleanup_json_ json_t *json = json_object();
	json_t *changes = json_array();

	for (size_t i = 0; i < plan->count; i++) {
		const struct change *change = &plan->change[i];
		json_t *item = json_object();

		json_put(item, "resource", json_text(change->resource));
		json_put(item, "path", json_text(change->path));
		json_put(item, "old", node_to_json(&change->old));
		json_put(item, "new", node_to_json(&change->new));
		json_append(changes, item);
	}
	json_put(json, "time", json_integer((json_int_t)time(NULL)));
	json_put(json, "changes", changes);
	json_put(json, "commands", plan_commands_to_json(plan));
	json_render(json, text);
}

static int write_bytes(const struct fs *fs, const char *side, size_t index,
		       const struct node *node, struct err *err)
{
	_cleanup_free_ char *path = mem_textf(NEW_DIR "/%s-%zu", side, index);

	if (!has_bytes(node))
		return 0;
	return write_text(fs, path, str_text(&node->bytes), node->bytes.length, err);
}

static int write_entry(const struct fs *fs, const struct plan *plan, struct err *err)
{
	static const char *const above[] = {JOURNAL_DIR, "var/lib", "var", "."};
	_cleanup_str_ struct str text = {0};
	int rc = remove_entry(fs, NEW_DIR, err);

	/* A run that was stopped may have made them and not synced them. */
	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(above); i++)
		rc = fs_sync(fs, above[i], err);
	if (rc == 0)
		rc = fs_mkdir(fs, NEW_DIR, &private_dir, err);
	for (size_t i = 0; rc == 0 && i < plan->count; i++) {
		rc = write_bytes(fs, "old", i, &plan->change[i].old, err);
		if (rc == 0)
			rc = write_bytes(fs, "new", i, &plan->change[i].new, err);
	}
	render_plan(plan, &text);
	if (rc == 0)
		rc = write_text(fs, NEW_DIR "/plan.json", text.text, text.length, err);
	if (rc == 0)
		rc = write_text(fs, NEW_DIR "/state", "open\n", 5, err);
	return rc;
}

int journal_begin(struct journal *journal, const struct plan *plan, unsigned int *ret_id,
		  struct err *err)
{
	_cleanup_free_ unsigned int *ids = NULL;
	_cleanup_free_ char *path = NULL;
	_cleanup_err_ struct err ignored = {0};
	unsigned int id;
	size_t count = 0;
	int rc = journal_list(journal->fs, &ids, &count, err);

	if (rc < 0)
		return rc;
	id = count ? ids[count - 1] + 1 : 1;
	if (id > ID_MAX)
		return err_say(err, EOVERFLOW, "journal: it has number %u: it is full",
			       ID_MAX);
	path = mem_textf(ENTRIES_DIR "/%u", id);
	rc = write_entry(journal->fs, plan, err);
	if (rc == 0)
		rc = fs_rename(journal->fs, NEW_DIR, path, err);
	if (rc < 0) {
		/* It may have the new name and only not be synced. */
		(void)!fs_rename(journal->fs, path, NEW_DIR, &ignored);
		(void)!remove_entry(journal->fs, NEW_DIR, &ignored);
		return err_wrap(err, "journal");
	}
	*ret_id = id;
	return 0;
}

int journal_set_state(struct journal *journal, unsigned int id, enum journal_state state,
		      struct err *err)
{
	_cleanup_free_ char *path = mem_textf(ENTRIES_DIR "/%u/state", id);
	_cleanup_free_ char *text = mem_textf("%s\n", state_names[state]);
	int rc = write_text(journal->fs, path, text, strlen(text), err);

	return rc < 0 ? err_wrap(err, "journal") : 0;
}

/* Whether a transaction needs nothing any more: it is "done" or "undone". */
static bool is_finished(const struct fs *fs, unsigned int id)
{
	_cleanup_err_ struct err ignored = {0};
	enum journal_state state;

	return journal_read_state(fs, id, &state, &ignored) == 0 &&
	       (state == JOURNAL_DONE || state == JOURNAL_UNDONE);
}

int journal_prune(struct journal *journal, struct err *err)
{
	_cleanup_free_ unsigned int *ids = NULL;
	size_t count = 0, kept = 0;
	int rc = remove_entry(journal->fs, OLD_DIR, err);

	if (rc == 0)
		rc = journal_list(journal->fs, &ids, &count, err);
	while (rc == 0 && count-- > 0) {
		_cleanup_free_ char *path = mem_textf(ENTRIES_DIR "/%u", ids[count]);

		if (!is_finished(journal->fs, ids[count]) || kept++ < JOURNAL_KEEP)
			continue;
		rc = fs_rename(journal->fs, path, OLD_DIR, err);
		if (rc == 0)
			rc = remove_entry(journal->fs, OLD_DIR, err);
	}
	return rc < 0 ? err_wrap(err, "journal") : 0;
}

/* ---- reading ---- */

static int damaged(unsigned int id, const char *name, struct err *err)
{
	return err_say(err, EIO, "'" ENTRIES_DIR "/%u/%s' is damaged", id, name);
}

static bool read_owner(const json_t *json, uint32_t *ret_id)
{
	json_int_t value = json_integer_value(json);

	if (json_is_null(json)) {
		*ret_id = (uint32_t)-1;
		return true;
	}
	if (!json_is_integer(json) || value < 0 || value >= UINT32_MAX)
		return false;
	*ret_id = (uint32_t)value;
	return true;
}

static bool read_access(const json_t *json, struct fs_access *access)
{
	const json_t *mode = json_object_get(json, "mode");

	if (!json_is_integer(mode) || json_integer_value(mode) < 0 ||
	    json_integer_value(mode) > 07777)
		return false;
	access->mode = (mode_t)json_integer_value(mode);
	return read_owner(json_object_get(json, "uid"), &access->uid) &&
	       read_owner(json_object_get(json, "gid"), &access->gid);
}

static bool node_from_json(const json_t *json, struct node *node, uint64_t *digest)
{
	const char *text = json_string_value(json_object_get(json, "digest"));
	int kind = find_name(kind_names, ARRAY_SIZE(kind_names),
			     json_string_value(json_object_get(json, "kind")));

	if (kind < 0)
		return false;
	node->kind = (enum node_kind)kind;
	if (has_bytes(node) && (!text || !str_to_hex(text, UINT64_MAX, digest)))
		return false;
	if (node->kind != NODE_FILE && node->kind != NODE_DIRECTORY)
		return true;
	return read_access(json, &node->access);
}

static bool parse_change(const json_t *json, struct plan *plan, uint64_t *digests)
{
	const char *resource = json_string_value(json_object_get(json, "resource"));
	const char *path = json_string_value(json_object_get(json, "path"));
	struct change *change;

	if (!resource || !path || !path[0])
		return false;
	plan->change = mem_grow(plan->change, plan->count, sizeof(*plan->change));
	change = &plan->change[plan->count++];
	*change = (struct change){.resource = mem_text(resource), .path = mem_text(path)};
	return node_from_json(json_object_get(json, "old"), &change->old, &digests[0]) &&
	       node_from_json(json_object_get(json, "new"), &change->new, &digests[1]);
}

static bool parse_commands(const json_t *commands, struct plan *plan)
{
	for (size_t i = 0; i < json_array_size(commands); i++) {
		const char *name = json_string_value(json_array_get(commands, i));
		int kind = COMMAND_NONE + 1;

		while (name && kind < COMMAND_COUNT &&
		       strcmp(command_kind_name((enum command_kind)kind), name) != 0)
			kind++;
		if (!name || kind == COMMAND_COUNT)
			return false;
		plan->has_command[kind] = true;
	}
	return true;
}

bool journal_parse(const char *text, size_t length, struct journal_entry *entry,
		   uint64_t **ret_digests)
{
	_cleanup_json_ json_t *json =
		json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
	const json_t *changes = json_object_get(json, "changes");
	const json_t *commands = json_object_get(json, "commands");
	const json_t *time = json_object_get(json, "time");
	_cleanup_free_ uint64_t *digests = NULL;

	if (!json_is_array(changes) || !json_is_array(commands) || !json_is_integer(time))
		return false;
	entry->time = json_integer_value(time);
	digests = mem_alloc((2 * json_array_size(changes) + 1) * sizeof(*digests));
	for (size_t i = 0; i < json_array_size(changes); i++)
		if (!parse_change(json_array_get(changes, i), &entry->plan,
				  &digests[2 * i]))
			return false;
	if (!parse_commands(commands, &entry->plan))
		return false;
	*ret_digests = TAKE_PTR(digests);
	return true;
}

static int read_bytes(const struct fs *fs, unsigned int id, const char *side,
		      size_t index, uint64_t digest, struct node *node, struct err *err)
{
	_cleanup_free_ char *name = mem_textf("%s-%zu", side, index);
	_cleanup_free_ char *path = mem_textf(ENTRIES_DIR "/%u/%s", id, name);
	int rc;

	if (!has_bytes(node))
		return 0;
	rc = fs_read(fs, path, NODE_MAX, &node->bytes, err);
	if (rc == 0 && digest_of(&node->bytes) != digest)
		rc = damaged(id, name, err);
	return rc;
}

static int read_plan(const struct fs *fs, unsigned int id, struct journal_entry *entry,
		     struct err *err)
{
	_cleanup_free_ char *path = mem_textf(ENTRIES_DIR "/%u/plan.json", id);
	_cleanup_free_ uint64_t *digests = NULL;
	_cleanup_str_ struct str text = {0};
	struct plan *plan = &entry->plan;
	int rc = fs_read(fs, path, NODE_MAX, &text, err);

	if (rc < 0)
		return rc;
	if (!journal_parse(str_text(&text), text.length, entry, &digests))
		return damaged(id, "plan.json", err);
	for (size_t i = 0; rc == 0 && i < plan->count; i++) {
		rc = read_bytes(fs, id, "old", i, digests[2 * i], &plan->change[i].old,
				err);
		if (rc == 0)
			rc = read_bytes(fs, id, "new", i, digests[2 * i + 1],
					&plan->change[i].new, err);
	}
	return rc;
}

int journal_read_state(const struct fs *fs, unsigned int id,
		       enum journal_state *ret_state, struct err *err)
{
	_cleanup_free_ char *path = mem_textf(ENTRIES_DIR "/%u/state", id);
	_cleanup_str_ struct str text = {0};
	int index, rc = fs_read(fs, path, 64, &text, err);

	if (rc < 0)
		return err_wrap(err, "transaction %u", id);
	if (text.length && text.text[text.length - 1] == '\n')
		str_cut(&text, text.length - 1);
	index = find_name(state_names, ARRAY_SIZE(state_names), str_text(&text));
	if (index < 0) {
		(void)damaged(id, "state", err);
		return err_wrap(err, "transaction %u", id);
	}
	*ret_state = (enum journal_state)index;
	return 0;
}

int journal_read(const struct fs *fs, unsigned int id, struct journal_entry *ret_entry,
		 struct err *err)
{
	_cleanup_journal_entry_ struct journal_entry entry = {.id = id};
	int rc = journal_read_state(fs, id, &entry.state, err);

	if (rc < 0)
		return rc;
	rc = read_plan(fs, id, &entry, err);
	if (rc < 0)
		return err_wrap(err, "transaction %u", id);
	*ret_entry = entry;
	entry = (struct journal_entry){0};
	return 0;
}

void journal_entry_clear(struct journal_entry *entry)
{
	if (entry)
		plan_clear(&entry->plan);
}
