/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in a root, as one digest; and what its repository was. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <zlib.h>

#include "base/digest.h"
#include "base/run.h"
#include "guest/template-parts.h"

#define HELPER "/usr/lib/apt/apt-helper"

/* Against bad disks, not against people: a checksum of the bytes, which costs little. */
static int add_bytes(int fd, struct str *line)
{
	const size_t room = (size_t)1 << 18;
	_cleanup_free_ unsigned char *buffer = mem_alloc(room);
	uLong sum = crc32_z(0, NULL, 0);

	for (;;) {
		ssize_t r = read(fd, buffer, room);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			break;
		sum = crc32_z(sum, buffer, (size_t)r);
	}
	str_addf(line, " %08lx", sum);
	return 0;
}

/* The names are as the file system has them, in its own, stable order. */
static int add_attributes(int fd, struct str *line)
{
	char names[4096], value[4096];
	ssize_t length = flistxattr(fd, names, sizeof(names));

	if (length < 0)
		return errno == ENOTSUP ? 0 : -errno;
	for (const char *name = names; name < names + length; name += strlen(name) + 1) {
		ssize_t r = fgetxattr(fd, name, value, sizeof(value));

		if (r < 0)
			return -errno;
		str_addf(line, " %s=%08lx", name,
			 crc32_z(0, (const unsigned char *)value, (size_t)r));
	}
	return 0;
}

static int add_file(const struct fs *root, const char *path, const struct stat *st,
		    struct str *line, struct err *err)
{
	_cleanup_free_ char *target = NULL;
	_cleanup_close_ int fd = -1;
	int rc = 0;

	if (S_ISLNK(st->st_mode)) {
		rc = fs_readlink(root, path, &target, err);
		if (rc == 0)
			str_addf(line, " %s", target);
		return rc;
	}
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		str_addf(line, " %ju", (uintmax_t)st->st_rdev);
	if (!S_ISREG(st->st_mode))
		return 0;
	rc = fs_open_file(root, path, O_RDONLY | O_NOFOLLOW | O_NOATIME | O_NONBLOCK, &fd,
			  err);
	if (rc < 0)
		return rc;
	str_addf(line, " %jd", (intmax_t)st->st_size);
	rc = add_bytes(fd, line);
	if (rc == 0)
		rc = add_attributes(fd, line);
	return rc < 0 ? err_set(err, -rc, "read '%s'", path) : 0;
}

static int add_directory(const struct fs *root, const char *path, SHA2_CTX *sum,
			 struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	int rc = fs_readdir(root, *path ? path : ".", &names, err);

	for (size_t i = 0; rc == 0 && i < names.count; i++) {
		_cleanup_free_ char *name = mem_textf("%s/%s", path, names.item[i]);
		_cleanup_str_ struct str line = {0};
		struct stat st;

		rc = fs_lstat(root, name, &st, err);
		if (rc < 0)
			break;
		str_addf(&line, "%s %o %u %u", name, st.st_mode, st.st_uid, st.st_gid);
		/* resize2fs changes the times of directories that it moves. */
		if (!S_ISDIR(st.st_mode))
			str_addf(&line, " %jd", (intmax_t)st.st_mtim.tv_sec);
		rc = add_file(root, name, &st, &line, err);
		SHA256Update(sum, (const uint8_t *)line.text, line.length + 1);
		if (rc == 0 && S_ISDIR(st.st_mode))
			rc = add_directory(root, name, sum, err);
	}
	return rc;
}

int template_manifest(const struct fs *root, char **ret_digest, struct err *err)
{
	char text[DIGEST_TEXT];
	SHA2_CTX sum;
	int rc;

	SHA256Init(&sum);
	rc = add_directory(root, "", &sum, err);
	(void)SHA256End(&sum, text);
	if (rc < 0)
		return rc;
	*ret_digest = mem_text(text);
	return 0;
}

/* As apt names it in its lists: without the scheme, "/" as "_", "_" as "%5f". */
static char *list_name(const char *uri)
{
	const char *scheme = strstr(uri, "://");
	_cleanup_str_ struct str name = {0};

	for (uri = scheme ? scheme + strlen("://") : uri; *uri; uri++) {
		if (*uri == '/')
			str_add_char(&name, '_');
		else if (*uri == '_')
			str_add(&name, "%5f");
		else
			str_add_char(&name, *uri);
	}
	return str_take(&name);
}

int template_state_in(const struct fs *root, const struct str_list *uris,
		      char **ret_state, struct err *err)
{
	_cleanup_str_ struct str all = {0};
	char digest[DIGEST_TEXT];

	for (size_t i = 0; i < uris->count; i++) {
		_cleanup_free_ char *name = list_name(uris->item[i]);
		_cleanup_free_ char *path = mem_textf("var/lib/apt/lists/%s", name);
		int rc;

		if (!fs_exists(root, path)) {
			str_clear(&all);
			break;
		}
		rc = digest_file(root, path, digest, err);
		if (rc < 0)
			return rc;
		str_addf(&all, "%s\n", digest);
	}
	digest_bytes(str_text(&all), all.length, digest);
	*ret_state = mem_text(all.length ? digest : "");
	return 0;
}

static int download(const struct template *template, const char *uri, const char *path,
		    struct err *err)
{
	_cleanup_free_ char *proxy = mem_textf(
		"Acquire::http::Proxy=%s", template->proxy ? template->proxy : "DIRECT");
	const char *const argv[] = {HELPER, "-o", proxy, "download-file",
				    uri,    path, NULL};
	const struct run run = {
		.argv = argv, .timeout_ms = 300000, .output_limit = 1 << 20};
	_cleanup_str_ struct str output = {0};

	return run_capture(&run, &output, err);
}

int template_state_now(const struct template *template, char **ret_state, struct err *err)
{
	char directory[] = "/tmp/xenhost-XXXXXX", digest[DIGEST_TEXT];
	_cleanup_fs_ struct fs root = FS_CLOSED;
	_cleanup_free_ char *path = NULL;
	_cleanup_str_ struct str all = {0};
	int rc;

	if (!mkdtemp(directory))
		return err_set(err, errno, "make '%s'", directory);
	path = mem_textf("%s/InRelease", directory);
	rc = fs_open(directory, &root, err);
	for (size_t i = 0; rc == 0 && i < template->releases.count; i++) {
		rc = download(template, template->releases.item[i], path, err);
		if (rc == 0)
			rc = digest_file(&root, "InRelease", digest, err);
		str_addf(&all, "%s\n", digest);
		(void)unlink(path);
	}
	(void)rmdir(directory);
	if (rc < 0)
		return rc;
	digest_bytes(str_text(&all), all.length, digest);
	*ret_state = mem_text(all.length ? digest : "");
	return 0;
}
