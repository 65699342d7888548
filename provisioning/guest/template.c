/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Templates: got, removed. How they are built and changed is in template-*.c. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "guest/disk.h"
#include "guest/filesystem.h"
#include "guest/template-parts.h"

#define STATE_DIR "/var/lib/xenhost"
#define MIB ((uint64_t)1 << 20)
#define LEAST_FREE (768 * MIB) /* a bootstrapped root with its packages' archives */
#define FULL (16 * MIB)

static char *copy(const char *text)
{
	return text ? mem_text(text) : NULL;
}

static void copy_store(const struct storage *from, struct storage *ret_store)
{
	*ret_store = (struct storage){
		.kind = from->kind,
		.vg = copy(from->vg),
		.pool = copy(from->pool),
		.dir = copy(from->dir),
	};
}

void template_store(const struct storage *target, struct storage *ret_store)
{
	if (target->kind == STORAGE_THIN || target->kind == STORAGE_DIR)
		copy_store(target, ret_store);
	else
		*ret_store =
			(struct storage){.kind = STORAGE_DIR, .dir = mem_text(STATE_DIR)};
}

char *template_path(const struct template *template)
{
	return storage_path(&template->store, STORAGE_TEMPLATES, template->volume);
}

/* A sealed volume of a pool has no device file: whether it is there, a clone finds out. */
static bool is_there(const struct template *template)
{
	_cleanup_free_ char *path = template_path(template);

	return template->store.kind != STORAGE_DIR || access(path, F_OK) == 0;
}

/* A full directory shows as input errors in what is mounted from its files. */
static int explain_full(const struct template *template, int rc, struct err *err)
{
	struct statvfs st;

	if (rc == 0 || rc == -EINTR || template->store.kind != STORAGE_DIR ||
	    statvfs(template->store.dir, &st) < 0 ||
	    (uint64_t)st.f_bavail * st.f_frsize > FULL)
		return rc;
	return err_set(err, ENOSPC, "'%s'", template->store.dir);
}

static int build_locked(struct template_build *build, struct err *err)
{
	struct template *template = build->template;
	_cleanup_free_ char *name = mem_textf("template-%s", template->key);
	int rc = storage_check_free(&template->store,
				    build->recipe->source ? 0 : LEAST_FREE, err);

	if (rc == 0)
		rc = work_begin(build->host, name, &build->work, err);
	if (rc < 0)
		return rc;
	rc = template_log_open(build, err);
	if (rc < 0)
		(void)!work_end(build->work, NULL);
	else
		rc = work_run(build->work, template_build_step, build, err);
	return explain_full(template, rc, err);
}

static int build_template(const struct fs *host, const struct recipe *recipe,
			  const struct template *wanted, template_progress *progress,
			  void *context, struct err *err)
{
	_cleanup_template_ struct template made = TEMPLATE_NONE;
	struct template *template = &made;
	struct template_build build = {.host = host,
				       .recipe = recipe,
				       .template = template,
				       .progress = progress,
				       .context = context,
				       .log = -1};
	_cleanup_str_ struct str identity = {0}, digest = {0};
	_cleanup_free_ char *what = mem_textf("building template %s", wanted->key);
	int rc = template_source_digest(host, recipe, &identity, &digest, err);

	if (rc < 0)
		return rc;
	template_say(&build, what);
	memcpy(template->key, wanted->key, sizeof(template->key));
	copy_store(&wanted->store, &template->store);
	template->recipe = mem_text(wanted->recipe);
	template->volume = mem_text(template->key);
	template->fs = mem_text(recipe->fs);
	template->proxy = copy(recipe->proxy);
	template->root_offset = recipe->layout == LAYOUT_DISK ? DISK_ROOT_OFFSET : 0;
	template->source = mem_text(str_text(&identity));
	template->source_digest = mem_text(str_text(&digest));
	template_releases(recipe, &template->releases);
	rc = build_locked(&build, err);
	template_log_close(&build);
	return rc < 0 ? err_wrap(err, "template %s", template->key) : 0;
}

/* The record of `key` with its lock shared; -ENOENT if there is none. */
static int get_ready(const struct fs *host, const char *key, int lock,
		     struct template *ret_template, struct err *err)
{
	_cleanup_template_ struct template template = TEMPLATE_NONE;
	int rc = template_read(host, key, &template, err);

	if (rc < 0)
		return rc;
	if (!is_there(&template))
		return err_say(err, ENOENT, "template %s: its volume is gone", key);
	template_touch(host, key);
	template.lock = lock;
	template_clear(ret_template);
	*ret_template = template;
	template = TEMPLATE_NONE;
	return 0;
}

static int lock_and_say(const struct fs *host, const char *key, int operation,
			template_progress *progress, void *context, int *ret_lock,
			struct err *err)
{
	_cleanup_err_ struct err busy = {0};
	int rc = template_lock(host, key, operation | LOCK_NB, ret_lock, &busy);

