/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests' configurations as xl reads them. */
#include <errno.h>
#include <string.h>

#include "guest/xlcfg.h"
#include "unit.h"

static void read_text(const char *text, struct xlcfg *cfg)
{
	_cleanup_err_ struct err err = {0};

	if (xlcfg_read("web.cfg", text, strlen(text), cfg, &err) < 0)
		fail_msg("%s", err.text);
}

static void assert_fault(const char *text, const char *wanted)
{
	_cleanup_xlcfg_ struct xlcfg cfg = {0};
	_cleanup_err_ struct err err = {0};

	assert_int_equal(xlcfg_read("web.cfg", text, strlen(text), &cfg, &err), -EINVAL);
	assert_string_equal(err.text, wanted);
	assert_int_equal(xlcfg_read("web.cfg", text, strlen(text), &cfg, NULL), -EINVAL);
}

/* "PATH DEVICE ACCESS|" for each disk of a list in the language. */
static void assert_disks(const char *list, const char *wanted)
{
	_cleanup_free_ char *text = mem_textf("disk = %s", list);
	_cleanup_xlcfg_ struct xlcfg cfg = {0};
	_cleanup_str_ struct str found = {0};

	read_text(text, &cfg);
	for (size_t i = 0; i < cfg.disk_count; i++) {
		const struct xlcfg_disk *disk = &cfg.disk[i];

		str_addf(&found, "%s%s%s %s %s%s|", disk->backend ? disk->backend : "",
			 disk->backend ? ":" : "", disk->path, disk->device,
			 disk->is_writable ? "w" : "r", disk->is_shared ? "!" : "");
	}
	assert_string_equal(str_text(&found), wanted);
}

static void assert_name(const char *text, const char *wanted)
{
	_cleanup_xlcfg_ struct xlcfg cfg = {0};

	read_text(text, &cfg);
	if (wanted)
		assert_string_equal(cfg.name, wanted);
	else
		assert_null(cfg.name);
}

static void what_xen_tools_writes(void **state)
{
	static const char text[] =
		"#\n# Configuration file for the Xen instance web\n#\n\n"
		"bootloader = 'pygrub'\n\nvcpus       = '2'\nmemory      = '1024'\n"
		"maxmem = '2048'\n\nroot        = '/dev/xvda2 ro'\ndisk        = [\n"
		"                  'phy:/dev/vg0/web-disk,xvda2,w',\n"
		"                  'phy:/dev/vg0/web-swap,xvda1,w',\n"
		"              ]\n\nname        = 'web'\n\n"
		"dhcp        = 'dhcp'\nvif         = [ "
		"'mac=00:16:3E:01:02:03,bridge=xenbr0' ]\n\n"
		"on_poweroff = 'destroy'\non_reboot   = 'restart'\n";
	_cleanup_xlcfg_ struct xlcfg cfg = {0};

	(void)state;
	read_text(text, &cfg);
	assert_string_equal(cfg.name, "web");
	assert_string_equal(cfg.type, "pv");
	assert_int_equal(cfg.memory, 1024);
	assert_int_equal(cfg.max_memory, 2048);
	assert_int_equal(cfg.vcpus, 2);
	assert_true(cfg.is_dhcp);
	assert_int_equal(cfg.disk_count, 2);
	assert_string_equal(cfg.disk[1].path, "/dev/vg0/web-swap");
	assert_int_equal(cfg.vif_count, 1);
	assert_string_equal(cfg.vif[0].mac, "00:16:3E:01:02:03");
	assert_string_equal(cfg.vif[0].bridge, "xenbr0");
	assert_null(cfg.vif[0].ip);
}

static void several_addresses_of_one_interface(void **state)
{
	_cleanup_str_list_ struct str_list addresses = {0};
	_cleanup_xlcfg_ struct xlcfg cfg = {0};

	(void)state;
	read_text("vif = [ 'ip=192.0.2.1 2001:db8::1 ,mac=00:16:3E:01:02:03, "
		  "vifname=web0,rate=1Mb/s' ]",
		  &cfg);
	assert_string_equal(cfg.vif[0].ip, "192.0.2.1 2001:db8::1 ");
	assert_string_equal(cfg.vif[0].vifname, "web0");
	xlcfg_addresses(&cfg, &addresses);
	assert_int_equal(addresses.count, 2);
	assert_string_equal(addresses.item[1], "2001:db8::1");
	assert_null(cfg.vif[0].bridge);
}

static void the_last_assignment_counts(void **state)
{
	(void)state;
	assert_name("name = 'a'\nname = \"b\"", "b");
	assert_disks("['/a,,xvda']\ndisk = ['/b,,xvda']\n", "/b xvda w|");
	assert_name("name='a'; name='b'; # end", "b");
	assert_name("name = [ 'a' ]", NULL);
	assert_name("names = 'a'", NULL);
}

