/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of a guest's storage as commands, for the tests of storage:
 *
 *	parts ROOT VERB ARGUMENT...
 *
 * A storage is lvm:VG, thin:VG/POOL, dir:DIR, full:DIR or device:NAME=PATH; sizes are in
 * MiB. ROOT has the configurations and the works.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/filesystem.h"
#include "guest/guard.h"
#include "guest/storage.h"

#define UUID "6b1c2d3e-4f50-4a61-8b72-9c83ad94be%02x"

static struct storage read_storage(const char *text)
{
	static const struct {
		const char *word;
		enum storage_kind kind;
	} kinds[] = {{"lvm:", STORAGE_LVM},
		     {"thin:", STORAGE_THIN},
		     {"dir:", STORAGE_DIR},
		     {"full:", STORAGE_DIR},
		     {"device:", STORAGE_DEVICE}};
	struct storage storage = {0};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *rest = text + strlen(kinds[i].word), *slash;

		if (!str_starts(text, kinds[i].word))
			continue;
		storage.kind = kinds[i].kind;
		storage.image = kinds[i].word[0] == 'f' ? IMAGE_FULL : IMAGE_SPARSE;
		slash = strchr(rest, '/');
		if (storage.kind == STORAGE_THIN && slash) {
			storage.vg = mem_text_part(rest, (size_t)(slash - rest));
			storage.pool = mem_text(slash + 1);
		} else if (storage.kind == STORAGE_LVM) {
			storage.vg = mem_text(rest);
		} else if (storage.kind == STORAGE_DIR) {
			storage.dir = mem_text(rest);
		} else {
			str_list_add(&storage.device, rest);
		}
		return storage;
	}
	(void)fprintf(stderr, "parts: '%s': no storage\n", text);
	exit(2);
}

static uint64_t read_size(const char *text)
{
	uint64_t mib = 0;

	if (!str_to_number(text, 1 << 20, &mib))
		exit(2);
	return mib << 20;
}

/* What a step is given. */
struct job {
	struct fs *host;
	struct work *work;
	int argc;
	char **argv;
};

/* Says in a mounted root whose it is, and unmounts it. */
static int personalize(const char *directory, struct fs *root, const char *guest,
		       struct err *err)
{
	static const struct fs_access access = {0644, 0, 0};
	int rc = fs_replace(root, "hostname", guest, strlen(guest), &access, NULL, err);

	fs_close(root);
	return rc < 0 ? rc : filesystem_unmount(directory, err);
}

/* create STORAGE GUEST NAME MIB [FS] */
static int create(void *context, struct err *err)
{
	struct job *job = context;
	_cleanup_storage_ struct storage storage = read_storage(job->argv[0]);
	_cleanup_free_ char *path = storage_path(&storage, job->argv[1], job->argv[2]);
	_cleanup_free_ char *uuid = mem_textf(UUID, 1U), *directory = NULL;
	_cleanup_fs_ struct fs root = FS_CLOSED;
	const struct storage_order order = {.name = job->argv[2],
					    .size = read_size(job->argv[3])};
	int rc = storage_make(&storage, job->argv[1], &order, 1, job->work, err);

	if (rc == 0 && job->argc > 4)
		rc = filesystem_make(path, 0, job->argv[4], uuid, err);
	if (rc < 0 || job->argc <= 4 || strcmp(job->argv[4], "swap") == 0)
		return rc;
	rc = filesystem_mount(path, 0, job->argv[4], false, &directory, &root, err);
	return rc < 0 ? rc : personalize(directory, &root, job->argv[1], err);
}

/* What the record of a template would know: in ROOT, a file KEY with its MiB. */
static int template_size(const struct fs *host, const char *key, uint64_t *ret_size,
			 struct err *err)
{
	_cleanup_str_ struct str text = {0};
	int rc = fs_read(host, key, 32, &text, err);

	if (rc == 0)
		*ret_size = read_size(str_text(&text));
	return rc;
}

/* template STORAGE KEY MIB FS */
static int template(void *context, struct err *err)
{
	struct job *job = context;
	_cleanup_storage_ struct storage storage = read_storage(job->argv[0]);
	char guest[] = STORAGE_TEMPLATES;
	char *argv[] = {job->argv[0], guest, job->argv[1], job->argv[2], job->argv[3]};
	struct job made = {job->host, job->work, ARRAY_SIZE(argv), argv};
	static const struct fs_access access = {0644, 0, 0};
	int rc = create(&made, err);

	if (rc == 0)
		rc = fs_replace(job->host, job->argv[1], job->argv[2],
				strlen(job->argv[2]), &access, NULL, err);
	return rc < 0 ? rc : storage_seal(&storage, guest, job->argv[1], err);
}

/* clone STORAGE KEY STORAGE GUEST NAME MIB [FS] */
static int clone_template(void *context, struct err *err)
{
	struct job *job = context;
	_cleanup_storage_ struct storage from = read_storage(job->argv[0]);
	_cleanup_storage_ struct storage to = read_storage(job->argv[2]);
	_cleanup_free_ char *path = storage_path(&to, job->argv[3], job->argv[4]);
	_cleanup_free_ char *uuid = mem_textf(UUID, 2U), *directory = NULL;
	_cleanup_fs_ struct fs root = FS_CLOSED;
	struct storage_order order = {.name = job->argv[4],
				      .size = read_size(job->argv[5]),
				      .from = &from,
				      .key = job->argv[1]};
	int rc = template_size(job->host, order.key, &order.key_size, err);

	if (rc == 0)
		rc = storage_make(&to, job->argv[3], &order, 1, job->work, err);
	if (rc < 0 || job->argc <= 6)
		return rc;
	rc = filesystem_adopt(path, 0, job->argv[6], uuid, &directory, &root, err);
	return rc < 0 ? rc : personalize(directory, &root, job->argv[3], err);
}

