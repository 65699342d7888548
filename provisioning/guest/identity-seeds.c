/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest alone may have at random: its machine-id, which it makes itself, and seeds. */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "guest/identity-parts.h"

#define SEED_SIZE 512 /* as systemd-random-seed(8) and the init scripts write */

static int put_seed(const struct fs *root, const char *path, struct err *err)
{
	unsigned char seed[SEED_SIZE];
	size_t length = 0;
	int rc;

	while (length < sizeof(seed)) {
		ssize_t r = getrandom(seed + length, sizeof(seed) - length, 0);

		if (r < 0 && errno != EINTR)
			return err_set(err, errno, "random bytes");
		if (r > 0)
			length += (size_t)r;
	}
	rc = identity_put_bytes(root, path, seed, sizeof(seed), 0600, err);
	explicit_bzero(seed, sizeof(seed));
	return rc;
}

/*
 * machine-id(5), "Initialization": an empty file is filled at boot and is no "first boot",
 * which would reset units to their presets. dbus-uuidgen(1) makes one where there is none.
 */
static int put_machine_id(const struct fs *root, struct err *err)
{
	const char *dbus = "var/lib/dbus/machine-id";
	int rc;

	if (!identity_has_systemd(root)) {
		rc = fs_remove(root, "etc/machine-id", err);
		return rc == 0 ? fs_remove(root, dbus, err) : rc;
	}
	rc = identity_put(root, "etc/machine-id", "", 0444, err);
	if (rc == 0 && fs_exists(root, "var/lib/dbus"))
		rc = fs_link(root, dbus, "/etc/machine-id", err);
	return rc;
}

int identity_seeds(struct identity *id, struct err *err)
{
	int rc = put_machine_id(id->root, err);

	if (rc == 0 && identity_has_systemd(id->root))
		rc = put_seed(id->root, "var/lib/systemd/random-seed", err);
	if (rc == 0 && fs_exists(id->root, "var/lib/urandom"))
		rc = put_seed(id->root, "var/lib/urandom/random-seed", err);
	return rc;
}
