/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cloud-init's seed in the guest's own file system: data source NoCloud. */
#include <errno.h>

#include "guest/identity-parts.h"

#define SEED "var/lib/cloud/seed/nocloud/"
#define USER_DATA_MAX ((size_t)1 << 20)

static const char source[] = "datasource_list: [ NoCloud ]\n";

/* The network is written as the guest's own network stack has it, and once. */
static const char network[] = "network:\n  config: disabled\n";

static int write_user_data(struct identity *id, struct err *err)
{
	_cleanup_str_ struct str text = {0};
	int rc = fs_read(id->host, id->guest->cloud_init, USER_DATA_MAX, &text, err);

	if (rc < 0)
		return rc;
	return identity_put_bytes(id->root, SEED "user-data", str_text(&text),
				  text.length, 0600, err);
}

int identity_cloud(struct identity *id, struct err *err)
{
	_cleanup_free_ char *meta = NULL;
	int rc;

	if (!id->guest->cloud_init)
		return 0;
	if (!fs_exists(id->root, "usr/bin/cloud-init"))
		return err_say(err, ENOENT, "the guest does not have it");
	meta = mem_textf("instance-id: %s\nlocal-hostname: %s\n",
			 id->guest->volume[0].uuid, id->guest->name);
	rc = identity_put(id->root, SEED "meta-data", meta, 0644, err);
	if (rc == 0)
		rc = write_user_data(id, err);
	if (rc == 0)
		rc = identity_put(id->root, SEED "network-config", network, 0644, err);
	if (rc == 0)
		rc = identity_put(id->root, "etc/cloud/cloud.cfg.d/99-xenhost.cfg",
				  source, 0644, err);
	return rc == 0 ? identity_put(id->root,
				      "etc/cloud/cloud.cfg.d/99-xenhost-network.cfg",
				      network, 0644, err)
		       : rc;
}
