/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The identity of what a template is copied from: an archive, an image, a directory. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "guest/template-parts.h"

/* What changes when the bytes of a file do, unless somebody hides it. */
static void add_identity(const char *path, const struct stat *st, struct str *text)
{
	str_addf(text, "%s %ju %ju %jd %jd.%09ld %jd.%09ld", path, (uintmax_t)st->st_dev,
		 (uintmax_t)st->st_ino, (intmax_t)st->st_size,
		 (intmax_t)st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
		 (intmax_t)st->st_ctim.tv_sec, st->st_ctim.tv_nsec);
}

/* A digest of gigabytes is not made again for each guest: a record knows it. */
static bool find_digest(const struct fs *host, const char *identity,
			struct str *ret_digest)
{
	struct template_list list = {0};
	bool is_found = false;

	(void)!template_list_read(host, &list, NULL);
	for (size_t i = 0; i < list.count && !is_found; i++) {
		if (!str_same(list.item[i].source, identity))
			continue;
		str_add(ret_digest, list.item[i].source_digest);
		is_found = true;
	}
	template_list_clear(&list);
	return is_found;
}

static int digest_source(const struct fs *host, const char *path, struct str *identity,
			 struct str *digest, struct err *err)
{
	_cleanup_close_ int fd = -1;
	char text[DIGEST_TEXT];
	struct stat st;
	int rc = fs_open_file(host, path, O_RDONLY | O_NONBLOCK, &fd, err);

	if (rc < 0)
		return rc;
	if (fstat(fd, &st) < 0)
		return err_set(err, errno, "'%s'", path);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return err_say(err, EINVAL, "'%s': neither a file nor a device", path);
	/* The times of a device do not tell when its bytes changed. */
	if (S_ISREG(st.st_mode)) {
		add_identity(path, &st, identity);
		if (find_digest(host, str_text(identity), digest))
			return 0;
	}
	rc = digest_fd(fd, text, err);
	if (rc < 0)
		return err_wrap(err, "'%s'", path);
	str_add(digest, text);
	return 0;
}

static int digest_tree(const struct fs *host, const char *path, SHA2_CTX *sum,
		       struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	int rc = fs_readdir(host, path, &names, err);

	for (size_t i = 0; rc == 0 && i < names.count; i++) {
		_cleanup_free_ char *name = mem_textf("%s/%s", path, names.item[i]);
		_cleanup_str_ struct str line = {0};
		struct stat st;

		rc = fs_lstat(host, name, &st, err);
		if (rc < 0)
			break;
		str_addf(&line, "%s %o %u %u ", name, st.st_mode, st.st_uid, st.st_gid);
		/* The size of a directory is its file system's own affair. */
		if (!S_ISDIR(st.st_mode))
			str_addf(&line, "%jd ", (intmax_t)st.st_size);
		str_addf(&line, "%jd.%09ld", (intmax_t)st.st_mtim.tv_sec,
			 st.st_mtim.tv_nsec);
		SHA256Update(sum, (const uint8_t *)line.text, line.length + 1);
		if (S_ISDIR(st.st_mode))
			rc = digest_tree(host, name, sum, err);
	}
	return rc;
}

int template_source_digest(const struct fs *host, const struct recipe *recipe,
			   struct str *ret_identity, struct str *ret_digest,
			   struct err *err)
{
	_cleanup_str_ struct str identity = {0}, digest = {0};
	char text[DIGEST_TEXT];
	SHA2_CTX sum;
	int rc = 0;

	if (recipe->source && recipe->method == RECIPE_COPY) {
		SHA256Init(&sum);
		rc = digest_tree(host, recipe->source, &sum, err);
		(void)SHA256End(&sum, text);
		str_add(&digest, text);
	} else if (recipe->source) {
		rc = digest_source(host, recipe->source, &identity, &digest, err);
	}
	if (rc < 0)
		return err_wrap(err, "source");
	str_clear(ret_identity);
	str_clear(ret_digest);
	*ret_identity = identity;
	*ret_digest = digest;
	identity = digest = (struct str){0};
	return 0;
}
