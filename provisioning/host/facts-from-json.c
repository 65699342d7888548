/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts that were recorded as JSON, read back strictly. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/facts-fields.h"

/* `path` is where the reader is: "boot.kernels[2].loop". */
struct reader {
	struct str path;
	struct err *err;
};

static int fail(struct reader *reader, const char *cause)
{
	return err_say(reader->err, EBADMSG, "%s%s%s", str_text(&reader->path),
		       reader->path.length ? ": " : "", cause);
}

static int fail_value(struct reader *reader, const char *text)
{
	return err_say(reader->err, EBADMSG, "%s: unexpected value '%s'",
		       str_text(&reader->path), text);
}

static bool is_choice(const char *const *choices, const char *text)
{
	for (; *choices; choices++)
		if (strcmp(*choices, text) == 0)
			return true;
	return false;
}

static int read_text(struct reader *reader, const struct facts_field *field,
		     json_t *value, char **ret_text)
{
	const char *text = json_string_value(value);

	if (json_is_null(value) && !field->is_known)
		return 0;
	if (!text)
		return fail(reader,
			    field->is_known ? "not a string" : "not a string or null");
	if ((field->choices && !is_choice(field->choices, text)) ||
	    (field->is_valid && !field->is_valid(text)))
		return fail_value(reader, text);
	*ret_text = mem_text(text);
	return 0;
}

static int read_texts(struct reader *reader, const struct facts_field *field,
		      json_t *array, struct str_list *ret_list)
{
	if (!json_is_array(array))
		return fail(reader, "not an array");
	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *text = json_string_value(json_array_get(array, i));

		if (!text)
			return fail(reader, "not an array of strings");
		if (field->is_valid && !field->is_valid(text))
			return fail_value(reader, text);
		str_list_add(ret_list, text);
	}
	return 0;
}

static int read_number(struct reader *reader, const struct facts_field *field,
		       json_t *value, uint32_t *ret_number)
{
	json_int_t number = json_integer_value(value);

	if (json_is_null(value) && !field->is_known) {
		*ret_number = FACTS_NO_NUMBER;
		return 0;
	}
	if (!json_is_integer(value) || number < 0 || number >= FACTS_NO_NUMBER)
		return fail(reader,
			    field->is_known ? "not a number" : "not a number or null");
	*ret_number = (uint32_t)number;
	return 0;
}

static int read_bytes(struct reader *reader, json_t *value, uint64_t max,
		      uint64_t *ret_number)
{
	json_int_t number = json_integer_value(value);

	if (json_is_null(value)) {
		*ret_number = 0;
		return 0;
	}
	if (!json_is_integer(value) || number < 1 || (uint64_t)number > max)
		return fail(reader, "not a number above 0 or null");
	*ret_number = (uint64_t)number;
	return 0;
}

static int read_count(struct reader *reader, json_t *value, size_t *ret_count)
{
	uint64_t number;
	int rc = read_bytes(reader, value, SIZE_MAX, &number);

	if (rc == 0)
		*ret_count = (size_t)number;
	return rc;
}

static int read_flag(struct reader *reader, json_t *value, bool *ret_flag)
{
	if (!json_is_boolean(value))
		return fail(reader, "not true or false");
	*ret_flag = json_is_true(value);
	return 0;
}

static int read_answer(struct reader *reader, json_t *value,
		       enum facts_answer *ret_answer)
{
	if (!json_is_boolean(value) && !json_is_null(value))
		return fail(reader, "not true, false or null");
	if (json_is_boolean(value))
		*ret_answer = json_is_true(value) ? FACTS_YES : FACTS_NO;
	return 0;
}

static int read_hex(struct reader *reader, json_t *value, int digits,
		    uint32_t *ret_number)
{
	const char *text = json_string_value(value);
	uint64_t number;

	if (!text)
		return fail(reader, "not a string");
	if (strlen(text) != (size_t)digits || text[strspn(text, "0123456789abcdef")] ||
	    !str_to_hex(text, UINT32_MAX, &number))
		return fail_value(reader, text);
	*ret_number = (uint32_t)number;
	return 0;
}

static int read_object(struct reader *reader, const struct facts_field *fields,
		       json_t *object, char *base);

