/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts as JSON: what is written is read back as it was, and nothing else is taken. */
#include <errno.h>
#include <string.h>

#include "host/facts.h"
#include "unit.h"

static const char recorded[] =
	"{\"os\": {\"family\": \"debian\", \"id\": \"debian\", \"version\": \"12\","
	" \"name\": \"Debian \u00e9\"},"
	" \"architecture\": \"x86_64\", \"memory_bytes\": 8589934592,\n"
	" \"cpu\": {\"sockets\": 1, \"cores\": 2, \"threads\": 4, \"numa_nodes\": null,"
	" \"virtualisation\": \"vmx\", \"online\": [{\"number\": 0, \"socket\": 0,"
	" \"die\": 0, \"core\": 4294967294, \"node\": null}]},"
	" \"xen\": null, \"iommu\": true,\n"
	" \"boot\": {\"loader\": \"grub2\", \"firmware\": \"uefi\", \"init\": "
	"\"systemd\","
	" \"grub_drop_ins\": true,\n"
	"  \"kernels\": [{\"path\": \"boot/vmlinuz-6.1.0-37-amd64\","
	" \"version\": \"6.1.0-37-amd64\", \"config\": null, \"dom0\": true,"
	" \"loop\": \"module\", \"pci_backend\": \"builtin\", \"compression\": "
	"\"xz\"}],\n"
	"  \"hypervisors\": [{\"path\": \"boot/xen.gz\", \"version\": \"\","
	" \"format\": \"gzip\"}]},\n"
	" \"network_stacks\": [],\n"
	" \"nics\": [{\"name\": \"eth0\", \"mac\": \"52:54:00:00:00:01\","
	" \"driver\": null, \"pci\": \"0000:03:00.0\", \"wireless\": false,"
	" \"default_route\": true}],\n"
	" \"pci\": [{\"address\": \"0000:00:00.0\", \"vendor\": \"8086\","
	" \"device\": \"0d57\", \"class\": \"060000\", \"driver\": null,"
	" \"module\": null, \"bridge\": null, \"iommu_group\": 0, \"boot_vga\": true},\n"
	"  {\"address\": \"0000:00:1c.0\", \"vendor\": \"8086\", \"device\": \"a110\","
	" \"class\": \"060400\", \"driver\": \"pcieport\", \"module\": \"m\","
	" \"bridge\": \"0000:00:00.0\", \"iommu_group\": null, \"boot_vga\": false}],\n"
	" \"mounts\": [{\"path\": \"/\", \"source\": \"/dev/sda\", \"type\": \"ext4\","
	" \"pci\": [\"0000:00:1f.2\", \"0000:00:1c.0\"]}],\n"
	" \"volume_groups\": [{\"name\": \"vg0\", \"active\": null}],\n"
	" \"thin_pools\": [{\"volume_group\": \"vg0\", \"name\": \"pool\","
	" \"profile\": null, \"size_mib\": 4096, \"data_percent\": 81,"
	" \"metadata_percent\": null, \"group_free_mib\": 0, \"monitored\": false}],\n"
	" \"keyboards\": [{\"name\": \"k\", \"pci\": null}],\n"
	" \"uarts\": [{\"name\": \"ttyS0\", \"io_base\": \"03f8\", \"irq\": 4,"
	" \"pci\": null}]}\n";

static void assert_refused(const char *old, const char *new, const char *message)
{
	_cleanup_facts_ struct facts facts = {0};
	_cleanup_err_ struct err err = {0};
	_cleanup_str_ struct str text = {0};
	const char *at = strstr(recorded, old);

	assert_non_null(at);
	str_add_bytes(&text, recorded, (size_t)(at - recorded));
	str_add(&text, new);
	str_add(&text, at + strlen(old));
	assert_int_equal(facts_parse("f", str_text(&text), text.length, &facts, &err),
			 -EBADMSG);
	assert_string_equal(err.text, message);
	assert_null(facts.os.id);
}

static void facts_are_read_back_as_they_were_written(void **state)
{
	_cleanup_facts_ struct facts facts = {0};
	_cleanup_json_ json_t *wanted = json_loads(recorded, 0, NULL), *json = NULL;

	(void)state;
	assert_int_equal(facts_parse("f", recorded, strlen(recorded), &facts, NULL), 0);
	json = facts_to_json(&facts);
	assert_true(json_equal(json, wanted));
}

static void facts_of_an_empty_root_are_read_back(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_facts_ struct facts facts = {0}, again = {0};
	_cleanup_json_ json_t *json = NULL, *json_again = NULL;

	assert_int_equal(facts_read(&tree->fs, &facts, NULL), 0);
	json = facts_to_json(&facts);
	assert_int_equal(facts_from_json(json, &again, NULL), 0);
	json_again = facts_to_json(&again);
	assert_true(json_equal(json, json_again));
}

