/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What jansson leaves to us: text of unknown encoding, and no memory. */
#pragma once

#include <jansson.h>

#include "base/str.h"

#define _cleanup_json_ _cleanup_(json_free_ref)

/*
 * A string, or null for NULL. Bytes that are not UTF-8 (file names may hold any) become
 * U+FFFD: JSON has no other way, and jansson would refuse the whole text.
 */
json_t *json_text(const char *text);

/* Add to an object or an array, taking over the value. Out of memory aborts. */
void json_put(json_t *object, const char *key, json_t *value);
void json_append(json_t *array, json_t *value);

/* An array of strings. */
json_t *json_texts(const struct str_list *list);

/*
 * The whole as indented text with a newline at its end, keys in the order of their
 * creation.
 */
void json_render(const json_t *value, struct str *text);

void json_free_ref(json_t **value);