static int read_array(struct reader *reader, const struct facts_field *field,
		      json_t *array, char *base)
{
	size_t length = reader->path.length, count;
	void *items;

	if (!json_is_array(array))
		return fail(reader, "not an array");
	memcpy(&items, base + field->offset, sizeof(items));
	for (count = 0; count < json_array_size(array); count++) {
		size_t new_count = count + 1;
		char *item;
		int rc;

		items = mem_grow(items, count, field->item_size);
		item = (char *)items + count * field->item_size;
		memset(item, 0, field->item_size);
		memcpy(base + field->offset, &items, sizeof(items));
		memcpy(base + field->count_offset, &new_count, sizeof(new_count));
		str_addf(&reader->path, "[%zu]", count);
		rc = read_object(reader, field->fields, json_array_get(array, count),
				 item);
		if (rc < 0)
			return rc;
		str_cut(&reader->path, length);
	}
	return 0;
}

static int read_value(struct reader *reader, const struct facts_field *field,
		      json_t *value, char *base)
{
	void *at = base + field->offset;

	switch (field->kind) {
	case FACTS_TEXT:
		return read_text(reader, field, value, at);
	case FACTS_TEXTS:
		return read_texts(reader, field, value, at);
	case FACTS_NUMBER:
		return read_number(reader, field, value, at);
	case FACTS_COUNT:
		return read_count(reader, value, at);
	case FACTS_BYTES:
		return read_bytes(reader, value, INT64_MAX, at);
	case FACTS_FLAG:
		return read_flag(reader, value, at);
	case FACTS_ANSWER:
		return read_answer(reader, value, at);
	case FACTS_HEX:
		return read_hex(reader, value, field->digits, at);
	case FACTS_OPTIONAL:
		if (json_is_null(value))
			return 0;
		return read_object(reader, field->fields, value, at);
	case FACTS_OBJECT:
		return read_object(reader, field->fields, value, at);
	case FACTS_ARRAY:
		return read_array(reader, field, value, base);
	}
	return 0;
}

static void enter(struct reader *reader, const char *name)
{
	str_addf(&reader->path, "%s%s", reader->path.length ? "." : "", name);
}

/* Names the first key that no field has. */
static int check_keys(struct reader *reader, const struct facts_field *fields,
		      json_t *object)
{
	_cleanup_str_list_ struct str_list names = {0};
	json_t *value;
	const char *key;

	for (; fields->name; fields++)
		str_list_add(&names, fields->name);
	json_object_foreach(object, key, value)
	{
		const char *nearest;

		if (str_list_has(&names, key))
			continue;
		enter(reader, key);
		nearest = str_nearest(key, &names);
		if (!nearest)
			return fail(reader, "unknown key");
		return err_say(reader->err, EBADMSG,
			       "%s: unknown key; did you mean '%s'?",
			       str_text(&reader->path), nearest);
	}
	return 0;
}

static int read_object(struct reader *reader, const struct facts_field *fields,
		       json_t *object, char *base)
{
	size_t length = reader->path.length;
	int rc;

	if (!json_is_object(object))
		return fail(reader, "not an object");
	rc = check_keys(reader, fields, object);
	for (; rc == 0 && fields->name; fields++) {
		json_t *value = json_object_get(object, fields->name);

		enter(reader, fields->name);
		rc = value ? read_value(reader, fields, value, base)
			   : fail(reader, "missing");
		if (rc == 0)
			str_cut(&reader->path, length);
	}
	return rc;
}

int facts_from_json(json_t *json, struct facts *ret_facts, struct err *err)
{
	_cleanup_facts_ struct facts facts = {0};
	struct reader reader = {.err = err};
	int rc = read_object(&reader, facts_fields, json, (char *)&facts);

	str_clear(&reader.path);
	if (rc < 0)
		return rc;
	*ret_facts = facts;
	facts = (struct facts){0};
	return 0;
}

int facts_parse(const char *file, const char *text, size_t length,
		struct facts *ret_facts, struct err *err)
{
	_cleanup_json_ json_t *json = NULL;
	json_error_t error;
	int rc;

	json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
	if (!json)
		return err_say(err, EBADMSG, "%s:%d:%d: %s", file, error.line,
			       error.column, error.text);
	rc = facts_from_json(json, ret_facts, err);
	return rc < 0 && err ? err_wrap(err, "%s", file) : rc;
}

int facts_load(const struct fs *fs, const char *path, struct facts *ret_facts,
	       struct err *err)
{
	_cleanup_str_ struct str text = {0};
	int rc = fs_read(fs, path, FACTS_FILE_MAX, &text, err);

	if (rc < 0)
		return rc;
	return facts_parse(path, str_text(&text), text.length, ret_facts, err);
}
