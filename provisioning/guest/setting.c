/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings by name: what they may be, which of several holds, what was set. */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/setting-parts.h"

bool setting_is_named(const char *name, const char *word)
{
	for (;; name++, word++) {
		name += strspn(name, "-_");
		word += strspn(word, "-_");
		if (*name != *word)
			return false;
		if (!*name)
			return true;
	}
}

struct setting *setting_find(const struct settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->count; i++)
		if (setting_is_named(settings->item[i].spec->name, name))
			return &settings->item[i];
	return NULL;
}

static struct setting *get(const struct settings *settings, const char *name)
{
	struct setting *setting = setting_find(settings, name);

	assert(setting);
	return setting;
}

static void reset(struct setting *setting)
{
	free(setting->where);
	str_list_clear(&setting->value);
	setting->where = mem_text(setting->spec->name);
	setting->level = LEVEL_INITIAL;
	if (setting->spec->initial)
		str_list_add(&setting->value, setting->spec->initial);
}

void settings_init(struct settings *settings)
{
	*settings = (struct settings){0};
	for (const struct setting_spec *spec = setting_specs; spec->name; spec++) {
		settings->item = mem_grow(settings->item, settings->count,
					  sizeof(*settings->item));
		settings->item[settings->count] = (struct setting){.spec = spec};
		reset(&settings->item[settings->count++]);
	}
}

void settings_clear(struct settings *settings)
{
	for (size_t i = 0; i < settings->count; i++) {
		struct setting *setting = &settings->item[i];

		if (strcmp(setting->spec->name, "password") == 0 && setting->value.count)
			explicit_bzero(setting->value.item[0],
				       strlen(setting->value.item[0]));
		free(setting->where);
		str_list_clear(&setting->value);
	}
	free(settings->item);
	str_list_clear(&settings->notes);
	*settings = (struct settings){0};
}

/* A word of `choices`. */
static bool is_choice(const char *choices, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = choices; *at; at += strspn(at, " ")) {
		size_t part = strcspn(at, " ");

		if (part == length && strncmp(at, word, length) == 0)
			return true;
		at += part;
	}
	return false;
}

static bool is_yes_word(const char *text, bool *ret_is_yes)
{
	*ret_is_yes = strcmp(text, "1") == 0 || strcmp(text, "yes") == 0;
	return *ret_is_yes || strcmp(text, "0") == 0 || strcmp(text, "no") == 0;
}

static int check_number(const struct setting_spec *spec, const char *value,
			struct err *err)
{
	uint64_t number;

	if (!str_to_number(value, spec->max, &number) || number < spec->min)
		return err_say(err, EINVAL, "'%s' is no number from %ju to %ju", value,
			       (uintmax_t)spec->min, (uintmax_t)spec->max);
	return 0;
}

