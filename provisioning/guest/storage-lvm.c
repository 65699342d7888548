/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes that are LVM's. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "guest/extent.h"
#include "guest/lvm.h"
#include "guest/mapper.h"
#include "guest/storage-parts.h"

#define ATTEMPTS 10

/* How full a thin pool is. */
struct pool {
	bool is_zeroing;
	double data, metadata; /* per cent; -1: not known, it is not active */
	uint64_t size;	       /* bytes of data */
};

static double percent(unsigned long long used, unsigned long long total)
{
	return total ? 100.0 * (double)used / (double)total : 100.0;
}

/*
 * Documentation/admin-guide/device-mapper/thin-provisioning.rst: "<transaction id>
 * <used metadata>/<total> <used data>/<total> ...", or "Fail".
 */
static int parse_status(const char *status, struct pool *pool, struct err *err)
{
	unsigned long long transaction, numbers[4];
	int fields;

	/* The kernel's own numbers: they fit. */
	fields = sscanf(status, "%llu %llu/%llu %llu/%llu", /* NOLINT(cert-err34-c) */
			&transaction, &numbers[0], &numbers[1], &numbers[2], &numbers[3]);
	if (fields != 5)
		return err_say(err, EIO, "it has failed (%s)", status);
	if (strstr(status, " out_of_data_space") || strstr(status, " needs_check"))
		return err_say(err, EIO, "it takes no writes (%s)", status);
	pool->metadata = percent(numbers[0], numbers[1]);
	pool->data = percent(numbers[2], numbers[3]);
	return 0;
}

uint64_t storage_pool_size(const char *table, const char *status)
{
	unsigned long long sector_count, block_count;

	/* The kernel's own numbers: they fit. NOLINTBEGIN(cert-err34-c) */
	if (sscanf(table, "%*s %*s %llu", &sector_count) != 1 ||
	    sscanf(status, "%*u %*u/%*u %*u/%llu", &block_count) != 1)
		return 0;
	/* NOLINTEND(cert-err34-c) */
	return (uint64_t)block_count * sector_count * 512;
}

/* From the kernel where the pool is active, which saves a run of lvs. */
static int read_pool(const struct storage *storage, struct pool *ret_pool,
		     struct err *err)
{
	_cleanup_free_ char *device = mapper_name(storage->vg, storage->pool, "tpool");
	_cleanup_lvm_volumes_ struct lvm_volumes found = {0};
	_cleanup_free_ char *type = NULL, *table = NULL, *status = NULL, *again = NULL;
	int rc = mapper_target(device, false, &type, &table, err);

	if (rc == 0 && strcmp(type, "thin-pool") == 0 &&
	    mapper_target(device, true, &again, &status, err) == 0) {
		assert(status);
		ret_pool->is_zeroing = !strstr(table, "skip_block_zeroing");
		ret_pool->size = storage_pool_size(table, status);
		return parse_status(status, ret_pool, err);
	}
	err_clear(err);
	rc = lvm_find(storage->vg, storage->pool, &found, err);
	if (rc < 0)
		return rc;
	if (found.item[0].attr[0] != 't')
		return err_say(err, ENOENT, "it is not a thin pool");
	ret_pool->is_zeroing = found.item[0].is_zeroing;
	ret_pool->data = found.item[0].data;
	ret_pool->metadata = found.item[0].metadata;
	ret_pool->size = found.item[0].size;
	return 0;
}

/* Of a pool that is not active nobody knows: all of it. */
static uint64_t free_bytes(const struct pool *pool)
{
	return pool->data < 0 ? pool->size
			      : (uint64_t)((double)pool->size * (100 - pool->data) / 100);
}

