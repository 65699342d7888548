/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The menu: quoting, variables, ids. What GRUB makes of it is tested in tests/grub. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/grub-menu.h"
#include "boot/menu-parts.h"
#include "unit.h"

static void assert_arguments(const char *from, const char *to)
{
	_cleanup_str_ struct str text = {0};

	menu_add_arguments(&text, from);
	assert_string_equal(str_text(&text), to);
}

static void arguments_keep_what_grub_reads_in_them(void **state)
{
	(void)state;
	assert_arguments("dom0_mem=1024M,max:1024M com1=115200,8n1",
			 "dom0_mem=1024M,max:1024M com1=115200,8n1");
	assert_arguments("  two   blanks ", "two blanks");
	assert_arguments("a=\"b c\" d='e f'", "a=\"b c\" d='e f'");
	assert_arguments("x=\\$1 ${name} $name $?", "x=\\$1 ${name} $name $?");
	assert_arguments("a=\"b \\\" c\"", "a=\"b \\\" c\"");
}

static void arguments_cannot_end_the_command(void **state)
{
	(void)state;
	assert_arguments("a;reboot", "a\\;reboot");
	assert_arguments("a } b { | & < >", "a \\} b \\{ \\| \\& \\< \\>");
	assert_arguments("a\nreboot", "a reboot");
	assert_arguments("#a b#c", "\\#a b#c");
	assert_arguments("open\" 'quote", "open\\\" \\'quote");
	assert_arguments("end\\", "end\\\\");
	assert_arguments("$ ${ ${a b} $-", "\\$ \\$\\{ \\$\\{a b\\} \\$-");
	assert_arguments("\"a\nb\"", "\\\"a b\\\"");
	assert_arguments("a=\"b$\"", "a=\\\"b\\$\\\"");
	assert_arguments("[[ ]] [[a", "\\[[ \\]] [[a");
	assert_arguments("a\001b", "a?b");
}

static void words_are_quoted_where_they_need_it(void **state)
{
	_cleanup_str_ struct str text = {0};

	(void)state;
	menu_add_word(&text, "/boot/xen-4.20.3+127.gz");
	str_add_char(&text, ' ');
	menu_add_word(&text, "it's $HOME");
	str_add_char(&text, ' ');
	menu_add_word(&text, "");
	assert_string_equal(str_text(&text),
			    "/boot/xen-4.20.3+127.gz 'it'\\''s $HOME' ''");
}

/* What GRUB's 00_header has. */
#define HEADER "menuentry_id_option=--id\nexport menuentry_id_option\n"

/* ---- the menu of a small tree ---- */

static const char *get_nothing(const char *name)
{
	(void)name;
	return NULL;
}

static const char *get_uuid(const char *name)
{
	return strcmp(name, "GRUB_DEVICE_UUID") == 0 ? "1234" : NULL;
}

static void add_kernel(const struct unit_tree *tree, const char *version)
{
	_cleanup_free_ char *kernel = mem_textf("boot/vmlinuz-%s", version);
	_cleanup_free_ char *config = mem_textf("boot/config-%s", version);

	unit_file(tree, kernel, "\177ELF");
	unit_file(tree, config, "CONFIG_XEN_DOM0=y\n");
}

/* An ELF file with a header of multiboot2. */
static void add_hypervisor(const struct unit_tree *tree, const char *name)
{
	_cleanup_free_ char *path = mem_textf("%s/boot/%s", tree->path, name);
	uint8_t bytes[128] = "\177ELF";
	FILE *file;

	memcpy(bytes + 64, "\xd6\x50\x52\xe8\0\0\0\0\x10\0\0\0\x1a\xaf\xad\x17", 16);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, sizeof(bytes), 1, file), 1);
	assert_int_equal(fclose(file), 0);
}

static void make(const struct unit_tree *tree, const char *(*get)(const char *),
		 struct str *text, struct str_list *notes)
{
	struct menu_env env;

	menu_env_fill(&env, get);
	str_add(text, HEADER);
	menu_make(&tree->fs, &env, text, notes);
}

static void unset_variables_have_grubs_defaults(void **state)
{
	struct menu_env env;

	(void)state;
	menu_env_fill(&env, get_nothing);
	assert_string_equal(env.xen, "");
	assert_string_equal(env.linux_recovery, "single");
	assert_string_equal(env.recovery_title, "recovery mode");
	assert_string_equal(env.disable_linux_partuuid, "true");
	assert_string_equal(env.boot_path, "/boot");
	assert_string_equal(env.root_path, "");
}

