/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The settings: sizes, what is refused, which of several holds, and xen-tools.conf. */
#include <errno.h>
#include <string.h>

#include "guest/setting.h"
#include "unit.h"

static void assert_size(const char *text, uint64_t wanted)
{
	uint64_t bytes = 0;

	assert_true(setting_parse_size(text, &bytes));
	assert_int_equal(bytes, wanted);
}

static void sizes_in_xen_tools_words(void **state)
{
	const uint64_t mib = 1 << 20;

	(void)state;
	assert_size("512", 512 * mib);
	assert_size("512M", 512 * mib);
	assert_size("512Mb", 512 * mib);
	assert_size("1.5G", 1536 * mib);
	assert_size("1.5GiB", 1536 * mib);
	assert_size("4g", 4096 * mib);
	assert_size("2TB", 2 * 1024 * 1024 * mib);
	assert_size("64K", 65536);
	assert_size("0.5G", 512 * mib);
	assert_size("1048576T", UINT64_C(1) << 60);
}

static void what_is_no_size(void **state)
{
	const char *const texts[] = {
		"",    "G",    "12x", "-1G",   "1.G",	   "1..5G",
		"0",   "0.0G", "1 G", "4GG",   "1iB",	   "1Gi",
		"4Gx", "1e3",  "+4G", "1.5.5", "1048577T", "99999999999999999999999999G"};
	uint64_t bytes;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (setting_parse_size(texts[i], &bytes))
			fail_msg("'%s' was taken for a size", texts[i]);
}

/* Reads a text, which is right. */
static void read_text(struct settings *settings, enum setting_level level,
		      const char *text)
{
	_cleanup_err_ struct err err = {0};

	if (settings_read(settings, level, "x.conf", text, strlen(text), &err) < 0)
		fail_msg("%s", err.text);
}

static void assert_wrong(const char *text, const char *wanted)
{
	_cleanup_settings_ struct settings settings = {0};
	_cleanup_err_ struct err err = {0};

	settings_init(&settings);
	assert_int_equal(
		settings_read(&settings, LEVEL_CONF, "x.conf", text, strlen(text), &err),
		-EINVAL);
	assert_string_equal(err.text, wanted);
}

static void the_file_of_xen_tools_is_read(void **state)
{
	_cleanup_settings_ struct settings settings = {0};

	(void)state;
	settings_init(&settings);
	read_text(&settings, LEVEL_CONF,
		  "##\n# comment = 1\n\nsize   = 4G      # Root disk\n"
		  "memory = 256M\nfs     = ext3\n   image  = full\n"
		  "gateway = 10.0.0.1 \\\n   fe80::1\n"
		  "ext4_options     = noatime,nodiratime\napt_proxy =\n");
	assert_string_equal(setting_text(&settings, "size"), "4G");
	assert_int_equal(setting_size(&settings, "memory"), 256 << 20);
	assert_string_equal(setting_text(&settings, "fs"), "ext3");
	assert_int_equal(setting_list(&settings, "gateway")->count, 2);
	assert_string_equal(setting_text(&settings, "ext4_options"),
			    "noatime,nodiratime");
	assert_null(setting_text(&settings, "apt_proxy"));
}

static void underscores_and_hyphens_are_the_same(void **state)
{
	_cleanup_settings_ struct settings settings = {0};

	(void)state;
	settings_init(&settings);
	read_text(&settings, LEVEL_CONF, "genpass-len = 9\ninstall_method = tar\n");
	assert_int_equal(setting_number(&settings, "genpass_len"), 9);
	assert_string_equal(setting_text(&settings, "install-method"), "tar");
}

/* In xen-tools, what was "0" was on: defect 6 of its inventory. */
static void zero_and_no_are_off(void **state)
{
	_cleanup_settings_ struct settings settings = {0};

	(void)state;
	settings_init(&settings);
	read_text(&settings, LEVEL_CONF, "dhcp = 0\ncopyhosts = no\nnoswap = 1\n");
	assert_false(setting_is_yes(&settings, "dhcp"));
	assert_false(setting_is_yes(&settings, "copyhosts"));
	assert_true(setting_is_yes(&settings, "noswap"));
}

static void a_key_may_be_negated(void **state)
{
	_cleanup_settings_ struct settings settings = {0};

	(void)state;
	settings_init(&settings);
	read_text(&settings, LEVEL_CONF, "nohosts = 0\nno-security = 1\n");
	assert_true(setting_is_yes(&settings, "hosts"));
	assert_false(setting_is_yes(&settings, "security"));
}

