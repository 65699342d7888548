/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The menu's text, in GRUB's script language. */
#include <string.h>

#include "boot/esp.h"
#include "boot/menu-parts.h"

/* What of GRUB_CMDLINE_XEN_DEFAULT a recovery entry keeps: what dom0 is sized by. */
static const char *const sizing[] = {"dom0_mem", "dom0_max_vcpus", "dom0_vcpus_pin"};

/* Where the text goes, and how deep in submenus. */
struct writer {
	const struct menu *menu;
	struct str *text;
	size_t depth;
};

static void indent(const struct writer *writer)
{
	for (size_t i = 0; i < writer->depth; i++)
		str_add_char(writer->text, '\t');
}

static void line(const struct writer *writer, const char *text)
{
	indent(writer);
	str_add(writer->text, text);
	str_add_char(writer->text, '\n');
}

/* ---- names ---- */

/* "Debian GNU/Linux". */
static char *os_name(const struct menu_env *env)
{
	return *env->distributor ? mem_textf("%s GNU/Linux", env->distributor)
				 : mem_text("GNU/Linux");
}

/* The first word of the distributor's name, as a theme knows it. */
static void add_classes(const struct writer *writer)
{
	const char *distributor = writer->menu->env->distributor;

	if (*distributor && *distributor != ' ') {
		str_add(writer->text, " --class ");
		for (const char *c = distributor; *c && *c != ' '; c++) {
			if (*c >= 'A' && *c <= 'Z')
				str_add_char(writer->text, (char)(*c - 'A' + 'a'));
			else if ((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9'))
				str_add_char(writer->text, *c);
			else
				str_add_char(writer->text, '_');
		}
	}
	str_add(writer->text, " --class gnu-linux --class gnu --class os --class xen");
}

/* The language's "%s, with Xen hypervisor": the only "%s" in it is replaced. */
static char *simple_title(const struct menu_env *env, const char *os)
{
	const char *format = env->simple_title, *place = strstr(format, "%s");

	if (!place)
		return mem_textf("%s, with Xen hypervisor", os);
	return mem_textf("%.*s%s%s", (int)(place - format), format, os, place + 2);
}

static char *xen_name(const struct menu_entry *entry)
{
	return mem_textf("%s%s", entry->xen->name,
			 menu_is_xsm(entry->variant) ? " (XSM enabled)" : "");
}

char *menu_title(const struct menu *menu, const struct menu_entry *entry)
{
	_cleanup_free_ char *os = os_name(menu->env);
	_cleanup_free_ char *xen = xen_name(entry);
	_cleanup_free_ char *title = mem_textf("%s, with Xen %s and Linux %s", os, xen,
					       entry->kernel->image->version);

	if (!menu_is_recovery(entry->variant))
		return TAKE_PTR(title);
	return mem_textf("%s (%s)", title, menu->env->recovery_title);
}

/* ---- lines of an entry ---- */

static void add_part(struct str *text, const char *arguments)
{
	if (*arguments) {
		str_add_char(text, ' ');
		menu_add_arguments(text, arguments);
	}
}

static bool is_sizing(const char *word, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizing); i++) {
		size_t name = strlen(sizing[i]);

		if (length >= name && strncmp(word, sizing[i], name) == 0 &&
		    (length == name || word[name] == '='))
			return true;
	}
	return false;
}

/* The words of the normal entries that say how large dom0 is. */
static void add_sizing(struct str *text, const char *arguments)
{
	while (*arguments) {
		size_t length = strcspn(arguments, " \t\n");

		if (is_sizing(arguments, length)) {
			_cleanup_free_ char *word = mem_text_part(arguments, length);

			add_part(text, word);
		}
		arguments += length;
		arguments += strspn(arguments, " \t\n");
	}
}

static void add_file(const struct writer *writer, const char *command, const char *path)
{
	_cleanup_free_ char *place = menu_path(writer->menu, path);

	indent(writer);
	str_addf(writer->text, "%s ", command);
	menu_add_word(writer->text, place);
}

static void add_echo(const struct writer *writer, const char *format, const char *name)
{
	_cleanup_free_ char *text = mem_textf("Loading %s %s ...", format, name);

	indent(writer);
	str_add(writer->text, "echo ");
	menu_add_quoted(writer->text, text);
	str_add_char(writer->text, '\n');
}

/* The script's lines, each with its tabs in front. */
static void add_prepare(const struct writer *writer, const char *script)
{
	const char *cursor = script, *at;
	size_t length;

	while (str_next_line(&cursor, &at, &length)) {
		indent(writer);
		str_add_bytes(writer->text, at, length);
		str_add_char(writer->text, '\n');
	}
}