/* guest STORAGE KEY STORAGE GUEST MIB MIB: a clone "disk" and an empty "swap", at once */
static int make_guest(void *context, struct err *err)
{
	struct job *job = context;
	_cleanup_storage_ struct storage from = read_storage(job->argv[0]);
	_cleanup_storage_ struct storage to = read_storage(job->argv[2]);
	struct storage_order orders[] = {
		{.name = "disk",
		 .size = read_size(job->argv[4]),
		 .from = &from,
		 .key = job->argv[1]},
		{.name = "swap", .size = read_size(job->argv[5])}};
	int rc = template_size(job->host, orders[0].key, &orders[0].key_size, err);

	return rc < 0 ? rc
		      : storage_make(&to, job->argv[3], orders, ARRAY_SIZE(orders),
				     job->work, err);
}

static int rename_filesystem(void *context, struct err *err)
{
	struct job *job = context;
	_cleanup_free_ char *uuid = mem_textf(UUID, 3U);

	return filesystem_rename(job->argv[0], 0, job->argv[1], uuid, err);
}

static int grow_filesystem(void *context, struct err *err)
{
	struct job *job = context;

	return filesystem_grow(job->argv[0], 0, job->argv[1], NULL, err);
}

static int crash(void *context, struct err *err)
{
	(void)context;
	(void)err;
	abort();
}

static int check(void *context, struct err *err)
{
	struct job *job = context;
	_cleanup_storage_ struct storage storage = read_storage(job->argv[0]);

	return storage_check(&storage, read_size(job->argv[1]), err);
}

static int remove_volume(void *context, struct err *err)
{
	struct job *job = context;

	return storage_remove(job->host, job->argv[0], job->argv[1], err);
}

static int grow_volume(void *context, struct err *err)
{
	struct job *job = context;

	return storage_grow(job->host, job->argv[0], job->argv[1],
			    read_size(job->argv[2]), job->work, err);
}

static int measure(void *context, struct err *err)
{
	struct job *job = context;
	struct storage_use use;
	int rc = storage_measure(job->argv[0], &use, err);

	if (rc == 0)
		(void)printf("%llu %llu\n", (unsigned long long)use.size >> 10,
			     (unsigned long long)use.allocated >> 10);
	return rc;
}

static int guard(void *context, struct err *err)
{
	struct job *job = context;

	return guard_check(job->host, job->argv[0], job->argc > 1 ? job->argv[1] : NULL,
			   err);
}

static int probe(void *context, struct err *err)
{
	struct job *job = context;
	_cleanup_free_ char *fs = NULL;
	int rc = filesystem_probe(job->argv[0], 0, &fs, err);

	if (rc == 0)
		(void)printf("%s\n", fs);
	return rc;
}

static int recover(void *context, struct err *err)
{
	struct job *job = context;
	_cleanup_str_list_ struct str_list names = {0};
	int rc = work_recover(job->host, &names, err);

	for (size_t i = 0; i < names.count; i++)
		(void)printf("%s\n", names.item[i]);
	return rc;
}

/* `name` is the argument that names the work of the verb; 0: it runs without one. */
static const struct verb {
	const char *word;
	int least, name;
	int (*step)(void *context, struct err *err);
} verbs[] = {
	{"create", 4, 1, create},
	{"template", 4, 1, template},
	{"clone", 6, 3, clone_template},
	{"guest", 6, 3, make_guest},
	{"crash", 2, 1, crash},
	{"rename-fs", 3, 2, rename_filesystem},
	{"grow-fs", 3, 2, grow_filesystem},
	{"check", 2, 0, check},
	{"remove", 2, 0, remove_volume},
	{"grow", 3, 1, grow_volume},
	{"measure", 1, 0, measure},
	{"guard", 1, 0, guard},
	{"probe", 1, 0, probe},
	{"recover", 0, 0, recover},
};

static int run(const struct verb *verb, struct job *job, struct err *err)
{
	int rc;

	if (!verb->name)
		return verb->step(job, err);
	rc = work_begin(job->host, job->argv[verb->name], &job->work, err);
	return rc < 0 ? rc : work_run(job->work, verb->step, job, err);
}

int main(int argc, char **argv)
{
	_cleanup_err_ struct err err = {0};
	_cleanup_fs_ struct fs host = FS_CLOSED;
	struct job job = {&host, NULL, argc - 3, argv + 3};

	if (argc < 3 || fs_open(argv[1], &host, &err) < 0)
		return 2;
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(verbs[i].word, argv[2]) != 0 || job.argc < verbs[i].least)
			continue;
		if (run(&verbs[i], &job, &err) == 0)
			return 0;
		(void)fprintf(stderr, "parts: %s\n", err.text);
		return 1;
	}
	(void)fprintf(stderr, "parts: '%s': no verb, or too few arguments\n", argv[2]);
	return 2;
}
