/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From settings to a guest: what the command lines of tests/guests do not show. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest/spec-parts.h"
#include "unit.h"

/* A dom0, settings, and what they make. */
struct made {
	struct settings settings;
	struct guest guest;
	struct storage storage;
};

static void made_clear(struct made *made)
{
	settings_clear(&made->settings);
	guest_clear(&made->guest);
	storage_clear(&made->storage);
}

#define _cleanup_made_ _cleanup_(made_clear)

static void make_host(const struct unit_tree *tree)
{
	unit_file(tree, "usr/lib/grub-xen/grub-i386-xen_pvh.bin", "");
	unit_file(tree, "etc/os-release", "ID=debian\nVERSION_CODENAME=\"trixie\"\n");
}

/* `conf` and the two words that all have. */
static int make(const struct unit_tree *tree, const char *conf, struct made *made,
		struct err *err)
{
	settings_init(&made->settings);
	assert_int_equal(
		settings_read(&made->settings, LEVEL_CONF, "c", conf, strlen(conf), err),
		0);
	assert_int_equal(
		settings_set_option(&made->settings, "hostname", "web", false, err), 0);
	return spec_make(&made->settings, &tree->fs, &made->guest, &made->storage, err);
}

static void names(void **state)
{
	const char *const right[] = {"a", "web", "web-1.example.org", "0a", "A"};
	const char *const wrong[] = {"",
				     "-a",
				     "a-",
				     ".a",
				     "a.",
				     "a..b",
				     "a_b",
				     "a/b",
				     "a b",
				     "\xc3\xa4",
				     STORAGE_TEMPLATES};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(right); i++)
		assert_true(guest_is_name(right[i]));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(guest_is_name(wrong[i]));
}

static void a_uuid_is_of_version_4_and_new(void **state)
{
	char a[37], b[37];

	(void)state;
	spec_uuid(a);
	spec_uuid(b);
	assert_int_equal(strlen(a), 36);
	assert_true(a[14] == '4' && strchr("89ab", a[19]));
	assert_string_not_equal(a, b);
}

static void masks(void **state)
{
	unsigned int length = 0;
	char mask[16];

	(void)state;
	assert_true(spec_mask_length("255.255.240.0", &length));
	assert_int_equal(length, 20);
	assert_true(spec_mask_length("255.255.255.255", &length));
	assert_int_equal(length, 32);
	assert_false(spec_mask_length("255.0.255.0", &length));
	assert_false(spec_mask_length("0.0.0.0", &length));
	assert_false(spec_mask_length("24", &length));
	guest_netmask("10.0.0.5/20", mask);
	assert_string_equal(mask, "255.255.240.0");
	guest_netmask("10.0.0.5/32", mask);
	assert_string_equal(mask, "255.255.255.255");
}

/* The suite and mirror of a dom0 with that file. */
static void assert_suite(const struct unit_tree *tree, const char *path, const char *text,
			 const char *suite, const char *mirror)
{
	_cleanup_free_ char *found = NULL, *uri = NULL;

	unit_file(tree, path, text);
	suite_of_host(&tree->fs, &found, &uri);
	assert_true(str_same(found, suite));
	assert_true(str_same(uri, mirror));
	unit_file(tree, path, "");
}

static void the_suite_of_dom0(void **state)
{
	const struct unit_tree *tree = *state;

	assert_suite(tree, "etc/apt/sources.list",
		     "# deb http://no/debian sid main\n"
		     "deb-src http://a/debian sid main\n"
		     "deb http://sec/debian-security bookworm-security main\n"
		     "deb [ arch=amd64 signed-by=/k ] https://a/debian bookworm main\n",
		     "bookworm", "https://a/debian");
	assert_suite(tree, "etc/apt/sources.list.d/debian.sources",
		     "Types: deb\nURIs: http://off/debian\nSuites: sid\nEnabled: no\n\n"
		     "Types: deb deb-src\nURIs: http://a/debian\n"
		     "Suites: trixie trixie-updates\nComponents: main\n",
		     "trixie", "http://a/debian");
	assert_suite(tree, "etc/apt/sources.list.d/debian.sources",
		     "Types: deb\nURIs: mirror+file:/etc/apt/mirrors/debian.list\n"
		     "Suites: bookworm\n",
		     "bookworm", NULL);
	assert_suite(tree, "etc/os-release", "ID=debian\nVERSION_CODENAME=bookworm\n",
		     "bookworm", NULL);
	assert_suite(tree, "etc/os-release",
		     "ID=\"opensuse-leap\"\nVERSION_ID=\"15.6\"\nID_LIKE=\"suse\"\n",
		     "leap-15.6", NULL);
	assert_suite(tree, "etc/os-release", "ID=\"opensuse-tumbleweed\"\n", "tumbleweed",
		     NULL);
	assert_suite(tree, "etc/motd", "nothing\n", NULL, NULL);
}

