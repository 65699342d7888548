/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Menus and their defaults, as GRUB has them. */
#include <errno.h>
#include <string.h>

#include "boot/grub-menu.h"
#include "unit.h"

/* What grub-mkconfig writes at the head of each grub.cfg. */
#define HEAD                                                                         \
	"if [ -s $prefix/grubenv ]; then\n  set have_grubenv=true\n  load_env\nfi\n" \
	"if [ \"${next_entry}\" ] ; then\n   set default=\"${next_entry}\"\n"        \
	"   set next_entry=\n   save_env next_entry\n   set boot_once=true\n"        \
	"else\n   set default=\"0\"\nfi\n"                                           \
	"if [ x\"${feature_menuentry_id}\" = xy ]; then\n"                           \
	"  menuentry_id_option=\"--id\"\nelse\n  menuentry_id_option=\"\"\nfi\n"     \
	"export menuentry_id_option\n"                                               \
	"function savedefault {\n  if [ -z \"${boot_once}\" ]; then\n"               \
	"    saved_entry=\"${chosen}\"\n    save_env saved_entry\n  fi\n}\n"

#define LINUX(title, id) "menuentry '" title "' --id " id " {\n  linux /vmlinuz\n}\n"

#define ENTRIES                                                                          \
	"menuentry_id_option=--id\nexport menuentry_id_option\n" LINUX(                  \
		"Linux",                                                                 \
		"linux") "submenu 'More' $menuentry_id_option 'more' {\n"                \
			 "\tmenuentry 'Old' --class gnu $menuentry_id_option 'old' {\n"  \
			 "\t\tlinux\t/vmlinuz-old root=/dev/sda1 "                       \
			 "ro\n\t\tinitrd\t/initrd-old\n\t}\n"                            \
			 "\tmenuentry 'Old, Xen' $menuentry_id_option 'old-xen' {\n"     \
			 "\t\tinsmod multiboot2\n"                                       \
			 "\t\tif [ \"$grub_platform\" = \"pc\" -o \"$grub_platform\" = " \
			 "\"\" ]; then\n"                                                \
			 "\t\t\txen_rm_opts=\n\t\telse\n"                                \
			 "\t\t\txen_rm_opts=\"no-real-mode edd=off\"\n\t\tfi\n"          \
			 "\t\tmultiboot2\t/xen.gz placeholder dom0_mem=1G "              \
			 "${xen_rm_opts}\n"                                              \
			 "\t\tmodule2\t/vmlinuz-old placeholder root=/dev/sda1\n"        \
			 "\t\tmodule2\t--nounzip   /initrd-old\n\t}\n}\n"                \
			 "menuentry 'UEFI Firmware Settings' {\n  fwsetup\n}\n"

static const struct grub_platform pc = {.platform = "pc", .cpu = "i386"};
static const struct grub_platform efi = {.platform = "efi", .cpu = "x86_64"};

static void parse(const char *text, const struct grubenv *env, struct grub_menu *menu)
{
	_cleanup_err_ struct err err = {0};

	if (grub_menu_parse("boot/grub/grub.cfg", text, strlen(text), env, &pc, menu,
			    &err) < 0)
		fail_msg("%s", err.text);
}

/* A block with one variable. */
static struct grubenv env_with(const char *name, const char *value)
{
	struct grubenv env = {.size = 1024};

	grubenv_set(&env, name, value);
	return env;
}

static const char *path_of(const struct grub_menu *menu, size_t index)
{
	return index == GRUB_NONE ? "nothing" : menu->entry[index].path;
}

/* What starts with "default" of this text and these entries behind it. */
static void assert_default(const char *name, const char *entries, const char *wanted,
			   bool is_lost)
{
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	_cleanup_free_ char *text = mem_textf("set default='%s'\n%s", name, entries);

	parse(text, NULL, &menu);
	assert_string_equal(path_of(&menu, menu.chosen), wanted);
	assert_string_equal(path_of(&menu, menu.standing), wanted);
	assert_int_equal(menu.is_standing_lost, is_lost);
}

