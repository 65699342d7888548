/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes of LVM that get larger: what they get reads as zeros, whatever was there. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "guest/extent.h"
#include "guest/storage-parts.h"

static int zero_from(const char *path, uint64_t start, struct err *err)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_EXCL | O_CLOEXEC);
	uint64_t size;
	int rc;

	if (fd < 0)
		return err_set(err, errno, "open '%s'", path);
	rc = extent_size(fd, &size, err);
	if (rc == 0 && size > start)
		rc = storage_zero(fd, start, size - start, err);
	if (rc == 0 && fdatasync(fd) < 0)
		rc = err_set(err, errno, "sync '%s'", path);
	return rc;
}

/* Its extents become the volume's: those and no others, or none if one of them is gone. */
static int hand_over(const char *volume, const char *spare, const char *added,
		     const struct str_list *ranges, struct err *err)
{
	/* A discarded block may read as anything. */
	static const char keep[] = "devices/issue_discards=0";
	const char *const removal[] = {"lvremove", "--yes", "--config", keep, spare};
	const char *const extension[] = {"lvextend", "--size", added, volume};
	struct str_list commands[2] = {0};
	int rc;

	for (size_t i = 0; i < ARRAY_SIZE(removal); i++)
		str_list_add(&commands[0], removal[i]);
	for (size_t i = 0; i < ARRAY_SIZE(extension); i++)
		str_list_add(&commands[1], extension[i]);
	for (size_t i = 0; i < ranges->count; i++)
		str_list_add(&commands[1], ranges->item[i]);
	rc = lvm_run_all(commands, ARRAY_SIZE(commands), err);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		str_list_clear(&commands[i]);
	return rc;
}

static int make_spare(const struct lvm_volume *old, const char *bytes, struct work *work,
		      const struct str_list *places, struct err *err)
{
	const char *const words[] = {"lvcreate",  "--yes",	  "--addtag",
				     STORAGE_TAG, "--addtag",	  work_tag(work),
				     "--name",	  work_tag(work), "--size",
				     bytes,	  old->vg};
	_cleanup_str_list_ struct str_list command = {0};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		str_list_add(&command, words[i]);
	for (size_t i = 0; i < places->count; i++)
		str_list_add(&command, places->item[i]);
	return lvm_run_all(&command, 1, err);
}

/* Where lvextend would look: behind the volume's last extent, then on its disks. */
static void find_places(const struct str_list *ranges, struct str_list *behind,
			struct str_list *disks)
{
	for (size_t i = 0; i < ranges->count; i++) {
		const char *range = ranges->item[i], *colon = strrchr(range, ':');
		const char *last = strrchr(range, '-');
		_cleanup_free_ char *disk = mem_text_part(range, (size_t)(colon - range));
		uint64_t end;

		str_list_add(disks, disk);
		if (i + 1 == ranges->count && last > colon &&
		    str_to_number(last + 1, UINT32_MAX, &end)) {
			_cleanup_free_ char *rest =
				mem_textf("%s:%" PRIu64 "-", disk, end + 1);

			str_list_add(behind, rest);
		}
	}
}

/* Elsewhere in the group only if there is no room where the volume is. */
static int place_spare(const struct lvm_volume *old, const char *bytes, struct work *work,
		       const struct str_list *ranges, struct err *err)
{
	_cleanup_str_list_ struct str_list behind = {0}, disks = {0};
	const struct str_list anywhere = {0};
	const struct str_list *const places[] = {&behind, &disks, &anywhere};
	int rc = 0;

	find_places(ranges, &behind, &disks);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		err_clear(err);
		rc = make_spare(old, bytes, work, places[i], err);
		if (rc != -EREMOTEIO)
			break;
	}
	return rc;
}

/*
 * By extents that a spare volume had, where they were zeroed: between lvextend and zeroing
 * the volume would have what others wrote, and keep it after a kill or a power cut.
 */
static int extend_by_spare(const struct lvm_volume *old, const struct str_list *ranges,
			   uint64_t size, struct work *work, struct err *err)
{
	_cleanup_free_ char *volume = mem_textf("%s/%s", old->vg, old->name);
	_cleanup_free_ char *spare = mem_textf("%s/%s", old->vg, work_tag(work));
	_cleanup_free_ char *path = mem_textf("/dev/%s", spare);
	_cleanup_free_ char *bytes = mem_textf("%" PRIu64 "b", size - old->size);
	_cleanup_free_ char *added = mem_textf("+%s", bytes);
	_cleanup_str_list_ struct str_list gained = {0};
	int rc = work_note(work, WORK_SPARE, spare, err);

	if (rc == 0)
		rc = place_spare(old, bytes, work, ranges, err);
	if (rc == 0)
		rc = zero_from(path, 0, err);
	if (rc == 0)
		rc = lvm_list_ranges(old->vg, work_tag(work), &gained, err);
	return rc < 0 ? rc : hand_over(volume, spare, added, &gained, err);
}

int storage_lvm_grow(const char *group, const char *name, uint64_t size,
		     struct work *work, struct err *err)
{
	_cleanup_free_ char *volume = mem_textf("%s/%s", group, name);
	_cleanup_free_ char *bytes = mem_textf("%" PRIu64 "b", size);
	_cleanup_free_ char *path = mem_textf("/dev/%s/%s", group, name);
	const char *const argv[] = {"lvextend", "--size", bytes, volume, NULL};
	_cleanup_lvm_volumes_ struct lvm_volumes found = {0};
	_cleanup_str_list_ struct str_list ranges = {0};
	const struct lvm_volume *old;
	int rc = storage_lvm_find_plain(group, name, &found, err);

	if (rc < 0)
		return rc;
	old = &found.item[0];
	if (old->size > size)
		return err_say(err, EINVAL, "volume '%s': has %" PRIu64 " MiB already",
			       volume, old->size >> 20);
	if (old->size == size)
		return 0;
	/* Stripes and mirrors get extents on several devices: only lvm knows which. */
	rc = old->attr[0] == '-' ? lvm_list_ranges(group, name, &ranges, err) : -ENOTSUP;
	if (rc == 0)
		return extend_by_spare(old, &ranges, size, work, err);
	if (rc != -ENOTSUP)
		return rc;
	err_clear(err);
	rc = lvm_run(argv, err);
	return rc < 0 || old->attr[0] == 'V' ? rc : zero_from(path, old->size, err);
}
