/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 32-bit systems: a C library that Xen need not emulate segments for. */
#include <string.h>

#include "resources/resources.h"

#define LIBRARIES "lib/i686/nosegneg"
#define DROP_IN "etc/ld.so.conf.d/xenhost.conf"

/*
 * README.Debian, "About /lib/tls", and README.SUSE, "Thread-Local Storage": a 32-bit
 * glibc reads thread-local variables below a segment's start, which traps under a PV
 * Xen. Where the library is there in a second form (libc6-xen, or a glibc with
 * "nosegneg"), the loader must be told to take it: ld.so(8), "hwcap 1 nosegneg". Renaming
 * /lib/tls comes undone with each upgrade of glibc: that is said and left to libc6-xen.
 */
static int plan(struct planner *planner, struct err *err)
{
	const char *architecture = planner->facts->architecture;
	bool is_32bit =
		architecture && architecture[0] == 'i' && str_ends(architecture, "86");
	bool has_libraries = is_32bit && planner_has(planner, LIBRARIES);

	if (is_32bit && !has_libraries)
		planner_warn(planner,
			     "this is a 32-bit system, whose C library is slow under "
			     "Xen: install libc6-xen, or a glibc with nosegneg%s",
			     planner_has(planner, "lib/tls")
				     ? "; or move /lib/tls away after each upgrade of it"
				     : "");
	return planner_own(planner, &resource_tls, DROP_IN,
			   has_libraries ? "hwcap 1 nosegneg\n" : NULL, COMMAND_LDCONFIG,
			   err);
}

const struct resource resource_tls = {.name = "tls", .plan = plan};