static void additions(void **state)
{
	(void)state;
	assert_name("name += 'a'\nname += 'b'", "ab");
	assert_disks("['/a,,xvda']\ndisk += [ '/b,,xvdb' ]", "/a xvda w|/b xvdb w|");
	assert_fault("disk = [ 'a' ]\ndisk += 'b'",
		     "web.cfg:2: a list and a text cannot be added");
}

static void quotes_and_escapes(void **state)
{
	(void)state;
	assert_name("name = 'a\"b\\'c\\\\\\n'", "a\"b'c\\\n");
	assert_name("name = \"it's # no comment; here\"", "it's # no comment; here");
	assert_fault("name = 'a\\101'", "web.cfg:1: no such escape in a quoted text");
	assert_fault("\nname = 'a\nb'",
		     "web.cfg:2: a quoted text does not end on its line");
	assert_fault("name = 'a", "web.cfg:1: a quoted text does not end on its line");
	assert_fault("name = 'a\\", "web.cfg:1: no such escape in a quoted text");
}

static void memory_is(const char *text, uint64_t wanted)
{
	_cleanup_xlcfg_ struct xlcfg cfg = {0};

	read_text(text, &cfg);
	assert_int_equal(cfg.memory, wanted);
}

static void numbers_are_those_of_c(void **state)
{
	(void)state;
	memory_is("memory = 256", 256);
	memory_is("memory = '0x100'", 256);
	memory_is("memory = 010", 8);
	memory_is("memory = '256M'", 0);
	memory_is("memory = '1.5G'", 0);
	memory_is("memory = '-5'", 0);
	memory_is("memory = ''", 0);
	memory_is("memory = '99999999999999999999'", 0);
	memory_is("memory = 1\nmemory += 2", 0);
}

static void lists(void **state)
{
	(void)state;
	assert_disks("[]", "");
	assert_disks("[\n\n'/a,,xvda' # it's\n,\n'/b,,xvdb',\n]", "/a xvda w|/b xvdb w|");
	assert_disks("[ '/a,,xvda', [ 'b' ], '/c,,xvdc' ]", "/a xvda w|");
	assert_disks("'/a,,xvda'", "");
	assert_fault("disk = [ , ]", "web.cfg:1: this is no list");
	assert_fault("disk = [ 'a',, ]", "web.cfg:1: this is no list");
	assert_fault("disk = [ 'a'\n'b' ]", "web.cfg:2: this is no list");
	assert_fault("disk = [ 'a';", "web.cfg:1: this is no list");
	assert_fault("disk = [ # no end", "web.cfg:1: this is no list");
	assert_fault("disk = [ 'a' ]\n]", "web.cfg:2: a name is missing");
}

static void what_is_no_such_language(void **state)
{
	(void)state;
	assert_fault("import os", "web.cfg:1: '=' is missing");
	assert_fault("\nname = arch", "web.cfg:2: a value is missing");
	assert_fault("name = 'a' 'b'", "web.cfg:1: more than one value");
	assert_fault("name = 12k", "web.cfg:1: more than one value");
	assert_fault("NAME = 'a'", "web.cfg:1: neither a name nor a value");
	assert_fault("name = 'a'\r\n", "web.cfg:1: neither a name nor a value");
	assert_fault("name", "web.cfg:1: '=' is missing");
	assert_fault("vcpus = -1", "web.cfg:1: neither a name nor a value");
	assert_name("", NULL);
	assert_name("\n\t;;\n# 'x", NULL);
}

static void a_nul_byte_is_no_end(void **state)
{
	static const char text[] = "name = 'a'\n\0disk = [ '/a' ]";
	_cleanup_xlcfg_ struct xlcfg cfg = {0};

	(void)state;
	assert_int_equal(xlcfg_read("f", text, sizeof(text) - 1, &cfg, NULL), -EINVAL);
}

static void hostile_lists_end(void **state)
{
	_cleanup_str_ struct str deep = {0}, wide = {0};

	(void)state;
	str_add(&deep, "disk = ");
	for (int i = 0; i < 200000; i++)
		str_add_char(&deep, '[');
	assert_fault(str_text(&deep), "web.cfg:1: the lists are too deep");
	str_add(&wide, "disk = [");
	for (int i = 0; i < 5000; i++)
		str_add(&wide, "'/a,,xvda',\n");
	str_add(&wide, "]");
	assert_fault(str_text(&wide), "web.cfg:4097: the list is too long");
}

