/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What jansson leaves to us: text of unknown encoding, and no memory. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

/* The length of the UTF-8 sequence at the start of a text; 0 if it is none (RFC 3629). */
static size_t sequence_length(const unsigned char *s)
{
	static const struct {
		unsigned char first, last, second_first, second_last;
		size_t length;
	} forms[] = {
		{0x01, 0x7f, 0, 0, 1},	     {0xc2, 0xdf, 0x80, 0xbf, 2},
		{0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
		{0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
		{0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		if (s[0] < forms[i].first || s[0] > forms[i].last)
			continue;
		if (forms[i].length > 1 &&
		    (s[1] < forms[i].second_first || s[1] > forms[i].second_last))
			return 0;
		for (size_t j = 2; j < forms[i].length; j++)
			if (s[j] < 0x80 || s[j] > 0xbf)
				return 0;
		return forms[i].length;
	}
	return 0;
}

json_t *json_text(const char *text)
{
	_cleanup_str_ struct str valid = {0};
	json_t *value;

	if (!text)
		return json_null();
	while (*text) {
		size_t length = sequence_length((const unsigned char *)text);

		if (length)
			str_add_bytes(&valid, text, length);
		else
			str_add(&valid, "\xef\xbf\xbd");
		text += length ? length : 1;
	}
	value = json_string(str_text(&valid));
	if (!value)
		mem_abort();
	return value;
}

void json_put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) < 0)
		mem_abort();
}

void json_append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) < 0)
		mem_abort();
}

json_t *json_texts(const struct str_list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_append(array, json_text(list->item[i]));
	return array;
}

void json_render(const json_t *value, struct str *text)
{
	char *bytes = json_dumps(value, JSON_INDENT(2));

	if (!bytes)
		mem_abort();
	str_add(text, bytes);
	str_add_char(text, '\n');
	free(bytes);
}

void json_free_ref(json_t **value)
{
	json_decref(*value);
	*value = NULL;
}
