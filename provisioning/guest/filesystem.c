/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File systems on volumes: made, named, found, by the programs of each. */
#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/run.h"
#include "guest/extended.h"
#include "guest/extent.h"
#include "guest/filesystem-parts.h"
#include "guest/filesystem.h"

#define TIME_MAX 3600000 /* ms: large volumes on slow disks */
#define OUTPUT_MAX ((size_t)1 << 20)

/*
 * With a checksum seed of its own an ext4 may get another UUID without its metadata being
 * written anew: a clone's takes one block (ext4(5), metadata_csum_seed).
 */
static const char *const make_ext4[] = {
	"mke2fs",
	"-q",
	"-F",
	"-t",
	"ext4",
	"-O",
	"metadata_csum_seed",
	"-E",
	"nodiscard,lazy_itable_init=1,lazy_journal_init=1",
	"-U",
	NULL};
static const char *const make_ext3[] = {"mke2fs", "-q",	       "-F", "-t", "ext3",
					"-E",	  "nodiscard", "-U", NULL};
static const char *const make_ext2[] = {"mke2fs", "-q",	       "-F", "-t", "ext2",
					"-E",	  "nodiscard", "-U", NULL};
static const char *const make_xfs[] = {"mkfs.xfs", "-q", "-f", "-K", "-m", NULL};
static const char *const make_btrfs[] = {"mkfs.btrfs", "-q", "-f", "-K", "-U", NULL};
static const char *const make_swap[] = {"mkswap", "-f", "-U", NULL};
static const char *const rename_xfs[] = {"xfs_admin", "-U", NULL};
static const char *const rename_btrfs[] = {"btrfstune", "-f", "-M", NULL};
static const char *const rename_swap[] = {"swaplabel", "-U", NULL};

/* Programs: their arguments before the UUID, and what is put right before it. */
static const struct kind {
	const char *name;
	const char *const *make, *make_prefix, *const *rename;
	bool is_extended; /* one of the ext family */
} kinds[] = {
	{"ext4", make_ext4, "", NULL, true},
	{"ext3", make_ext3, "", NULL, true},
	{"ext2", make_ext2, "", NULL, true},
	{"xfs", make_xfs, "uuid=", rename_xfs, false},
	{"btrfs", make_btrfs, "", rename_btrfs, false},
	{"swap", make_swap, "", rename_swap, false},
};

static const struct kind *find(const char *fs)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].name, fs) == 0)
			return &kinds[i];
	return NULL;
}

bool filesystem_is_known(const char *fs)
{
	return find(fs) != NULL;
}

bool filesystem_is_extended(const char *fs)
{
	const struct kind *kind = find(fs);

	return kind && kind->is_extended;
}

int filesystem_run(const char *const *argv, struct err *err)
{
	const struct run run = {
		.argv = argv,
		.timeout_ms = TIME_MAX,
		.output_limit = OUTPUT_MAX,
	};
	_cleanup_str_ struct str output = {0};

	return run_capture(&run, &output, err);
}

/* `command`, PREFIX and UUID as one argument, and the path. */
static int run_with_uuid(const char *const *command, const char *prefix, const char *uuid,
			 const char *path, struct err *err)
{
	_cleanup_free_ char *option = mem_textf("%s%s", prefix, uuid);
	const char *argv[16] = {0};
	size_t count = 0;

	for (; command[count]; count++)
		argv[count] = command[count];
	argv[count++] = option;
	argv[count] = path;
	return filesystem_run(argv, err);
}

/* The form of RFC 4122, which is also what keeps it from being taken for an option. */
static bool is_uuid(const char *text)
{
	for (size_t i = 0; i < 36; i++) {
		bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (is_dash ? text[i] != '-' : !strchr("0123456789abcdefABCDEF", text[i]))
			return false;
		if (!text[i])
			return false;
	}
	return text[36] == '\0';
}

static int check_arguments(const char *fs, const char *uuid, struct err *err)
{
	if (!find(fs))
		return err_say(err, EINVAL, "'%s': no file system that we can make", fs);
	return is_uuid(uuid) ? 0 : err_say(err, EINVAL, "'%s': not a UUID", uuid);
}

int filesystem_make(const char *path, uint64_t offset, const char *fs, const char *uuid,
		    struct err *err)
{
	_cleanup_extent_ struct extent extent = EXTENT_NONE;
	int rc = check_arguments(fs, uuid, err);

	if (rc == 0)
		rc = extent_open(path, offset, false, false, &extent, err);
	if (rc == 0)
		rc = run_with_uuid(find(fs)->make, find(fs)->make_prefix, uuid,
				   extent.path, err);
	return rc < 0 ? err_wrap(err, "make %s on '%s'", fs, path) : 0;
}

int filesystem_rename(const char *path, uint64_t offset, const char *fs, const char *uuid,
		      struct err *err)
{
	_cleanup_extent_ struct extent extent = EXTENT_NONE;
	int rc = check_arguments(fs, uuid, err);

	if (rc == 0)
		rc = extent_open(path, offset, false, strcmp(fs, "xfs") == 0, &extent,
				 err);
	if (rc == 0 && find(fs)->is_extended)
		rc = extended_rename(extent.path, uuid, err);
	else if (rc == 0)
		rc = run_with_uuid(find(fs)->rename, "", uuid, extent.path, err);
	return rc < 0 ? err_wrap(err, "new UUID of '%s'", path) : 0;
}

static void free_probe(blkid_probe *probe)
{
	blkid_free_probe(*probe);
}

int filesystem_value(const char *path, uint64_t offset, const char *name,
		     char **ret_value, struct err *err)
{
	_cleanup_(free_probe) blkid_probe probe = blkid_new_probe();
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	const char *value = NULL;
	int r;

	if (!probe)
		mem_abort();
	if (fd < 0)
		return err_set(err, errno, "open '%s'", path);
	errno = 0;
	if (blkid_probe_set_device(probe, fd, (blkid_loff_t)offset, 0) < 0)
		return err_set(err, errno ? errno : EIO, "probe '%s'", path);
	(void)blkid_probe_enable_superblocks(probe, 1);
	(void)blkid_probe_set_superblocks_flags(probe,
						BLKID_SUBLKS_TYPE | BLKID_SUBLKS_UUID);
	(void)blkid_probe_enable_partitions(probe, strcmp(name, "PTTYPE") == 0);
	r = blkid_do_safeprobe(probe);
	if (r == -2)
		return err_say(err, EINVAL,
			       "probe '%s': signatures of several file systems", path);
	if (r < 0)
		return err_set(err, errno ? errno : EIO, "probe '%s'", path);
	if (r == 0)
		(void)blkid_probe_lookup_value(probe, name, &value, NULL);
	*ret_value = mem_text(value ? value : "");
	return 0;
}

int filesystem_probe(const char *path, uint64_t offset, char **ret_fs, struct err *err)
{
	return filesystem_value(path, offset, "TYPE", ret_fs, err);
}

int filesystem_signature(const char *path, char **ret_what, struct err *err)
{
	_cleanup_free_ char *type = NULL;
	int rc = filesystem_probe(path, 0, &type, err);

	if (rc < 0)
		return rc;
	if (!type[0])
		return filesystem_value(path, 0, "PTTYPE", ret_what, err);
	*ret_what = TAKE_PTR(type);
	return 0;
}
