/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pinning dom0's virtual CPUs to the processors that Xen names. */
#include <errno.h>

#include "base/run.h"
#include "host/pin.h"
#include "host/topology.h"

#define TIMEOUT_MS 30000
#define OUTPUT_MAX (4 << 20)

static int ask(const char *path, const char *const *argv, struct str *ret_output,
	       struct err *err)
{
	return run_capture(&(struct run){.argv = argv,
					 .path = path,
					 .timeout_ms = TIMEOUT_MS,
					 .output_limit = OUTPUT_MAX},
			   ret_output, err);
}

int pin_dom0(const char *path, size_t vcpus, char **ret_cpus, struct err *err)
{
	const char *const info[] = {"xl", "info", "-n", NULL};
	const char *const pool[] = {"xl", "cpupool-list", "-c", "Pool-0", NULL};
	_cleanup_str_ struct str info_text = {0}, pool_text = {0}, output = {0};
	_cleanup_topology_ struct topology topology = {0};
	_cleanup_free_ char *cpus = NULL;
	int rc = ask(path, info, &info_text, err);

	if (rc < 0)
		return rc;
	if (!topology_parse(str_text(&info_text), &topology))
		return err_say(err, EBADMSG, "'xl info -n' tells no processors");
	/* Without pools all processors are dom0's to run on. */
	if (ask(path, pool, &pool_text, NULL) == 0)
		topology_restrict(&topology, str_text(&pool_text));
	cpus = topology_choose(&topology, vcpus);
	rc = ask(path,
		 (const char *const[]){"xl", "vcpu-pin", "Domain-0", "all", cpus, NULL},
		 &output, err);
	if (rc < 0)
		return rc;
	*ret_cpus = TAKE_PTR(cpus);
	return 0;
}
