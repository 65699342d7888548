/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's environment block: the variables that a boot hands to the next one. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "boot/grubenv.h"

#define SIGNATURE "# GRUB Environment Block\n"
#define SIZE 1024
#define SIZE_MAX_READ (1 << 20)

/* ---- reading ---- */

/* The newline that ends a line, or `end`; a backslash hides what comes after it. */
static const char *line_end(const char *p, const char *end)
{
	while (p < end && *p != '\n')
		p += *p == '\\' && p + 1 < end ? 2 : 1;
	return p;
}

static char *unescape(const char *start, const char *end)
{
	_cleanup_str_ struct str text = {0};

	for (const char *p = start; p < end; p++) {
		if (*p == '\\')
			p++;
		str_add_char(&text, *p);
	}
	return mem_text(str_text(&text));
}

/*
 * One variable at `p`, as GRUB reads it: a line without '=' is part of the next one's
 * name, and what is cut off at the end is nothing. NULL at the end.
 */
static const char *read_pair(const char *p, const char *end, struct grubenv *env)
{
	const char *equals = memchr(p, '=', (size_t)(end - p));
	const char *stop = equals ? line_end(equals + 1, end) : end;
	_cleanup_free_ char *name = NULL, *value = NULL;

	if (stop == end)
		return NULL;
	name = mem_text_part(p, (size_t)(equals - p));
	value = unescape(equals + 1, stop);
	str_list_add(&env->name, name);
	str_list_add(&env->value, value);
	return stop + 1;
}

static const char *read_comment(const char *p, const char *end, struct grubenv *env)
{
	const char *stop = line_end(p, end);
	size_t length = (size_t)(stop - p);

	/* Without a newline it is what fills the block. */
	if (stop == end)
		return NULL;
	if (!memchr(p, '\0', length)) {
		_cleanup_free_ char *line = mem_text_part(p, length);

		str_list_add(&env->comment, line);
	}
	return stop + 1;
}

int grubenv_parse(const char *text, size_t length, struct grubenv *ret_env,
		  struct err *err)
{
	const char *end = text + length, *p = text + strlen(SIGNATURE);
	struct grubenv env = {.size = length};

	/* GRUB counts the NUL that a signature in C has: one byte must follow. */
	if (length < sizeof(SIGNATURE) || memcmp(text, SIGNATURE, strlen(SIGNATURE)) != 0)
		return err_say(err, EBADMSG, "it is no environment block of GRUB");
	while (p && p < end)
		p = *p == '#' ? read_comment(p, end, &env) : read_pair(p, end, &env);
	*ret_env = env;
	return 0;
}

int grubenv_read(const struct fs *fs, const char *path, struct grubenv *ret_env,
		 struct err *err)
{
	_cleanup_str_ struct str text = {0};
	_cleanup_err_ struct err cause = {0};
	int rc = fs_read(fs, path, SIZE_MAX_READ, &text, &cause);

	if (rc == -ENOENT) {
		*ret_env = (struct grubenv){0};
		return 0;
	}
	if (rc < 0)
		return err_say(err, cause.code, "%s", cause.text);
	rc = grubenv_parse(str_text(&text), text.length, ret_env, &cause);
	return rc < 0 ? err_say(err, cause.code, "'%s': %s", path, cause.text) : 0;
}

/* ---- using ---- */

const char *grubenv_get(const struct grubenv *env, const char *name)
{
	for (size_t i = env->name.count; i-- > 0;)
		if (strcmp(env->name.item[i], name) == 0)
			return env->value.item[i];
	return NULL;
}

static void copy_list(const struct str_list *list, struct str_list *copy)
{
	for (size_t i = 0; i < list->count; i++)
		str_list_add(copy, list->item[i]);
}

void grubenv_copy(const struct grubenv *env, struct grubenv *ret_copy)
{
	*ret_copy = (struct grubenv){.size = env->size};
	copy_list(&env->name, &ret_copy->name);
	copy_list(&env->value, &ret_copy->value);
	copy_list(&env->comment, &ret_copy->comment);
}

static void copy_without(const struct grubenv *env, const char *name, const char *value,
			 struct grubenv *copy)
{
	for (size_t i = 0; i < env->name.count; i++) {
		bool is_it = strcmp(env->name.item[i], name) == 0;

		if (is_it && !value)
			continue;
		str_list_add(&copy->name, env->name.item[i]);
		str_list_add(&copy->value, is_it ? value : env->value.item[i]);
		/* Where it is there more than once, once is enough. */
		value = is_it ? NULL : value;
	}
	if (value) {
		str_list_add(&copy->name, name);
		str_list_add(&copy->value, value);
	}
}

void grubenv_set(struct grubenv *env, const char *name, const char *value)
{
	struct grubenv copy = {0};

	assert(name[0] != '\0' && name[0] != '#' && !strpbrk(name, "=\n"));
	copy_without(env, name, value, &copy);
	str_list_clear(&env->name);
	str_list_clear(&env->value);
	env->name = copy.name;
	env->value = copy.value;
}

/* ---- writing ---- */

static void add_escaped(struct str *text, const char *value)
{
	for (; *value; value++) {
		if (*value == '\\' || *value == '\n')
			str_add_char(text, '\\');
		str_add_char(text, *value);
	}
}

int grubenv_render(const struct grubenv *env, struct str *ret_text, struct err *err)
{
	size_t size = env->size ? env->size : SIZE;
	_cleanup_str_ struct str text = {0};

	str_add(&text, SIGNATURE);
	for (size_t i = 0; i < env->comment.count; i++)
		str_addf(&text, "%s\n", env->comment.item[i]);
	for (size_t i = 0; i < env->name.count; i++) {
		str_addf(&text, "%s=", env->name.item[i]);
		add_escaped(&text, env->value.item[i]);
		str_add_char(&text, '\n');
	}
	if (text.length > size)
		return err_say(err, ENOSPC,
			       "the variables need %zu bytes, and the block has %zu",
			       text.length, size);
	while (text.length < size)
		str_add_char(&text, '#');
	str_add_bytes(ret_text, text.text, text.length);
	return 0;
}

int grubenv_write(const struct fs *fs, const char *path, const struct grubenv *env,
		  struct err *err)
{
	struct fs_access access = {.mode = 0644, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};
	_cleanup_err_ struct err cause = {0};
	_cleanup_str_ struct str text = {0};
	struct stat st;

	if (grubenv_render(env, &text, &cause) < 0)
		return err_say(err, cause.code, "'%s': %s", path, cause.text);
	if (fs_stat(fs, path, &st, NULL) == 0)
		access.mode = st.st_mode & 07777;
	return fs_replace(fs, path, text.text, text.length, &access, NULL, err);
}

void grubenv_clear(struct grubenv *env)
{
	if (!env)
		return;
	str_list_clear(&env->name);
	str_list_clear(&env->value);
	str_list_clear(&env->comment);
	*env = (struct grubenv){0};
}