/* The titles of a menu's entries, each with "|" behind it. */
static void assert_titles(const char *text, const char *wanted)
{
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	_cleanup_str_ struct str found = {0};

	parse(text, NULL, &menu);
	for (size_t i = 0; i < menu.count; i++)
		str_addf(&found, "%s|", menu.entry[i].title);
	assert_string_equal(str_text(&found), wanted);
}

static void assert_fails(const char *text, int code, const char *message)
{
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	_cleanup_err_ struct err err = {0};

	assert_int_equal(
		grub_menu_parse("grub.cfg", text, strlen(text), NULL, &pc, &menu, &err),
		-code);
	assert_string_equal(err.text, message);
}

/* ---- entries ---- */

static void entries_as_they_are_shown(void **state)
{
	_cleanup_grub_menu_ struct grub_menu menu = {0};

	(void)state;
	parse(HEAD ENTRIES, NULL, &menu);
	assert_int_equal(menu.count, 5);
	assert_string_equal(menu.entry[1].path, "more");
	assert_int_equal(menu.entry[1].kind, GRUB_SUBMENU);
	assert_int_equal(menu.entry[1].parent, GRUB_NONE);
	assert_string_equal(menu.entry[3].path, "more>old-xen");
	assert_string_equal(menu.entry[3].number, "1>1");
	assert_int_equal(menu.entry[3].parent, 1);
	assert_null(menu.entry[4].id);
	assert_string_equal(menu.entry[4].path, "UEFI Firmware Settings");
	assert_int_equal(menu.entry[4].kind, GRUB_OTHER);
	assert_int_equal(menu.chosen, 0);
}

static void what_an_entry_loads(void **state)
{
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	const struct grub_entry *entry;

	(void)state;
	parse(HEAD ENTRIES, NULL, &menu);
	entry = &menu.entry[3];
	assert_int_equal(entry->kind, GRUB_XEN);
	assert_string_equal(entry->hypervisor, "/xen.gz");
	assert_string_equal(entry->hypervisor_args, "dom0_mem=1G");
	assert_string_equal(entry->kernel, "/vmlinuz-old");
	assert_string_equal(entry->kernel_args, "root=/dev/sda1");
	assert_int_equal(entry->modules.count, 1);
	assert_string_equal(entry->modules.item[0], "/initrd-old");
	entry = &menu.entry[2];
	assert_int_equal(entry->kind, GRUB_LINUX);
	assert_null(entry->hypervisor);
	assert_string_equal(entry->kernel_args, "root=/dev/sda1 ro");
	assert_string_equal(entry->modules.item[0], "/initrd-old");
	assert_string_equal(entry->text,
			    "menuentry 'Old' --class gnu $menuentry_id_option 'old' {\n"
			    "\t\tlinux\t/vmlinuz-old root=/dev/sda1 ro\n"
			    "\t\tinitrd\t/initrd-old\n\t}");
}

static void what_an_entry_loads_depends_on_the_platform(void **state)
{
	_cleanup_grub_menu_ struct grub_menu menu = {0};

	(void)state;
	assert_int_equal(grub_menu_parse("f", HEAD ENTRIES, strlen(HEAD ENTRIES), NULL,
					 &efi, &menu, NULL),
			 0);
	assert_string_equal(menu.entry[3].hypervisor_args,
			    "dom0_mem=1G no-real-mode edd=off");
}

static void xen_started_as_an_efi_program(void **state)
{
	_cleanup_grub_menu_ struct grub_menu menu = {0};

	(void)state;
	parse("menuentry a { chainloader ($root)/EFI/sles/xen-4.20.efi xen.cfg one; }\n"
	      "menuentry b { chainloader /EFI/Microsoft/Boot/bootmgfw.efi; }\n"
	      "menuentry c { xen_hypervisor /xen.efi a b; xen_module /Image c; }\n",
	      NULL, &menu);
	assert_int_equal(menu.entry[0].kind, GRUB_XEN);
	assert_string_equal(menu.entry[0].hypervisor_args, "xen.cfg one");
	assert_null(menu.entry[0].kernel);
	assert_int_equal(menu.entry[1].kind, GRUB_OTHER);
	assert_int_equal(menu.entry[2].kind, GRUB_XEN);
	assert_string_equal(menu.entry[2].kernel_args, "c");
}

