/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boots on trial: what is on the disk about them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "boot/trial.h"

#define STATE_PATH TRIAL_DIR "/trial.json"
#define LOG_PATH TRIAL_DIR "/log"
#define STATE_MAX (1 << 20)
#define LOG_MAX (1 << 20)
#define LOG_LINES 100

static const struct fs_access private_file = {
	.mode = 0600, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};

static const char *const state_names[] = {
	[TRIAL_NONE] = "none",	       [TRIAL_PENDING] = "pending",
	[TRIAL_FAILED] = "failed",     [TRIAL_CANCELLED] = "cancelled",
	[TRIAL_PROMOTED] = "promoted",
};

const char *trial_state_name(enum trial_state state)
{
	return state_names[state];
}

/* ---- trial.json ---- */

struct field {
	const char *key;
	size_t offset;
};

static const struct field texts[] = {
	{"boot", offsetof(struct trial, boot)},
	{"entry", offsetof(struct trial, entry)},
	{"title", offsetof(struct trial, title)},
	{"good-title", offsetof(struct trial, good_title)},
	{"changes", offsetof(struct trial, changes)},
	{"reason", offsetof(struct trial, reason)},
	{"kernel", offsetof(struct trial, kernel)},
	{"kernel-args", offsetof(struct trial, kernel_args)},
	{"hypervisor", offsetof(struct trial, hypervisor)},
	{"hypervisor-args", offsetof(struct trial, hypervisor_args)},
};

static char **text_of(struct trial *trial, const struct field *field)
{
	return (char **)(void *)((char *)trial + field->offset);
}

static const char *const_text_of(const struct trial *trial, const struct field *field)
{
	return *(const char *const *)(const void *)((const char *)trial + field->offset);
}

void trial_clear(struct trial *trial)
{
	if (!trial)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		free(*text_of(trial, &texts[i]));
	str_list_clear(&trial->interfaces);
	*trial = (struct trial){0};
}

static bool read_state(const char *name, enum trial_state *ret_state)
{
	for (size_t i = 0; i < ARRAY_SIZE(state_names); i++)
		if (str_same(name, state_names[i])) {
			*ret_state = (enum trial_state)i;
			return true;
		}
	return false;
}

static bool from_json(const json_t *json, struct trial *trial)
{
	const json_t *list = json_object_get(json, "interfaces");

	if (!read_state(json_string_value(json_object_get(json, "state")), &trial->state))
		return false;
	trial->time = json_integer_value(json_object_get(json, "time"));
	trial->seconds = (uint64_t)json_integer_value(json_object_get(json, "seconds"));
	trial->had_route = json_is_true(json_object_get(json, "default-route"));
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const char *text = json_string_value(json_object_get(json, texts[i].key));

		*text_of(trial, &texts[i]) = text ? mem_text(text) : NULL;
	}
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));

		if (name)
			str_list_add(&trial->interfaces, name);
	}
	/* What is on trial has a name. */
	return trial->state == TRIAL_NONE || (trial->entry && trial->title);
}

int trial_read(const struct fs *fs, struct trial *ret_trial, struct err *err)
{
	_cleanup_trial_ struct trial trial = {0};
	_cleanup_json_ json_t *json = NULL;
	_cleanup_str_ struct str text = {0};
	int rc = fs_read(fs, STATE_PATH, STATE_MAX, &text, err);

	if (rc == -ENOENT) {
		err_clear(err);
		*ret_trial = (struct trial){0};
		return 0;
	}
	if (rc < 0)
		return rc;
	json = json_loadb(str_text(&text), text.length, JSON_REJECT_DUPLICATES, NULL);
	if (!json || !from_json(json, &trial))
		trial_clear(&trial);
	*ret_trial = trial;
	trial = (struct trial){0};
	return 0;
}

static int make_dirs(const struct fs *fs, struct err *err)
{
	static const struct fs_access private = {
		.mode = 0700, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};

	return fs_mkdir(fs, TRIAL_DIR, &private, err);
}

int trial_write(const struct fs *fs, const struct trial *trial, struct err *err)
{
	_cleanup_json_ json_t *json = json_object();
	_cleanup_str_ struct str text = {0};
	int rc = make_dirs(fs, err);

	json_put(json, "state", json_text(trial_state_name(trial->state)));
	json_put(json, "time", json_integer(trial->time));
	json_put(json, "seconds", json_integer((json_int_t)trial->seconds));
	json_put(json, "default-route", json_boolean(trial->had_route));
	json_put(json, "interfaces", json_texts(&trial->interfaces));
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		json_put(json, texts[i].key, json_text(const_text_of(trial, &texts[i])));
	json_render(json, &text);
	return rc < 0 ? rc
		      : fs_replace(fs, STATE_PATH, str_text(&text), text.length,
				   &private_file, NULL, err);
}

bool trial_is_armed(const struct fs *fs)
{
	_cleanup_grubenv_ struct grubenv env = {0};
	const char *fallback;

	if (grubenv_read(fs, grub_menu_env_path(fs), &env, NULL) < 0)
		return false;
	fallback = grubenv_get(&env, "xenhost_fallback");
	return fallback && *fallback;
}

/* ---- log ---- */

json_t *trial_log_read(const struct fs *fs)
{
	_cleanup_str_ struct str text = {0};
	json_t *list = json_array();
	const char *cursor, *line;
	size_t length;

	if (fs_read(fs, LOG_PATH, LOG_MAX, &text, NULL) < 0)
		return list;
	cursor = str_text(&text);
	while (str_next_line(&cursor, &line, &length)) {
		json_t *json = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);

		if (json_is_object(json))
			json_append(list, json);
		else
			json_decref(json);
	}
	return list;
}

static bool is_again(const json_t *last, const json_t *event)
{
	static const char *const keys[] = {"boot", "event", "title", "text"};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!json_equal(json_object_get(last, keys[i]),
				json_object_get(event, keys[i])))
			return false;
	return true;
}

int trial_log(const struct fs *fs, const char *boot, const char *event, const char *title,
	      const char *text, struct err *err)
{
	_cleanup_json_ json_t *list = trial_log_read(fs);
	_cleanup_str_ struct str lines = {0};
	size_t count = json_array_size(list);
	json_t *json = json_object();
	int rc;

	json_put(json, "time", json_integer((json_int_t)time(NULL)));
	json_put(json, "boot", json_text(boot));
	json_put(json, "event", json_text(event));
	json_put(json, "title", json_text(title));
	json_put(json, "text", json_text(text));
	if (count && is_again(json_array_get(list, count - 1), json)) {
		json_decref(json);
		return 0;
	}
	json_append(list, json);
	count++;
	for (size_t i = count > LOG_LINES ? count - LOG_LINES : 0; i < count; i++) {
		char *line = json_dumps(json_array_get(list, i), JSON_COMPACT);

		if (!line)
			mem_abort();
		str_addf(&lines, "%s\n", line);
		free(line);
	}
	rc = make_dirs(fs, err);
	return rc < 0 ? rc
		      : fs_replace(fs, LOG_PATH, str_text(&lines), lines.length,
				   &private_file, NULL, err);
}
