/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of xen-tools.conf(5). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/setting-parts.h"

#define CONF_DIR "/etc/xen-tools"
#define CONF_FILE CONF_DIR "/xen-tools.conf"

enum { CONF_LIMIT = 1 << 20 };

struct reader {
	struct settings *settings;
	enum setting_level level;
	const char *file;
	size_t line;	      /* where the statement begins */
	struct str_list seen; /* keys of this file */
};

#define BLANKS " \t"

static int fail(const struct reader *reader, struct err *err, const char *text)
{
	return err_say(err, EINVAL, "%s:%zu: %s", reader->file, reader->line, text);
}

static int unknown_key(const struct reader *reader, const char *key, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	const char *nearest;

	for (const struct setting_spec *spec = setting_specs; spec->name; spec++)
		if (spec->places & SETTING_FILE && spec->help)
			str_list_add(&names, spec->name);
	nearest = str_nearest(key, &names);
	if (nearest)
		return err_say(err, EINVAL,
			       "%s:%zu: unknown key '%s'; did you mean '%s'?",
			       reader->file, reader->line, key, nearest);
	return err_say(err, EINVAL, "%s:%zu: unknown key '%s'", reader->file,
		       reader->line, key);
}

/* xen-tools ran them by a shell, as root, at each start of each program. */
static int refuse_command(const struct reader *reader, const char *key, struct err *err)
{
	static const char *const has_auto[] = {"dist", "mirror", "kernel", "initrd"};

	for (size_t i = 0; i < ARRAY_SIZE(has_auto); i++)
		if (setting_is_named(has_auto[i], key))
			return err_say(err, EINVAL,
				       "%s:%zu: %s: commands are not run; write '%s = "
				       "auto'",
				       reader->file, reader->line, key, key);
	return err_say(err, EINVAL, "%s:%zu: %s: commands are not run", reader->file,
		       reader->line, key);
}

/* "mirror_bookworm" is a value of "mirror_SUITE". The caller frees *ret_value. */
static struct setting *find_by_suite(const struct reader *reader, const char *key,
				     const char *value, char **ret_value)
{
	static const char *const prefixes[] = {"mirror_", "keyring_"};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (str_starts(key, prefixes[i]) && key[strlen(prefixes[i])]) {
			_cleanup_free_ char *row = mem_textf("%sSUITE", prefixes[i]);

			*ret_value = mem_textf("%s=%s", key + strlen(prefixes[i]), value);
			return setting_find(reader->settings, row);
		}
	return NULL;
}

/* "nohosts = 1" is "hosts = no". *value is turned round. */
static struct setting *find_negated(const struct reader *reader, const char *key,
				    const char **value)
{
	struct setting *setting;

	if (!str_starts(key, "no"))
		return NULL;
	key += strlen("no");
	key += *key == '-' || *key == '_';
	setting = setting_find(reader->settings, key);
	if (!setting || setting->spec->argument || setting->spec->kind != SETTING_YES)
		return NULL;
	if (strcmp(*value, "1") == 0 || strcmp(*value, "yes") == 0)
		*value = "no";
	else if (strcmp(*value, "0") == 0 || strcmp(*value, "no") == 0)
		*value = "yes";
	return setting;
}

static int check_once(struct reader *reader, const struct setting *setting,
		      struct err *err)
{
	if (setting->spec->kind == SETTING_LIST || setting->spec->kind == SETTING_REPEAT)
		return 0;
	if (str_list_has(&reader->seen, setting->spec->name))
		return err_say(err, EINVAL, "%s:%zu: '%s' is set a second time",
			       reader->file, reader->line, setting->spec->name);
	str_list_add(&reader->seen, setting->spec->name);
	return 0;
}

static int set(struct reader *reader, const char *key, const char *value, struct err *err)
{
	_cleanup_free_ char *made = NULL, *where = NULL;
	struct setting *setting = setting_find(reader->settings, key);

	if (strchr(value, '`'))
		return refuse_command(reader, key, err);
	if (!setting && *value) {
		setting = find_by_suite(reader, key, value, &made);
		if (setting)
			value = made;
	}
	if (!setting)
		setting = find_negated(reader, key, &value);
	if (!setting || !(setting->spec->places & SETTING_FILE))
		return unknown_key(reader, key, err);
	if (check_once(reader, setting, err) < 0)
		return -EINVAL;
	where = mem_textf("%s:%zu: %s", reader->file, reader->line, key);
	return setting_set(reader->settings, setting, reader->level, where, value, err);
}

/* Without the blanks around it, and with no tab in it. */
static char *trim(const char *text, size_t length)
{
	char *copy;

	while (length && strchr(BLANKS, text[length - 1]))
		length--;
	while (length && strchr(BLANKS, *text)) {
		text++;
		length--;
	}
	copy = mem_text_part(text, length);
	for (char *tab = copy; (tab = strchr(tab, '\t'));)
		*tab = ' ';
	return copy;
}

static int read_statement(struct reader *reader, const char *text, struct err *err)
{
	size_t length = strcspn(text, "#");
	const char *equals = memchr(text, '=', length);
	_cleanup_free_ char *key = NULL, *value = NULL;

	for (const char *c = text; *c; c++)
		if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f)
			return fail(reader, err,
				    *c == '\r' ? "carriage return: lines must end as on "
						 "Unix"
					       : "a control character");
	if (!equals) {
		value = trim(text, length);
		return *value ? fail(reader, err, "not 'key = value'") : 0;
	}
	key = trim(text, (size_t)(equals - text));
	value = trim(equals + 1, length - (size_t)(equals + 1 - text));
	if (!*key)
		return fail(reader, err, "not 'key = value'");
	return set(reader, key, value, err);
}

int settings_read(struct settings *settings, enum setting_level level, const char *file,
		  const char *text, size_t length, struct err *err)
{
	struct reader reader = {.settings = settings, .level = level, .file = file};
	_cleanup_str_ struct str statement = {0};
	const char *cursor = text, *line;
	size_t size, number = 0;
	int rc = 0;

	if (memchr(text, '\0', length))
		return err_say(err, EINVAL, "%s: a NUL byte", file);
	while (rc == 0 && str_next_line(&cursor, &line, &size)) {
		bool goes_on = size > 0 && line[size - 1] == '\\';

		number++;
		if (!statement.length)
			reader.line = number;
		str_add_bytes(&statement, line, goes_on ? size - 1 : size);
		if (goes_on)
			continue;
		rc = read_statement(&reader, str_text(&statement), err);
		str_cut(&statement, 0);
	}
	if (rc == 0 && statement.length)
		rc = fail(&reader, err, "the last line ends in a backslash");
	str_list_clear(&reader.seen);
	return rc;
}

static int load(struct settings *settings, enum setting_level level,
		const struct fs *host, const char *path, struct err *err)
{
	_cleanup_str_ struct str text = {0};
	int rc = fs_read(host, path, CONF_LIMIT, &text, err);

	if (rc < 0)
		return rc;
	return settings_read(settings, level, path, str_text(&text), text.length, err);
}

int settings_load(struct settings *settings, const struct fs *host, const char *config,
		  struct err *err)
{
	_cleanup_free_ char *path = NULL;

	if (fs_exists(host, CONF_FILE)) {
		int rc = load(settings, LEVEL_CONF, host, CONF_FILE, err);

		if (rc < 0)
			return rc;
	}
	if (!config)
		return 0;
	path = config[0] == '/' ? mem_text(config) : mem_textf("%s/%s", CONF_DIR, config);
	return load(settings, LEVEL_CONFIG, host, path, err);
}