/* As SUSE's 20_linux_xen has it: the arguments are in the file. */
static void xen_efi_reads_its_file(void **state)
{
	static const char text[] =
		"menuentry a { chainloader ($root)/EFI/sles/xen-4.20.efi xen-4.20.efi "
		"one; }\n"
		"menuentry b { chainloader /EFI/sles/xen-4.20.efi x -basevideo two -- "
		"noreboot"
		" -- quiet ro; }\n"
		"menuentry c { chainloader /EFI/sles/xen-4.20.efi x; }\n"
		"menuentry d { chainloader /EFI/sles/xen-4.20.efi x three; }\n";
	const struct unit_tree *tree = *state;
	const struct grub_platform platform = {"efi", "x86_64", &tree->fs};
	_cleanup_grub_menu_ struct grub_menu menu = {0};

	unit_file(tree, "boot/efi/EFI/sles/xen-4.20.efi", "MZ");
	unit_file(tree, "boot/efi/EFI/sles/xen-4.cfg",
		  "[global]\ndefault=two\n[one]\noptions=dom0_mem=1G -- splash\n"
		  "kernel=vmlinuz-6.4 root=/dev/sda2\nramdisk=initrd-6.4\n"
		  "[two]\nkernel=vmlinuz-5.3\n");
	assert_int_equal(
		grub_menu_parse("f", text, strlen(text), NULL, &platform, &menu, NULL),
		0);
	assert_string_equal(menu.entry[0].hypervisor_args, "dom0_mem=1G");
	assert_string_equal(menu.entry[0].kernel, "(hd0)/EFI/sles/vmlinuz-6.4");
	assert_string_equal(menu.entry[0].kernel_args, "root=/dev/sda2 splash");
	assert_string_equal(menu.entry[0].modules.item[0], "(hd0)/EFI/sles/initrd-6.4");
	assert_string_equal(menu.entry[1].hypervisor_args, "noreboot");
	assert_string_equal(menu.entry[1].kernel, "/EFI/sles/vmlinuz-5.3");
	assert_string_equal(menu.entry[1].kernel_args, "quiet ro");
	assert_string_equal(menu.entry[2].kernel, "/EFI/sles/vmlinuz-5.3");
	assert_int_equal(menu.entry[3].kind, GRUB_XEN);
	assert_null(menu.entry[3].kernel);
}

static void a_submenu_sees_what_is_exported(void **state)
{
	(void)state;
	assert_titles(
		"a=1\nb=2\nexport b\nsubmenu S {\n"
		"  menuentry \"a $a\" { true; }\n  menuentry \"b $b\" { true; }\n}\n"
		"menuentry \"a $a\" { true; }\n",
		"S|a |b 2|a 1|");
}

static void refused_entries_are_not_there(void **state)
{
	(void)state;
	assert_titles("menuentry { true; }\nmenuentry a --id { true; }\n"
		      "menuentry b\nmenuentry c --class { true; }\n"
		      "menuentry d --unrestricted=1 { true; }\n"
		      "menuentry e --what -x { true; }\n",
		      "e|");
}

/* ---- words and statements ---- */

static void words_and_quotes(void **state)
{
	(void)state;
	assert_titles("a='one  two' ; b=\n"
		      "menuentry \"1 $a\" { true; }\n"
		      "menuentry 2$a { true; }\n"
		      "menuentry 3\\ \\$a'$a'\"\\$a\\x\" { true; }\n"
		      "menuentry 4${a}x { true; }\n"
		      "menuentry $b 5 { true; }\n"
		      "menuentry \"$b\" 6 { true; }\n"
		      "menuentry 7\\\n7 { true; }\n"
		      "menuentry $\"8 $a ${a}\" { true; }\n"
		      "menuentry '9\n# no line\n\r9' { true; }\n"
		      "menuentry a#b { true; } # menuentry c { true; }\n",
		      "1 one  two|2one|3 $a$a$a\\x|4one|5||77|8 one  two one  two|9\n9|"
		      "a#b|");
}

