/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pool of addresses: found, taken, given back. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#include "base/inet.h"
#include "guest/lease-parts.h"

#define BLANKS " \t\r"

static bool is_address(const char *text)
{
	unsigned int length;
	size_t size;
	int family;

	return inet_is_address(text, &family) ||
	       inet_is_prefix(text, &family, &length, &size);
}

/* An address ends at a colon that a blank follows, so that IPv6 can stand there too. */
static struct lease_line read_line(const char *text)
{
	size_t length = strcspn(text, BLANKS);
	struct lease_line line = {0};
	bool is_used = length && text[length - 1] == ':';

	line.address = mem_text_part(text, length - is_used);
	if (is_address(line.address)) {
		line.use = is_used ? text + length : NULL;
		return line;
	}
	free(line.address);
	line.address = NULL;
	return line;
}

int lease_find(const struct fs *host, const char *file, char **ret_address,
	       struct err *err)
{
	_cleanup_str_ struct str text = {0};
	const char *cursor, *start;
	size_t length;
	int rc = fs_read(host, file, LEASE_LIMIT, &text, err);

	if (rc < 0)
		return err ? err_wrap(err, "pool of addresses") : rc;
	cursor = str_text(&text);
	while (str_next_line(&cursor, &start, &length)) {
		_cleanup_free_ char *copy = mem_text_part(start, length);
		struct lease_line line = read_line(copy);

		if (line.address && !line.use) {
			*ret_address = line.address;
			return 0;
		}
		free(line.address);
	}
	return err_say(err, ENOENT, "no address of '%s' is free", file);
}

int lease_lock(const struct fs *host, const char *file, int *ret_fd, struct err *err)
{
	const char *slash = strrchr(file, '/');
	_cleanup_free_ char *directory =
		mem_text_part(file, slash ? (size_t)(slash - file) : 0);
	_cleanup_close_ int fd = -1;
	int rc = fs_open_file(host, directory[0] ? directory : "/",
			      O_RDONLY | O_DIRECTORY, &fd, err);

	if (rc < 0)
		return rc;
	while (flock(fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return err_set(err, errno, "lock '%s'", directory);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

/* Whose addresses are looked for, and what was found. */
struct owner {
	const char *guest;
	const struct str_list *addresses;
	struct str_list found;
};

static bool is_of(const struct lease_line *line, const struct owner *owner)
{
	_cleanup_free_ char *use = mem_textf(" used by %s", owner->guest);

	if (!line->address || !line->use)
		return false;
	return strcmp(line->use, use) == 0 ||
	       (strcmp(line->use, " used") == 0 &&
		str_list_has(owner->addresses, line->address));
}

static void give_back(const char *text, const struct lease_line *line, void *context,
		      struct str *out)
{
	struct owner *owner = context;
	bool is_its = is_of(line, owner);

	if (is_its)
		str_list_add(&owner->found, line->address);
	str_add(out, is_its ? line->address : text);
}

void lease_rewrite(const char *text, lease_change *change, void *context, struct str *out)
{
	const char *cursor = text, *start;
	size_t length;

	while (str_next_line(&cursor, &start, &length)) {
		_cleanup_free_ char *copy = mem_text_part(start, length);
		struct lease_line line = read_line(copy);

		change(copy, &line, context, out);
		if (start[length] == '\n')
			str_add_char(out, '\n');
		free(line.address);
	}
}

int lease_write(const struct fs *host, const char *file, const struct str *text,
		struct err *err)
{
	struct fs_access access = {0644, FS_KEEP_UID, FS_KEEP_GID};
	struct stat st;

	if (fs_stat(host, file, &st, NULL) == 0)
		access.mode = st.st_mode & 07777;
	return fs_replace(host, file, str_text(text), text->length, &access, NULL, err);
}

int lease_list(const struct fs *host, const char *file, const char *guest,
	       const struct str_list *addresses, struct str_list *ret_list,
	       struct err *err)
{
	struct owner owner = {guest, addresses, {0}};
	_cleanup_str_ struct str text = {0}, out = {0};
	int rc = fs_exists(host, file) ? fs_read(host, file, LEASE_LIMIT, &text, err) : 0;

	if (rc < 0)
		return rc;
	lease_rewrite(str_text(&text), give_back, &owner, &out);
	*ret_list = owner.found;
	return 0;
}

int lease_free(const struct fs *host, const char *file, const char *guest,
	       const struct str_list *addresses, struct err *err)
{
	struct owner owner = {guest, addresses, {0}};
	_cleanup_close_ int fd = -1;
	_cleanup_str_ struct str text = {0}, out = {0};
	size_t count;
	int rc;

	if (!fs_exists(host, file))
		return 0;
	rc = lease_lock(host, file, &fd, err);
	if (rc == 0)
		rc = fs_read(host, file, LEASE_LIMIT, &text, err);
	if (rc < 0)
		return rc;
	lease_rewrite(str_text(&text), give_back, &owner, &out);
	count = owner.found.count;
	str_list_clear(&owner.found);
	return count ? lease_write(host, file, &out, err) : 0;
}