static void a_suse_dom0_keeps_guests_elsewhere(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_made_ struct made made = {0};
	_cleanup_err_ struct err err = {0};

	unit_file(
		tree, "etc/os-release",
		"ID=\"opensuse-leap\"\nVERSION_ID=\"15.6\"\nID_LIKE=\"suse opensuse\"\n");
	unit_file(tree, "usr/share/grub2/i386-xen_pvh/grub.xen", "");
	if (make(tree, "lvm = vg0\ndhcp = 1\n", &made, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(made.guest.config, "/etc/xen/vm/web");
	assert_int_equal(made.guest.recipe.method, RECIPE_ZYPPER);
	assert_string_equal(made.guest.kernel, "/usr/share/grub2/i386-xen_pvh/grub.xen");
}

static void a_missing_pvgrub_names_its_package(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_made_ struct made made = {0};
	_cleanup_err_ struct err err = {0};

	unit_file(tree, "etc/os-release", "VERSION_CODENAME=trixie\n");
	assert_int_equal(make(tree, "lvm = vg0\ndhcp = 1\n", &made, &err), -EINVAL);
	assert_string_equal(err.text, "web: --boot-via: pvgrub is missing: "
				      "'/usr/lib/grub-xen/grub-i386-xen_pvh.bin', of the "
				      "package grub-xen-host");
}

static bool has(const struct guest *guest, const char *pair)
{
	return str_list_has(&guest->environment, pair);
}

static void roles_find_the_variables_of_xen_tools(void **state)
{
	static const char *const roles[] = {"etc/xen-tools/role.d/builder",
					    "etc/xen-tools/role.d/second"};
	const struct unit_tree *tree = *state;
	_cleanup_made_ struct made made = {0};
	_cleanup_err_ struct err err = {0};

	make_host(tree);
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++) {
		unit_file(tree, roles[i], "");
		assert_int_equal(fchmodat(tree->fs.root, roles[i], 0755, 0), 0);
	}
	if (make(tree,
		 "lvm = vg0\nip = 10.0.0.5/24 10.0.0.6/24\ngateway = 10.0.0.1\n"
		 "nameserver = 10.0.0.2\npassword = hunter2\nrole-args = a b\n"
		 "copyhosts = 0\nnoswap = 0\nrole = builder,second\n",
		 &made, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(has(&made.guest, "hostname=web"));
	assert_true(has(&made.guest, "dist=trixie"));
	assert_true(has(&made.guest, "ip1=10.0.0.5") && has(&made.guest, "ip2=10.0.0.6"));
	assert_true(has(&made.guest, "ip_count=2"));
	assert_true(has(&made.guest, "netmask=255.255.255.0"));
	assert_true(has(&made.guest, "role_args=a b"));
	assert_true(has(&made.guest, "role=builder,second"));
	assert_true(has(&made.guest, "nameserver=10.0.0.2"));
	assert_true(has(&made.guest, "NUMPARTITIONS=2"));
	/* By their numbers in the guest: roles write /dev/xvdaN for PARTITIONN. */
	assert_true(
		has(&made.guest, "PARTITION1=swap:512M:swap:::phy::/dev/vg0/web-swap"));
	assert_true(has(&made.guest,
			"PARTITION2=disk:4096M:ext4:/:"
			"noatime,nodiratime,errors=remount-ro:phy::/dev/vg0/web-disk"));
	assert_true(has(&made.guest, "output=/etc/xen") &&
		    has(&made.guest, "extension=.cfg"));
	for (size_t i = 0; i < made.guest.environment.count; i++) {
		const char *pair = made.guest.environment.item[i];

		assert_null(strstr(pair, "hunter2"));
		assert_false(str_starts(pair, "copyhosts=") ||
			     str_starts(pair, "noswap=") || str_starts(pair, "dhcp="));
	}
}

static void options_of_file_systems_hold_on_given_devices(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_free_ char *device = NULL;
	_cleanup_made_ struct made made = {0};
	_cleanup_err_ struct err err = {0};

	make_host(tree);
	unit_file(tree, "dev/sdb1", "");
	device = mem_textf("%s/dev/sdb1", tree->fs.path);
	assert_int_equal(truncate(device, 2LL << 30), 0);
	if (make(tree,
		 "image-dev = /dev/sdb1\ndhcp = 1\n"
		 "ext4_options = noatime,commit=30\n",
		 &made, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(made.guest.volume[0].options, "noatime,commit=30");
}

static void a_template_knows_the_size_of_the_root(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_made_ struct made made = {0};
	_cleanup_err_ struct err err = {0};

	make_host(tree);
	if (make(tree, "lvm = vg0\ndhcp = 1\nsize = 20G\n", &made, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(made.guest.recipe.room, (uint64_t)20 << 30);
}

static void ubuntu_has_universe(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_made_ struct made made = {0};
	_cleanup_err_ struct err err = {0};

	make_host(tree);
	if (make(tree, "lvm = vg0\ndhcp = 1\ndist = noble\n", &made, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(str_list_has(&made.guest.recipe.components, "main") &&
		    str_list_has(&made.guest.recipe.components, "universe"));
}

static void passwords_are_generated_unless_there_are_keys(void **state)
{
	const struct unit_tree *tree = *state;
	const struct {
		const char *conf;
		enum guest_password kind;
	} cases[] = {
		{"", PASSWORD_GENERATE},
		{"genpass = 0\n", PASSWORD_NONE},
		{"password = x\n", PASSWORD_GIVEN},
		{"ssh-key = ssh-ed25519 AAAAC3 me\n", PASSWORD_NONE},
		{"ssh-key = ssh-ed25519 AAAAC3 me\ngenpass = 1\n", PASSWORD_GENERATE},
	};

	make_host(tree);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_made_ struct made made = {0};
		_cleanup_err_ struct err err = {0};
		_cleanup_free_ char *conf =
			mem_textf("lvm = vg0\ndhcp = 1\n%s", cases[i].conf);

		if (make(tree, conf, &made, &err) < 0)
			fail_msg("%s", err.text);
		assert_int_equal(made.guest.password_kind, cases[i].kind);
	}
}

static void keys_come_from_files_and_words(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_made_ struct made made = {0};
	_cleanup_err_ struct err err = {0};

	make_host(tree);
	unit_file(
		tree, "root/keys",
		"# mine\n\nssh-rsa AAAAB3 one\r\nfrom=\"10.*\" ssh-ed25519 AAAAC3 two\n");
	if (make(tree,
		 "lvm = vg0\ndhcp = 1\nssh-key = /root/keys\n"
		 "ssh-key = sk-ssh-ed25519@openssh.com AAAAG three\n",
		 &made, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(made.guest.ssh_keys.count, 3);
	assert_string_equal(made.guest.ssh_keys.item[0], "ssh-rsa AAAAB3 one");
}

static void json_has_no_password(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_made_ struct made made = {0};
	_cleanup_err_ struct err err = {0};
	_cleanup_json_ json_t *json = NULL;
	_cleanup_str_ struct str text = {0};

	make_host(tree);
	if (make(tree, "lvm = vg0\ndhcp = 1\npassword = hunter2\n", &made, &err) < 0)
		fail_msg("%s", err.text);
	json = spec_json(&made.guest, &made.storage);
	json_render(json, &text);
	assert_null(strstr(str_text(&text), "hunter2"));
	assert_non_null(strstr(str_text(&text), "\"password\": \"given\""));
}

static void an_image_that_is_there_is_not_touched(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_made_ struct made made = {0};
	_cleanup_err_ struct err err = {0};

	make_host(tree);
	unit_file(tree, "srv/domains/web/swap.img", "somebody's");
	assert_int_equal(make(tree, "dir = /srv\ndhcp = 1\n", &made, &err), -EEXIST);
	assert_string_equal(err.text, "web: /srv/domains/web/swap.img is there already; "
				      "xen-delete-image(8) removes a guest");
}

static void a_path_cannot_end_the_list_of_disks(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_made_ struct made made = {0};
	_cleanup_err_ struct err err = {0};

	make_host(tree);
	assert_int_equal(make(tree, "dir = /srv','x\ndhcp = 1\n", &made, &err), -EINVAL);
	assert_string_equal(err.text,
			    "web: c:1: dir: xl cannot use a path with commas, quotes or "
			    "backslashes: '/srv','x'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(a_uuid_is_of_version_4_and_new),
		cmocka_unit_test(masks),
		unit_test_in_tree(the_suite_of_dom0),
		unit_test_in_tree(a_suse_dom0_keeps_guests_elsewhere),
		unit_test_in_tree(a_missing_pvgrub_names_its_package),
		unit_test_in_tree(roles_find_the_variables_of_xen_tools),
		unit_test_in_tree(options_of_file_systems_hold_on_given_devices),
		unit_test_in_tree(a_template_knows_the_size_of_the_root),
		unit_test_in_tree(ubuntu_has_universe),
		unit_test_in_tree(passwords_are_generated_unless_there_are_keys),
		unit_test_in_tree(keys_come_from_files_and_words),
		unit_test_in_tree(json_has_no_password),
		unit_test_in_tree(an_image_that_is_there_is_not_touched),
		unit_test_in_tree(a_path_cannot_end_the_list_of_disks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