/* `bytes`: what is written now, not what is promised. */
static int check_pool(const struct storage *storage, uint64_t bytes, struct err *err)
{
	struct pool pool = {false, -1, -1, 0};
	int rc = read_pool(storage, &pool, err);
	uint64_t room;

	if (rc == 0 && !pool.is_zeroing)
		rc = err_say(err, ENOTSUP,
			     "it does not zero new blocks, so guests could read what "
			     "others wrote (lvchange --zero y)");
	if (rc == 0 && pool.data >= STORAGE_FULL)
		rc = err_say(err, ENOSPC, "%.1f %% of its data space is used", pool.data);
	if (rc == 0 && pool.metadata >= STORAGE_FULL)
		rc = err_say(err, ENOSPC, "%.1f %% of its metadata space is used",
			     pool.metadata);
	room = storage_room(pool.size, free_bytes(&pool));
	if (rc == 0 && room < bytes)
		rc = err_say(err, ENOSPC,
			     "%llu MiB wanted, %llu MiB free until it is %d %% full",
			     (unsigned long long)(bytes >> 20),
			     (unsigned long long)(room >> 20), STORAGE_FULL);
	return rc < 0 ? err_wrap(err, "thin pool '%s/%s'", storage->vg, storage->pool)
		      : 0;
}

int storage_lvm_check(const struct storage *storage, uint64_t bytes, struct err *err)
{
	uint64_t available, extent;
	int rc;

	if (storage->kind == STORAGE_THIN)
		return check_pool(storage, 0, err);
	rc = lvm_free(storage->vg, &available, &extent, err);
	if (rc < 0)
		return err_wrap(err, "volume group '%s'", storage->vg);
	if (available < bytes)
		return err_say(err, ENOSPC,
			       "volume group '%s': %llu MiB wanted, %llu MiB free",
			       storage->vg, (unsigned long long)(bytes >> 20),
			       (unsigned long long)(available >> 20));
	return 0;
}

int storage_lvm_check_free(const struct storage *storage, uint64_t bytes, struct err *err)
{
	return storage->kind == STORAGE_THIN ? check_pool(storage, bytes, err)
					     : storage_lvm_check(storage, bytes, err);
}

static char *full_name(const struct storage_place *place)
{
	const char *slash = strrchr(place->path, '/');

	return mem_textf("%s/%s", place->storage->vg, slash + 1);
}

static int check_name(const struct storage_place *place, struct err *err)
{
	const struct storage *storage = place->storage;
	struct stat st;

	if (!lvm_is_name(storage->vg) ||
	    (storage->kind == STORAGE_THIN && !lvm_is_name(storage->pool)) ||
	    !lvm_is_name(strrchr(place->path, '/') + 1))
		return err_say(err, EINVAL, "'%s': not a name that LVM takes",
			       place->path);
	return lstat(place->path, &st) == 0
		       ? err_set(err, EEXIST, "make '%s'", place->path)
		       : 0;
}

/* What was to be made in no group could never be undone. */
static int forget_all(const struct storage_job *jobs, size_t count, struct work *work,
		      struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		_cleanup_free_ char *volume = full_name(&jobs[i].to);

		rc = work_forget(work, WORK_VOLUME, volume, err);
	}
	return rc;
}

/*
 * Why lvm failed, where its own words or the notes would mislead. Asked afterwards: it is
 * rare, and asking takes as long as making.
 */
static int explain(const struct storage_job *jobs, size_t count, struct work *work,
		   struct err *err)
{
	const char *group = jobs[0].to.storage->vg;
	_cleanup_err_ struct err why = {0};
	uint64_t available, extent;

	if (lvm_free(group, &available, &extent, &why) == -ENOENT) {
		int rc = forget_all(jobs, count, work, err);

		return rc < 0 ? rc
			      : err_say(err, ENOENT, "volume group '%s': %s", group,
					why.text);
	}
	for (size_t i = 0; i < count; i++) {
		const char *path = jobs[i].to.path;
		_cleanup_lvm_volumes_ struct lvm_volumes found = {0};

		if (lvm_find(group, strrchr(path, '/') + 1, &found, NULL) == 0 &&
		    !strstr(found.item[0].tags, work_tag(work)))
			return err_set(err, EEXIST, "make '%s'", path);
	}
	return -EREMOTEIO;
}

/* `words` up to a NULL, behind what all that we make has. */
static void add_creation(struct str_list *command, const struct storage_place *place,
			 const struct work *work, const char *const *words)
{
	const char *const all[] = {
		"lvcreate", "-y",	    "--addtag", STORAGE_TAG,
		"--addtag", work_tag(work), "-n",	strrchr(place->path, '/') + 1};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		str_list_add(command, all[i]);
	for (; *words; words++)
		str_list_add(command, *words);
}