static void wrong_lines_are_named(void **state)
{
	(void)state;
	assert_wrong("\nsize = 4X\n",
		     "x.conf:2: size: '4X' is no size: a number and K, M, G or T");
	assert_wrong("sise = 4G\n", "x.conf:1: unknown key 'sise'; did you mean 'size'?");
	assert_wrong("frobnicate = 1\n", "x.conf:1: unknown key 'frobnicate'");
	assert_wrong("size 4G\n", "x.conf:1: not 'key = value'");
	assert_wrong("= 4G\n", "x.conf:1: not 'key = value'");
	assert_wrong("size = 4G\nsize = 5G\n", "x.conf:2: 'size' is set a second time");
	assert_wrong("dhcp = maybe\n", "x.conf:1: dhcp: 'maybe' is neither yes nor no");
	assert_wrong("type = vm\n", "x.conf:1: type: 'vm' is none of: pvh pv hvm");
	assert_wrong("vlan = 5000\n",
		     "x.conf:1: vlan: '5000' is no number from 1 to 4094");
	assert_wrong("dir = xen\n", "x.conf:1: dir: 'xen' is no absolute path");
	assert_wrong("dir = /a\001b\n", "x.conf:1: a control character");
	assert_wrong("dir = /a\r\n",
		     "x.conf:1: carriage return: lines must end as on Unix");
	assert_wrong("size = \\\n", "x.conf:1: the last line ends in a backslash");
	assert_wrong("hostname = web\n", "x.conf:1: unknown key 'hostname'");
}

static void commands_are_not_run(void **state)
{
	(void)state;
	assert_wrong("dist = `xt-guess-suite-and-mirror --suite`\n",
		     "x.conf:1: dist: commands are not run; write 'dist = auto'");
	assert_wrong("size = 4G\nkernel = /boot/vmlinuz-`uname -r`\n",
		     "x.conf:2: kernel: commands are not run; write 'kernel = auto'");
	assert_wrong("gateway = `ip route`\n", "x.conf:1: gateway: commands are not run");
}

static void what_has_no_meaning_is_refused_with_the_reason(void **state)
{
	(void)state;
	assert_wrong("evms = c\n", "x.conf:1: evms: EVMS is gone: use --lvm");
	assert_wrong("make_fs_ext3 = mkfs\n",
		     "x.conf:1: make_fs_ext3: commands are not taken from the "
		     "configuration");
}

static void what_is_refused_may_be_off(void **state)
{
	_cleanup_settings_ struct settings settings = {0};

	(void)state;
	settings_init(&settings);
	read_text(&settings, LEVEL_CONF, "accounts = 0\nide = no\ninstall = 1\n");
	assert_int_equal(settings.notes.count, 0);
}

static void what_is_harmless_is_told_once(void **state)
{
	_cleanup_settings_ struct settings settings = {0};

	(void)state;
	settings_init(&settings);
	read_text(&settings, LEVEL_CONF, "cache = yes\n");
	read_text(&settings, LEVEL_CONFIG, "cache = yes\n");
	assert_int_equal(settings_set_option(&settings, "cache", "no", false, NULL), 0);
	assert_int_equal(settings.notes.count, 1);
	assert_string_equal(settings.notes.item[0],
			    "x.conf:1: cache: not needed any more: templates are kept "
			    "instead of packages: xen-templates(8)");
}

static void later_levels_beat_earlier_ones(void **state)
{
	_cleanup_settings_ struct settings settings = {0};

	(void)state;
	settings_init(&settings);
	read_text(&settings, LEVEL_CONF, "size = 5G\nrole = a, b\nmemory = 1G\n");
	read_text(&settings, LEVEL_CONFIG, "size = 6G\nmemory = 2G\n");
	assert_int_equal(settings_set_option(&settings, "size", "7G", false, NULL), 0);
	assert_int_equal(settings_set_option(&settings, "role", "c", false, NULL), 0);
	assert_int_equal(settings_set_option(&settings, "role", "d", false, NULL), 0);
	assert_string_equal(setting_text(&settings, "size"), "7G");
	assert_string_equal(setting_text(&settings, "memory"), "2G");
	assert_int_equal(setting_list(&settings, "role")->count, 2);
	assert_string_equal(setting_list(&settings, "role")->item[0], "c");
	assert_int_equal(setting_level(&settings, "memory"), LEVEL_CONFIG);
}

static void an_empty_value_takes_back(void **state)
{
	_cleanup_settings_ struct settings settings = {0};

	(void)state;
	settings_init(&settings);
	read_text(&settings, LEVEL_CONF, "gateway = 10.0.0.1\nsize = 9G\n");
	assert_int_equal(settings_set_option(&settings, "gateway", "", false, NULL), 0);
	assert_int_equal(settings_set_option(&settings, "size", "", false, NULL), 0);
	assert_int_equal(setting_list(&settings, "gateway")->count, 0);
	assert_string_equal(setting_text(&settings, "size"), "4G");
}