static void the_type_of_a_guest(void **state)
{
	static const struct {
		const char *text, *type;
	} cases[] = {
		{"", "pv"},
		{"type = 'pvh'", "pvh"},
		{"type = 'hvm'", "hvm"},
		{"builder = 'hvm'", "hvm"},
		{"builder = 'generic'", "pv"},
		{"builder = 'linux'", "pv"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_xlcfg_ struct xlcfg cfg = {0};

		read_text(cases[i].text, &cfg);
		assert_string_equal(cfg.type, cases[i].type);
	}
	assert_fault("\ntype = 'kvm'", "web.cfg:2: unknown type 'kvm'");
}

static void disks_by_place(void **state)
{
	(void)state;
	assert_disks(
		"['/dev/vg/root,raw,xvda,rw', '/srv/b.img,,xvdb', '/c,qcow2,xvdc,r']",
		"/dev/vg/root xvda w|/srv/b.img xvdb w|/c xvdc r|");
	assert_disks("['/d,raw,xvdd,w!', ' /e , raw, xvde, ro']",
		     "/d xvdd w!|/e  xvde r|");
}

static void disks_by_name(void **state)
{
	(void)state;
	assert_disks("['format=raw, vdev=xvda, access=ro, target=/srv/a b,c.img']",
		     "/srv/a b,c.img xvda r|");
	assert_disks("['vdev=xvda,discard,new-thing=1,access=rw,target=/a,']",
		     "/a xvda w|");
	assert_disks("['backendtype=phy,vdev=xvda,target=vg/a']", "/dev/vg/a xvda w|");
}

static void disks_with_prefixes(void **state)
{
	(void)state;
	assert_disks("['phy:/dev/vg/a,xvda,w', 'file:/b,xvdb,r', "
		     "'tap2:tapdisk:aio:/c,xvdc,r!']",
		     "/dev/vg/a xvda w|/b xvdb r|/c xvdc r!|");
	assert_disks("['phy:vg/a,xvda,w']", "/dev/vg/a xvda w|");
	assert_disks("['phy:/dev/disk/by-path/pci-0000:00:1f.2,xvda,w']",
		     "/dev/disk/by-path/pci-0000:00:1f.2 xvda w|");
	assert_disks("['rbd:pool/a,raw,xvda']", "rbd:pool/a xvda w|");
	assert_disks("['vmdk:/a,xvda,w']", "/a xvda w|");
}

static void drives(void **state)
{
	(void)state;
	assert_disks("['file:/a.iso,hdc:cdrom,r', ',hdd:cdrom', "
		     "'/b.iso,,xvdc,cdrom', 'vdev=xvdd,cdrom']",
		     "/a.iso hdc r| hdd r|/b.iso xvdc r| xvdd r|");
}

static void a_disk_of_another_domain(void **state)
{
	(void)state;
	assert_disks("['vdev=xvda,backend=storage,target=/a', "
		     "'vdev=xvdb,backend=Domain-0,target=/b']",
		     "storage:/a xvda w|/b xvdb w|");
}

static void disks_that_cannot_be_told(void **state)
{
	(void)state;
	assert_fault("disk = [ '/a,raw,xvda,x' ]",
		     "web.cfg:1: disk '/a,raw,xvda,x': unknown access 'x'");
	assert_fault("\n\ndisk = [ '/a,raw,xvda,w,z' ]",
		     "web.cfg:3: disk '/a,raw,xvda,w,z': unexpected 'z'");
	assert_fault("disk = [ '/a,raw,xvda,target=/b' ]",
		     "web.cfg:1: disk '/a,raw,xvda,target=/b': two targets");
	assert_fault("disk = [ '/a=b,raw,xvda' ]", "web.cfg:1: disk '/a=b,raw,xvda': "
						   "'/a=b' is neither a word nor a "
						   "parameter");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_xen_tools_writes),
		cmocka_unit_test(several_addresses_of_one_interface),
		cmocka_unit_test(the_last_assignment_counts),
		cmocka_unit_test(additions),
		cmocka_unit_test(quotes_and_escapes),
		cmocka_unit_test(numbers_are_those_of_c),
		cmocka_unit_test(lists),
		cmocka_unit_test(what_is_no_such_language),
		cmocka_unit_test(a_nul_byte_is_no_end),
		cmocka_unit_test(hostile_lists_end),
		cmocka_unit_test(the_type_of_a_guest),
		cmocka_unit_test(disks_by_place),
		cmocka_unit_test(disks_by_name),
		cmocka_unit_test(disks_with_prefixes),
		cmocka_unit_test(drives),
		cmocka_unit_test(a_disk_of_another_domain),
		cmocka_unit_test(disks_that_cannot_be_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
