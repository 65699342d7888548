/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 32-bit systems: a C library that Xen need not emulate segments for. */
#include <string.h>

#include "base/edit.h"
#include "resources/check-parts.h"
#include "resources/resources.h"

#define LIBRARIES "lib/i686/nosegneg"
#define SEGMENTED "lib/tls"
#define MOVED_AWAY "lib/tls.disabled"
#define DROP_IN "etc/ld.so.conf.d/xenhost.conf"

#define NAME "xenhost-tls"
#define INIT_SCRIPT "etc/init.d/" NAME
#define INIT_LINK_DEBIAN "etc/rcS.d/S36" NAME
#define INIT_TARGET_DEBIAN "../init.d/" NAME
#define BOOT_LOCAL "etc/init.d/boot.local"
#define UNIT_SCRIPT "etc/xen/scripts/" NAME
#define UNIT NAME ".service"
#define UNIT_PATH "etc/systemd/system/" UNIT
#define UNIT_LINK "etc/systemd/system/sysinit.target.wants/" UNIT
#define UNIT_TARGET "/etc/systemd/system/" UNIT

static const struct advice slow_library = {
	.id = "system.tls",
	.severity = SEVERITY_WARNING,
	.why = "README.Debian.txt:6: Xen emulates the segments that a 32-bit C library "
	       "has thread-local variables in",
	.setting = "apply; without a library of either kind, use a 64-bit system",
};

static const char slow[] = "this is a 32-bit system, whose C library is slow under Xen: "
			   "install libc6-xen, or a glibc with nosegneg";

/*
 * README.SUSE, boot.xen: "renames /lib/tls when running on Xen, and restores it when not
 * running on Xen". README.Debian: an upgrade of glibc brings the directory back, and what
 * was moved away before is of the old version then.
 *
 * Nothing is lost whenever this stops: what is in use is moved, never copied. The loader
 * finds the library in /lib then. `LEVEL` is what the family's insserv calls the boot.
 */
#define SCRIPT(LEVEL)                                                                   \
	"#\n"                                                                           \
	"# /lib/tls has a C library that is slow under Xen: it is moved away there, "   \
	"and\n"                                                                         \
	"# moved back without Xen. After an upgrade of the C library, which brings it " \
	"back,\n"                                                                       \
	"# run this again; the next boot does.\n"                                       \
	"### BEGIN INIT INFO\n"                                                         \
	"# Provides:          xenhost-tls\n"                                            \
	"# Required-Start:    $local_fs\n"                                              \
	"# Required-Stop:\n"                                                            \
	"# Default-Start:     " LEVEL "\n"                                              \
	"# Default-Stop:\n"                                                             \
	"# Short-Description: the C library that Xen need not emulate segments for\n"   \
	"### END INIT INFO\n"                                                           \
	"tls=/lib/tls\n"                                                                \
	"away=/lib/tls.disabled\n"                                                      \
	"\n"                                                                            \
	"is_xen() { [ -d /proc/xen ] || grep -qsx xen /sys/hypervisor/type; }\n"        \
	"\n"                                                                            \
	"case ${1:-start} in\n"                                                         \
	"start|restart|force-reload) ;;\n"                                              \
	"*) exit 0 ;;\n"                                                                \
	"esac\n"                                                                        \
	"\n"                                                                            \
	"if is_xen; then\n"                                                             \
	"\t[ -d $tls ] && [ -e /lib/libc.so.6 ] || exit 0\n"                            \
	"\trm -rf $away && mv $tls $away\n"                                             \
	"else\n"                                                                        \
	"\t[ -d $away ] || exit 0\n"                                                    \
	"\tif [ -d $tls ]; then rm -rf $away; else mv $away $tls; fi\n"                 \
	"fi && ldconfig\n"

static const char unit[] =
	"[Unit]\n"
	"Description=C library that Xen need not emulate segments for\n"
	"DefaultDependencies=no\n"
	"After=local-fs.target\n"
	"Before=sysinit.target shutdown.target\n"
	"Conflicts=shutdown.target\n"
	"\n[Service]\nType=oneshot\nRemainAfterExit=yes\n"
	"ExecStart=/" UNIT_SCRIPT " start\n";

static bool is_32bit(const struct facts *facts)
{
	return facts->architecture && facts->architecture[0] == 'i' &&
	       str_ends(facts->architecture, "86");
}

/* A script that is there or not, with what makes it run at boot. */
static int plan_link(struct planner *planner, const char *path, const char *target,
		     bool is_wanted, struct err *err)
{
	return planner_link(planner, &resource_tls, path, is_wanted ? target : NULL,
			    target, COMMAND_NONE, err);
}