static int check_text(const char *value, struct err *err)
{
	for (const char *c = value; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return err_say(err, EINVAL, "a control character");
	return 0;
}

static int check_value(const struct setting_spec *spec, const char *value,
		       struct err *err)
{
	uint64_t bytes;
	bool is_yes;

	switch (spec->kind) {
	case SETTING_SIZE:
		if (!setting_parse_size(value, &bytes))
			return err_say(err, EINVAL,
				       "'%s' is no size: a number and K, M, G or T",
				       value);
		return 0;
	case SETTING_NUMBER:
		return check_number(spec, value, err);
	case SETTING_YES:
		if (!is_yes_word(value, &is_yes))
			return err_say(err, EINVAL, "'%s' is neither yes nor no", value);
		return 0;
	case SETTING_CHOICE:
		if (!is_choice(spec->choices, value))
			return err_say(err, EINVAL, "'%s' is none of: %s", value,
				       spec->choices);
		return 0;
	case SETTING_PATH:
		if (value[0] != '/')
			return err_say(err, EINVAL, "'%s' is no absolute path", value);
		return check_text(value, err);
	case SETTING_TEXT:
	case SETTING_LIST:
	case SETTING_REPEAT:
	case SETTING_IGNORED:
	case SETTING_REFUSED:
		break;
	}
	return check_text(value, err);
}

static void add_words(struct str_list *list, const char *text)
{
	while (*(text += strspn(text, ", \t"))) {
		size_t length = strcspn(text, ", \t");
		_cleanup_free_ char *word = mem_text_part(text, length);

		str_list_add(list, word);
		text += length;
	}
}

static void store(struct setting *setting, const char *value)
{
	bool is_yes;

	if (setting->spec->kind == SETTING_LIST) {
		add_words(&setting->value, value);
		return;
	}
	if (setting->spec->kind != SETTING_REPEAT)
		str_list_clear(&setting->value);
	if (setting->spec->kind == SETTING_YES && is_yes_word(value, &is_yes))
		value = is_yes ? "yes" : "no";
	str_list_add(&setting->value, value);
}

/* Whether what has no meaning is not asked for either. */
static bool is_switched_off(const struct setting_spec *spec, const char *value)
{
	bool is_yes;

	return !spec->argument && is_yes_word(value, &is_yes) && !is_yes;
}

int setting_set(struct settings *settings, struct setting *setting,
		enum setting_level level, const char *where, const char *value,
		struct err *err)
{
	const struct setting_spec *spec = setting->spec;

	if (!*value) {
		reset(setting);
		return 0;
	}
	if (spec->kind == SETTING_REFUSED) {
		if (is_switched_off(spec, value))
			return 0;
		return err_say(err, EINVAL, "%s: %s", where, spec->why);
	}
	if (check_value(spec, value, err) < 0)
		return err ? err_wrap(err, "%s", where) : -EINVAL;
	if (spec->kind == SETTING_IGNORED) {
		_cleanup_free_ char *note =
			mem_textf("%s: not needed any more: %s", where, spec->why);

		if (setting->level == LEVEL_INITIAL && !is_switched_off(spec, value))
			str_list_add(&settings->notes, note);
	}
	if (setting->level != level)
		str_list_clear(&setting->value);
	setting->level = level;
	store(setting, value);
	free(setting->where);
	setting->where = mem_text(where);
	return 0;
}

int settings_set_option(struct settings *settings, const char *name, const char *value,
			bool is_off, struct err *err)
{
	struct setting *setting = get(settings, name);
	_cleanup_free_ char *where = mem_textf("--%s", setting->spec->name);

	if (!value)
		value = is_off ? "no" : "yes";
	return setting_set(settings, setting, LEVEL_LINE, where, value, err);
}

const char *setting_text(const struct settings *settings, const char *name)
{
	const struct str_list *value = &get(settings, name)->value;

	return value->count ? value->item[value->count - 1] : NULL;
}

const struct str_list *setting_list(const struct settings *settings, const char *name)
{
	return &get(settings, name)->value;
}

bool setting_is_yes(const struct settings *settings, const char *name)
{
	const char *text = setting_text(settings, name);

	return text && strcmp(text, "yes") == 0;
}

uint64_t setting_number(const struct settings *settings, const char *name)
{
	const char *text = setting_text(settings, name);
	uint64_t number = 0;

	if (text)
		(void)str_to_number(text, UINT64_MAX, &number);
	return number;
}

uint64_t setting_size(const struct settings *settings, const char *name)
{
	const char *text = setting_text(settings, name);
	uint64_t bytes = 0;

	if (text)
		(void)setting_parse_size(text, &bytes);
	return bytes;
}

enum setting_level setting_level(const struct settings *settings, const char *name)
{
	return get(settings, name)->level;
}

const char *setting_for_suite(const struct settings *settings, const char *name,
			      const char *suite)
{
	_cleanup_free_ char *row = mem_textf("%s_SUITE", name);
	const struct str_list *list = setting_list(settings, row);
	size_t length = strlen(suite);

	for (size_t i = list->count; i > 0; i--)
		if (strncmp(list->item[i - 1], suite, length) == 0 &&
		    list->item[i - 1][length] == '=')
			return list->item[i - 1] + length + 1;
	return NULL;
}

void setting_unset(struct settings *settings, const char *name)
{
	reset(get(settings, name));
}

int(setting_error)(const struct settings *settings, const char *name, struct err *err,
		   const char *format, ...)
{
	struct setting *setting = get(settings, name);
	_cleanup_free_ char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		mem_abort();
	va_end(args);
	if (setting->level == LEVEL_INITIAL)
		return err_say(err, EINVAL, "--%s: %s", setting->spec->name, text);
	return err_say(err, EINVAL, "%s: %s", setting->where, text);
}

/* The power of 1024 that a suffix means, -1: none. */
static int parse_unit(const char *text)
{
	static const char units[] = "kmgt";
	const char *unit;
	char first = (char)(*text | 0x20);

	if (!*text)
		return 2;
	unit = strchr(units, first);
	if (!unit || !*unit)
		return -1;
	text++;
	if ((*text | 0x20) == 'i' && (text[1] | 0x20) == 'b')
		text++;
	if ((*text | 0x20) == 'b')
		text++;
	return *text ? -1 : (int)(unit - units) + 1;
}

bool setting_parse_size(const char *text, uint64_t *ret_bytes)
{
	const uint64_t limit = UINT64_C(1) << 60;
	uint64_t whole = 0, part = 0, scale = 1, unit;
	int power;

	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (whole > limit)
			return false;
		whole = whole * 10 + (uint64_t)(*text - '0');
	}
	if (*text == '.' && (text[1] < '0' || text[1] > '9'))
		return false;
	for (text += *text == '.'; *text >= '0' && *text <= '9'; text++)
		if (scale < 1000000) {
			part = part * 10 + (uint64_t)(*text - '0');
			scale *= 10;
		}
	power = parse_unit(text);
	if (power < 0)
		return false;
	unit = UINT64_C(1) << (10 * power);
	if (whole > limit / unit)
		return false;
	*ret_bytes = whole * unit + part * unit / scale;
	return *ret_bytes > 0 && *ret_bytes <= limit;
}

json_t *settings_json(const struct settings *settings)
{
	json_t *all = json_object();

	for (size_t i = 0; i < settings->count; i++) {
		const struct setting *setting = &settings->item[i];
		enum setting_kind kind = setting->spec->kind;
		json_t *one;

		if (!setting->value.count)
			continue;
		one = json_object();
		if (strcmp(setting->spec->name, "password") == 0)
			json_put(one, "value", json_null());
		else if (kind == SETTING_LIST || kind == SETTING_REPEAT)
			json_put(one, "value", json_texts(&setting->value));
		else
			json_put(one, "value", json_text(setting->value.item[0]));
		json_put(one, "from",
			 json_text(setting->level == LEVEL_INITIAL ? "default"
								   : setting->where));
		json_put(all, setting->spec->name, one);
	}
	return all;
}
