/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File systems on volumes: mounted, and grown. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/btrfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

#include "guest/extended.h"
#include "guest/extent.h"
#include "guest/filesystem-parts.h"
#include "guest/filesystem.h"

#define RUN_DIR "/run/xenhost"
#define EXT4_RESIZE _IOW('f', 16, uint64_t) /* EXT4_IOC_RESIZE_FS, linux/fs/ext4/ext4.h */

static const struct {
	const char *fs, *options;
} mount_options[] = {
	/* The superblock, which is the guest's, may ask for a panic: of dom0. */
	{"ext2", "errors=remount-ro"},
	{"ext3", "errors=remount-ro"},
	{"ext4", "errors=remount-ro"},
	{"xfs", "nouuid"}, /* another with its UUID may be mounted: its template */
};

static const char *options_of(const char *fs)
{
	for (size_t i = 0; i < ARRAY_SIZE(mount_options); i++)
		if (strcmp(mount_options[i].fs, fs) == 0)
			return mount_options[i].options;
	return NULL;
}

static int mount_at(const struct extent *extent, const char *fs, bool is_read_only,
		    const char *directory, struct fs *ret_root, struct err *err)
{
	unsigned long flags = MS_NOSUID | MS_NODEV | (is_read_only ? MS_RDONLY : 0UL);
	int rc;

	if (mount(extent->path, directory, fs, flags, options_of(fs)) < 0)
		return err_set(err, errno, "mount");
	rc = fs_open(directory, ret_root, err);
	if (rc < 0)
		(void)umount2(directory, MNT_DETACH);
	return rc;
}

int filesystem_mount(const char *path, uint64_t offset, const char *fs, bool is_read_only,
		     char **ret_directory, struct fs *ret_root, struct err *err)
{
	_cleanup_extent_ struct extent extent = EXTENT_NONE;
	_cleanup_free_ char *directory = mem_text(RUN_DIR "/mount-XXXXXX");
	int rc;

	if (!filesystem_is_known(fs) || strcmp(fs, "swap") == 0)
		return err_say(err, EINVAL, "mount '%s': '%s' is no file system", path,
			       fs);
	rc = extent_open(path, offset, is_read_only, true, &extent, err);
	if (rc < 0)
		return err_wrap(err, "mount");
	if ((mkdir(RUN_DIR, 0700) < 0 && errno != EEXIST) || !mkdtemp(directory))
		return err_set(err, errno, "mount '%s': make '%s'", path, directory);
	rc = mount_at(&extent, fs, is_read_only, directory, ret_root, err);
	if (rc < 0) {
		(void)rmdir(directory);
		return err_wrap(err, "%s on '%s'", fs, path);
	}
	*ret_directory = TAKE_PTR(directory);
	return 0;
}

/* What could not be written is told by syncfs(), and by nothing after it. */
static int sync_all(const char *directory, struct err *err)
{
	_cleanup_close_ int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || syncfs(fd) < 0)
		return err_set(err, errno, "sync '%s'", directory);
	return 0;
}

int filesystem_unmount(const char *directory, struct err *err)
{
	int rc = sync_all(directory, err);

	if (umount2(directory, UMOUNT_NOFOLLOW) < 0 && rc == 0)
		return err_set(err, errno, "unmount '%s'", directory);
	if (rmdir(directory) < 0 && rc == 0)
		return err_set(err, errno, "remove '%s'", directory);
	return rc;
}

/* Bytes of the device that is mounted: of its loop device where it has one. */
static int mounted_size(int fd, uint64_t *ret_size, struct err *err)
{
	_cleanup_fs_ struct fs host = FS_CLOSED;
	_cleanup_free_ char *path = NULL;
	_cleanup_str_ struct str text = {0};
	uint64_t sectors;
	struct stat st;
	int rc;

	if (fstat(fd, &st) < 0)
		return err_set(err, errno, "size");
	path = mem_textf("sys/dev/block/%u:%u/size", major(st.st_dev), minor(st.st_dev));
	rc = fs_open("/", &host, err);
	if (rc == 0)
		rc = fs_read(&host, path, 64, &text, err);
	if (rc < 0)
		return rc;
	if (text.length)
		str_cut(&text, text.length - 1);
	if (!str_to_number(str_text(&text), UINT64_MAX / 512, &sectors))
		return err_say(err, EPROTO, "'%s': no number", path);
	*ret_size = sectors * 512;
	return 0;
}

static int grow_extended(const char *directory, struct err *err)
{
	_cleanup_close_ int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t size, blocks;
	struct statfs st;
	int rc;

	if (fd < 0 || fstatfs(fd, &st) < 0)
		return err_set(err, errno, "open '%s'", directory);
	rc = mounted_size(fd, &size, err);
	if (rc < 0)
		return rc;
	blocks = size / (uint64_t)st.f_bsize;
	if (ioctl(fd, EXT4_RESIZE, &blocks) < 0)
		return err_set(err, errno, "resize to %llu blocks",
			       (unsigned long long)blocks);
	return 0;
}