/*
 * SUSE's boot starts what insserv has put into .depend.boot, which no link does; boot.local
 * is the administrator's, and runs after all of that.
 */
static int plan_boot_local(struct planner *planner, bool is_wanted, struct err *err)
{
	struct str *text;
	int rc = planner_edit(planner, &resource_tls, BOOT_LOCAL, COMMAND_NONE, &text,
			      err);

	if (rc == 0 && is_wanted)
		edit_add(text, "/" INIT_SCRIPT " start");
	return rc;
}

static int plan_init(struct planner *planner, bool is_wanted, struct err *err)
{
	bool is_suse = str_same(planner->facts->os.family, "suse");
	const char *script = is_suse ? SCRIPT("B") : SCRIPT("S");
	int rc = planner_own_script(planner, &resource_tls, INIT_SCRIPT,
				    is_wanted ? script : NULL, err);

	if (rc == 0)
		rc = plan_link(planner, INIT_LINK_DEBIAN, INIT_TARGET_DEBIAN,
			       is_wanted && !is_suse, err);
	return rc < 0 || !is_suse ? rc : plan_boot_local(planner, is_wanted, err);
}

static int plan_unit(struct planner *planner, bool is_wanted, struct err *err)
{
	int rc = planner_own_script(planner, &resource_tls, UNIT_SCRIPT,
				    is_wanted ? SCRIPT("S") : NULL, err);

	if (rc == 0)
		rc = planner_own(planner, &resource_tls, UNIT_PATH,
				 is_wanted ? unit : NULL, COMMAND_SYSTEMD, err);
	return rc == 0 ? planner_link(planner, &resource_tls, UNIT_LINK,
				      is_wanted ? UNIT_TARGET : NULL, UNIT_TARGET,
				      COMMAND_SYSTEMD, err)
		       : rc;
}

/*
 * The renaming itself is no change of the plan: it is the state of a boot, and is done at
 * boot. So a rollback has only files to put back, and native Linux keeps its library.
 */
static int plan_script(struct planner *planner, bool is_wanted, struct err *err)
{
	const char *init = planner->facts->boot.init;
	bool has_units = !init || strcmp(init, "systemd") == 0;
	int rc = plan_init(planner, is_wanted && !has_units, err);

	if (rc == 0)
		rc = plan_unit(planner, is_wanted && has_units, err);
	if (rc == 0 && is_wanted)
		planner_note(planner,
			     "this is a 32-bit system, whose C library in /" SEGMENTED
			     " is slow under Xen: it is moved away at each boot of Xen, "
			     "and back at others");
	return rc;
}

/*
 * README.Debian, "About /lib/tls", and README.SUSE, "Thread-Local Storage": a 32-bit
 * glibc reads thread-local variables below a segment's start, which traps under a PV
 * Xen. Where the library is there in a second form (libc6-xen, or a glibc with
 * "nosegneg"), the loader must be told to take it: ld.so(8), "hwcap 1 nosegneg". Else,
 * where the library with segments is the one in /lib/tls, that is moved away.
 */
static int plan(struct planner *planner, struct err *err)
{
	bool is_slow = is_32bit(planner->facts);
	bool has_libraries = is_slow && planner_has(planner, LIBRARIES);
	bool is_movable =
		is_slow && !has_libraries &&
		(planner_has(planner, SEGMENTED) || planner_has(planner, MOVED_AWAY));
	int rc;

	if (is_slow && !has_libraries && !is_movable)
		planner_warn(planner, "%s", slow);
	rc = planner_own(planner, &resource_tls, DROP_IN,
			 has_libraries ? "hwcap 1 nosegneg\n" : NULL, COMMAND_LDCONFIG,
			 err);
	return rc == 0 ? plan_script(planner, is_movable, err) : rc;
}

static void check(struct checker *checker)
{
	const struct fs *fs = checker->fs;
	bool is_xen = checker->facts->xen.version != NULL;

	if (!is_32bit(checker->facts) || fs_exists(fs, LIBRARIES))
		return;
	if (is_xen && fs_exists(fs, SEGMENTED))
		check_add(checker, &slow_library,
			  "/" SEGMENTED " is there under Xen, as after an upgrade of the "
			  "C library");
	else if (!fs_exists(fs, SEGMENTED) && !fs_exists(fs, MOVED_AWAY))
		check_add(checker, &slow_library, "%s", slow);
}

const struct resource resource_tls = {.name = "tls", .plan = plan, .check = check};
