/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes a clone that guest and no other: the steps in their order, and how they write. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/edit.h"
#include "guest/identity-parts.h"

#define TEXT_MAX ((size_t)1 << 20)

/*
 * What the administrator keeps in dom0 for guests comes after the name and the network,
 * which it may replace as with xen-tools, and before what decides whether the guest boots.
 */
static const struct {
	const char *intent;
	int (*write)(struct identity *id, struct err *err);
} steps[] = {
	{"host name", identity_name},
	{"network", identity_network},
	{"proxy", identity_proxy},
	{"files of dom0", identity_copies},
	{"random seed", identity_seeds},
	{"root's password", identity_password},
	{"ssh host keys", identity_host_keys},
	{"authorized keys", identity_user_keys},
	{"fstab", identity_fstab},
	{"console", identity_console},
	{"boot menu", identity_menu},
	{"cloud-init", identity_cloud},
};

int identity_put_parents(const struct fs *root, const char *path, struct err *err)
{
	const struct fs_access access = {
		.mode = 0755, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};
	const char *last = strrchr(path, '/');
	_cleanup_free_ char *parent =
		last ? mem_text_part(path, (size_t)(last - path)) : mem_text("");
	int rc = 0;

	if (!parent[0] || fs_exists(root, parent))
		return 0;
	for (const char *slash = strchr(path, '/'); rc == 0 && slash;
	     slash = strchr(slash + 1, '/')) {
		_cleanup_free_ char *part = mem_text_part(path, (size_t)(slash - path));

		if (part[0])
			rc = fs_mkdir(root, part, &access, err);
	}
	return rc;
}

int identity_put_bytes(const struct fs *root, const char *path, const void *bytes,
		       size_t length, mode_t mode, struct err *err)
{
	const struct fs_access access = {
		.mode = mode, .uid = geteuid(), .gid = getegid()};
	int rc = identity_put_parents(root, path, err);

	return rc == 0 ? fs_replace(root, path, bytes, length, &access, NULL, err) : rc;
}

int identity_put(const struct fs *root, const char *path, const char *text, mode_t mode,
		 struct err *err)
{
	return identity_put_bytes(root, path, text, strlen(text), mode, err);
}

int identity_put_link(const struct fs *root, const char *path, const char *target,
		      struct err *err)
{
	int rc = identity_put_parents(root, path, err);

	return rc == 0 ? fs_link(root, path, target, err) : rc;
}

int identity_get(const struct fs *root, const char *path, struct str *ret_text,
		 struct err *err)
{
	_cleanup_str_ struct str text = {0};
	int rc = fs_read(root, path, TEXT_MAX, &text, err);

	if (rc == -ENOENT) {
		err_clear(err);
		rc = 0;
	}
	if (rc < 0)
		return rc;
	if (strlen(str_text(&text)) != text.length)
		return err_say(err, EINVAL, "read '%s': not a text", path);
	str_clear(ret_text);
	*ret_text = text;
	text = (struct str){0};
	return 0;
}

void identity_set(struct str *text, const char *name, const char *line)
{
	_cleanup_free_ char *old = edit_find(str_text(text), &edit_shell, name);
	_cleanup_str_ struct str result = {0};
	const char *cursor = str_text(text), *next;
	size_t length;

	while (str_next_line(&cursor, &next, &length)) {
		if (old && strlen(old) == length && strncmp(next, old, length) == 0)
			continue;
		str_add_bytes(&result, next, length);
		str_add_char(&result, '\n');
	}
	str_addf(&result, "%s\n", line);
	str_clear(text);
	*text = result;
	result = (struct str){0};
}

bool identity_has_systemd(const struct fs *root)
{
	return fs_exists(root, "usr/lib/systemd/systemd") ||
	       fs_exists(root, "lib/systemd/systemd");
}

char *identity_full_name(const struct guest *guest)
{
	if (!guest->search || strchr(guest->name, '.'))
		return mem_text(guest->name);
	return mem_textf("%s.%s", guest->name, guest->search);
}

const char *identity_console_device(const struct guest *guest)
{
	const char *device = guest->serial_device;

	if (!device || !device[0])
		device = "hvc0";
	return guest->type == GUEST_HVM && strcmp(device, "hvc0") == 0 ? "ttyS0" : device;
}

int identity_write(const struct guest *guest, const struct fs *root,
		   const struct fs *host, char **ret_password, struct err *err)
{
	struct fs unsynced = {
		.root = root->root, .path = root->path, .is_unsynced = true};
	struct identity id = {.guest = guest, .root = &unsynced, .host = host};
	_cleanup_err_ struct err cause = {0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(steps); i++) {
		rc = steps[i].write(&id, &cause);
		if (rc < 0)
			(void)err_say(err, -rc, "%s: %s", steps[i].intent, cause.text);
	}
	if (rc == 0 && ret_password)
		*ret_password = TAKE_PTR(id.password);
	if (id.password)
		explicit_bzero(id.password, strlen(id.password));
	free(id.password);
	return rc;
}
