/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The small readers of checks. */
#include <string.h>

#include "unit.h"

#include "resources/check-parts.h"

static void a_branch_is_read_from_versions_of_any_packager(void **state)
{
	static const char *const good[] = {"4.20", "4.20.3+127", "4.20-amd64", "4.20-rc"};
	static const char *const bad[] = {"", "4", "4.", "xen", ".20", "4-20", "04.20"};
	struct xen_branch branch = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_true(pair_branch(good[i], &branch));
		assert_int_equal(branch.major, 4);
		assert_int_equal(branch.minor, 20);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(pair_branch(bad[i], &branch));
}

static void branches_are_compared_as_numbers(void **state)
{
	const struct xen_branch old = {4, 9}, new = {4, 20}, next = {5, 0};

	(void)state;
	assert_true(pair_is_older(old, new));
	assert_false(pair_is_older(new, old));
	assert_true(pair_is_older(new, next));
	assert_false(pair_is_older(new, new));
}

#define POLICY                                                                       \
	"xen-hypervisor-common:\n  Installed: x\n  Candidate: y\n  Version table:\n" \
	"     4.20.3-0+deb13u2+xenhost1~deb13 500\n"                                 \
	"        500 file:/srv/xen ./ Packages\n"
#define ARCHIVE                                                                         \
	"     4.20.3-0+deb13u2 500\n"                                                   \
	"        500 http://deb.debian.org/debian-security trixie-security/main amd64 " \
	"Packages\n"
#define OURS \
	" *** 4.20.3-0+deb13u1+xenhost1~deb13 100\n        100 /var/lib/dpkg/status\n"

static void the_archive_may_be_newer_than_ours(void **state)
{
	_cleanup_free_ char *ours = NULL, *theirs = NULL;

	(void)state;
	assert_true(check_is_archive_newer(POLICY ARCHIVE OURS, &ours, &theirs));
	assert_string_equal(ours, "4.20.3-0+deb13u1+xenhost1~deb13");
	assert_string_equal(theirs, "4.20.3-0+deb13u2");
}

static void an_older_archive_or_another_build_is_nothing(void **state)
{
	static const char *const texts[] = {
		"",
		"N: Unable to locate package\n",
		POLICY,
		POLICY ARCHIVE,
		POLICY OURS,
		POLICY OURS ARCHIVE,
		POLICY ARCHIVE " *** 4.20.3-0+deb13u1 100\n",
		ARCHIVE OURS,
	};
	char *ours = NULL, *theirs = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_false(check_is_archive_newer(texts[i], &ours, &theirs));
	assert_null(ours);
	assert_null(theirs);
}

static void a_name_may_tell_less_than_the_running_version(void **state)
{
	(void)state;
	assert_true(facts_is_version_of("4.20.3+127", "4.20.3+127"));
	assert_true(facts_is_version_of("4.20.3+127-dbg", "4.20.3+127"));
	assert_true(facts_is_version_of("4.20-amd64", "4.20.3+127"));
	assert_false(facts_is_version_of("4.20.3+12", "4.20.3+127"));
	assert_false(facts_is_version_of("4.2-amd64", "4.20.3+127"));
	assert_false(facts_is_version_of("4.20.3+127", "4.20"));
	assert_false(facts_is_version_of("", "4.20"));
}

static void a_value_of_xl_info_is_found_by_its_whole_name(void **state)
{
	static const char text[] = "free_memory            : 1\n"
				   "memory_free            : 2\n"
				   "total_memory           : 16303\n"
				   "empty :\n"
				   "last : word";
	_cleanup_free_ char *total = check_xl_value(text, "total_memory");
	_cleanup_free_ char *empty = check_xl_value(text, "empty");
	_cleanup_free_ char *last = check_xl_value(text, "last");
	_cleanup_free_ char *part = check_xl_value(text, "total");

	(void)state;
	assert_string_equal(total, "16303");
	assert_string_equal(empty, "");
	assert_string_equal(last, "word");
	assert_null(part);
}

static void the_memory_of_guests_is_summed_without_dom0s(void **state)
{
	static const char text[] =
		"Name                 ID   Mem VCPUs\tState\tTime(s)\n"
		"Domain-0              0  2048     4     r-----     100.0\n"
		"web                   1   512     1     -b----       1.0\n"
		"db                   12  1024     2     -b----       1.0\n";

	(void)state;
	assert_int_equal(check_guests_mib(text), 1536);
	assert_int_equal(check_guests_mib(""), 0);
	assert_int_equal(check_guests_mib("web 1 99999999999999999999 1\nx 1"), 0);
}

static bool lacks_max(const char *line)
{
	return check_lacks_max(line, strlen(line));
}

static void a_dom0_mem_without_max_is_found(void **state)
{
	(void)state;
	assert_true(lacks_max("dom0_mem=1024M"));
	assert_true(
		lacks_max("multiboot2 /xen.gz placeholder dom0_mem=1G+5% loglvl=all"));
	assert_true(lacks_max("dom0_mem=min:1G"));
	assert_false(lacks_max("loglvl=all"));
	assert_false(lacks_max("dom0_mem=1024M,max:1024M"));
	assert_false(lacks_max("dom0_mem=max:1024M"));
	assert_false(lacks_max("dom0_mem=1024M dom0_mem=max:1024M"));
	assert_false(lacks_max("max_dom0_mem=1"));
	assert_false(lacks_max("dom0_mem="));
}