	if (rc != -EAGAIN)
		return rc < 0 ? err_say(err, -rc, "%s", busy.text) : 0;
	if (progress)
		progress(context, "waiting for another process that has this template");
	return template_lock(host, key, operation, ret_lock, err);
}

/* Builds it, unless another process did while we waited for the lock. */
static int build_unless_there(const struct fs *host, const struct recipe *recipe,
			      const struct template *wanted, template_progress *progress,
			      void *context, struct err *err)
{
	_cleanup_free_ char *lock_path = mem_textf(TEMPLATE_DIR "/%s.lock", wanted->key);
	_cleanup_template_ struct template there = TEMPLATE_NONE;
	_cleanup_close_ int lock = -1;
	int rc = lock_and_say(host, wanted->key, LOCK_EX, progress, context, &lock, err);

	if (rc < 0)
		return rc;
	rc = get_ready(host, wanted->key, -1, &there, NULL);
	if (rc == 0)
		return 0;
	rc = build_template(host, recipe, wanted, progress, context, err);
	/* Ours alone: those that wait for it will see that it is gone. */
	if (rc < 0)
		(void)!fs_remove(host, lock_path, NULL);
	return rc;
}

int template_get(const struct fs *host, const struct recipe *recipe,
		 const struct storage *target, template_progress *progress, void *context,
		 struct template *ret_template, struct err *err)
{
	_cleanup_template_ struct template wanted = TEMPLATE_NONE;
	_cleanup_str_ struct str text = {0};
	int rc;

	template_store(target, &wanted.store);
	rc = template_key(host, recipe, &wanted.store, wanted.key, &text, err);
	if (rc < 0)
		return rc;
	wanted.recipe = str_take(&text);
	/* Between a build and our share of the lock somebody may remove it: once more. */
	for (int attempt = 0; attempt < 3; attempt++) {
		_cleanup_close_ int lock = -1;

		rc = lock_and_say(host, wanted.key, LOCK_SH, progress, context, &lock,
				  err);
		if (rc < 0)
			return rc;
		rc = get_ready(host, wanted.key, lock, ret_template, NULL);
		if (rc == 0)
			(void)TAKE_FD(lock);
		if (rc != -ENOENT)
			return rc < 0 ? template_read(host, wanted.key, ret_template, err)
				      : 0;
		mem_close_ref(&lock);
		lock = -1;
		rc = build_unless_there(host, recipe, &wanted, progress, context, err);
		if (rc < 0)
			return rc;
	}
	return err_say(err, EBUSY, "template %s: it was removed again", wanted.key);
}

int template_remove_others(const struct fs *host, const struct template *template,
			   struct err *err)
{
	static const char *const endings[] = {"", ".1", ".2"};

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		_cleanup_free_ char *name = mem_textf("%s%s", template->key, endings[i]);
		_cleanup_free_ char *path =
			storage_path(&template->store, STORAGE_TEMPLATES, name);
		int rc;

		if (strcmp(name, template->volume) == 0)
			continue;
		rc = storage_remove(host, path, STORAGE_TEMPLATES, err);
		if (rc == -ENOENT)
			err_clear(err);
		else if (rc < 0)
			return rc;
	}
	return 0;
}

int template_remove(const struct fs *host, const struct template *template,
		    struct err *err)
{
	_cleanup_free_ char *record = mem_textf(TEMPLATE_DIR "/%s.json", template->key);
	_cleanup_free_ char *lock_path =
		mem_textf(TEMPLATE_DIR "/%s.lock", template->key);
	_cleanup_free_ char *path = template_path(template);
	_cleanup_close_ int lock = -1;
	int rc = template_lock_alone(host, template->key, &lock, err);

	if (rc < 0)
		return err_wrap(err, "template %s", template->key);
	if (is_there(template))
		rc = storage_remove(host, path, STORAGE_TEMPLATES, err);
	if (rc == -ENOENT) {
		err_clear(err);
		rc = 0;
	}
	if (rc == 0)
		rc = template_remove_others(host, template, err);
	if (rc == 0)
		rc = fs_remove(host, record, err);
	if (rc == 0)
		rc = fs_remove(host, lock_path, err);
	return rc < 0 ? err_wrap(err, "template %s", template->key) : 0;
}

int template_fit_disk(const char *path, struct err *err)
{
	int rc = disk_fit(path, 0, err);

	return rc < 0 ? rc : disk_rename(path, err);
}

int template_mount(const struct template *template, char **ret_directory,
		   struct fs *ret_root, struct err *err)
{
	_cleanup_free_ char *path = template_path(template);

	return filesystem_mount(path, template->root_offset, template->fs, true,
				ret_directory, ret_root, err);
}