static void an_unknown_key_is_named_with_the_nearest(void **state)
{
	(void)state;
	assert_refused("\"loop\"", "\"lop\": null, \"loop\"",
		       "f: boot.kernels[0].lop: unknown key; did you mean 'loop'?");
	assert_refused("\"os\"", "\"something\": 1, \"os\"", "f: something: unknown key");
}

static void a_missing_key_is_named(void **state)
{
	(void)state;
	assert_refused("\"id\": \"debian\",", "", "f: os.id: missing");
	assert_refused(", \"driver\": \"pcieport\"", "", "f: pci[1].driver: missing");
}

static void a_key_that_is_there_twice_is_refused(void **state)
{
	(void)state;
	assert_refused("\"id\": \"debian\"", "\"id\": \"a\", \"id\": \"b\"",
		       "f:1:43: duplicate object key near '\"id\"'");
}

static void a_value_of_another_type_is_named(void **state)
{
	(void)state;
	assert_refused("\"debian\"", "1", "f: os.family: not a string or null");
	assert_refused("\"boot/vmlinuz-6.1.0-37-amd64\"", "null",
		       "f: boot.kernels[0].path: not a string");
	assert_refused("\"sockets\": 1", "\"sockets\": 0",
		       "f: cpu.sockets: not a number above 0 or null");
	assert_refused("\"sockets\": 1", "\"sockets\": 1.5",
		       "f: cpu.sockets: not a number above 0 or null");
	assert_refused("\"grub_drop_ins\": true", "\"grub_drop_ins\": 1",
		       "f: boot.grub_drop_ins: not true or false");
	assert_refused("\"iommu\": true", "\"iommu\": \"yes\"",
		       "f: iommu: not true, false or null");
	assert_refused("\"number\": 0", "\"number\": null",
		       "f: cpu.online[0].number: not a number");
	assert_refused("4294967294", "4294967295", "f: cpu.online[0].core: not a number");
	assert_refused("\"node\": null", "\"node\": -1",
		       "f: cpu.online[0].node: not a number or null");
	assert_refused("\"0000:00:1f.2\"", "1",
		       "f: mounts[0].pci: not an array of strings");
	assert_refused("[\"0000:00:1f.2\", \"0000:00:1c.0\"]", "null",
		       "f: mounts[0].pci: not an array");
	assert_refused("\"xen\": null", "\"xen\": []", "f: xen: not an object");
	assert_refused("\"network_stacks\": []", "\"network_stacks\": {}",
		       "f: network_stacks: not an array");
	assert_refused("\"vendor\": \"8086\"", "\"vendor\": 8086",
		       "f: pci[0].vendor: not a string");
}

static void a_value_that_no_machine_has_is_named(void **state)
{
	(void)state;
	assert_refused("\"module\"", "\"modules\"",
		       "f: boot.kernels[0].loop: unexpected value 'modules'");
	assert_refused("\"0000:00:1f.2\"", "\"00:1f.2\"",
		       "f: mounts[0].pci: unexpected value '00:1f.2'");
	assert_refused("\"vg0\"", "\"../x\"",
		       "f: volume_groups[0].name: unexpected value '../x'");
	assert_refused("\"pool\"", "\"a/b\"",
		       "f: thin_pools[0].name: unexpected value 'a/b'");
	assert_refused("\"vendor\": \"8086\"", "\"vendor\": \"0x86\"",
		       "f: pci[0].vendor: unexpected value '0x86'");
	assert_refused("\"vendor\": \"8086\"", "\"vendor\": \"08086\"",
		       "f: pci[0].vendor: unexpected value '08086'");
	assert_refused("\"address\": \"0000:00:00.0\"", "\"address\": \"x\\ny\"",
		       "f: pci[0].address: unexpected value 'x\ny'");
}

static void assert_text_refused(const char *text, const char *message)
{
	_cleanup_facts_ struct facts facts = {0};
	_cleanup_err_ struct err err = {0};

	assert_int_equal(facts_parse("f", text, strlen(text), &facts, &err), -EBADMSG);
	assert_string_equal(err.text, message);
}

static void what_is_no_json_is_refused_at_its_place(void **state)
{
	(void)state;
	assert_text_refused("{", "f:1:1: string or '}' expected near end of file");
}

static void what_is_no_object_is_refused(void **state)
{
	(void)state;
	assert_text_refused("[]", "f: not an object");
	assert_text_refused("{}", "f: os: missing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_are_read_back_as_they_were_written),
		unit_test_in_tree(facts_of_an_empty_root_are_read_back),
		cmocka_unit_test(an_unknown_key_is_named_with_the_nearest),
		cmocka_unit_test(a_missing_key_is_named),
		cmocka_unit_test(a_key_that_is_there_twice_is_refused),
		cmocka_unit_test(a_value_of_another_type_is_named),
		cmocka_unit_test(a_value_that_no_machine_has_is_named),
		cmocka_unit_test(what_is_no_json_is_refused_at_its_place),
		cmocka_unit_test(what_is_no_object_is_refused),
	};

	return cmocka_run_group_tests_name("facts-json", tests, NULL, NULL);
}
