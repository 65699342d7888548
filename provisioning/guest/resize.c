/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making a guest's volume larger, and what is on it. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "guest/disk.h"
#include "guest/filesystem.h"
#include "guest/guard.h"
#include "guest/resize.h"
#include "guest/storage.h"
#include "guest/work.h"

struct step {
	const struct fs *host;
	struct work *work;
	const char *guest, *path;
	uint64_t old_size, size;
	uint64_t offset; /* of the file system */
	char *fs;
};

static void step_clear(struct step *step)
{
	free(step->fs);
}

/* "disk" for ".../GUEST-disk" and ".../disk.img" */
static bool is_called(const char *path, const char *guest, const char *name)
{
	_cleanup_free_ char *volume = mem_textf("/%s-%s", guest, name);
	_cleanup_free_ char *image = mem_textf("/%s/%s.img", guest, name);

	return str_ends(path, volume) || str_ends(path, image);
}

int resize_find(const struct inventory_guest *guest, const char *name,
		const char **ret_path, struct err *err)
{
	_cleanup_str_ struct str all = {0};

	for (size_t i = 0; i < guest->cfg.disk_count; i++) {
		const struct xlcfg_disk *disk = &guest->cfg.disk[i];

		if (!disk->is_writable || disk->backend || disk->path[0] != '/')
			continue;
		if (strcmp(disk->path, name) == 0 || strcmp(disk->device, name) == 0 ||
		    is_called(disk->path, guest->name, name)) {
			*ret_path = disk->path;
			return 0;
		}
		str_addf(&all, "%s%s", all.length ? ", " : "", disk->path);
	}
	if (!all.length)
		return err_say(err, ENOENT, "the guest has no disk");
	return err_say(err, ENOENT, "none of its disks is '%s': %s", name,
		       str_text(&all));
}

/* What is there: a file system on the whole volume, or a disk that we made. */
static int probe(struct step *step, struct err *err)
{
	int rc = filesystem_probe(step->path, 0, &step->fs, err);

	if (rc == 0 && !*step->fs && step->old_size > DISK_OVERHEAD) {
		mem_free_ref(&step->fs);
		step->fs = NULL;
		step->offset = DISK_ROOT_OFFSET;
		rc = filesystem_probe(step->path, DISK_ROOT_OFFSET, &step->fs, err);
	}
	if (rc < 0)
		return rc;
	if (!*step->fs)
		return err_say(err, EINVAL, "'%s' has no file system that is known",
			       step->path);
	if (!filesystem_is_known(step->fs))
		return err_say(err, EINVAL, "'%s' has '%s', which cannot be grown",
			       step->path, step->fs);
	return 0;
}

static int grow(void *context, struct err *err)
{
	const struct step *step = context;
	int rc = 0;

	if (step->size > step->old_size)
		rc = storage_grow(step->host, step->path, step->guest, step->size,
				  step->work, err);
	if (rc == 0 && step->offset)
		rc = disk_fit(step->path, 0, err);
	return rc < 0 ? rc
		      : filesystem_grow(step->path, step->offset, step->fs, NULL, err);
}

/*
 * Whether it is grown without a mount, a loop device or a volume that is made for it: then a user
 * may too, but whose programs go on when he interrupts.
 */
static bool is_grown_by_users(const struct step *step)
{
	struct stat st;

	return geteuid() != 0 && !step->offset && strcmp(step->fs, "xfs") != 0 &&
	       strcmp(step->fs, "btrfs") != 0 && stat(step->path, &st) == 0 &&
	       S_ISREG(st.st_mode);
}

static int check(struct step *step, struct err *err)
{
	struct storage_use use = {0};
	int rc = guard_domain(step->host, step->guest, err);

	if (rc == 0)
		rc = guard_check(step->host, step->path, step->guest, err);
	if (rc == 0)
		rc = storage_measure(step->path, &use, err);
	if (rc < 0)
		return rc;
	step->old_size = use.size;
	if (step->size < use.size)
		return err_say(err, EINVAL,
			       "'%s' has %" PRIu64
			       " MiB; to make it smaller would cut data off",
			       step->path, use.size >> 20);
	return probe(step, err);
}

int resize_run(const struct fs *host, const char *guest, const char *path, uint64_t size,
	       struct err *err)
{
	_cleanup_(step_clear) struct step step = {
		.host = host, .guest = guest, .path = path, .size = size};
	_cleanup_err_ struct err later = {0};
	struct work *work = NULL;
	int rc = work_check_whole(host, guest, err), ended;

	if (rc == 0)
		rc = work_begin(host, guest, &work, err);
	if (rc < 0)
		return rc;
	step.work = work;
	rc = check(&step, err);
	if (rc == 0 && !is_grown_by_users(&step))
		return work_run(work, grow, &step, err);
	if (rc == 0)
		rc = grow(&step, err);
	ended = work_end(work, &later);
	return rc < 0 || ended == 0 ? rc : err_say(err, later.code, "%s", later.text);
}
