/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost boot prune: removes the oldest builds of the hypervisor that upgrades left. */
#include <stdio.h>

#include "boot/keep.h"
#include "cmd/boot.h"
#include "cmd/host.h"
#include "host/command.h"

/* A menu with entries for what is gone would be told of at the next boot only. */
static int make_menu(const struct call *call, const struct fs *fs, struct err *err)
{
	const char *name = command_name(fs, COMMAND_GRUB);

	if (call_has(call, "no-commands") || !command_can_run(fs, COMMAND_GRUB)) {
		printf("pending: %s\n", name);
		return 0;
	}
	printf("run %s\n", name);
	(void)fflush(stdout);
	return command_run(fs, COMMAND_GRUB, err);
}

static int run(const struct call *call, struct err *err)
{
	_cleanup_str_list_ struct str_list removed = {0};
	_cleanup_host_ struct host host = HOST_CLOSED;
	int rc = host_open(call, &host, err);

	if (rc != EXIT_DONE)
		return rc;
	rc = keep_prune(&host.fs, &host.facts, host.desc.boot.keep.value, &removed, err);
	for (size_t i = 0; i < removed.count; i++)
		printf("remove %s\n", removed.item[i]);
	if (rc == 0 && removed.count)
		rc = make_menu(call, &host.fs, err);
	return rc;
}

static const char *const options[] = {"no-commands", NULL};

const struct boot_command boot_command_prune = {
	.name = "prune",
	.options = options,
	.run = run,
};
