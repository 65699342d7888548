/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our directory on the EFI system partition. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "boot/esp.h"

#define LIST "files"
#define LIST_HEAD "# What xenhost has copied here, see xenhost-boot(8).\n"
#define SMALL_MAX (1 << 20)
#define NONE ((size_t)-1)

/* A file's last cluster, names of files in directories, and the small files. */
#define SPARE (256 << 10)

/* Where distributions have it, the usual place first. */
static const char *const mounts[] = {"boot/efi", "efi", "boot"};

static const struct fs_access open_file = {
	.mode = 0644, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};
static const struct fs_access open_dir = {
	.mode = 0755, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};

/* ---- places ---- */

static char *path_of(const struct esp *esp, const char *name)
{
	return mem_textf("%s/%s", esp->directory, name);
}

char *esp_locate(const struct fs *fs, const char *path)
{
	if (*path == '(')
		path += strcspn(path, "/");
	for (size_t i = 0; *path == '/' && i < ARRAY_SIZE(mounts); i++) {
		char *place = mem_textf("%s%s", mounts[i], path);

		if (fs_exists(fs, place))
			return place;
		free(place);
	}
	return NULL;
}

/* ---- what is ours ---- */

/* A name that leads out of the directory is no file of ours. */
static bool is_name(const char *name)
{
	return *name && *name != '#' && !strchr(name, '/') && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0 && strcmp(name, LIST) != 0;
}

static void read_list(struct esp *esp)
{
	_cleanup_str_ struct str text = {0};
	const char *cursor, *line;
	size_t length;

	esp_read(esp, LIST, &text);
	cursor = str_text(&text);
	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *name = mem_text_part(line, length);

		if (is_name(name) && !str_list_has(&esp->listed, name))
			str_list_add(&esp->listed, name);
	}
}

static int write_list(struct esp *esp, const struct str_list *names, struct err *err)
{
	_cleanup_str_ struct str text = {0}, there = {0};
	_cleanup_free_ char *path = path_of(esp, LIST);

	str_add(&text, LIST_HEAD);
	for (size_t i = 0; i < names->count; i++)
		str_addf(&text, "%s\n", names->item[i]);
	esp_read(esp, LIST, &there);
	/* The partition keeps no access, which is all that would differ then. */
	if (strcmp(str_text(&there), str_text(&text)) == 0)
		return 0;
	return fs_replace(esp->fs, path, text.text, text.length, &open_file, NULL, err);
}

/* Before a file is there, so that what a kill leaves is ours. */
static int list(struct esp *esp, const char *name, struct err *err)
{
	if (str_list_has(&esp->listed, name))
		return 0;
	str_list_add(&esp->listed, name);
	return write_list(esp, &esp->listed, err);
}

bool esp_open(const struct fs *fs, const char *mount, struct esp *ret_esp)
{
	_cleanup_free_ char *found = NULL;

	if (mount)
		mount += strspn(mount, "/");
	else if ((found = esp_locate(fs, ESP_PATH "/" LIST)))
		mount = found;
	if (!mount)
		return false;
	*ret_esp = (struct esp){.fs = fs};
	ret_esp->mount =
		found ? mem_text_part(found, strlen(found) - strlen(ESP_PATH "/" LIST))
		      : mem_text(mount);
	ret_esp->directory = mem_textf("%s" ESP_PATH, ret_esp->mount);
	read_list(ret_esp);
	return true;
}

bool esp_has(const struct esp *esp, const char *name)
{
	_cleanup_free_ char *path = path_of(esp, name);

	return str_list_has(&esp->listed, name) && fs_exists(esp->fs, path);
}

static bool is_foreign(const struct esp *esp, const char *name)
{
	_cleanup_free_ char *path = path_of(esp, name);

	return !str_list_has(&esp->listed, name) && fs_exists(esp->fs, path);
}

/* ---- what shall be there ---- */

static bool is_same_list(const struct str_list *a, const struct str_list *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++)
		if (strcmp(a->item[i], b->item[i]) != 0)
			return false;
	return a->count == b->count;
}

size_t esp_add(struct esp *esp, const char *name, const struct str_list *more,
	       const char *source)
{
	struct esp_file file = {.name = mem_text(name)};

	for (size_t i = 0; more && i < more->count; i++)
		str_list_add(&file.sources, more->item[i]);
	if (source)
		str_list_add(&file.sources, source);
	for (size_t i = 0; i < esp->count; i++) {
		bool is_same = is_same_list(&esp->file[i].sources, &file.sources);

		/* The partition does not tell "A" from "a". */
		if (strcasecmp(esp->file[i].name, name) != 0)
			continue;
		str_list_clear(&file.sources);
		free(file.name);
		return is_same ? i : NONE;
	}
	esp->file = mem_grow(esp->file, esp->count, sizeof(*esp->file));
	esp->file[esp->count] = file;
	return esp->count++;
}

static void look_at(struct esp *esp, struct esp_file *file)
{
	_cleanup_free_ char *path = path_of(esp, file->name);

	file->is_ready =
		esp_has(esp, file->name) &&
		(file->sources.count == 0 || fs_is_copy(esp->fs, &file->sources, path));
}

/* ---- room ---- */

static int64_t round_up(int64_t size, int64_t unit)
{
	return (size + unit - 1) / unit * unit;
}

/* Of a new copy, with what is between its parts. */
static int64_t size_of(const struct esp *esp, const struct esp_file *file, int64_t unit)
{
	int64_t size = 0;
	struct stat st;

	for (size_t i = 0; i < file->sources.count; i++)
		if (fs_stat(esp->fs, file->sources.item[i], &st, NULL) == 0)
			size += st.st_size + 3;
	return round_up(size, unit);
}

