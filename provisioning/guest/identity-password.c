/* SPDX-License-Identifier: GPL-2.0-or-later */
/* root's password: made, hashed by libcrypt, put into etc/shadow. */
#include <crypt.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <time.h>

#include "guest/identity-parts.h"
#include "guest/identity-shadow.h"

#define LENGTH_MIN 8
#define LENGTH_MAX 256
#define DAY_SECONDS 86400

/* crypt(5). What is not here is too weak for a new password. */
static const struct {
	const char *method, *prefix;
} methods[] = {
	{"yescrypt", "$y$"},
	{"sha512", "$6$"},
	{"sha256", "$5$"},
};

/* Without those that are taken for one another: 0O 1Il. */
static const char alphabet[] =
	"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

int identity_make_password(unsigned int length, char **ret_password, struct err *err)
{
	const size_t count = sizeof(alphabet) - 1;
	_cleanup_free_ char *text = NULL;
	size_t done = 0;

	if (length < LENGTH_MIN || length > LENGTH_MAX)
		return err_say(err, EINVAL, "a length of %u: %d to %d", length,
			       LENGTH_MIN, LENGTH_MAX);
	text = mem_alloc(length + 1);
	while (done < length) {
		unsigned char byte;
		ssize_t r = getrandom(&byte, 1, 0);

		if (r < 0 && errno != EINTR)
			return err_set(err, errno, "random bytes");
		/* The rest of 256 would make some of them likelier. */
		if (r == 1 && byte < 256 / count * count)
			text[done++] = alphabet[byte % count];
	}
	*ret_password = TAKE_PTR(text);
	return 0;
}

static bool is_yescrypt_known_by(const struct fs *root, const char *path)
{
	_cleanup_str_ struct str text = {0};
	const char *cursor, *line;
	size_t length;

	if (identity_get(root, path, &text, NULL) < 0)
		return false;
	cursor = str_text(&text);
	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *copy = mem_text_part(line, length);

		if (copy[strspn(copy, " \t")] != '#' && strcasestr(copy, "yescrypt"))
			return true;
	}
	return false;
}

/*
 * Whether the guest's own libcrypt can check it. The library's version is no answer (that
 * of Red Hat 8 cannot), and nothing is run there: who makes such hashes can check them.
 */
static bool is_yescrypt_known(const struct fs *root)
{
	static const char *const paths[] = {
		"etc/pam.d/common-password", "etc/pam.d/system-auth", "etc/login.defs",
		"usr/lib/pam.d/common-password", "usr/etc/login.defs"};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (is_yescrypt_known_by(root, paths[i]))
			return true;
	return false;
}

static int find_prefix(const struct identity *id, const char **ret_prefix,
		       struct err *err)
{
	const char *method = id->guest->hash_method ? id->guest->hash_method : "yescrypt";

	if (strcmp(method, "yescrypt") == 0 && !is_yescrypt_known(id->root))
		method = "sha512";
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		if (strcmp(method, methods[i].method) != 0)
			continue;
		*ret_prefix = methods[i].prefix;
		return 0;
	}
	return err_say(err, EINVAL, "hash method '%s': not yescrypt, sha512 or sha256",
		       method);
}

static int make_hash(const char *password, const char *prefix, char **ret_hash,
		     struct err *err)
{
	struct crypt_data *data = mem_alloc(sizeof(*data));
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];
	const char *hash = NULL;
	int rc = 0;

	if (crypt_gensalt_rn(prefix, 0, NULL, 0, setting, sizeof(setting)))
		hash = crypt_r(password, setting, data);
	if (!hash || hash[0] == '*')
		rc = err_set(err, errno ? errno : EINVAL, "hash by '%s'", prefix);
	else
		*ret_hash = mem_text(hash);
	explicit_bzero(data, sizeof(*data));
	free(data);
	return rc;
}

static int replace_field(struct identity *id, const char *path, const char *value,
			 const char *rest, mode_t mode, struct err *err)
{
	struct fs_access access = {.mode = mode, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};
	_cleanup_str_ struct str text = {0};
	struct stat st;
	int rc;

	if (fs_stat(id->root, path, &st, NULL) == 0)
		access.mode = st.st_mode & 0640;
	rc = identity_get(id->root, path, &text, err);
	if (rc < 0)
		return rc;
	shadow_set(&text, "root", value, rest);
	return fs_replace(id->root, path, text.text, text.length, &access, NULL, err);
}

/* Also where no password was asked for: the template's own must open no guest. */
static int write_shadow(struct identity *id, const char *hash, struct err *err)
{
	_cleanup_free_ char *rest =
		mem_textf("%lld:0:99999:7:::", (long long)time(NULL) / DAY_SECONDS);
	_cleanup_str_ struct str passwd = {0};
	int rc = replace_field(id, "etc/shadow", hash, rest, 0640, err);

	if (rc == 0)
		rc = identity_get(id->root, "etc/passwd", &passwd, err);
	if (rc < 0 || shadow_is(str_text(&passwd), "root", "x"))
		return rc;
	/* passwd(5): any other text there is the password, also none. */
	shadow_set(&passwd, "root", "x", "0:0:root:/root:/bin/sh");
	return identity_put(id->root, "etc/passwd", str_text(&passwd), 0644, err);
}

int identity_password(struct identity *id, struct err *err)
{
	_cleanup_free_ char *hash = NULL;
	const char *password = id->guest->password, *prefix;
	int rc = 0;

	if (id->guest->password_kind == PASSWORD_NONE)
		return write_shadow(id, "*", err);
	rc = find_prefix(id, &prefix, err);
	if (rc == 0 && id->guest->password_kind == PASSWORD_GENERATE) {
		rc = identity_make_password(id->guest->password_length, &id->password,
					    err);
		password = id->password;
	}
	if (rc == 0 && (!password || !password[0]))
		rc = err_say(err, EINVAL, "it is empty");
	if (rc == 0)
		rc = make_hash(password, prefix, &hash, err);
	return rc == 0 ? write_shadow(id, hash, err) : rc;
}
