/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a template has no more, and what it keeps. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "guest/identity.h"
#include "unit.h"

static void erase(const struct unit_tree *tree)
{
	_cleanup_err_ struct err err = {0};

	if (identity_erase(&tree->fs, &err) < 0)
		fail_msg("%s", err.text);
}

static void what_two_guests_must_not_share_is_gone(void **state)
{
	static const char *const paths[] = {
		"var/lib/dbus/machine-id",
		"etc/hostname",
		"etc/ssh/ssh_host_ed25519_key",
		"etc/ssh/ssh_host_rsa_key.pub",
		"var/lib/systemd/random-seed",
		"var/lib/systemd/credential.secret",
		"var/lib/urandom/random-seed",
		"etc/udev/rules.d/70-persistent-net.rules",
		"etc/iscsi/initiatorname.iscsi",
		"var/lib/dhcp/dhclient.leases",
		"var/lib/NetworkManager/secret_key",
		"var/lib/cloud/instances/one/user-data.txt",
		"var/log/journal/0123456789abcdef/system.journal",
		"var/log/apt/history.log",
		"var/log/dpkg.log",
		"var/cache/apt/archives/bash_5.2_amd64.deb",
		"var/cache/apt/archives/partial/x.deb",
		"usr/sbin/policy-rc.d",
		"root/.bash_history",
		"etc/network/interfaces.d/50-cloud-init",
		"etc/netplan/01-netcfg.yaml",
		"etc/systemd/network/lan.network",
		"etc/NetworkManager/system-connections/Wired.nmconnection",
		"etc/sysconfig/network/ifcfg-eth0",
		"etc/sysconfig/network/ifroute-eth0",
		"etc/sysconfig/network/routes",
		"etc/sysconfig/network-scripts/ifcfg-ens3",
		"etc/sysconfig/network-scripts/route-ens3",
		"etc/sysconfig/network-scripts/route6-ens3",
		"tmp/a/b",
		"var/tmp/c",
	};
	struct unit_tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		unit_file(tree, paths[i], "text");
	erase(tree);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (fs_exists(&tree->fs, paths[i]))
			fail_msg("%s is there", paths[i]);
}

static void what_is_of_the_system_stays(void **state)
{
	static const char *const paths[] = {
		"etc/ssh/sshd_config",
		"etc/ssh/moduli",
		"var/lib/dpkg/status",
		"root/.bashrc",
		"etc/hosts",
		"var/cache/apt/pkgcache.bin",
		"etc/systemd/network/br0.netdev",
		"etc/sysconfig/network/ifcfg-lo",
		"etc/sysconfig/network/ifcfg.template",
		"etc/sysconfig/network/config",
		"etc/sysconfig/network-scripts/ifcfg-lo",
		"etc/sysconfig/network-scripts/ifup-routes",
	};
	static const char *const directories[] = {
		"var/log/apt",	"var/log/journal",
		"var/lib/dhcp", "var/cache/apt/archives/partial",
		"tmp",		"var/tmp",
	};
	struct unit_tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		unit_file(tree, paths[i], "text");
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		unit_dir(tree, directories[i]);
	erase(tree);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (!fs_exists(&tree->fs, paths[i]))
			fail_msg("%s is not there", paths[i]);
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		if (!fs_exists(&tree->fs, directories[i]))
			fail_msg("%s is not there", directories[i]);
}

static void records_of_logins_are_empty_and_keep_their_mode(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_free_ char *path = mem_textf("%s/var/log/btmp", tree->path);
	struct stat st;

	unit_file(tree, "var/log/btmp", "text");
	assert_int_equal(chmod(path, 0660), 0);
	unit_file(tree, "etc/machine-id", "0123456789abcdef0123456789abcdef\n");
	erase(tree);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_int_equal(fs_stat(&tree->fs, "etc/machine-id", &st, NULL), 0);
	assert_int_equal(st.st_size, 0);
}

/* ifupdown reads it beside another stack too, and fails where it is not there. */
static void the_interfaces_of_ifupdown_are_none(void **state)
{
	struct unit_tree *tree = *state;
	struct stat st;

	unit_file(tree, "etc/network/interfaces", "iface eth0 inet static\n");
	erase(tree);
	assert_int_equal(fs_stat(&tree->fs, "etc/network/interfaces", &st, NULL), 0);
	assert_int_equal(st.st_size, 0);
}

static void links_are_removed_and_not_followed(void **state)
{
	struct unit_tree *tree = *state;

	unit_file(tree, "srv/keep/file", "text");
	unit_link(tree, "tmp/link", "/srv/keep");
	unit_link(tree, "var/log", "/srv/keep");
	unit_link(tree, "etc/machine-id", "/srv/keep/file");
	erase(tree);
	assert_true(fs_exists(&tree->fs, "srv/keep/file"));
	assert_false(fs_exists(&tree->fs, "tmp/link"));
	assert_int_equal(unit_count(tree, "tmp"), 0);
}

/* Deep enough for no real tree, and not for the stack. */
static void directories_without_end_are_refused(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_str_ struct str path = {0};
	_cleanup_err_ struct err err = {0};

	str_add(&path, "tmp");
	for (int i = 0; i < 40; i++)
		str_add(&path, "/d");
	unit_dir(tree, str_text(&path));
	assert_int_equal(identity_erase(&tree->fs, &err), -ELOOP);
	assert_non_null(strstr(err.text, "more than 32 directories deep"));
}

static void an_empty_root_is_fine(void **state)
{
	erase(*state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(what_two_guests_must_not_share_is_gone),
		unit_test_in_tree(what_is_of_the_system_stays),
		unit_test_in_tree(records_of_logins_are_empty_and_keep_their_mode),
		unit_test_in_tree(the_interfaces_of_ifupdown_are_none),
		unit_test_in_tree(links_are_removed_and_not_followed),
		unit_test_in_tree(directories_without_end_are_refused),
		unit_test_in_tree(an_empty_root_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
