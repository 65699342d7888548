/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pinning dom0's virtual CPUs to the processors that Xen names. */
#pragma once

#include "base/err.h"

/*
 * Asks xl for the processors and has it pin all virtual CPUs of dom0, which are `vcpus`,
 * to whole cores, see topology_choose(). xl is looked for in the directories of `path`
 * (NULL: RUN_PATH). *ret_cpus is the list of CPUs; the caller frees it. -EBADMSG if xl
 * tells no topology.
 */
int pin_dom0(const char *path, size_t vcpus, char **ret_cpus,
	     struct err *err) _must_check_;