static void an_empty_root_has_no_menu_and_says_so(void **state)
{
	_cleanup_str_list_ struct str_list notes = {0};
	_cleanup_str_ struct str text = {0};

	make(*state, get_nothing, &text, &notes);
	assert_string_equal(str_text(&text), HEADER);
	assert_int_equal(notes.count, 1);
	assert_string_equal(notes.item[0],
			    "'/boot': no hypervisor is there: no entry for Xen");
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "4-5" with "6" is not "4" with "5-6". */
static void ids_are_there_once(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	_cleanup_str_list_ struct str_list notes = {0}, ids = {0};
	_cleanup_str_ struct str text = {0};

	add_kernel(tree, "6");
	add_kernel(tree, "5-6");
	add_kernel(tree, "a>b");
	add_kernel(tree, "a<b");
	add_hypervisor(tree, "xen-4");
	add_hypervisor(tree, "xen-4-5");
	make(tree, get_uuid, &text, &notes);
	assert_int_equal(grub_menu_parse("menu", str_text(&text), text.length, NULL,
					 &(struct grub_platform){"pc", "x86_64", NULL},
					 &menu, NULL),
			 0);
	/* One at the top, a submenu with two, in which four kernels are two entries each. */
	assert_int_equal(menu.count, 1 + 1 + 2 + 2 * 4 * 2);
	for (size_t i = 0; i < menu.count; i++)
		assert_false(str_list_has(&ids, menu.entry[i].id));
	for (size_t i = 0; i < menu.count; i++) {
		assert_true(grub_menu_find(&menu, menu.entry[i].path) == i);
		str_list_add(&ids, menu.entry[i].id);
	}
	qsort(ids.item, ids.count, sizeof(*ids.item), compare_texts);
	for (size_t i = 1; i < ids.count; i++)
		assert_string_not_equal(ids.item[i - 1], ids.item[i]);
}

/* GRUB takes what begins with a digit for a number. */
static void no_id_or_title_begins_with_a_digit(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	_cleanup_str_list_ struct str_list notes = {0};
	_cleanup_str_ struct str text = {0};

	add_kernel(tree, "6.1.0");
	add_hypervisor(tree, "xen-4.20");
	make(tree, get_uuid, &text, &notes);
	assert_int_equal(grub_menu_parse("menu", str_text(&text), text.length, NULL,
					 &(struct grub_platform){"efi", "x86_64", NULL},
					 &menu, NULL),
			 0);
	for (size_t i = 0; i < menu.count; i++) {
		assert_null(strchr("0123456789", menu.entry[i].id[0]));
		assert_null(strchr("0123456789", menu.entry[i].title[0]));
	}
	assert_string_equal(menu.entry[0].id, "xen");
	assert_string_equal(menu.entry[0].hypervisor_args, "no-real-mode edd=off");
}

static void an_elf_file_without_notes_has_no_entry(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_str_list_ struct str_list notes = {0};
	_cleanup_str_ struct str text = {0};

	add_kernel(tree, "6.1");
	add_kernel(tree, "6.2");
	unit_bare_elf(tree, "boot/vmlinuz-6.2");
	add_hypervisor(tree, "xen-4.20.gz");
	make(tree, get_uuid, &text, &notes);
	assert_non_null(strstr(str_text(&text), "vmlinuz-6.1"));
	assert_null(strstr(str_text(&text), "vmlinuz-6.2"));
	assert_true(str_list_has(&notes,
				 "'/boot/vmlinuz-6.2': its ELF notes do not let Xen "
				 "start it as dom0's"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments_keep_what_grub_reads_in_them),
		cmocka_unit_test(arguments_cannot_end_the_command),
		cmocka_unit_test(words_are_quoted_where_they_need_it),
		cmocka_unit_test(unset_variables_have_grubs_defaults),
		unit_test_in_tree(an_empty_root_has_no_menu_and_says_so),
		unit_test_in_tree(an_elf_file_without_notes_has_no_entry),
		unit_test_in_tree(ids_are_there_once),
		unit_test_in_tree(no_id_or_title_begins_with_a_digit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