/* The place holder stands for the name that GRUB does not tell. */
static void add_xen_args(const struct writer *writer, const struct menu_entry *entry)
{
	const struct menu_env *env = writer->menu->env;

	str_add(writer->text, " placeholder");
	add_part(writer->text, env->xen);
	if (menu_is_recovery(entry->variant))
		add_sizing(writer->text, env->xen_default);
	else
		add_part(writer->text, env->xen_default);
	if (menu_is_xsm(entry->variant))
		str_add(writer->text, " flask=enforcing");
}

static void add_hypervisor(const struct writer *writer, const struct menu_entry *entry)
{
	_cleanup_free_ char *load = mem_textf("if %s", entry->xen->loader->load);

	add_file(writer, load, entry->xen->image->path);
	add_xen_args(writer, entry);
	str_add(writer->text, " ${xen_rm_opts}; then\n");
}

static void add_kernel_args(const struct writer *writer, const struct menu_entry *entry)
{
	const struct menu_env *env = writer->menu->env;
	_cleanup_free_ char *root = menu_root(writer->menu, entry->kernel->initrd);
	const char *always = *env->replace ? env->replace : env->linux_always;
	const char *normal =
		*env->replace_default ? env->replace_default : env->linux_default;

	str_add(writer->text, " root=");
	menu_add_word(writer->text, root);
	str_add(writer->text, " ro");
	if (menu_is_recovery(entry->variant))
		add_part(writer->text, env->linux_recovery);
	if (strcmp(env->fs, "btrfs") == 0 && env->root_path[0] == '/' &&
	    env->root_path[1]) {
		str_add(writer->text, " rootflags=subvol=");
		menu_add_word(writer->text, env->root_path + 1);
	}
	add_part(writer->text, always);
	if (!menu_is_recovery(entry->variant)) {
		add_part(writer->text, normal);
		str_add(writer->text, " ${xenhost_trial_args}");
	}
	str_add_char(writer->text, '\n');
}

static void add_kernel(const struct writer *writer, const struct menu_entry *entry)
{
	add_file(writer, entry->xen->loader->add, entry->kernel->image->path);
	str_add(writer->text, " placeholder");
	add_kernel_args(writer, entry);
}

/* Xen takes the first module behind the kernel for dom0's initial ramdisk. */
static void add_modules(const struct writer *writer, const struct menu_entry *entry)
{
	const struct str_list *early = &writer->menu->early;
	_cleanup_free_ char *add = mem_textf("%s --nounzip", entry->xen->loader->add);

	if (entry->kernel->initrd || early->count)
		line(writer, "echo 'Loading initial ramdisk ...'");
	if (entry->kernel->initrd) {
		add_file(writer, add, entry->kernel->initrd);
		str_add_char(writer->text, '\n');
	}
	for (size_t i = 0; i < early->count; i++) {
		add_file(writer, add, early->item[i]);
		str_add_char(writer->text, '\n');
	}
	if (menu_is_xsm(entry->variant)) {
		line(writer, "echo 'Loading XSM policy ...'");
		add_file(writer, entry->xen->loader->add, entry->xen->policy);
		str_add_char(writer->text, '\n');
	}
}

/*
 * A hypervisor on trial that cannot be loaded starts the machine again, into the default:
 * GRUB itself would show the menu and wait for a key.
 */
static void add_failure(const struct writer *writer)
{
	line(writer, "elif [ -n \"${xenhost_trial_args}\" ]; then");
	line(writer, "\treboot");
	line(writer, "fi");
}

/*
 * xen.efi is told its own name, the section of its file and, behind "--", arguments, which
 * are those of dom0 behind another "--" (Xen's docs/misc/efi.pandoc and
 * xen-command-line.pandoc). So the file only names files, and the entry has everything that
 * a trial changes and a last good boot keeps; GRUB fills in variables as for multiboot.
 */
static void add_chain(struct writer *writer, const struct menu_entry *entry)
{
	const char *efi = entry->xen->efi;
	_cleanup_free_ char *xen = xen_name(entry);
	size_t start;

	line(writer, "if [ \"$grub_platform\" = \"efi\" ]; then");
	writer->depth++;
	add_prepare(writer, writer->menu->env->esp_prepare);
	line(writer, "insmod chain");
	add_echo(writer, "Xen", xen);
	indent(writer);
	str_addf(writer->text, "if chainloader " ESP_PATH "/%s %s %s --", efi, efi,
		 entry->section);
	start = writer->text->length;
	add_xen_args(writer, entry);
	/* An administrator's own are dom0's already. */
	if (!strstr(str_text(writer->text) + start, " -- "))
		str_add(writer->text, " --");
	add_kernel_args(writer, entry);
	line(writer, "then");
	line(writer, "\ttrue");
	add_failure(writer);
	writer->depth--;
	line(writer, "else");
}

