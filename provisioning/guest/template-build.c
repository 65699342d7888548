/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A template is built: a volume, a file system, what is in it, its record. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/statvfs.h>

#include "guest/disk.h"
#include "guest/extent.h"
#include "guest/filesystem.h"
#include "guest/identity.h"
#include "guest/template-parts.h"

#define GIB ((uint64_t)1 << 30)
#define EXTENT ((uint64_t)4 << 20) /* LVM's usual: volumes are multiples of it */
#define COPY_BYTES ((size_t)1 << 20)

/* What can be shrunk begins with more than it needs, which a sparse volume has for nothing. */
#define SIZE_SHRINKABLE (8 * GIB)
#define SIZE_FIXED (2 * GIB)
#define PACKED 8 /* times that a compressed archive gets larger, if it packs well */
#define FULL ((uint64_t)16 << 20)

static void make_uuid(char ret_uuid[37])
{
	unsigned char b[16] = {0};

	if (getrandom(b, sizeof(b), 0) != sizeof(b))
		mem_abort();
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40); /* RFC 4122, 4.4 */
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	(void)snprintf(ret_uuid, 37,
		       "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		       "%02x%02x%02x%02x%02x%02x",
		       b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10],
		       b[11], b[12], b[13], b[14], b[15]);
}

static int source_size(const struct template_build *build, uint64_t *ret_size,
		       struct err *err)
{
	_cleanup_close_ int fd = -1;
	int rc = fs_open_file(build->host, build->recipe->source, O_RDONLY | O_NONBLOCK,
			      &fd, err);

	return rc < 0 ? rc : extent_size(fd, ret_size, err);
}

static bool can_shrink(const char *fs)
{
	return str_starts(fs, "ext");
}

uint64_t template_room(const char *fs)
{
	return can_shrink(fs) ? SIZE_SHRINKABLE : SIZE_FIXED;
}

/*
 * Small roots are not given more: a larger file system has a larger journal, which stays when
 * it is shrunk. One that cannot be shrunk would be too large for the next guest.
 */
uint64_t template_room_for(const struct recipe *recipe, uint64_t archive)
{
	uint64_t room = template_room(recipe->fs);
	bool is_large = recipe->method == RECIPE_TAR && archive > room / PACKED;

	if (!is_large || !can_shrink(recipe->fs) || recipe->room < room)
		return room;
	return recipe->room;
}

static int choose_size(struct template_build *build, struct err *err)
{
	struct template *template = build->template;
	enum recipe_method method = build->recipe->method;
	uint64_t source = 0;
	int rc = 0;

	if (method == RECIPE_IMAGE || method == RECIPE_TAR)
		rc = source_size(build, &source, err);
	template->size = method == RECIPE_IMAGE
				 ? source
				 : template_room_for(build->recipe, source);
	template->size =
		(template->size + template->root_offset + EXTENT - 1) / EXTENT *EXTENT;
	return rc;
}

/* A volume without a record is what a removal left: nobody else may have that name. */
static int make_volume(struct template_build *build, const char *path, struct err *err)
{
	struct template *template = build->template;
	const struct storage_order order = {.name = template->volume,
					    .size = template->size};
	int rc = storage_make(&template->store, STORAGE_TEMPLATES, &order, 1, build->work,
			      err);

	if (rc != -EEXIST)
		return rc;
	err_clear(err);
	rc = storage_remove(build->host, path, STORAGE_TEMPLATES, err);
	return rc < 0 ? rc
		      : storage_make(&template->store, STORAGE_TEMPLATES, &order, 1,
				     build->work, err);
}

static bool is_zero(const char *bytes, size_t length)
{
	return length == 0 ||
	       (bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0);
}

/* What reads as zeros is not written: the volume does so by itself. */
static int copy_blocks(int from, int to, uint64_t offset, struct err *err)
{
	_cleanup_free_ char *buffer = mem_alloc(COPY_BYTES);

	for (;;) {
		ssize_t r = read(from, buffer, COPY_BYTES);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_set(err, errno, "read");
		if (r == 0)
			return fsync(to) < 0 ? err_set(err, errno, "write") : 0;
		if (!is_zero(buffer, (size_t)r) &&
		    pwrite(to, buffer, (size_t)r, (off_t)offset) != r)
			return err_set(err, errno ? errno : ENOSPC, "write");
		offset += (uint64_t)r;
	}
}

