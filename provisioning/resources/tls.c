/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 32-bit systems: a C library that Xen need not emulate segments for. */
#include <string.h>

#include "resources/check-parts.h"
#include "resources/resources.h"

#define LIBRARIES "lib/i686/nosegneg"
#define DROP_IN "etc/ld.so.conf.d/xenhost.conf"

static const struct advice slow_library = {
	.id = "system.tls",
	.severity = SEVERITY_WARNING,
	.why = "README.Debian.txt:6: Xen emulates the segments that a 32-bit C library "
	       "has "
	       "thread-local variables in",
	.setting = "install libc6-xen and apply, or use a 64-bit system",
};

static bool is_32bit(const struct facts *facts)
{
	return facts->architecture && facts->architecture[0] == 'i' &&
	       str_ends(facts->architecture, "86");
}

static const char *describe(bool has_tls)
{
	return has_tls ? "this is a 32-bit system, whose C library is slow under Xen: "
			 "install libc6-xen, or a glibc with nosegneg; or move /lib/tls "
			 "away after each upgrade of it"
		       : "this is a 32-bit system, whose C library is slow under Xen: "
			 "install libc6-xen, or a glibc with nosegneg";
}

/*
 * README.Debian, "About /lib/tls", and README.SUSE, "Thread-Local Storage": a 32-bit
 * glibc reads thread-local variables below a segment's start, which traps under a PV
 * Xen. Where the library is there in a second form (libc6-xen, or a glibc with
 * "nosegneg"), the loader must be told to take it: ld.so(8), "hwcap 1 nosegneg". Renaming
 * /lib/tls comes undone with each upgrade of glibc: that is said and left to libc6-xen.
 */
static int plan(struct planner *planner, struct err *err)
{
	bool has_libraries = is_32bit(planner->facts) && planner_has(planner, LIBRARIES);

	if (is_32bit(planner->facts) && !has_libraries)
		planner_warn(planner, "%s", describe(planner_has(planner, "lib/tls")));
	return planner_own(planner, &resource_tls, DROP_IN,
			   has_libraries ? "hwcap 1 nosegneg\n" : NULL, COMMAND_LDCONFIG,
			   err);
}

static void check(struct checker *checker)
{
	if (is_32bit(checker->facts) && !fs_exists(checker->fs, LIBRARIES))
		check_add(checker, &slow_library, "%s",
			  describe(fs_exists(checker->fs, "lib/tls")));
}

const struct resource resource_tls = {.name = "tls", .plan = plan, .check = check};
