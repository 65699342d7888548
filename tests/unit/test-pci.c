/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hiding PCI devices: aliases of modules, names of the back end, a list that is too long. */
#include <errno.h>
#include <string.h>

#include "resources/pci.h"
#include "unit.h"

static const struct facts_pci nic = {
	.vendor = 0x8086, .device = 0x10d3, .class = 0x020001};

static void assert_alias(const char *line, const char *expected)
{
	const char *name;

	if (!pci_alias_matches(line, &nic, &name)) {
		assert_null(expected);
		return;
	}
	assert_string_equal(name, expected);
}

static void an_alias_is_of_what_it_names(void **state)
{
	(void)state;
	assert_alias("alias pci:v00008086d000010D3sv*sd*bc*sc*i* e1000e", "e1000e");
	assert_alias("alias pci:v00008086d000010D3sv0000103Csd00007031bc*sc*i* a_b",
		     "a_b");
	assert_alias("alias pci:v*d*sv*sd*bc02sc00i01* generic", "generic");
	assert_alias("alias pci:v*d*sv*sd*bc02sc*i* generic", "generic");
}

static void an_alias_of_something_else_is_not(void **state)
{
	static const char *const others[] = {
		"",
		"alias pci:",
		"alias pci:v00008086",
		"alias usb:v00008086d000010D3sv*sd*bc*sc*i* e1000e",
		"alias pci:v00008087d000010D3sv*sd*bc*sc*i* e1000e",
		"alias pci:v00008086d000010D4sv*sd*bc*sc*i* e1000e",
		"alias pci:v00008086d000010d3sv*sd*bc*sc*i* e1000e",
		"alias pci:v*d*sv*sd*bc01sc*i* e1000e",
		"alias pci:v*d*sv*sd*bc02sc01i* e1000e",
		"alias pci:v*d*sv*sd*bc02sc00i02* e1000e",
		"alias pci:v*d*sv*sd*bc*sc*i*",
		"alias pci:v*d*sv*sd*bc*sc*i* ",
		"alias pci:v*d*sv*sd*bc*sc*i* two words",
		"alias pci:v*d*sv*sd*",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_alias(others[i], NULL);
}

static void the_back_end_has_had_two_names(void **state)
{
	(void)state;
	assert_int_equal(pci_back_name("2.6.18-xen"), PCI_BACK_OLD);
	assert_int_equal(pci_back_name("2.6.32.9"), PCI_BACK_OLD);
	assert_int_equal(pci_back_name("2.6.32.10-x"), PCI_BACK_NEW);
	assert_int_equal(pci_back_name("2.6.32-5-xen-amd64"), PCI_BACK_EITHER);
	assert_int_equal(pci_back_name("2.6.32"), PCI_BACK_EITHER);
	assert_int_equal(pci_back_name("2.6.37.1"), PCI_BACK_NEW);
	assert_int_equal(pci_back_name("6.1.0-37-amd64"), PCI_BACK_NEW);
	assert_int_equal(pci_back_name("2.6.x"), PCI_BACK_NEW);
	assert_int_equal(pci_back_name(""), PCI_BACK_NEW);
}

static int resolve(const char *words, struct hidden_list *list, struct err *err)
{
	_cleanup_desc_ struct desc desc = {0};
	_cleanup_plan_ struct plan plan = {0};
	_cleanup_free_ char *text = mem_textf("[pci]\nhide =%s\n", words);
	struct facts facts = {0};
	struct planner planner = {.desc = &desc, .facts = &facts, .plan = &plan};

	assert_int_equal(desc_parse("f", text, strlen(text), &desc, NULL), 0);
	return pci_resolve(&planner, list, err);
}

static void addresses_are_completed(void **state)
{
	_cleanup_hidden_ struct hidden_list list = {0};

	(void)state;
	assert_int_equal(
		resolve(" aB:1F.7 0001:00:00.0 00ab:00:00.0 ab:1f.7", &list, NULL), 0);
	assert_int_equal(list.count, 3);
	assert_string_equal(list.item[0].address, "0000:ab:1f.7");
	assert_string_equal(list.item[1].address, "0001:00:00.0");
	assert_string_equal(list.item[2].address, "00ab:00:00.0");
}

static void malformed_words_are_refused_as_such(void **state)
{
	static const char *const words[] = {
		" 82.0.0",   " 00:20.0",   " 00:00.8",	       " 0:00.0",  " 00:0.0",
		" 00:00.0x", " 00:00.**",  " 00:20.*",	       " *.*",	   " 8086:15g3",
		" 8086:153", " 8086:0x53", " 00:1c.0/",	       " /00.0",   " 00:1c.0/0.0",
		" \"\"",     " 00:1c.0//", " 00:1c.0/00:00.0", " 00-00-0", " (00:00.0)",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		_cleanup_hidden_ struct hidden_list list = {0};
		_cleanup_err_ struct err err = {0};

		assert_int_equal(resolve(words[i], &list, &err), -EBADMSG);
		assert_non_null(strstr(err.text, "is not a PCI device: an address"));
	}
}

static void more_devices_than_linux_takes_are_refused(void **state)
{
	_cleanup_hidden_ struct hidden_list list = {0};
	_cleanup_str_ struct str words = {0};
	_cleanup_err_ struct err err = {0};

	(void)state;
	for (size_t i = 0; i < 73; i++)
		str_addf(&words, " %02zx:00.0", i);
	assert_int_equal(resolve(words.text, &list, &err), 0);
	assert_int_equal(list.count, 73);
	assert_int_equal(list.length, 73 * strlen("(0000:00:00.0)"));
	pci_hidden_clear(&list);
	str_add(&words, " 49:00.0");
	assert_int_equal(resolve(words.text, &list, &err), -EBADMSG);
	assert_string_equal(err.text,
			    "f:2:592: too many devices: Linux takes 1024 characters");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_alias_is_of_what_it_names),
		cmocka_unit_test(an_alias_of_something_else_is_not),
		cmocka_unit_test(the_back_end_has_had_two_names),
		cmocka_unit_test(addresses_are_completed),
		cmocka_unit_test(malformed_words_are_refused_as_such),
		cmocka_unit_test(more_devices_than_linux_takes_are_refused),
	};

	return cmocka_run_group_tests_name("pci", tests, NULL, NULL);
}
