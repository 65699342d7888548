/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records of templates, and their locks. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#include "guest/template-parts.h"

#define RECORD_MAX ((size_t)1 << 20)
#define RECORD_END ".json"

void template_clear(struct template *template)
{
	free(template->volume);
	storage_clear(&template->store);
	free(template->fs);
	free(template->recipe);
	str_list_clear(&template->releases);
	free(template->proxy);
	free(template->state);
	free(template->content);
	free(template->source);
	free(template->source_digest);
	mem_close_ref(&template->lock);
	*template = TEMPLATE_NONE;
}

void template_list_clear(struct template_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		template_clear(&list->item[i]);
	free(list->item);
	*list = (struct template_list){0};
}

/* The members that are text, which are written and read alike. */
static const struct {
	const char *name;
	size_t offset;
	bool can_be_null;
} texts[] = {
	{"volume", offsetof(struct template, volume), false},
	{"vg", offsetof(struct template, store.vg), true},
	{"pool", offsetof(struct template, store.pool), true},
	{"directory", offsetof(struct template, store.dir), true},
	{"fs", offsetof(struct template, fs), false},
	{"recipe", offsetof(struct template, recipe), false},
	{"proxy", offsetof(struct template, proxy), true},
	{"state", offsetof(struct template, state), false},
	{"content", offsetof(struct template, content), false},
	{"source", offsetof(struct template, source), false},
	{"source-digest", offsetof(struct template, source_digest), false},
};

static char *record_path(const char *key)
{
	return mem_textf(TEMPLATE_DIR "/%s" RECORD_END, key);
}

/* As a name of a volume, or as a file's: nothing that leads elsewhere. */
static bool is_plain(const char *name)
{
	return *name && *name != '.' &&
	       strspn(name, "0123456789abcdefghijklmnopqrstuvwxyz.") == strlen(name);
}

static int read_texts(const json_t *record, struct template *template)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const json_t *value = json_object_get(record, texts[i].name);
		char **place = (char **)((char *)template + texts[i].offset);

		if (json_is_string(value))
			*place = mem_text(json_string_value(value));
		else if (!texts[i].can_be_null)
			return -EINVAL;
	}
	return 0;
}

static int read_numbers(const json_t *record, struct template *template)
{
	const json_t *size = json_object_get(record, "size");
	const json_t *offset = json_object_get(record, "root-offset");
	const json_t *built = json_object_get(record, "built");

	if (!json_is_integer(size) || !json_is_integer(offset) || !json_is_integer(built))
		return -EINVAL;
	template->size = (uint64_t)json_integer_value(size);
	template->root_offset = (uint64_t)json_integer_value(offset);
	template->built = json_integer_value(built);
	return 0;
}

static int read_record(const json_t *record, struct template *template)
{
	const json_t *releases = json_object_get(record, "releases"), *value;
	int rc = read_texts(record, template);
	size_t i;

	if (rc == 0)
		rc = read_numbers(record, template);
	json_array_foreach(releases, i, value) if (json_is_string(value))
		str_list_add(&template->releases, json_string_value(value));
	if (rc < 0 || !is_plain(template->volume))
		return -EINVAL;
	template->store.kind = template->store.dir ? STORAGE_DIR : STORAGE_THIN;
	if (!template->store.dir && (!template->store.vg || !template->store.pool))
		return -EINVAL;
	return 0;
}

int template_read(const struct fs *host, const char *key, struct template *ret_template,
		  struct err *err)
{
	_cleanup_template_ struct template template = TEMPLATE_NONE;
	_cleanup_free_ char *path = record_path(key);
	_cleanup_str_ struct str text = {0};
	_cleanup_json_ json_t *record = NULL;
	struct stat st = {0};
	int rc = fs_read(host, path, RECORD_MAX, &text, err);

	if (rc == 0)
		rc = fs_stat(host, path, &st, err);
	if (rc < 0)
		return rc;
	record = json_loadb(str_text(&text), text.length, 0, NULL);
	if (strlen(key) != TEMPLATE_KEY - 1 || !is_plain(key) ||
	    read_record(record, &template) < 0)
		return err_say(err, EINVAL, "'%s' is not the record of a template", path);
	memcpy(template.key, key, TEMPLATE_KEY);
	template.used = st.st_mtim.tv_sec;
	template_clear(ret_template);
	*ret_template = template;
	template = TEMPLATE_NONE;
	return 0;
}

static int write_at(const struct fs *host, const char *path,
		    const struct template *template, struct err *err)
{
	/* A proxy's or mirror's URI may have a password. */
	const struct fs_access access = {0600, FS_KEEP_UID, FS_KEEP_GID};
	_cleanup_json_ json_t *record = json_object();
	_cleanup_str_ struct str text = {0};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const char *const *place =
			(const char *const *)((const char *)template + texts[i].offset);

		json_put(record, texts[i].name, json_text(*place));
	}
	json_put(record, "releases", json_texts(&template->releases));
	json_put(record, "size", json_integer((json_int_t) template->size));
	json_put(record, "root-offset", json_integer((json_int_t) template->root_offset));
	json_put(record, "built", json_integer(template->built));
	json_render(record, &text);
	return fs_replace(host, path, str_text(&text), text.length, &access, NULL, err);
}