/*
 * The firmware's services that Xen uses are not there on all platforms: as in GRUB's script,
 * the menu asks, and it also serves a machine that starts now this way, now that.
 */
static void add_multiboot(struct writer *writer, const struct menu_entry *entry)
{
	_cleanup_free_ char *xen = xen_name(entry);

	add_prepare(writer, writer->menu->env->prepare);
	line(writer, "insmod gzio");
	indent(writer);
	str_addf(writer->text, "insmod %s\n", entry->xen->loader->module);
	line(writer,
	     "if [ \"$grub_platform\" = \"pc\" -o \"$grub_platform\" = \"\" ]; then");
	line(writer, "\txen_rm_opts=");
	line(writer, "else");
	line(writer, "\txen_rm_opts=\"no-real-mode edd=off\"");
	line(writer, "fi");
	add_echo(writer, "Xen", xen);
	add_hypervisor(writer, entry);
	writer->depth++;
	add_echo(writer, "Linux", entry->kernel->image->version);
	add_kernel(writer, entry);
	add_modules(writer, entry);
	writer->depth--;
	add_failure(writer);
}

static void add_body(struct writer *writer, const struct menu_entry *entry)
{
	writer->depth++;
	if (strcmp(writer->menu->env->save_default, "true") == 0 &&
	    !menu_is_recovery(entry->variant))
		line(writer, "savedefault");
	if (entry->section) {
		add_chain(writer, entry);
		writer->depth++;
	}
	add_multiboot(writer, entry);
	if (entry->section) {
		writer->depth--;
		line(writer, "fi");
	}
	writer->depth--;
}

/* ---- the menu ---- */

static void add_head(const struct writer *writer, const char *command, const char *title,
		     bool has_classes, const char *id)
{
	indent(writer);
	str_addf(writer->text, "%s ", command);
	menu_add_quoted(writer->text, title);
	if (has_classes)
		add_classes(writer);
	str_add(writer->text, " $menuentry_id_option ");
	menu_add_quoted(writer->text, id);
	str_add(writer->text, " {\n");
}

static void add_entry(struct writer *writer, const struct menu_entry *entry,
		      const char *title, const char *id)
{
	add_head(writer, "menuentry", title, true, id);
	add_body(writer, entry);
	line(writer, "}");
}

static void add_entries_of(struct writer *writer, const struct menu_xen *xen)
{
	const struct menu *menu = writer->menu;

	for (size_t i = 0; i < menu->entry_count; i++) {
		_cleanup_free_ char *title = NULL;

		if (menu->entry[i].xen != xen)
			continue;
		title = menu_title(menu, &menu->entry[i]);
		add_entry(writer, &menu->entry[i], title, menu->entry[i].id);
	}
}

static bool has_entries(const struct menu *menu, const struct menu_xen *xen)
{
	for (size_t i = 0; i < menu->entry_count; i++)
		if (menu->entry[i].xen == xen)
			return true;
	return false;
}

static void add_submenus(struct writer *writer, const char *os)
{
	const struct menu *menu = writer->menu;
	_cleanup_free_ char *title =
		mem_textf("Advanced options for %s (with Xen hypervisor)", os);
	_cleanup_free_ char *id = mem_textf("xen-advanced-%s", menu->uuid);

	add_head(writer, "submenu", title, false, id);
	writer->depth++;
	for (size_t i = 0; i < menu->xen_count; i++) {
		const struct menu_xen *xen = &menu->xen[i];
		_cleanup_free_ char *name =
			mem_textf("Xen hypervisor, version %s", xen->name);

		if (!has_entries(menu, xen))
			continue;
		add_head(writer, "submenu", name, false, xen->id);
		writer->depth++;
		add_entries_of(writer, xen);
		writer->depth--;
		line(writer, "}");
	}
	writer->depth--;
	line(writer, "}");
}

bool menu_is_flat(const struct menu_env *env)
{
	static const char *const words[] = {"y", "yes", "true"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(env->disable_submenu, words[i]) == 0)
			return true;
	return false;
}

void menu_write(const struct menu *menu, struct str *text)
{
	struct writer writer = {.menu = menu, .text = text};
	_cleanup_free_ char *os = os_name(menu->env);
	_cleanup_free_ char *title = simple_title(menu->env, os);

	if (menu->entry_count == 0)
		return;
	add_entry(&writer, &menu->entry[0], title, "xen");
	if (!menu_is_flat(menu->env)) {
		add_submenus(&writer, os);
		return;
	}
	for (size_t i = 0; i < menu->xen_count; i++)
		add_entries_of(&writer, &menu->xen[i]);
}