static int grow_xfs(const char *directory, struct err *err)
{
	const char *const argv[] = {"xfs_growfs", "-d", directory, NULL};

	return filesystem_run(argv, err);
}

static int grow_btrfs(const char *directory, struct err *err)
{
	_cleanup_close_ int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct btrfs_ioctl_vol_args args = {.name = "max"};

	if (fd < 0)
		return err_set(err, errno, "open '%s'", directory);
	return ioctl(fd, BTRFS_IOC_RESIZE, &args) < 0 ? err_set(err, errno, "resize") : 0;
}

static int grow_mounted(const char *fs, const char *directory, struct err *err)
{
	if (filesystem_is_extended(fs))
		return grow_extended(directory, err);
	if (strcmp(fs, "xfs") == 0)
		return grow_xfs(directory, err);
	return grow_btrfs(directory, err);
}

/* e2fsck ends with 1 where it mended something, which run_capture() takes for a failure. */
static int grow_extended_offline(const char *path, struct err *err)
{
	const char *const check[] = {"e2fsck", "-f", "-p", path, NULL};
	const char *const resize[] = {"resize2fs", path, NULL};
	int rc = filesystem_run(check, err);

	if (rc == -EREMOTEIO) {
		err_clear(err);
		rc = filesystem_run(check, err);
	}
	return rc < 0 ? rc : filesystem_run(resize, err);
}

static int grow_swap(const char *path, uint64_t offset, struct err *err)
{
	_cleanup_free_ char *uuid = NULL;
	int rc = filesystem_value(path, offset, "UUID", &uuid, err);

	return rc < 0 ? rc : filesystem_make(path, offset, "swap", uuid, err);
}

static int grow_after_mount(const char *path, uint64_t offset, const char *fs,
			    struct err *err)
{
	_cleanup_free_ char *directory = NULL;
	_cleanup_fs_ struct fs root = FS_CLOSED;
	_cleanup_err_ struct err later = {0};
	int rc = filesystem_mount(path, offset, fs, false, &directory, &root, err), ended;

	if (rc < 0)
		return rc;
	assert(directory);
	rc = grow_mounted(fs, directory, err);
	fs_close(&root);
	ended = filesystem_unmount(directory, &later);
	return rc < 0 || ended == 0 ? rc : err_say(err, later.code, "%s", later.text);
}

static int grow(const char *path, uint64_t offset, const char *fs, const char *directory,
		struct err *err)
{
	_cleanup_extent_ struct extent extent = EXTENT_NONE;
	int rc;

	if (!filesystem_is_known(fs))
		return err_say(err, EINVAL, "'%s': no file system that we can grow", fs);
	if (strcmp(fs, "swap") == 0)
		return grow_swap(path, offset, err);
	if (directory)
		return grow_mounted(fs, directory, err);
	if (!filesystem_is_extended(fs))
		return grow_after_mount(path, offset, fs, err);
	rc = extent_open(path, offset, false, false, &extent, err);
	return rc < 0 ? rc : grow_extended_offline(extent.path, err);
}

int filesystem_grow(const char *path, uint64_t offset, const char *fs,
		    const char *directory, struct err *err)
{
	int rc = grow(path, offset, fs, directory, err);

	return rc < 0 ? err_wrap(err, "grow %s on '%s'", fs, path) : 0;
}

static int mount_and_grow(const char *path, uint64_t offset, const char *fs,
			  char **ret_directory, struct fs *ret_root, struct err *err)
{
	_cleanup_free_ char *directory = NULL;
	_cleanup_fs_ struct fs root = FS_CLOSED;
	int rc = filesystem_mount(path, offset, fs, false, &directory, &root, err);

	if (rc == 0)
		rc = filesystem_grow(path, offset, fs, directory, err);
	if (rc < 0) {
		fs_close(&root);
		if (directory && umount2(directory, UMOUNT_NOFOLLOW) == 0)
			(void)rmdir(directory);
		return rc;
	}
	*ret_directory = TAKE_PTR(directory);
	*ret_root = root;
	root = FS_CLOSED;
	return 0;
}

int filesystem_adopt(const char *path, uint64_t offset, const char *fs, const char *uuid,
		     char **ret_directory, struct fs *ret_root, struct err *err)
{
	int rc = filesystem_rename(path, offset, fs, uuid, err);

	if (rc < 0)
		return rc;
	if (!offset && filesystem_is_extended(fs) && extended_is_filling(path))
		return filesystem_mount(path, offset, fs, false, ret_directory, ret_root,
					err);
	rc = mount_and_grow(path, offset, fs, ret_directory, ret_root, err);
	if (rc != -EPERM || !filesystem_is_extended(fs))
		return rc;
	err_clear(err);
	rc = filesystem_grow(path, offset, fs, NULL, err);
	return rc < 0 ? rc
		      : filesystem_mount(path, offset, fs, false, ret_directory, ret_root,
					 err);
}
