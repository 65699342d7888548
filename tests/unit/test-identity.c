/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is written into clones of each family: a tree with what makes the family, a guest,
 * and all that is there afterwards, in tests/guests/identity/CASE.txt. UPDATE=1 writes those
 * as they come out: read them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/identity.h"
#include "unit.h"

#define EXPECTED "tests/guests/identity"
#define ROOT_UUID "11111111-2222-3333-4444-555555555555"
#define SWAP_UUID "66666666-7777-8888-9999-000000000000"
#define BOOT_UUID "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"

/* A guest that owns nothing: all of it is the test's. */
struct sample {
	struct guest guest;
	struct guest_volume volume[3];
	struct guest_nic nic[2];
	char *address[2][4];
	char *nameserver[2];
	char *key[2];
	struct unit_tree *tree, *host;
	char *password;
};

/* All texts of a sample, which go with it. */
static struct str_list texts;

static char *text_of(const char *text)
{
	str_list_add(&texts, text);
	return texts.item[texts.count - 1];
}

static void set_volume(struct guest_volume *volume, const char *device, const char *fs,
		       const char *mountpoint, const char *options, const char *uuid)
{
	*volume = (struct guest_volume){
		.name = text_of("disk"),
		.device = text_of(device),
		.fs = text_of(fs),
		.mountpoint = mountpoint ? text_of(mountpoint) : NULL,
		.options = options ? text_of(options) : NULL,
	};
	(void)snprintf(volume->uuid, sizeof(volume->uuid), "%s", uuid);
}

static void add_address(struct sample *sample, size_t nic, const char *address)
{
	struct str_list *list = &sample->nic[nic].addresses;

	list->item = sample->address[nic];
	list->item[list->count++] = text_of(address);
}

static void set_static(struct sample *sample)
{
	struct guest_nic *nic = &sample->nic[0];

	nic->is_dhcp = false;
	add_address(sample, 0, "192.0.2.10/24");
	add_address(sample, 0, "192.0.2.11/24");
	add_address(sample, 0, "2001:db8::10/64");
	nic->gateway4 = text_of("192.0.2.1");
	nic->gateway6 = text_of("2001:db8::1");
	nic->broadcast = text_of("192.0.2.255");
	sample->nameserver[0] = text_of("192.0.2.53");
	sample->nameserver[1] = text_of("2001:db8::53");
	sample->guest.nameservers =
		(struct str_list){.item = sample->nameserver, .count = 2};
	sample->guest.search = text_of("example.org");
}

/* A second interface, whose gateway is in none of its networks. */
static void add_odd_nic(struct sample *sample)
{
	struct guest_nic *nic = &sample->nic[1];

	sample->guest.nic_count = 2;
	(void)snprintf(nic->mac, sizeof(nic->mac), "00:16:3e:00:00:02");
	add_address(sample, 1, "198.51.100.2/32");
	add_address(sample, 1, "2001:db8:1::2/128");
	nic->gateway4 = text_of("203.0.113.1");
	nic->gateway6 = text_of("fe80::1");
	nic->p2p = text_of("203.0.113.1");
}

static int setup(void **state)
{
	struct sample *sample = mem_alloc(sizeof(*sample));
	void *tree = NULL;

	assert_int_equal(unit_tree_setup(&tree), 0);
	sample->tree = tree;
	assert_int_equal(unit_tree_setup(&tree), 0);
	sample->host = tree;
	set_volume(&sample->volume[0], "xvda2", "ext4", "/", "noatime,errors=remount-ro",
		   ROOT_UUID);
	set_volume(&sample->volume[1], "xvda1", "swap", NULL, NULL, SWAP_UUID);
	(void)snprintf(sample->nic[0].mac, sizeof(sample->nic[0].mac),
		       "00:16:3e:00:00:01");
	sample->nic[0].is_dhcp = true;
	sample->key[0] = text_of("ssh-ed25519 AAAAC3 one@example.org");
	sample->key[1] = text_of("ssh-rsa AAAAB3 two@example.org");
	sample->guest = (struct guest){
		.name = text_of("web"),
		.type = GUEST_PVH,
		.boot = GUEST_PVGRUB,
		.serial_device = text_of("hvc0"),
		.volume = sample->volume,
		.volume_count = 2,
		.nic = sample->nic,
		.nic_count = 1,
		.recipe = {.arch = text_of("amd64")},
		.hash_method = text_of("yescrypt"),
	};
	unit_file(sample->host, "etc/resolv.conf", "nameserver 203.0.113.53\n");
	*state = sample;
	return 0;
}

