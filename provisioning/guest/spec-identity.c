/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may use a guest, and what is run in it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/spec-parts.h"

enum { KEYS_LIMIT = 1 << 16 };

#define BLANKS " \t\r"

static char *copy(const char *text)
{
	return text ? mem_text(text) : NULL;
}

/*
 * sshd(8), "AUTHORIZED_KEYS FILE FORMAT": a type and base64, perhaps with options before.
 * It is enough to tell a public key from something else.
 */
static bool is_key(const char *line)
{
	static const char *const types[] = {"ssh-ed25519 ", "ssh-rsa ", "ecdsa-sha2-",
					    "sk-ssh-ed25519", "sk-ecdsa-sha2-"};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		const char *at = strstr(line, types[i]);

		if (at && strstr(at, " AAAA"))
			return true;
	}
	return false;
}

static int add_key_file(struct spec *spec, const char *path, struct err *err)
{
	_cleanup_str_ struct str text = {0};
	const char *cursor, *line;
	size_t length, before = spec->guest->ssh_keys.count;
	int rc = fs_read(spec->host, path, KEYS_LIMIT, &text, err);

	if (rc < 0)
		return err ? err_wrap(err, "--ssh-key") : rc;
	cursor = str_text(&text);
	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *key = mem_text_part(line, length);

		key[strcspn(key, "\r")] = '\0';
		if (!key[strspn(key, BLANKS)] || key[strspn(key, BLANKS)] == '#')
			continue;
		if (!is_key(key))
			return setting_error(spec->settings, "ssh-key", err,
					     "'%s' has a line that is no public key",
					     path);
		str_list_add(&spec->guest->ssh_keys, key);
	}
	if (spec->guest->ssh_keys.count == before)
		return setting_error(spec->settings, "ssh-key", err, "'%s' has no key",
				     path);
	return 0;
}

static int set_keys(struct spec *spec, struct err *err)
{
	const struct str_list *list = setting_list(spec->settings, "ssh-key");

	for (size_t i = 0; i < list->count; i++) {
		int rc;

		if (is_key(list->item[i])) {
			str_list_add(&spec->guest->ssh_keys, list->item[i]);
			continue;
		}
		if (list->item[i][0] != '/')
			return setting_error(spec->settings, "ssh-key", err,
					     "'%s' is neither a public key nor an "
					     "absolute path",
					     list->item[i]);
		rc = add_key_file(spec, list->item[i], err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* A given one, a generated one, or none, as in xen-tools; keys make one needless. */
static int set_password(struct spec *spec, struct err *err)
{
	const struct settings *settings = spec->settings;
	struct guest *guest = spec->guest;
	const char *given = setting_text(settings, "password");
	const char *method = setting_text(settings, "hash_method");
	bool has_choice = setting_text(settings, "genpass") != NULL;

	if (strcmp(method, "md5") == 0)
		return setting_error(settings, "hash_method", err,
				     "md5 can be guessed: write yescrypt, sha512 or "
				     "sha256");
	guest->hash_method = mem_text(method);
	guest->password_length = (unsigned int)setting_number(settings, "genpass_len");
	guest->password_kind = PASSWORD_NONE;
	if (given) {
		guest->password_kind = PASSWORD_GIVEN;
		guest->password = mem_text(given);
	} else if (has_choice ? setting_is_yes(settings, "genpass")
			      : !guest->ssh_keys.count) {
		guest->password_kind = PASSWORD_GENERATE;
	}
	return 0;
}

static int add_roles(struct spec *spec, const char *setting, struct str_list *roles,
		     struct err *err)
{
	const struct str_list *list = setting_list(spec->settings, setting);

	for (size_t i = 0; i < list->count; i++) {
		_cleanup_free_ char *path =
			list->item[i][0] == '/'
				? mem_text(list->item[i])
				: mem_textf("%s/%s",
					    setting_text(spec->settings, "roledir"),
					    list->item[i]);

		if (!fs_exists(spec->host, path))
			return setting_error(spec->settings, setting, err,
					     "there is no role '%s'", path);
		if (!fs_is_program(spec->host, path))
			return setting_error(spec->settings, setting, err,
					     "'%s' is not executable", path);
		str_list_add(roles, path);
	}
	return 0;
}

static int set_cloud_init(struct spec *spec, struct err *err)
{
	const char *path = setting_text(spec->settings, "cloud-init");

	if (path && !fs_exists(spec->host, path))
		return setting_error(spec->settings, "cloud-init", err,
				     "there is no file '%s'", path);
	spec->guest->cloud_init = copy(path);
	return 0;
}

int spec_identity(struct spec *spec, struct err *err)
{
	struct guest *guest = spec->guest;
	int rc = set_keys(spec, err);

	if (rc < 0)
		return rc;
	if (set_password(spec, err) < 0 || set_cloud_init(spec, err) < 0 ||
	    add_roles(spec, "role", &guest->roles, err) < 0 ||
	    add_roles(spec, "finalrole", &guest->final_roles, err) < 0)
		return -EINVAL;
	guest->role_arguments = copy(setting_text(spec->settings, "role-args"));
	guest->has_copied_hosts = setting_is_yes(spec->settings, "copyhosts");
	guest->is_in_hosts = setting_is_yes(spec->settings, "hosts");
	if (guest->is_in_hosts && guest->nic[0].is_dhcp && !guest->nic[0].addresses.count)
		return setting_error(spec->settings, "hosts", err,
				     "its address is not known: DHCP gives it");
	return 0;
}