int template_write(const struct fs *host, const struct template *template,
		   struct err *err)
{
	_cleanup_free_ char *path = record_path(template->key);

	return write_at(host, path, template, err);
}

static char *draft_path(const char *key)
{
	return mem_textf(TEMPLATE_DIR "/%s.draft", key);
}

int template_write_draft(const struct fs *host, const struct template *template,
			 struct err *err)
{
	_cleanup_free_ char *path = draft_path(template->key);

	return write_at(host, path, template, err);
}

int template_publish_draft(const struct fs *host, const char *key, struct err *err)
{
	_cleanup_free_ char *path = record_path(key), *draft = draft_path(key);

	return fs_rename(host, draft, path, err);
}

void template_touch(const struct fs *host, const char *key)
{
	_cleanup_free_ char *path = record_path(key);
	_cleanup_close_ int fd = -1;

	/* A time that is too old costs a template before its time, no more. */
	if (fs_open_file(host, path, O_RDONLY, &fd, NULL) == 0)
		(void)futimens(fd, NULL);
}

static int compare_use(const void *a, const void *b)
{
	const struct template *left = a, *right = b;

	if (left->used != right->used)
		return left->used < right->used ? -1 : 1;
	return strcmp(left->key, right->key);
}

static int read_all(const struct fs *host, const struct str_list *names,
		    struct template_list *list, struct err *err)
{
	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->item[i];
		_cleanup_free_ char *key = NULL;
		struct template template = TEMPLATE_NONE;
		int rc;

		if (!str_ends(name, RECORD_END) || name[0] == '.')
			continue;
		key = mem_text_part(name, strlen(name) - strlen(RECORD_END));
		rc = template_read(host, key, &template, err);
		if (rc < 0)
			return rc;
		list->item = mem_grow(list->item, list->count, sizeof(*list->item));
		list->item[list->count++] = template;
	}
	return 0;
}

int template_list_read(const struct fs *host, struct template_list *ret_list,
		       struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	struct template_list list = {0};
	int rc = 0;

	if (fs_exists(host, TEMPLATE_DIR))
		rc = fs_readdir(host, TEMPLATE_DIR, &names, err);
	if (rc == 0)
		rc = read_all(host, &names, &list, err);
	if (rc < 0) {
		template_list_clear(&list);
		return rc;
	}
	if (list.count)
		qsort(list.item, list.count, sizeof(*list.item), compare_use);
	template_list_clear(ret_list);
	*ret_list = list;
	return 0;
}

static int make_directories(const struct fs *host, struct err *err)
{
	const struct fs_access access = {0755, FS_KEEP_UID, FS_KEEP_GID};
	static const char *const paths[] = {"var", "var/lib", "var/lib/xenhost",
					    TEMPLATE_DIR};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		int rc = fs_exists(host, paths[i])
				 ? 0
				 : fs_mkdir(host, paths[i], &access, err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

/* A lock on a file that was removed meanwhile locks nothing: then again. */
int template_lock(const struct fs *host, const char *key, int operation, int *ret_lock,
		  struct err *err)
{
	_cleanup_free_ char *name = mem_textf("%s.lock", key);
	_cleanup_close_ int dir = -1;
	int rc = make_directories(host, err);

	if (rc == 0)
		rc = fs_open_file(host, TEMPLATE_DIR, O_RDONLY | O_DIRECTORY, &dir, err);
	if (rc < 0)
		return rc;
	for (;;) {
		_cleanup_close_ int fd = openat(
			dir, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
		struct stat st;

		if (fd < 0)
			return err_set(err, errno, "lock '%s/%s'", TEMPLATE_DIR, name);
		while ((rc = flock(fd, operation)) < 0 && errno == EINTR)
			continue;
		if (rc < 0 && errno == EWOULDBLOCK)
			return err_say(err, EAGAIN, "template %s: another process has it",
				       key);
		if (rc < 0 || fstat(fd, &st) < 0)
			return err_set(err, errno, "lock '%s/%s'", TEMPLATE_DIR, name);
		if (st.st_nlink == 0)
			continue;
		*ret_lock = TAKE_FD(fd);
		return 0;
	}
}

int template_lock_alone(const struct fs *host, const char *key, int *ret_lock,
			struct err *err)
{
	_cleanup_err_ struct err why = {0};
	int rc = template_lock(host, key, LOCK_EX | LOCK_NB, ret_lock, &why);

	if (rc == -EAGAIN)
		return err_say(err, EBUSY,
			       "another process makes a guest of it or changes it");
	return rc < 0 ? err_say(err, -rc, "%s", why.text) : 0;
}