#define REST " 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1\n"
#define REST6 " 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000\n"

static void a_port_open_to_others_is_found(void **state)
{
	(void)state;
	assert_true(check_listens("   0: 00000000:1F42" REST, 8002));
	assert_true(check_listens("   0: 00000000:0016" REST "  11: 0200A8C0:1F42" REST,
				  8002));
	assert_true(
		check_listens("  0: 00000000000000000000000000000000:1F42" REST6, 8002));
}

static void a_port_of_the_machine_itself_is_none(void **state)
{
	(void)state;
	assert_false(check_listens("   0: 0100007F:1F42" REST, 8002));
	assert_false(
		check_listens("  0: 00000000000000000000000001000000:1F42" REST6, 8002));
	assert_false(
		check_listens("  0: 0000000000000000FFFF00000100007F:1F42" REST6, 8002));
}

static void other_ports_and_states_are_not_meant(void **state)
{
	(void)state;
	assert_false(check_listens("   0: 00000000:1F43" REST, 8002));
	assert_false(check_listens("   0: 00000000:1F42 0200A8C0:0016 01 0:0\n", 8002));
	assert_false(check_listens("  sl  local_address rem_address   st\n", 8002));
	assert_false(check_listens("   0: 00000000:1F42", 8002));
	assert_false(check_listens("", 8002));
}

static void networkmanager_leaves_what_its_file_names(void **state)
{
	(void)state;
	assert_true(check_is_unmanaged("[keyfile]\nunmanaged-devices=eth0\n", "eth0"));
	assert_true(check_is_unmanaged("unmanaged-devices=mac:aa;interface-name:eth*\n",
				       "eth0"));
	assert_true(check_is_unmanaged(" unmanaged-devices += *", "eth0"));
	assert_true(check_is_unmanaged("unmanaged-devices=interface-name:=eth0", "eth0"));
	assert_true(check_is_unmanaged("unmanaged-devices = eth1,eth0", "eth0"));
}

static void networkmanager_manages_all_others(void **state)
{
	(void)state;
	assert_false(check_is_unmanaged("", "eth0"));
	assert_false(check_is_unmanaged("#unmanaged-devices=eth0\n", "eth0"));
	assert_false(check_is_unmanaged("unmanaged-devices=eth1;interface-name:vif*\n",
					"eth0"));
	assert_false(check_is_unmanaged("unmanaged-devices=*,except:eth0\n", "eth0"));
	assert_false(
		check_is_unmanaged("unmanaged-devices=interface-name:=eth*", "eth0"));
}

static void a_value_of_xend_is_found_with_or_without_quotes(void **state)
{
	static const char text[] = "#(server yes)\n"
				   "(server no)\n"
				   "(hosts-allow '^localhost$')\n"
				   "(none '')\n"
				   "(open \"";
	_cleanup_free_ char *server = check_sxp_value(text, "server");
	_cleanup_free_ char *hosts = check_sxp_value(text, "hosts-allow");
	_cleanup_free_ char *none = check_sxp_value(text, "none");
	_cleanup_free_ char *open = check_sxp_value(text, "open");
	_cleanup_free_ char *absent = check_sxp_value(text, "hosts");

	(void)state;
	assert_string_equal(server, "no");
	assert_string_equal(hosts, "^localhost$");
	assert_string_equal(none, "");
	assert_string_equal(open, "");
	assert_null(absent);
}

static void a_guests_kernel_is_what_its_configuration_says_last(void **state)
{
	static const char text[] = "name = 'kernel'\n"
				   "#kernel = \"/old\"\n"
				   "kernel=\"/boot/vmlinuz-1\"\n"
				   "  kernel = '/srv/a \"b\"' # mine\n"
				   "kernel = \"/open\n"
				   "kernel_extra = \"/x\"\n";
	_cleanup_free_ char *kernel = check_guest_value(text, "kernel");
	_cleanup_free_ char *none = check_guest_value("kernel = bare\n", "kernel");

	(void)state;
	assert_string_equal(kernel, "/srv/a \"b\"");
	assert_null(none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_guests_kernel_is_what_its_configuration_says_last),
		cmocka_unit_test(a_branch_is_read_from_versions_of_any_packager),
		cmocka_unit_test(branches_are_compared_as_numbers),
		cmocka_unit_test(the_archive_may_be_newer_than_ours),
		cmocka_unit_test(an_older_archive_or_another_build_is_nothing),
		cmocka_unit_test(a_name_may_tell_less_than_the_running_version),
		cmocka_unit_test(a_value_of_xl_info_is_found_by_its_whole_name),
		cmocka_unit_test(the_memory_of_guests_is_summed_without_dom0s),
		cmocka_unit_test(a_dom0_mem_without_max_is_found),
		cmocka_unit_test(a_port_open_to_others_is_found),
		cmocka_unit_test(a_port_of_the_machine_itself_is_none),
		cmocka_unit_test(other_ports_and_states_are_not_meant),
		cmocka_unit_test(networkmanager_leaves_what_its_file_names),
		cmocka_unit_test(networkmanager_manages_all_others),
		cmocka_unit_test(a_value_of_xend_is_found_with_or_without_quotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
