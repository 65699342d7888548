/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking a configuration for its values, and finding what nobody asked for. */
#include <errno.h>
#include <string.h>

#include "base/conf.h"

static void note(struct str_list *asked, const char *name)
{
	if (!str_list_has(asked, name))
		str_list_add(asked, name);
}

struct conf_section *conf_plain(struct conf *conf, const char *kind)
{
	note(&conf->asked_plain, kind);
	for (size_t i = 0; i < conf->count; i++) {
		struct conf_section *section = &conf->section[i];

		if (!section->name && strcmp(section->kind, kind) == 0) {
			section->is_taken = true;
			return section;
		}
	}
	return NULL;
}

struct conf_section *conf_named(struct conf *conf, const char *kind,
				const struct conf_section *previous)
{
	size_t start = previous ? (size_t)(previous - conf->section) + 1 : 0;

	note(&conf->asked_named, kind);
	for (size_t i = start; i < conf->count; i++) {
		struct conf_section *section = &conf->section[i];

		if (section->name && strcmp(section->kind, kind) == 0) {
			section->is_taken = true;
			return section;
		}
	}
	return NULL;
}

const struct conf_entry *conf_take(struct conf_section *section, const char *key)
{
	if (!section)
		return NULL;
	note(&section->asked, key);
	for (size_t i = 0; i < section->count; i++) {
		struct conf_entry *entry = &section->entry[i];

		if (strcmp(entry->key, key) == 0) {
			entry->is_taken = true;
			return entry;
		}
	}
	return NULL;
}

static int unknown_section(const struct conf *conf, const struct conf_section *section,
			   struct err *err)
{
	const struct str_list *known =
		section->name ? &conf->asked_named : &conf->asked_plain;
	const char *nearest = str_nearest(section->kind, known);

	if (section->name && str_list_has(&conf->asked_plain, section->kind))
		return conf_error(conf, section->place, err, "[%s] has no name",
				  section->kind);
	if (!section->name && str_list_has(&conf->asked_named, section->kind))
		return conf_error(conf, section->place, err, "[%s \"...\"] needs a name",
				  section->kind);
	if (nearest)
		return conf_error(conf, section->place, err,
				  "unknown section [%s]; did you mean [%s]?",
				  section->kind, nearest);
	return conf_error(conf, section->place, err, "unknown section [%s]",
			  section->kind);
}

static int unknown_key(const struct conf *conf, const struct conf_section *section,
		       const struct conf_entry *entry, struct err *err)
{
	const char *nearest = str_nearest(entry->key, &section->asked);

	if (nearest)
		return conf_error(conf, entry->place, err,
				  "unknown key '%s' in [%s]; did you mean '%s'?",
				  entry->key, section->kind, nearest);
	return conf_error(conf, entry->place, err, "unknown key '%s' in [%s]", entry->key,
			  section->kind);
}

int conf_check_rest(const struct conf *conf, struct err *err)
{
	for (size_t i = 0; i < conf->count; i++) {
		const struct conf_section *section = &conf->section[i];

		if (!section->is_taken)
			return unknown_section(conf, section, err);
		for (size_t j = 0; j < section->count; j++)
			if (!section->entry[j].is_taken)
				return unknown_key(conf, section, &section->entry[j],
						   err);
	}
	return 0;
}

int conf_word(const struct conf *conf, const struct conf_entry *entry,
	      const char **ret_text, struct err *err)
{
	if (entry->count > 1)
		return conf_error(conf, entry->word[1].place, err, "'%s' takes one value",
				  entry->key);
	*ret_text = entry->word[0].text;
	return 0;
}

int conf_number(const struct conf *conf, const struct conf_entry *entry, uint64_t min,
		uint64_t max, uint64_t *ret_number, struct err *err)
{
	const char *text;
	uint64_t number;
	int rc = conf_word(conf, entry, &text, err);

	if (rc < 0)
		return rc;
	if (!str_to_number(text, max, &number) || number < min)
		return conf_error(conf, entry->word[0].place, err,
				  "'%s' is not a number from %ju to %ju", text,
				  (uintmax_t)min, (uintmax_t)max);
	*ret_number = number;
	return 0;
}

static void print_choices(const char *const *choices, struct str *text)
{
	for (size_t i = 0; choices[i]; i++) {
		if (i)
			str_add(text, choices[i + 1] ? ", " : " or ");
		str_addf(text, "'%s'", choices[i]);
	}
}

int conf_choice(const struct conf *conf, const struct conf_entry *entry,
		const char *const *choices, size_t *ret_index, struct err *err)
{
	_cleanup_str_ struct str known = {0};
	const char *text;
	int rc = conf_word(conf, entry, &text, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; choices[i]; i++) {
		if (strcmp(choices[i], text) == 0) {
			*ret_index = i;
			return 0;
		}
	}
	print_choices(choices, &known);
	return conf_error(conf, entry->word[0].place, err, "'%s' is '%s', not %s",
			  entry->key, text, str_text(&known));
}

int conf_yes(const struct conf *conf, const struct conf_entry *entry, bool *ret_is_yes,
	     struct err *err)
{
	static const char *const choices[] = {"no", "yes", NULL};
	size_t index;
	int rc = conf_choice(conf, entry, choices, &index, err);

	if (rc == 0)
		*ret_is_yes = index == 1;
	return rc;
}