static int copy_image(const struct template_build *build, const char *path,
		      struct err *err)
{
	const char *source = build->recipe->source;
	_cleanup_close_ int from = -1, to = open(path, O_WRONLY | O_CLOEXEC);
	_cleanup_free_ char *fs = NULL;
	int rc;

	if (to < 0)
		return err_set(err, errno, "open '%s'", path);
	rc = filesystem_probe(source, 0, &fs, err);
	if (rc < 0)
		return rc;
	if (strcmp(fs, build->recipe->fs) != 0)
		return err_say(err, EINVAL, "'%s' has the file system '%s', not '%s'",
			       source, fs, build->recipe->fs);
	rc = fs_open_file(build->host, source, O_RDONLY, &from, err);
	if (rc == 0)
		rc = copy_blocks(from, to, build->template->root_offset, err);
	return rc < 0 ? err_wrap(err, "copy '%s'", source) : 0;
}

static int remove_files(const struct fs *root, const char *directory, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	int rc =
		fs_exists(root, directory) ? fs_readdir(root, directory, &names, err) : 0;

	for (size_t i = 0; rc == 0 && i < names.count; i++) {
		_cleanup_free_ char *path = mem_textf("%s/%s", directory, names.item[i]);

		rc = fs_remove(root, path, err);
	}
	return rc;
}

/* What apt needs no more once it is known what it was, and what is of one guest only. */
static int tidy(struct template_build *build, const struct fs *root, struct err *err)
{
	static const char *const directories[] = {
		"var/lib/apt/lists/partial", "var/lib/apt/lists",
		"var/cache/apt/archives/partial", "var/cache/apt/archives",
		"var/cache/apt"};
	struct template *template = build->template;
	int rc;

	free(TAKE_PTR(template->state));
	rc = template_state_in(root, &template->releases, &template->state, err);
	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(directories); i++)
		rc = remove_files(root, directories[i], err);
	return rc < 0 ? rc : identity_erase(root, err);
}

/* Freed blocks go back to the storage; where that cannot be, they stay. */
static void trim(const char *directory)
{
	_cleanup_close_ int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct fstrim_range range = {.len = UINT64_MAX};

	if (fd >= 0)
		(void)ioctl(fd, FITRIM, &range);
}

/*
 * Packages make nodes, and programs run from here. And nothing of it need survive a power
 * cut before all of it does: dpkg's many syncs need not wait for the disk. A file system
 * that knows no barriers to leave out is as it is.
 */
static int relax(const char *directory, struct err *err)
{
	if (mount(NULL, directory, NULL, MS_REMOUNT | MS_BIND | MS_NOATIME, NULL) < 0)
		return err_set(err, errno, "remount '%s'", directory);
	(void)mount(NULL, directory, NULL, MS_REMOUNT | MS_NOATIME, "nobarrier");
	return 0;
}

/*
 * From here on it is a root, of whoever made it: what is read of it is no device of dom0's, whatever
 * nodes it has.
 */
static int tighten(const char *directory, struct err *err)
{
	const unsigned long flags =
		MS_REMOUNT | MS_BIND | MS_NOATIME | MS_NOSUID | MS_NODEV;

	if (mount(NULL, directory, NULL, flags, NULL) < 0)
		return err_set(err, errno, "remount '%s'", directory);
	return 0;
}

/* An archive that was cut between two files is whole for tar. */
static int check_root(const struct fs *root, struct err *err)
{
	static const char *const needed[] = {"etc", "usr"};

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!fs_exists(root, needed[i]))
			return err_say(err, ENOENT,
				       "this is no root of a system: it has no /%s",
				       needed[i]);
	return 0;
}