/*
 * What makes a volume: a command, or two, where a snapshot is to be larger than its origin.
 * `command` has room for both; the number of them is returned.
 */
static size_t add_commands(struct str_list *command, const struct storage_job *job,
			   const struct work *work)
{
	const struct storage *storage = job->to.storage;
	_cleanup_free_ char *bytes =
		mem_textf("%llub", (unsigned long long)job->order->size);
	_cleanup_free_ char *pool = mem_textf("%s/%s", storage->vg, storage->pool);
	_cleanup_free_ char *volume = full_name(&job->to);
	const char *const thick[] = {"-Wy", "-Zy", "-L", bytes, storage->vg, NULL};
	const char *const thin[] = {"-V", bytes, "-T", pool, NULL};
	const char *const extension[] = {"lvextend", "-L", bytes, volume};
	_cleanup_free_ char *origin = job->is_snapshot ? full_name(&job->from) : NULL;
	/* Active, and writable, though its origin is neither. */
	const char *const snapshot[] = {"-s", "-kn", "-prw", origin, NULL};

	if (!job->is_snapshot) {
		add_creation(command, &job->to, work,
			     storage->kind == STORAGE_THIN ? thin : thick);
		return 1;
	}
	add_creation(command, &job->to, work, snapshot);
	if (job->order->key_size >= job->order->size)
		return 1;
	for (size_t i = 0; i < ARRAY_SIZE(extension); i++)
		str_list_add(&command[1], extension[i]);
	return 2;
}

static int check_job(const struct storage_job *job, struct err *err)
{
	const struct storage *storage = job->to.storage;
	int rc = check_name(&job->to, err);

	if (rc == 0 && job->is_snapshot && !lvm_is_name(strrchr(job->from.path, '/') + 1))
		rc = err_say(err, EINVAL, "'%s': not a name that LVM takes",
			     job->from.path);
	return rc == 0 && storage->kind == STORAGE_THIN ? check_pool(storage, 0, err)
							: rc;
}

/* Each is noted before the first is made. */
static int note(const struct storage_job *jobs, size_t count, struct work *work,
		struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		_cleanup_free_ char *volume = full_name(&jobs[i].to);

		rc = check_job(&jobs[i], err);
		if (rc == 0)
			rc = work_note(work, WORK_VOLUME, volume, err);
	}
	return rc;
}

int storage_lvm_make(const struct storage_job *jobs, size_t count, struct work *work,
		     struct err *err)
{
	struct str_list *commands = mem_alloc((2 * count + 1) * sizeof(*commands));
	size_t command_count = 0;
	int rc = note(jobs, count, work, err);

	for (size_t i = 0; i < count; i++)
		command_count += add_commands(&commands[command_count], &jobs[i], work);
	if (rc == 0) {
		rc = lvm_run_all(commands, command_count, err);
		if (rc == -EREMOTEIO)
			rc = explain(jobs, count, work, err);
	}
	for (size_t i = 0; i < command_count; i++)
		str_list_clear(&commands[i]);
	free(commands);
	return rc;
}

int storage_lvm_seal(const struct storage_place *place, struct err *err)
{
	_cleanup_free_ char *volume = full_name(place);
	const char *const off[] = {"lvchange", "--activate", "n", volume, NULL};
	const char *const final[] = {
		"lvchange", "--permission", "r", "--setactivationskip",
		"y",	    volume,	    NULL};
	int rc = lvm_run(off, err);

	return rc < 0 ? rc : lvm_run(final, err);
}

/* Another command that read it too may deactivate it before it is open here. */
int storage_lvm_open(const struct storage_place *place, struct work *work, int *ret_fd,
		     bool *ret_was_active, struct err *err)
{
	_cleanup_free_ char *volume = full_name(place);
	const char *const argv[] = {
		"lvchange", "--activate", "y", "--ignoreactivationskip", volume, NULL};
	bool was_active = true;

	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		int fd = open(place->path, O_RDONLY | O_CLOEXEC), rc;

		if (fd >= 0) {
			*ret_fd = fd;
			*ret_was_active = was_active;
			return 0;
		}
		if (errno != ENOENT)
			break;
		rc = was_active ? work_note(work, WORK_ACTIVE, volume, err) : 0;
		if (rc == 0)
			rc = lvm_run(argv, err);
		if (rc < 0)
			return rc;
		was_active = false;
	}
	return err_set(err, errno, "open '%s'", place->path);
}