static int teardown(void **state)
{
	struct sample *sample = *state;
	void *tree = sample->tree, *host = sample->host;

	assert_int_equal(unit_tree_teardown(&tree), 0);
	assert_int_equal(unit_tree_teardown(&host), 0);
	free(sample->password);
	free(sample);
	str_list_clear(&texts);
	return 0;
}

/* ---- trees */

static void add_files(const struct unit_tree *tree, const char *const *paths)
{
	for (; *paths; paths++)
		unit_file(tree, *paths, "");
}

static void make_debian(const struct unit_tree *tree)
{
	static const char *const files[] = {"usr/lib/systemd/systemd",
					    "usr/lib/systemd/systemd-networkd",
					    "usr/lib/systemd/network/99-default.link",
					    "usr/sbin/ifup",
					    "usr/sbin/sshd",
					    "usr/sbin/update-grub",
					    "usr/bin/dpkg",
					    "boot/vmlinuz-6.1.0-9-cloud-amd64",
					    "boot/initrd.img-6.1.0-9-cloud-amd64",
					    "boot/vmlinuz-6.1.0-13-cloud-amd64",
					    "boot/initrd.img-6.1.0-13-cloud-amd64",
					    NULL};

	add_files(tree, files);
	unit_dir(tree, "etc/network");
	unit_dir(tree, "var/lib/dbus");
	unit_dir(tree, "root");
	unit_file(tree, "etc/ssh/sshd_config", "#HostKey /etc/ssh/ssh_host_rsa_key\n");
	unit_file(tree, "etc/pam.d/common-password",
		  "password [success=1 default=ignore] pam_unix.so obscure yescrypt\n");
	unit_file(tree, "etc/shadow",
		  "root:*:19700:0:99999:7:::\ndaemon:*:19700:0:99999:7:::\n");
	unit_file(tree, "etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
	unit_file(tree, "etc/machine-id", "0123456789abcdef0123456789abcdef\n");
}

/* ---- what is there */

static bool is_unchanging(const char *path)
{
	return str_starts(path, "usr/") || str_starts(path, "lib/") ||
	       str_starts(path, "boot/vmlinuz") || str_starts(path, "boot/init");
}

/* A hash's method is all that stays the same. */
static void add_masked(struct str *out, const char *path, const struct str *bytes)
{
	const char *text = str_text(bytes), *hash = strstr(text, "root:$");

	if (str_ends(path, "random-seed")) {
		str_addf(out, "(%zu bytes)\n", bytes->length);
	} else if (str_ends(path, "_key")) {
		assert_non_null(strstr(text, "PRIVATE KEY"));
		str_add(out, "(a private key)\n");
	} else if (str_ends(path, "_key.pub")) {
		str_addf(out, "%.*s (a public key) %s", (int)strcspn(text, " "), text,
			 strrchr(text, ' ') + 1);
	} else if (hash) {
		hash += strlen("root:") + 3;
		str_addf(out, "%.*s(a hash)%s", (int)(hash - text), text,
			 strchr(hash, ':'));
	} else {
		str_add(out, text);
	}
}

static void dump(const struct unit_tree *tree, const char *directory, struct str *out);

static void dump_one(const struct unit_tree *tree, const char *path, struct str *out)
{
	_cleanup_free_ char *target = NULL;
	_cleanup_str_ struct str bytes = {0};
	struct stat st;

	assert_int_equal(fs_lstat(&tree->fs, path, &st, NULL), 0);
	if (S_ISDIR(st.st_mode)) {
		if ((st.st_mode & 0777) != 0755)
			str_addf(out, "---- %s/ %o\n", path, st.st_mode & 07777);
		dump(tree, path, out);
	} else if (is_unchanging(path)) {
		return;
	} else if (S_ISLNK(st.st_mode)) {
		assert_int_equal(fs_readlink(&tree->fs, path, &target, NULL), 0);
		str_addf(out, "---- %s -> %s\n", path, target);
	} else {
		assert_int_equal(fs_read(&tree->fs, path, 1 << 20, &bytes, NULL), 0);
		str_addf(out, "---- %s %o\n", path, st.st_mode & 07777);
		add_masked(out, path, &bytes);
	}
}

static void dump(const struct unit_tree *tree, const char *directory, struct str *out)
{
	_cleanup_str_list_ struct str_list names = {0};

	assert_int_equal(fs_readdir(&tree->fs, directory, &names, NULL), 0);
	for (size_t i = 0; i < names.count; i++) {
		bool is_top = strcmp(directory, ".") == 0;
		_cleanup_free_ char *path = mem_textf("%s%s%s", is_top ? "" : directory,
						      is_top ? "" : "/", names.item[i]);

		dump_one(tree, path, out);
	}
}

static void assert_written(struct sample *sample, const char *name)
{
	_cleanup_free_ char *path = mem_textf(EXPECTED "/%s.txt", name);
	_cleanup_str_ struct str found = {0}, wanted = {0};
	_cleanup_err_ struct err err = {0};
	_cleanup_fs_ struct fs here = FS_CLOSED;

	if (identity_write(&sample->guest, &sample->tree->fs, &sample->host->fs,
			   &sample->password, &err) < 0)
		fail_msg("%s", err.text);
	dump(sample->tree, ".", &found);
	if (getenv("UPDATE")) {
		FILE *file = fopen(path, "we");

		assert_non_null(file);
		assert_int_equal(fwrite(str_text(&found), 1, found.length, file),
				 found.length);
		assert_int_equal(fclose(file), 0);
	}
	assert_int_equal(fs_open(".", &here, NULL), 0);
	if (fs_read(&here, path, 1 << 20, &wanted, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(str_text(&found), str_text(&wanted));
}

/* ---- the families */

/* guests.md: interfaces says eth0, Debian 12 calls it enX0: no network (defect 17). */
static void defect_17_debian_12_by_dhcp_whatever_its_interface_is_called(void **state)
{
	struct sample *sample = *state;

	make_debian(sample->tree);
	unit_file(sample->host, "etc/timezone", "Europe/Berlin\n");
	unit_file(sample->tree, "etc/timezone", "Etc/UTC\n");
	unit_file(sample->tree, "usr/share/zoneinfo/Europe/Berlin", "TZif");
	unit_file(sample->host, "usr/share/zoneinfo/Europe/Berlin", "TZif");
	unit_link(sample->host, "etc/localtime", "/usr/share/zoneinfo/Europe/Berlin");
	assert_written(sample, "debian12-dhcp");
	assert_null(sample->password);
}

static void debian_12_with_fixed_addresses(void **state)
{
	struct sample *sample = *state;

	make_debian(sample->tree);
	set_static(sample);
	add_odd_nic(sample);
	sample->guest.ssh_keys = (struct str_list){.item = sample->key, .count = 2};
	sample->guest.password_kind = PASSWORD_GENERATE;
	sample->guest.password_length = 23;
	assert_written(sample, "debian12-static");
	assert_int_equal(strlen(sample->password), 23);
	assert_int_equal(strcspn(sample->password, "0O1Il"), 23);
}

/* hostname(5) recommends a name without dots; the full one is in hosts, as xen-tools does it. */
static void the_host_name_is_the_first_part_of_a_full_name(void **state)
{
	struct sample *sample = *state;
	_cleanup_str_ struct str name = {0}, mail = {0}, hosts = {0};
	_cleanup_err_ struct err err = {0};
	const struct fs *root = &sample->tree->fs;

	make_debian(sample->tree);
	sample->guest.name = text_of("db.example.net");
	if (identity_write(&sample->guest, root, &sample->host->fs, &sample->password,
			   &err) < 0 ||
	    fs_read(root, "etc/hostname", 100, &name, &err) < 0 ||
	    fs_read(root, "etc/mailname", 100, &mail, &err) < 0 ||
	    fs_read(root, "etc/hosts", 1000, &hosts, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(str_text(&name), "db\n");
	assert_string_equal(str_text(&mail), "db.example.net\n");
	assert_non_null(strstr(str_text(&hosts), "127.0.1.1 db.example.net db\n"));
}

/* The template is the same with any proxy; what its guests use is theirs. */
static void apt_in_the_guest_uses_the_proxy(void **state)
{
	struct sample *sample = *state;
	_cleanup_str_ struct str text = {0};
	_cleanup_err_ struct err err = {0};
	const struct fs *root = &sample->tree->fs;

	make_debian(sample->tree);
	sample->guest.recipe.proxy = text_of("http://proxy.example.org:3142/");
	if (identity_write(&sample->guest, root, &sample->host->fs, &sample->password,
			   &err) < 0)
		fail_msg("%s", err.text);
	assert_false(fs_exists(root, "etc/apt"));
	unit_file(sample->tree, "etc/apt/sources.list", "");
	if (identity_write(&sample->guest, root, &sample->host->fs, &sample->password,
			   &err) < 0 ||
	    fs_read(root, "etc/apt/apt.conf.d/01proxy", 100, &text, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(str_text(&text), "Acquire::http::Proxy "
					     "\"http://proxy.example.org:3142/\";\n");
}

/* fstab(5): 1 is the root's. */
static void what_is_not_the_root_is_checked_after_it(void **state)
{
	struct sample *sample = *state;
	_cleanup_str_ struct str text = {0};
	_cleanup_err_ struct err err = {0};
	const struct fs *root = &sample->tree->fs;

	make_debian(sample->tree);
	sample->guest.volume_count = 3;
	set_volume(&sample->volume[2], "xvda3", "ext3", "/var", "nodev", BOOT_UUID);
	if (identity_write(&sample->guest, root, &sample->host->fs, &sample->password,
			   &err) < 0 ||
	    fs_read(root, "etc/fstab", 1000, &text, &err) < 0)
		fail_msg("%s", err.text);
	assert_non_null(
		strstr(str_text(&text), " / ext4 noatime,errors=remount-ro 0 1\n"));
	assert_non_null(strstr(str_text(&text), " /var ext3 nodev 0 2\n"));
}

static void root_may_log_in_on_the_console_that_was_asked_for(void **state)
{
	struct sample *sample = *state;
	_cleanup_str_ struct str text = {0};
	_cleanup_err_ struct err err = {0};
	const struct fs *root = &sample->tree->fs;

	make_debian(sample->tree);
	unit_file(sample->tree, "etc/securetty", "tty1\n");
	sample->guest.serial_device = text_of("hvc1");
	if (identity_write(&sample->guest, root, &sample->host->fs, &sample->password,
			   &err) < 0 ||
	    fs_read(root, "etc/securetty", 100, &text, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(str_text(&text), "tty1\nhvc1\n");
}

/* A /boot of its own, and hvm: a screen, a serial console, a whole disk. */
static void debian_13_as_hvm_with_networkd(void **state)
{
	static const char *const files[] = {
		"usr/lib/systemd/systemd",
		"usr/lib/systemd/systemd-networkd",
		"usr/lib/systemd/system/systemd-networkd.service",
		"usr/lib/systemd/system/systemd-networkd.socket",
		"usr/lib/systemd/system/systemd-networkd-wait-online.service",
		"boot/vmlinuz-6.12.41+deb13-amd64",
		"boot/initrd.img-6.12.41+deb13-amd64",
		"usr/bin/dpkg",
		NULL};
	struct sample *sample = *state;

	add_files(sample->tree, files);
	unit_link(sample->tree, "etc/resolv.conf",
		  "../run/systemd/resolve/stub-resolv.conf");
	unit_file(sample->tree, "etc/shadow", "root::19700:0:99999:7:::\n");
	unit_file(sample->tree, "etc/passwd", "root::0:0:root:/root:/bin/bash\n");
	set_static(sample);
	add_odd_nic(sample);
	sample->guest.type = GUEST_HVM;
	sample->guest.boot = GUEST_FIRMWARE;
	sample->guest.recipe.layout = LAYOUT_DISK;
	sample->guest.volume_count = 3;
	sample->volume[0].device = text_of("xvda");
	set_volume(&sample->volume[1], "xvdb", "swap", NULL, NULL, SWAP_UUID);
	set_volume(&sample->volume[2], "xvdc", "xfs", "/boot", NULL, BOOT_UUID);
	assert_written(sample, "debian13-networkd-hvm");
}

static void ubuntu_with_netplan_and_cloud_init(void **state)
{
	static const char *const files[] = {"usr/lib/systemd/systemd", "usr/sbin/netplan",
					    "usr/bin/cloud-init", "boot/vmlinuz-6.8.0-31",
					    NULL};
	struct sample *sample = *state;

	add_files(sample->tree, files);
	unit_file(sample->tree, "etc/shadow", "root:!:19700:0:99999:7:::\n");
	unit_file(sample->tree, "etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
	unit_file(sample->host, "root/user-data", "#cloud-config\npackages: [git]\n");
	set_static(sample);
	add_odd_nic(sample);
	sample->guest.cloud_init = text_of("/root/user-data");
	assert_written(sample, "ubuntu-netplan");
}

static void suse_with_wicked(void **state)
{
	static const char *const files[] = {"usr/lib/systemd/systemd",
					    "usr/sbin/wicked",
					    "usr/lib/systemd/network/99-default.link",
					    "boot/vmlinuz-6.4.0-150600.23-default",
					    "boot/initrd-6.4.0-150600.23-default",
					    "boot/grub2/themes/none",
					    NULL};
	struct sample *sample = *state;

	add_files(sample->tree, files);
	unit_file(sample->tree, "etc/sysconfig/network/config",
		  "# by hand\nNETCONFIG_DNS_STATIC_SERVERS=\"\"\nOTHER=1\n");
	unit_link(sample->tree, "etc/resolv.conf", "/run/netconfig/resolv.conf");
	unit_file(sample->tree, "etc/default/grub", "GRUB_TIMEOUT=8\nGRUB_THEME=none\n");
	unit_file(sample->tree, "etc/shadow", "root:*:19700::::::\n");
	unit_file(sample->tree, "etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
	set_static(sample);
	add_odd_nic(sample);
	assert_written(sample, "suse-wicked");
}

static void red_hat_with_network_manager(void **state)
{
	static const char *const files[] = {
		"usr/lib/systemd/systemd", "usr/sbin/NetworkManager",
		"boot/vmlinuz-5.14.0-427.el9.x86_64",
		"boot/initramfs-5.14.0-427.el9.x86_64.img", NULL};
	struct sample *sample = *state;

	add_files(sample->tree, files);
	unit_file(sample->tree, "etc/sysconfig/network", "HOSTNAME=old\nGATEWAYDEV=\n");
	unit_file(sample->tree, "etc/shadow", "root:*:19700:0:99999:7:::\n");
	unit_file(sample->tree, "etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
	set_static(sample);
	add_odd_nic(sample);
	assert_written(sample, "redhat-networkmanager");
}

static void red_hat_with_network_scripts(void **state)
{
	static const char *const files[] = {
		"usr/lib/systemd/systemd", "usr/lib/systemd/network/99-default.link",
		"boot/vmlinuz-3.10.0-1160.el7.x86_64",
		"boot/initramfs-3.10.0-1160.el7.x86_64.img", NULL};
	struct sample *sample = *state;

	add_files(sample->tree, files);
	unit_dir(sample->tree, "etc/sysconfig/network-scripts");
	unit_file(sample->tree, "etc/shadow", "root:*:19700:0:99999:7:::\n");
	unit_file(sample->tree, "etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
	set_static(sample);
	add_odd_nic(sample);
	assert_written(sample, "redhat-scripts");
}

/* An old 32-bit PV guest: sysvinit, no links of systemd, a C library in lib/tls. */
static void old_debian_with_sysvinit(void **state)
{
	struct sample *sample = *state;

	unit_file(sample->tree, "sbin/ifup", "");
	unit_file(sample->tree, "lib/udev/rules.d/none", "");
	unit_file(sample->tree, "lib/tls/libc.so.6", "");
	unit_file(sample->tree, "lib/libc.so.6", "");
	unit_dir(sample->tree, "etc/network");
	unit_dir(sample->tree, "var/lib/urandom");
	unit_file(sample->tree, "etc/inittab",
		  "id:2:initdefault:\n"
		  "1:2345:respawn:/sbin/getty 38400 tty1\n"
		  "2:23:respawn:/sbin/getty 38400 tty2\n"
		  "#T0:23:respawn:/sbin/getty -L ttyS0 9600 vt100\n");
	unit_file(sample->tree, "etc/securetty", "console\ntty1");
	unit_file(sample->tree, "etc/shadow", "root:*:14000:0:99999:7:::\n");
	unit_file(sample->tree, "etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
	sample->guest.type = GUEST_PV;
	sample->guest.boot = GUEST_KERNEL;
	sample->guest.recipe.arch = text_of("i386");
	sample->guest.password_kind = PASSWORD_GIVEN;
	sample->guest.password = text_of("geheim");
	assert_written(sample, "sysvinit");
	assert_true(fs_exists(&sample->tree->fs, "lib/tls.disabled/libc.so.6"));
	assert_false(fs_exists(&sample->tree->fs, "lib/tls"));
}

#define test_of_sample(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_sample(
			defect_17_debian_12_by_dhcp_whatever_its_interface_is_called),
		test_of_sample(debian_12_with_fixed_addresses),
		test_of_sample(the_host_name_is_the_first_part_of_a_full_name),
		test_of_sample(apt_in_the_guest_uses_the_proxy),
		test_of_sample(what_is_not_the_root_is_checked_after_it),
		test_of_sample(root_may_log_in_on_the_console_that_was_asked_for),
		test_of_sample(debian_13_as_hvm_with_networkd),
		test_of_sample(ubuntu_with_netplan_and_cloud_init),
		test_of_sample(suse_with_wicked),
		test_of_sample(red_hat_with_network_manager),
		test_of_sample(red_hat_with_network_scripts),
		test_of_sample(old_debian_with_sysvinit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