static int64_t size_there(const struct esp *esp, const struct esp_file *file,
			  int64_t unit)
{
	_cleanup_free_ char *path = path_of(esp, file->name);
	struct stat st;

	return fs_stat(esp->fs, path, &st, NULL) == 0 ? round_up(st.st_size, unit) : 0;
}

/* The most that is used at once: a file that is replaced goes when the new one is there. */
static int64_t size_needed(const struct esp *esp, int64_t unit)
{
	int64_t used = 0, most = 0;

	for (size_t i = 0; i < esp->count; i++) {
		const struct esp_file *file = &esp->file[i];

		if (file->is_ready)
			continue;
		used += size_of(esp, file, unit);
		most = used > most ? used : most;
		used -= size_there(esp, file, unit);
	}
	return most;
}

static int check_room(const struct esp *esp, struct err *err)
{
	_cleanup_close_ int fd = -1;
	int64_t needed, unit, available;
	struct statvfs room;
	int rc = fs_open_file(esp->fs, esp->mount, O_RDONLY | O_DIRECTORY, &fd, err);

	if (rc < 0)
		return rc;
	if (fstatvfs(fd, &room) < 0)
		return err_set(err, errno, "look for room in '/%s'", esp->mount);
	unit = room.f_frsize ? (int64_t)room.f_frsize : 1;
	available = (int64_t)room.f_bavail * unit;
	needed = size_needed(esp, unit);
	if (needed == 0 || needed + SPARE <= available)
		return 0;
	return err_say(err, ENOSPC, "%lld KiB are needed and %lld KiB are free",
		       (long long)(needed + SPARE) >> 10, (long long)available >> 10);
}

/* ---- copying ---- */

static int make_directory(const struct esp *esp, struct err *err)
{
	_cleanup_free_ char *parent = mem_textf("%s/EFI", esp->mount);
	int rc = fs_mkdir(esp->fs, parent, &open_dir, err);

	return rc < 0 ? rc : fs_mkdir(esp->fs, esp->directory, &open_dir, err);
}

static int copy_file(struct esp *esp, struct esp_file *file, struct err *err)
{
	_cleanup_free_ char *path = path_of(esp, file->name);
	int rc;

	if (is_foreign(esp, file->name))
		return err_say(err, EEXIST, "'/%s' is not xenhost's", path);
	if (file->sources.count == 0)
		return err_say(err, ENOENT, "'/%s' is gone", path);
	rc = list(esp, file->name, err);
	if (rc == 0)
		rc = fs_copy(esp->fs, &file->sources, path, err);
	file->is_ready = rc == 0;
	return rc;
}

int esp_copy(struct esp *esp, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < esp->count; i++)
		look_at(esp, &esp->file[i]);
	rc = check_room(esp, err);
	if (rc == 0)
		rc = make_directory(esp, err);
	for (size_t i = 0; rc == 0 && i < esp->count; i++)
		if (!esp->file[i].is_ready)
			rc = copy_file(esp, &esp->file[i], err);
	return rc;
}

/* ---- small files ---- */

void esp_read(const struct esp *esp, const char *name, struct str *ret_text)
{
	_cleanup_free_ char *path = path_of(esp, name);

	(void)!fs_read(esp->fs, path, SMALL_MAX, ret_text, NULL);
}

int esp_write(struct esp *esp, const char *name, const struct str *text, struct err *err)
{
	_cleanup_free_ char *path = path_of(esp, name);
	_cleanup_str_ struct str there = {0};
	int rc;

	if (is_foreign(esp, name))
		return err_say(err, EEXIST, "'/%s' is not xenhost's", path);
	esp_read(esp, name, &there);
	if (there.length == text->length && strcmp(str_text(&there), str_text(text)) == 0)
		return 0;
	rc = list(esp, name, err);
	return rc < 0 ? rc
		      : fs_replace(esp->fs, path, str_text(text), text->length,
				   &open_file, NULL, err);
}

/* ---- removing ---- */

int esp_prune(struct esp *esp, const struct str_list *keep, struct err *err)
{
	_cleanup_str_list_ struct str_list left = {0};
	_cleanup_free_ char *own = path_of(esp, LIST);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < esp->listed.count; i++) {
		const char *name = esp->listed.item[i];
		_cleanup_free_ char *path = path_of(esp, name);

		if (str_list_has(keep, name)) {
			str_list_add(&left, name);
			continue;
		}
		rc = fs_remove_draft(esp->fs, path, err);
		if (rc == 0)
			rc = fs_remove(esp->fs, path, err);
	}
	if (rc < 0 || !fs_exists(esp->fs, own))
		return rc;
	rc = fs_remove_draft(esp->fs, own, err);
	if (rc < 0)
		return rc;
	/* Last: what is listed and not there is none. */
	rc = left.count ? write_list(esp, &left, err) : fs_remove(esp->fs, own, err);
	if (rc == 0 && !left.count)
		rc = fs_remove(esp->fs, esp->directory, err);
	if (rc < 0)
		return rc;
	str_list_clear(&esp->listed);
	esp->listed = left;
	left = (struct str_list){0};
	return 0;
}

void esp_clear(struct esp *esp)
{
	for (size_t i = 0; i < esp->count; i++) {
		free(esp->file[i].name);
		str_list_clear(&esp->file[i].sources);
	}
	free(esp->file);
	free(esp->mount);
	free(esp->directory);
	str_list_clear(&esp->listed);
	*esp = (struct esp){0};
}