static void statements(void **state)
{
	(void)state;
	assert_titles("if false; then menuentry a { true; }\n"
		      "elif [ 1 = 2 ]; then menuentry b { true; }\n"
		      "elif ! false; then menuentry c { true; }\nelse true; fi\n",
		      "c|");
	assert_titles("for i in 1 2 3 4; do\n if [ $i = 2 ]; then continue; fi\n"
		      " if [ $i = 4 ]; then break; fi\n menuentry $i { true; }\ndone\n",
		      "1|3|");
	assert_titles("i=x\nwhile [ $i != xxx ]; do menuentry $i { true; }; i=x$i; done\n"
		      "until [ $i = xxxx ]; do menuentry $i { true; }; i=x$i; done\n",
		      "x|xx|xxx|");
	assert_titles("function f {\n  menuentry \"$1 $# $2\" { true; }\n  shift\n"
		      "  if [ $# = 1 ]; then return; fi\n  menuentry $1 { true; }\n}\n"
		      "f a b c\nf d e\n",
		      "a 3 b|b|d 2 e|");
	assert_titles("eval \"menuentry 'a b' { true; }\"\n", "a b|");
}

/* A command that GRUB does not have is told of, and is no failure. */
static void unknown_commands_succeed(void **state)
{
	(void)state;
	assert_titles("if nothing; then menuentry a { true; }; fi\n", "a|");
}

