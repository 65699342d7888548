/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the steps of identity_write() share. */
#pragma once

#include "base/err.h"
#include "base/fs.h"
#include "guest/identity.h"
#include "guest/spec.h"

/* A guest whose disk is being written to. */
struct identity {
	const struct guest *guest;
	const struct fs *root; /* unsynced: the clone is synced when it is unmounted */
	const struct fs *host;
	char *password; /* what was generated */
};

/* The steps, each in identity-NAME.c. */
int identity_name(struct identity *id, struct err *err) _must_check_;
int identity_network(struct identity *id, struct err *err) _must_check_;
int identity_proxy(struct identity *id, struct err *err) _must_check_;
int identity_copies(struct identity *id, struct err *err) _must_check_;
int identity_seeds(struct identity *id, struct err *err) _must_check_;
int identity_password(struct identity *id, struct err *err) _must_check_;
int identity_host_keys(struct identity *id, struct err *err) _must_check_;
int identity_user_keys(struct identity *id, struct err *err) _must_check_;
int identity_fstab(struct identity *id, struct err *err) _must_check_;
int identity_console(struct identity *id, struct err *err) _must_check_;
int identity_menu(struct identity *id, struct err *err) _must_check_;
int identity_cloud(struct identity *id, struct err *err) _must_check_;

/* Makes a file, and the directories above it, ours. */
int identity_put(const struct fs *root, const char *path, const char *text, mode_t mode,
		 struct err *err) _must_check_;
int identity_put_bytes(const struct fs *root, const char *path, const void *bytes,
		       size_t length, mode_t mode, struct err *err) _must_check_;

/* Makes a symbolic link, and the directories above it. */
int identity_put_link(const struct fs *root, const char *path, const char *target,
		      struct err *err) _must_check_;

/* Makes the directories above a path. */
int identity_put_parents(const struct fs *root, const char *path,
			 struct err *err) _must_check_;

/* A text file of at most a MiB, "" if it is absent. -EINVAL if it has NUL bytes. */
int identity_get(const struct fs *root, const char *path, struct str *ret_text,
		 struct err *err) _must_check_;

/*
 * Makes `line` the one that sets `name` in a text of NAME=VALUE: in place of the last
 * that does, else at the end.
 */
void identity_set(struct str *text, const char *name, const char *line);

/* Whether the guest's first process is systemd. */
bool identity_has_systemd(const struct fs *root);

/* "NAME.DOMAIN", or the name alone where there is no domain. The caller frees it. */
char *identity_full_name(const struct guest *guest);

/*
 * The device of the console that `xl console` shows: "hvc0"; of an hvm guest, which has a
 * serial port for that, "ttyS0".
 */
const char *identity_console_device(const struct guest *guest);
