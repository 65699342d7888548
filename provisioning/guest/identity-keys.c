/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys: the guest's own for ssh, and whose holders may log in as root. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/run.h"
#include "guest/identity-parts.h"

#define KEYS "root/.ssh/authorized_keys"
#define KEY_MAX ((size_t)65536)

/*
 * Memory, where there is such: private keys are not to be on dom0's disks. The first is the child's
 * own and goes with it, however it ends (guest/work.h).
 */
static const char *const scratch_parents[] = {"/run/xenhost", "/dev/shm", "/tmp"};

static const struct {
	const char *type;
	bool is_asked_for; /* only where sshd_config names it: it takes seconds to make */
} types[] = {
	{"ed25519", false},
	{"ecdsa", false},
	{"rsa", true},
};

static int make_scratch(struct fs *ret_scratch, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(scratch_parents); i++) {
		_cleanup_free_ char *path =
			mem_textf("%s/xenhost-keys.XXXXXX", scratch_parents[i]);

		if (mkdtemp(path))
			return fs_open(path, ret_scratch, err);
	}
	return err_set(err, errno, "temporary directory");
}

static void drop_scratch(struct fs *scratch)
{
	if (scratch->root >= 0) {
		(void)!fs_remove(scratch, "key", NULL);
		(void)!fs_remove(scratch, "key.pub", NULL);
		(void)rmdir(scratch->path);
	}
	fs_close(scratch);
}

static int move_key(const struct fs *scratch, const char *from, const struct fs *root,
		    const char *to, mode_t mode, struct err *err)
{
	_cleanup_str_ struct str key = {0};
	int rc = fs_read(scratch, from, KEY_MAX, &key, err);

	if (rc == 0)
		rc = identity_put_bytes(root, to, key.text, key.length, mode, err);
	if (rc == 0)
		rc = fs_remove(scratch, from, err);
	if (key.text)
		explicit_bzero(key.text, key.length);
	return rc;
}

static int make_key(struct identity *id, const struct fs *scratch, const char *type,
		    struct err *err)
{
	_cleanup_free_ char *file = mem_textf("%s/key", scratch->path);
	_cleanup_free_ char *comment = mem_textf("root@%s", id->guest->name);
	_cleanup_free_ char *path = mem_textf("etc/ssh/ssh_host_%s_key", type);
	_cleanup_free_ char *public_path = mem_textf("%s.pub", path);
	const char *const argv[] = {"ssh-keygen", "-q", "-N", "",   "-C", comment,
				    "-t",	  type, "-f", file, NULL};
	const struct run run = {
		.argv = argv, .timeout_ms = 60000, .output_limit = KEY_MAX};
	_cleanup_str_ struct str output = {0};
	int rc = run_capture(&run, &output, err);

	if (rc == 0)
		rc = move_key(scratch, "key", id->root, path, 0600, err);
	return rc == 0 ? move_key(scratch, "key.pub", id->root, public_path, 0644, err)
		       : rc;
}

/* sshd_config(5): whether a HostKey line names a key of that type. */
static bool is_named(const char *config, const char *type)
{
	_cleanup_free_ char *name = mem_textf("ssh_host_%s_key", type);
	const char *cursor = config, *line;
	size_t length;

	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *copy = mem_text_part(line, length);

		if (strncasecmp(copy + strspn(copy, " \t"), "HostKey", 7) == 0 &&
		    strstr(copy, name))
			return true;
	}
	return false;
}

/*
 * ed25519 and ecdsa are known by all clients of the last ten years, and made in
 * milliseconds; an RSA key, which may take two seconds, is made where the guest's
 * sshd_config asks for one. DSA never: OpenSSH has dropped it.
 */
static int make_keys(struct identity *id, const struct fs *scratch, struct err *err)
{
	_cleanup_str_ struct str config = {0};
	int rc = identity_get(id->root, "etc/ssh/sshd_config", &config, err);

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(types); i++)
		if (!types[i].is_asked_for || is_named(str_text(&config), types[i].type))
			rc = make_key(id, scratch, types[i].type, err);
	return rc;
}

/* Keys that came with the clone are known to others. */
static int remove_keys(const struct fs *root, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	int rc = fs_readdir(root, "etc/ssh", &names, err);

	for (size_t i = 0; rc == 0 && i < names.count; i++) {
		_cleanup_free_ char *path = mem_textf("etc/ssh/%s", names.item[i]);

		if (str_starts(names.item[i], "ssh_host_"))
			rc = fs_remove(root, path, err);
	}
	return rc;
}

int identity_host_keys(struct identity *id, struct err *err)
{
	_cleanup_(drop_scratch) struct fs scratch = FS_CLOSED;
	int rc;

	if (!fs_exists(id->root, "etc/ssh"))
		return 0;
	rc = remove_keys(id->root, err);
	if (rc < 0 || (!fs_exists(id->root, "usr/sbin/sshd") &&
		       !fs_exists(id->root, "etc/ssh/sshd_config")))
		return rc;
	rc = make_scratch(&scratch, err);
	return rc == 0 ? make_keys(id, &scratch, err) : rc;
}

static bool has_line(const char *text, const char *wanted)
{
	const char *cursor = text, *line;
	size_t length;

	while (str_next_line(&cursor, &line, &length))
		if (length == strlen(wanted) && strncmp(line, wanted, length) == 0)
			return true;
	return false;
}

/* sshd(8), "StrictModes": keys in what others can write to are passed over. */
static int protect_directory(const struct fs *root, const char *path, struct err *err)
{
	const struct fs_access access = {
		.mode = 0700, .uid = geteuid(), .gid = getegid()};
	_cleanup_close_ int fd = -1;
	int rc = identity_put_parents(root, path, err);

	if (rc == 0)
		rc = fs_mkdir(root, path, &access, err);
	if (rc == 0)
		rc = fs_open_file(root, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, &fd,
				  err);
	if (rc < 0)
		return rc;
	if (fchown(fd, access.uid, access.gid) < 0 || fchmod(fd, access.mode) < 0)
		return err_set(err, errno, "change mode of '%s'", path);
	return 0;
}

int identity_user_keys(struct identity *id, struct err *err)
{
	const struct str_list *keys = &id->guest->ssh_keys;
	_cleanup_str_ struct str text = {0};
	int rc;

	if (!keys->count)
		return 0;
	rc = protect_directory(id->root, "root/.ssh", err);
	if (rc == 0)
		rc = identity_get(id->root, KEYS, &text, err);
	if (rc < 0)
		return rc;
	if (text.length && text.text[text.length - 1] != '\n')
		str_add_char(&text, '\n');
	for (size_t i = 0; i < keys->count; i++)
		if (!has_line(str_text(&text), keys->item[i]))
			str_addf(&text, "%s\n", keys->item[i]);
	return identity_put(id->root, KEYS, str_text(&text), 0600, err);
}