void storage_lvm_deactivate(const struct storage_place *place)
{
	_cleanup_free_ char *volume = full_name(place);
	const char *const argv[] = {"lvchange", "--activate", "n", volume, NULL};
	_cleanup_err_ struct err err = {0};

	if (lvm_run(argv, &err) < 0)
		err_clear(&err);
}

/* A volume that is not active has no device: its name must do. */
static int name_of_absent(const char *path, char **ret_group, char **ret_name,
			  struct err *err)
{
	const char *rest = path + strlen("/dev/"), *slash = strchr(rest, '/');
	_cleanup_lvm_volumes_ struct lvm_volumes found = {0};
	_cleanup_free_ char *group = NULL;
	int rc;

	if (!str_starts(path, "/dev/") || !slash || !lvm_is_name(slash + 1))
		return err_set(err, ENOENT, "'%s'", path);
	group = mem_text_part(rest, (size_t)(slash - rest));
	if (!lvm_is_name(group))
		return err_set(err, ENOENT, "'%s'", path);
	rc = lvm_find(group, slash + 1, &found, err);
	if (rc < 0)
		return err_wrap(err, "'%s'", path);
	*ret_group = TAKE_PTR(group);
	*ret_name = mem_text(slash + 1);
	return 0;
}

int storage_lvm_name(const char *path, char **ret_group, char **ret_name, struct err *err)
{
	_cleanup_free_ char *name = NULL;
	struct stat st;
	int rc;

	if (stat(path, &st) < 0)
		return errno == ENOENT ? name_of_absent(path, ret_group, ret_name, err)
				       : err_set(err, errno, "'%s'", path);
	if (!S_ISBLK(st.st_mode))
		return err_say(err, ENOTSUP, "'%s': not a volume of LVM", path);
	rc = mapper_find(st.st_rdev, &name, err);
	if (rc < 0)
		return err_wrap(err, "'%s'", path);
	if (!mapper_split(name, ret_group, ret_name))
		return err_say(err, ENOTSUP, "'%s': a part of another volume", path);
	return 0;
}

bool storage_lvm_is_path(const char *path, const char *group, const char *name)
{
	_cleanup_free_ char *mapped = mapper_name(group, name, NULL);
	_cleanup_free_ char *mapper = mem_textf("/dev/mapper/%s", mapped);
	_cleanup_free_ char *device = mem_textf("/dev/%s/%s", group, name);

	return strcmp(path, device) == 0 || strcmp(path, mapper) == 0;
}

/*
 * lv_attr, lvs(8): what goes with others when it goes, or is of others, is not a guest's. A
 * pool takes all of its volumes along, the origin of a snapshot all snapshots.
 */
int storage_lvm_find_plain(const char *group, const char *name,
			   struct lvm_volumes *ret_found, struct err *err)
{
	static const char plain[] = "-VmMrRC";
	int rc = lvm_find(group, name, ret_found, err);

	if (rc < 0)
		return rc;
	if (!strchr(plain, ret_found->item[0].attr[0]))
		return err_say(err, ENOTSUP,
			       "volume '%s/%s': a pool, an origin of snapshots or a part "
			       "of another volume (lv_attr %s)",
			       group, name, ret_found->item[0].attr);
	return 0;
}

int storage_lvm_check_removal(const char *group, const char *name, struct err *err)
{
	_cleanup_lvm_volumes_ struct lvm_volumes found = {0};

	return storage_lvm_find_plain(group, name, &found, err);
}

int storage_lvm_remove(const char *group, const char *name, struct err *err)
{
	_cleanup_free_ char *volume = mem_textf("%s/%s", group, name);
	const char *const argv[] = {"lvremove", "--yes", volume, NULL};
	_cleanup_lvm_volumes_ struct lvm_volumes found = {0};
	int rc = storage_lvm_find_plain(group, name, &found, err);

	return rc < 0 ? rc : lvm_run(argv, err);
}