static void a_suite_has_its_own_mirror(void **state)
{
	_cleanup_settings_ struct settings settings = {0};

	(void)state;
	settings_init(&settings);
	read_text(&settings, LEVEL_CONF,
		  "mirror_trixie = http://t/debian\nmirror_sid = http://s/debian\n");
	assert_string_equal(setting_for_suite(&settings, "mirror", "trixie"),
			    "http://t/debian");
	assert_null(setting_for_suite(&settings, "mirror", "trix"));
	assert_null(setting_for_suite(&settings, "keyring", "trixie"));
}

static void a_relative_config_is_one_of_xen_tools(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_settings_ struct settings settings = {0};
	_cleanup_err_ struct err err = {0};

	unit_file(tree, "etc/xen-tools/xen-tools.conf", "size = 5G\nswap = 1G\n");
	unit_file(tree, "etc/xen-tools/big.conf", "size = 50G\n");
	settings_init(&settings);
	assert_int_equal(settings_load(&settings, &tree->fs, "big.conf", &err), 0);
	assert_string_equal(setting_text(&settings, "size"), "50G");
	assert_string_equal(setting_text(&settings, "swap"), "1G");
	assert_int_equal(settings_load(&settings, &tree->fs, "no.conf", &err), -ENOENT);
}

static void errors_tell_where_it_was_set(void **state)
{
	_cleanup_settings_ struct settings settings = {0};
	_cleanup_err_ struct err err = {0};

	(void)state;
	settings_init(&settings);
	(void)setting_error(&settings, "ip", &err, "one");
	assert_string_equal(err.text, "--ip: one");
	read_text(&settings, LEVEL_CONF, "\nip = 10.0.0.5\n");
	(void)setting_error(&settings, "ip", &err, "two");
	assert_string_equal(err.text, "x.conf:2: ip: two");
}

static void a_password_is_not_in_json(void **state)
{
	_cleanup_settings_ struct settings settings = {0};
	_cleanup_json_ json_t *json = NULL;
	_cleanup_str_ struct str text = {0};

	(void)state;
	settings_init(&settings);
	read_text(&settings, LEVEL_CONF, "password = hunter2\n");
	json = settings_json(&settings);
	json_render(json, &text);
	assert_null(strstr(str_text(&text), "hunter2"));
	assert_non_null(strstr(str_text(&text), "\"password\""));
}

/* What --help and the pages rely on. */
static void the_table_is_sound(void **state)
{
	(void)state;
	for (const struct setting_spec *spec = setting_specs; spec->name; spec++) {
		bool has_why =
			spec->kind == SETTING_IGNORED || spec->kind == SETTING_REFUSED;

		if (has_why != (spec->why != NULL) || (has_why && spec->help))
			fail_msg("%s has help and a reason, or neither", spec->name);
		if ((spec->kind == SETTING_CHOICE) != (spec->choices != NULL))
			fail_msg("%s has no choices", spec->name);
		if (!spec->argument && spec->kind != SETTING_YES && !has_why)
			fail_msg("%s takes no argument", spec->name);
		for (const struct setting_spec *other = setting_specs; other != spec;
		     other++)
			if (strcmp(other->name, spec->name) == 0)
				fail_msg("%s is there twice", spec->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_in_xen_tools_words),
		cmocka_unit_test(what_is_no_size),
		cmocka_unit_test(the_file_of_xen_tools_is_read),
		cmocka_unit_test(underscores_and_hyphens_are_the_same),
		cmocka_unit_test(zero_and_no_are_off),
		cmocka_unit_test(a_key_may_be_negated),
		cmocka_unit_test(wrong_lines_are_named),
		cmocka_unit_test(commands_are_not_run),
		cmocka_unit_test(what_has_no_meaning_is_refused_with_the_reason),
		cmocka_unit_test(what_is_refused_may_be_off),
		cmocka_unit_test(what_is_harmless_is_told_once),
		cmocka_unit_test(later_levels_beat_earlier_ones),
		cmocka_unit_test(an_empty_value_takes_back),
		cmocka_unit_test(a_suite_has_its_own_mirror),
		unit_test_in_tree(a_relative_config_is_one_of_xen_tools),
		cmocka_unit_test(errors_tell_where_it_was_set),
		cmocka_unit_test(a_password_is_not_in_json),
		cmocka_unit_test(the_table_is_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