/* Its own file system, whatever the storage below has. */
static void explain_room(const struct template *template, const char *directory,
			 struct err *err)
{
	_cleanup_free_ char *text = err && err->text ? mem_text(err->text) : NULL;
	uint64_t room = template->size - template->root_offset;
	struct statvfs st;

	if (!text || statvfs(directory, &st) < 0)
		return;
	if ((uint64_t)st.f_bfree * st.f_frsize < FULL || (st.f_files && !st.f_ffree))
		(void)err_say(err, err->code,
			      "%s; the template is full: its %s has %ju MiB", text,
			      template->fs, (uintmax_t)(room >> 20));
}

int template_fill(struct template_build *build, const char *path,
		  int (*fill)(struct template_build *build, const char *directory,
			      const struct fs *root, struct err *err),
		  struct err *err)
{
	struct template *template = build->template;
	_cleanup_free_ char *directory = NULL;
	_cleanup_fs_ struct fs root = FS_CLOSED;
	int rc = filesystem_mount(path, template->root_offset, template->fs, false,
				  &directory, &root, err);

	if (rc < 0)
		return rc;
	rc = relax(directory, err);
	if (rc < 0)
		return rc;
	rc = fill ? fill(build, directory, &root, err) : 0;
	if (rc < 0)
		explain_room(template, directory, err);
	if (rc == 0)
		rc = tighten(directory, err);
	if (rc == 0)
		rc = check_root(&root, err);
	if (rc == 0)
		rc = tidy(build, &root, err);
	if (rc == 0 && template->root_offset)
		rc = template_install_grub(build, path, directory, &root, err);
	free(TAKE_PTR(template->content));
	if (rc == 0)
		rc = template_manifest(&root, &template->content, err);
	fs_close(&root);
	if (rc < 0)
		return rc;
	trim(directory);
	return filesystem_unmount(directory, err);
}

static int fill_volume(struct template_build *build, const char *path, struct err *err)
{
	const struct template *template = build->template;
	bool is_image = build->recipe->method == RECIPE_IMAGE;
	char uuid[37];
	int rc = 0;

	if (template->root_offset)
		rc = disk_make(path, err);
	if (rc < 0)
		return rc;
	make_uuid(uuid);
	rc = is_image ? copy_image(build, path, err)
		      : filesystem_make(path, template->root_offset, template->fs, uuid,
					err);
	if (rc < 0)
		return rc;
	return template_fill(build, path, is_image ? NULL : template_bootstrap, err);
}

static int write_record(const struct template_build *build, struct err *err)
{
	_cleanup_free_ char *record =
		mem_textf(TEMPLATE_DIR "/%s.json", build->template->key);
	int rc = work_note(build->work, WORK_FILE, record, err);

	return rc < 0 ? rc : template_write(build->host, build->template, err);
}

/*
 * What is written into a sparse file or a thin volume fails late and as an input/output
 * error, or as a program's complaint about it, when the storage below is full.
 */
static void explain_full(const struct template *template, struct err *err)
{
	_cleanup_err_ struct err full = {0};
	_cleanup_free_ char *text = err && err->text ? mem_text(err->text) : NULL;

	if (text && storage_check(&template->store, 0, &full) == -ENOSPC)
		(void)err_say(err, err->code, "%s; %s", text, full.text);
}

static int build_volume(struct template_build *build, struct err *err)
{
	struct template *template = build->template;
	_cleanup_free_ char *path =
		storage_path(&template->store, STORAGE_TEMPLATES, template->volume);
	int rc = choose_size(build, err);

	if (rc == 0)
		rc = make_volume(build, path, err);
	if (rc == 0)
		rc = fill_volume(build, path, err);
	if (rc == 0)
		template_say(build, "sealing");
	if (rc == 0)
		rc = template_shrink(build, err);
	if (rc == 0)
		rc = storage_seal(&template->store, STORAGE_TEMPLATES, template->volume,
				  err);
	return rc;
}

int template_build_step(void *context, struct err *err)
{
	struct template_build *build = context;
	int rc = build_volume(build, err);

	if (rc < 0) {
		explain_full(build->template, err);
		return rc;
	}
	build->template->built = time(NULL);
	return write_record(build, err);
}
