/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost pin: pins dom0's virtual CPUs to whole cores, as Xen numbers them. */
#include <errno.h>
#include <stdio.h>

#include "cmd/command.h"
#include "host/facts-parts.h"
#include "host/pin.h"

static int run(const struct call *call, struct err *err)
{
	_cleanup_(facts_clear) struct facts facts = {0};
	_cleanup_fs_ struct fs fs = FS_CLOSED;
	_cleanup_free_ char *cpus = NULL;
	int rc = fs_open(call->root, &fs, err);

	if (rc < 0)
		return rc;
	if (!fs_is_host(&fs))
		return err_say(err, EINVAL, "'%s' is not the system that runs",
			       call->root);
	/* Under Xen the processors that Linux sees are dom0's virtual ones. */
	facts_read_cpu(&fs, &facts);
	rc = pin_dom0(NULL, facts.cpu.threads, &cpus, err);
	if (rc < 0)
		return rc;
	printf("pin %zu virtual CPUs of dom0 to %s\n", facts.cpu.threads, cpus);
	return EXIT_DONE;
}

const struct command command_pin = {
	.name = "pin",
	.summary = "pin dom0's virtual CPUs to whole cores",
	.run = run,
};