static void tests_from_left_to_right(void **state)
{
	static const struct {
		const char *expression;
		bool holds;
	} cases[] = {
		{"a = a", true},
		{"a == b", false},
		{"a != b", true},
		{"-n ''", false},
		{"-z ''", true},
		{"x", true},
		{"''", false},
		{"", true},
		{"! x", false},
		{"1 -lt 2 -a 2 -lt 1", false},
		{"x -o ''", true},
		{"'' -o x -a ''", false},
		{"( '' -o x ) -a x", true},
		{"010 -eq 8 -a 0x10 -eq 16", true},
		{"-3 -lt 2", true},
		{"linux-2 -plt linux-11", true},
		{"linux-2 -pgt linux-11", false},
		{"a '<' b", true},
		{"-f /boot/no", false},
		{"! -e /no -a -n x", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *text =
			mem_textf("if [ %s ]; then menuentry yes { true; }\n"
				  "else menuentry no { true; }; fi\n",
				  cases[i].expression);

		assert_titles(text, cases[i].holds ? "yes|" : "no|");
	}
}

static void files_below_the_root(void **state)
{
	const struct unit_tree *tree = *state;
	const char *text = "if [ -f /xen.gz ]; then menuentry a { true; }; fi\n"
			   "if [ -d ($root)/boot/grub ]; then menuentry b { true; }; fi\n"
			   "if [ -s /boot/xen.gz ]; then menuentry c { true; }; fi\n"
			   "if [ -f ${config_directory}/custom.cfg ]; then\n"
			   "  source ${config_directory}/custom.cfg\nfi\n";
	_cleanup_grub_menu_ struct grub_menu menu = {0};

	unit_file(tree, "boot/xen.gz", "");
	unit_file(tree, "boot/grub2/grub.cfg", text);
	unit_file(tree, "boot/grub2/custom.cfg", "menuentry mine { true; }\n");
	assert_string_equal(grub_menu_env_path(&tree->fs), "boot/grub2/grubenv");
	assert_int_equal(grub_menu_read(&tree->fs, "bios", &menu, NULL), 0);
	assert_int_equal(menu.count, 2);
	assert_string_equal(menu.entry[0].title, "a");
	assert_string_equal(menu.entry[1].title, "mine");
}

/* ---- the default ---- */

static void a_default_by_number_id_title_and_path(void **state)
{
	(void)state;
	assert_default("linux", ENTRIES, "linux", false);
	assert_default("Linux", ENTRIES, "linux", false);
	assert_default("2", ENTRIES, "UEFI Firmware Settings", false);
	assert_default("0x2 and more", ENTRIES, "UEFI Firmware Settings", false);
	assert_default("1>1", ENTRIES, "more>old-xen", false);
	assert_default("More>old-xen", ENTRIES, "more>old-xen", false);
	assert_default("more>1", ENTRIES, "more>old-xen", false);
	assert_default("linux>any", ENTRIES, "linux", false);
	assert_default("a>>b>c", "submenu 'a>b' { menuentry c { true; }; }\n", "a>>b>c",
		       false);
}

static void a_submenu_starts_its_first_entry(void **state)
{
	(void)state;
	assert_default("more", ENTRIES, "more>old", false);
	assert_default("1", ENTRIES, "more>old", false);
	assert_default("1>", ENTRIES, "more>old", false);
}

static void a_name_of_nothing_starts_the_first(void **state)
{
	(void)state;
	assert_default("no", ENTRIES, "linux", true);
	assert_default("3", ENTRIES, "linux", true);
	assert_default("-1", ENTRIES, "linux", true);
	assert_default("more>no", ENTRIES, "more>old", true);
	assert_default("old", ENTRIES, "linux", true);
	assert_default("", ENTRIES, "linux", false);
	assert_default("x", "true\n", "nothing", true);
}

/* Two submenus of one id: the second one's entries cannot be named by it (G4). */
static void the_first_that_matches_wins(void **state)
{
	const char *text =
		"submenu 'Linux' --id s { menuentry l --id l { linux /l; }; }\n"
		"submenu 'Xen' --id s { menuentry x --id x { multiboot /x; }; }\n";

	(void)state;
	assert_default("s>x", text, "s>l", true);
	assert_default("Xen>x", text, "Xen>x", false);
	assert_default("1", "menuentry a --id 1 { true; }\nmenuentry a { true; }\n", "1",
		       false);
}

static void what_can_be_named_is_found(void **state)
{
	_cleanup_grub_menu_ struct grub_menu menu = {0};

	(void)state;
	parse(ENTRIES LINUX("Linux", "linux") LINUX("4.20", "5.1"), NULL, &menu);
	for (size_t i = 0; i < menu.count; i++)
		assert_int_equal(grub_menu_find(&menu, menu.entry[i].path), i);
	assert_int_equal(grub_menu_find(&menu, "more"), 1);
	assert_int_equal(grub_menu_find(&menu, "more>no"), GRUB_NONE);
}

static void a_next_entry_is_once(void **state)
{
	_cleanup_grubenv_ struct grubenv env = env_with("next_entry", "more>old-xen");
	_cleanup_grub_menu_ struct grub_menu menu = {0};

	(void)state;
	parse(HEAD ENTRIES, &env, &menu);
	assert_true(menu.is_once);
	assert_string_equal(path_of(&menu, menu.chosen), "more>old-xen");
	assert_string_equal(path_of(&menu, menu.standing), "linux");
	assert_string_equal(menu.next_text, "more>old-xen");
	assert_string_equal(menu.default_text, "0");
	assert_string_equal(grubenv_get(&env, "next_entry"), "more>old-xen");
}

static void a_next_entry_of_nothing_starts_the_first(void **state)
{
	_cleanup_grubenv_ struct grubenv env = env_with("next_entry", "gone");
	_cleanup_grub_menu_ struct grub_menu menu = {0};

	(void)state;
	parse(HEAD ENTRIES, &env, &menu);
	assert_true(menu.is_chosen_lost);
	assert_false(menu.is_standing_lost);
	assert_int_equal(menu.chosen, 0);
}

static void a_saved_entry_is_saved_by_its_body(void **state)
{
	_cleanup_grubenv_ struct grubenv env = env_with("saved_entry", "b");
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	const char *text = HEAD "set default=\"${saved_entry}\"\n"
				"menuentry a { savedefault; linux /a; }\n"
				"menuentry b { linux /b; saved_entry=a; "
				"save_env saved_entry; }\n";

	(void)state;
	parse(text, &env, &menu);
	assert_string_equal(path_of(&menu, menu.chosen), "b");
	assert_string_equal(path_of(&menu, menu.standing), "a");
	assert_false(menu.is_once);
}

static void a_fallback_is_a_number(void **state)
{
	_cleanup_grub_menu_ struct grub_menu menu = {0}, other = {0};

	(void)state;
	parse("fallback='1 0'\ntimeout=5\n" ENTRIES, NULL, &menu);
	assert_string_equal(path_of(&menu, menu.fallback), "more>old");
	assert_int_equal(menu.timeout, 5);
	parse("fallback=more\ntimeout=-1\n" ENTRIES, NULL, &other);
	assert_int_equal(other.fallback, GRUB_NONE);
	assert_string_equal(other.fallback_text, "more");
	assert_int_equal(other.timeout, -1);
}

/* ---- errors ---- */

static void what_grub_would_not_parse_is_told(void **state)
{
	(void)state;
	assert_fails("true\n# one\n\nif true; then\nfi\n", EBADMSG,
		     "grub.cfg:5: a command is missing");
	assert_fails("menuentry a {\n", EBADMSG, "grub.cfg:2: a command is missing");
	assert_fails("menuentry a { true\n", EBADMSG, "grub.cfg:2: a '}' is missing");
	assert_fails("menuentry a { }\n", EBADMSG, "grub.cfg:1: a command is missing");
	assert_fails("echo 'a\n\n", EBADMSG, "grub.cfg:1: a \"'\" that is not closed");
	assert_fails("echo \"$ 5\"\n", EBADMSG,
		     "grub.cfg:1: a '$' without the name of a variable");
	assert_fails("a; ;\n", EBADMSG, "grub.cfg:1: a command is missing");
	assert_fails("a | b\n", EBADMSG, "grub.cfg:1: a ';' or a new line is missing");
	assert_fails("if true; then true\n", EBADMSG, "grub.cfg:2: 'fi' is missing");
	assert_fails("function f { true }\n", EBADMSG,
		     "grub.cfg:1: a ';' or a new line is missing");
}

static void a_script_without_an_end_is_ended(void **state)
{
	(void)state;
	assert_fails("while true; do true; done\n", ELOOP,
		     "grub.cfg: it does not come to an end");
	assert_fails("a=x\nwhile true; do a=$a$a; done\n", ELOOP,
		     "grub.cfg: it does not come to an end");
	assert_fails("menuentry a { while true; do true; done; }\n", ELOOP,
		     "grub.cfg: it does not come to an end");
}

static void a_menu_without_bounds_is_refused(void **state)
{
	_cleanup_str_ struct str text = {0};

	(void)state;
	for (size_t i = 0; i <= 10000; i++)
		str_add(&text, "menuentry a { true; }\n");
	assert_fails(str_text(&text), ELOOP, "grub.cfg: more than 10000 entries");
}

/* GRUB stops at 64 levels, and does not say so in what follows. */
static void a_function_that_calls_itself_ends(void **state)
{
	(void)state;
	assert_titles("function f {\n f\n}\nf\n", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_as_they_are_shown),
		cmocka_unit_test(what_an_entry_loads),
		cmocka_unit_test(what_an_entry_loads_depends_on_the_platform),
		cmocka_unit_test(xen_started_as_an_efi_program),
		unit_test_in_tree(xen_efi_reads_its_file),
		cmocka_unit_test(a_submenu_sees_what_is_exported),
		cmocka_unit_test(refused_entries_are_not_there),
		cmocka_unit_test(words_and_quotes),
		cmocka_unit_test(statements),
		cmocka_unit_test(unknown_commands_succeed),
		cmocka_unit_test(tests_from_left_to_right),
		unit_test_in_tree(files_below_the_root),
		cmocka_unit_test(a_default_by_number_id_title_and_path),
		cmocka_unit_test(a_submenu_starts_its_first_entry),
		cmocka_unit_test(a_name_of_nothing_starts_the_first),
		cmocka_unit_test(the_first_that_matches_wins),
		cmocka_unit_test(what_can_be_named_is_found),
		cmocka_unit_test(a_next_entry_is_once),
		cmocka_unit_test(a_next_entry_of_nothing_starts_the_first),
		cmocka_unit_test(a_saved_entry_is_saved_by_its_body),
		cmocka_unit_test(a_fallback_is_a_number),
		cmocka_unit_test(what_grub_would_not_parse_is_told),
		cmocka_unit_test(a_script_without_an_end_is_ended),
		cmocka_unit_test(a_menu_without_bounds_is_refused),
		cmocka_unit_test(a_function_that_calls_itself_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
