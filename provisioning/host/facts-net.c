/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about the network stacks that are installed, and which of them are enabled. */
#include "host/facts-parts.h"

static const struct {
	const char *name;
	const char *programs[2]; /* where it is installed, on old and new systems */
	const char *enabled;	 /* exists when it is in use */
} stacks[] = {
	{"ifupdown", {"sbin/ifup", "usr/sbin/ifup"}, "etc/network/interfaces"},
	{"networkd",
	 {"lib/systemd/systemd-networkd", "usr/lib/systemd/systemd-networkd"},
	 "etc/systemd/system/multi-user.target.wants/systemd-networkd.service"},
	{"networkmanager",
	 {"usr/sbin/NetworkManager", "sbin/NetworkManager"},
	 "etc/systemd/system/multi-user.target.wants/NetworkManager.service"},
	{"wicked",
	 {"usr/sbin/wicked", "sbin/wicked"},
	 "etc/systemd/system/multi-user.target.wants/wicked.service"},
};

/* A link to a unit need not lead anywhere in this root: it says "enabled". */
static bool is_there(const struct fs *fs, const char *path)
{
	_cleanup_free_ char *target = NULL;

	return fs_exists(fs, path) || fs_readlink(fs, path, &target, NULL) == 0;
}

void facts_read_stacks(const struct fs *fs, struct facts *facts)
{
	for (size_t i = 0; i < ARRAY_SIZE(stacks); i++) {
		if (!is_there(fs, stacks[i].programs[0]) &&
		    !is_there(fs, stacks[i].programs[1]))
			continue;
		facts->stack =
			mem_grow(facts->stack, facts->stack_count, sizeof(*facts->stack));
		facts->stack[facts->stack_count++] = (struct facts_stack){
			.name = mem_text(stacks[i].name),
			.is_enabled = is_there(fs, stacks[i].enabled),
		};
	}
}
