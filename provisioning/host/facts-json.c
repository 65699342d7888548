/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts as JSON. */
#include <string.h>

#include "host/facts-fields.h"

static json_t *number_to_json(uint64_t number)
{
	return number ? json_integer((json_int_t)number) : json_null();
}

static json_t *answer_to_json(enum facts_answer answer)
{
	return answer == FACTS_UNKNOWN ? json_null() : json_boolean(answer == FACTS_YES);
}

static json_t *hex_to_json(uint32_t number, int digits)
{
	_cleanup_free_ char *text = mem_textf("%0*x", digits, number);

	return json_text(text);
}

static json_t *object_to_json(const struct facts_field *field, const char *base);

static json_t *array_to_json(const struct facts_field *field, const char *base)
{
	json_t *array = json_array();
	const char *items;
	size_t count;

	memcpy(&items, base + field->offset, sizeof(items));
	memcpy(&count, base + field->count_offset, sizeof(count));
	for (size_t i = 0; i < count; i++)
		json_append(array,
			    object_to_json(field->fields, items + i * field->item_size));
	return array;
}

static json_t *value_to_json(const struct facts_field *field, const char *base)
{
	const void *at = base + field->offset;

	switch (field->kind) {
	case FACTS_TEXT:
		return json_text(*(char *const *)at);
	case FACTS_TEXTS:
		return json_texts(at);
	case FACTS_NUMBER:
		if (*(const uint32_t *)at == FACTS_NO_NUMBER)
			return json_null();
		return json_integer(*(const uint32_t *)at);
	case FACTS_COUNT:
		return number_to_json(*(const size_t *)at);
	case FACTS_BYTES:
		return number_to_json(*(const uint64_t *)at);
	case FACTS_FLAG:
		return json_boolean(*(const bool *)at);
	case FACTS_ANSWER:
		return answer_to_json(*(const enum facts_answer *)at);
	case FACTS_HEX:
		return hex_to_json(*(const uint32_t *)at, field->digits);
	case FACTS_OPTIONAL:
		if (!*(char *const *)at)
			return json_null();
		return object_to_json(field->fields, at);
	case FACTS_OBJECT:
		return object_to_json(field->fields, at);
	case FACTS_ARRAY:
		return array_to_json(field, base);
	}
	return json_null();
}

static json_t *object_to_json(const struct facts_field *field, const char *base)
{
	json_t *object = json_object();

	for (; field->name; field++)
		json_put(object, field->name, value_to_json(field, base));
	return object;
}

json_t *facts_to_json(const struct facts *facts)
{
	return object_to_json(facts_fields, (const char *)facts);
}
