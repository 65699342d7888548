/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's menu as GRUB itself would have it after running grub.cfg: entries and default. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "boot/grub-run.h"

#define CONFIG_MAX (16 << 20)
#define SUBMENU_DEPTH_MAX 16

/* In the measure of grub_spend(): for each byte of the text, and at least and at most. */
#define WORK_BYTE 1024
#define WORK_MIN ((size_t)8 << 20)
#define WORK_MAX ((size_t)256 << 20)

/* What a run of the file has come to. */
struct outcome {
	struct grub_menu menu;
	size_t start;	    /* what starts by itself */
	bool is_lost;	    /* its name named nothing */
	struct grubenv env; /* after it was started */
};

static char *copy_or_null(const char *text)
{
	return text ? mem_text(text) : NULL;
}

/* ---- before and after the file ---- */

/* The variables that GRUB has before it reads the file. */
static void set_first(struct grub_machine *machine)
{
	static const char *const features[] = {
		"feature_chainloader_bpb",	"feature_ntldr",
		"feature_platform_search_hint", "feature_default_font_path",
		"feature_all_video_module",	"feature_menuentry_id",
		"feature_menuentry_options",	"feature_200_final",
		"feature_nativedisk_cmd",	"feature_timeout_style",
	};
	_cleanup_free_ char *prefix = mem_textf("(hd0)/%s", machine->directory);
	const char *const others[][2] = {
		{"grub_platform", machine->platform->platform},
		{"grub_cpu", machine->platform->cpu},
		{"root", "hd0"},
		{"prefix", prefix},
		{"config_directory", prefix},
	};

	for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
		grub_set(machine, features[i], "y");
		grub_export(machine, features[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		grub_set(machine, others[i][0], others[i][1]);
		grub_export(machine, others[i][0]);
	}
}

static void keep_outcome(struct grub_machine *machine, struct grub_raw_menu *menu)
{
	menu->default_text = copy_or_null(grub_get(machine, "default"));
	menu->fallback_text = copy_or_null(grub_get(machine, "fallback"));
}

static void raw_menu_free(struct grub_raw_menu *menu)
{
	if (!menu)
		return;
	for (size_t i = 0; i < menu->count; i++) {
		str_list_clear(&menu->item[i].args);
		free(menu->item[i].id);
		raw_menu_free(menu->item[i].menu);
	}
	free(menu->item);
	free(menu->default_text);
	free(menu->fallback_text);
	free(menu);
}

/* ---- bodies ---- */

/* A layer of variables for a body, with those that GRUB sets there. */
static void open_body(struct grub_machine *machine, const struct grub_raw_entry *raw,
		      struct grub_context *context)
{
	const char *outer = grub_get(machine, "chosen");
	const char *name = grub_get(machine, "default");
	_cleanup_free_ char *rest = name ? copy_or_null(grub_next_part(name)) : NULL;
	_cleanup_str_ struct str chosen = {0};

	if (outer)
		str_addf(&chosen, "%s>", outer);
	grub_add_name(&chosen, raw->id ? raw->id : raw->args.item[0]);
	grub_context_push(machine, raw->is_submenu, context);
	grub_set(machine, "chosen", str_text(&chosen));
	grub_export(machine, "chosen");
	grub_set(machine, "default", rest);
	if (raw->is_submenu)
		grub_set(machine, "timeout", "0");
}

/* Adds its entries to `menu` (NULL: it adds none), and what it loads to `subject`. */
static void run_body(struct grub_machine *machine, const struct grub_raw_entry *raw,
		     struct grub_raw_menu *menu, struct grub_entry *subject)
{
	struct grub_raw_menu *outer = machine->menu;
	size_t functions = machine->function_count;

	machine->depth = 0;
	machine->breaks = 0;
	machine->menu = menu;
	machine->subject = subject;
	(void)!grub_run_scope(machine, raw->body, &raw->args);
	machine->subject = NULL;
	machine->menu = outer;
	machine->function_count = functions;
}

static size_t add_entry(struct grub_menu *menu, const struct grub_raw_entry *raw,
			size_t parent, size_t place)
{
	struct grub_entry entry = {
		.title = mem_text(raw->args.item[0]),
		.id = copy_or_null(raw->id),
		.parent = parent,
		.kind = raw->is_submenu ? GRUB_SUBMENU : GRUB_OTHER,
		.text = mem_text_part(raw->start, (size_t)(raw->end - raw->start)),
	};

	entry.number = parent == GRUB_NONE
			       ? mem_textf("%zu", place)
			       : mem_textf("%s>%zu", menu->entry[parent].number, place);
	menu->entry = mem_grow(menu->entry, menu->count, sizeof(*menu->entry));
	menu->entry[menu->count] = entry;
	return menu->count++;
}

/* Runs the body of each entry of a menu as if it were chosen, without saving anything. */
static void run_bodies(struct grub_machine *machine, struct grub_raw_menu *raw_menu,
		       size_t parent, size_t depth, struct grub_menu *menu)
{
	if (depth > SUBMENU_DEPTH_MAX && machine->rc == 0)
		machine->rc = err_say(machine->err, ELOOP, "too many levels of submenus");
	for (size_t i = 0; i < raw_menu->count && machine->rc == 0; i++) {
		struct grub_raw_entry *raw = &raw_menu->item[i];
		size_t index = add_entry(menu, raw, parent, i);
		struct grub_context context;

		grub_spend(machine, strlen(menu->entry[index].text));
		open_body(machine, raw, &context);
		if (raw->is_submenu) {
			raw->menu = mem_alloc(sizeof(*raw->menu));
			run_body(machine, raw, raw->menu, NULL);
			keep_outcome(machine, raw->menu);
			run_bodies(machine, raw->menu, index, depth + 1, menu);
		} else {
			run_body(machine, raw, NULL, &menu->entry[index]);
		}
		grub_context_pop(machine);
	}
}

/* Starts one entry: what it, and the submenus it is in, save is saved. */
static void start_entry(struct grub_machine *machine, struct grub_raw_menu *raw_menu,
			const struct grub_menu *menu, size_t index)
{
	size_t chain[SUBMENU_DEPTH_MAX + 2], count = 0;

	for (; index != GRUB_NONE; index = menu->entry[index].parent)
		chain[count++] = index;
	for (size_t i = count; i-- > 0;) {
		const char *number = strrchr(menu->entry[chain[i]].number, '>');
		unsigned long place = 0;
		const struct grub_raw_entry *raw;
		struct grub_context *context = mem_alloc(sizeof(*context));
		struct grub_raw_menu *again = mem_alloc(sizeof(*again));

		(void)grub_number(number ? number + 1 : menu->entry[chain[i]].number,
				  &place, NULL);
		raw = &raw_menu->item[place];
		open_body(machine, raw, context);
		run_body(machine, raw, raw->is_submenu ? again : NULL, NULL);
		raw_menu_free(again);
		raw_menu = raw->menu;
	}
	while (count-- > 0) {
		struct grub_context *context = machine->context;

		grub_context_pop(machine);
		free(context);
	}
}

/* ---- the outcome ---- */

static size_t first_in(const struct grub_menu *menu, size_t parent)
{
	size_t first = parent == GRUB_NONE ? 0 : parent + 1;

	return first < menu->count && menu->entry[first].parent == parent ? first
									  : GRUB_NONE;
}

/* What a menu starts by itself: the entry that its default names, or the first one. */
static size_t resolve(const struct grub_menu *menu, const struct grub_raw_menu *raw_menu,
		      size_t parent, const char *name, bool *ret_is_lost)
{
	size_t found = name && *name ? grub_find_in(menu, parent, name) : GRUB_NONE;
	const char *last;
	const struct grub_raw_menu *inner;
	unsigned long place = 0;

	if (found == GRUB_NONE) {
		*ret_is_lost = *ret_is_lost || (name && *name);
		found = first_in(menu, parent);
	}
	if (found == GRUB_NONE || menu->entry[found].kind != GRUB_SUBMENU ||
	    first_in(menu, found) == GRUB_NONE)
		return found;
	last = strrchr(menu->entry[found].number, '>');
	(void)grub_number(last ? last + 1 : menu->entry[found].number, &place, NULL);
	inner = raw_menu->item[place].menu;
	return resolve(menu, inner, found, inner->default_text, ret_is_lost);
}

/* The first number in $fallback, of the top menu, whatever submenu the failed one is in. */
static size_t resolve_fallback(const struct grub_menu *menu,
			       const struct grub_raw_menu *raw_menu)
{
	_cleanup_free_ char *name = NULL;
	unsigned long number;
	bool is_lost = false;

	if (!raw_menu->fallback_text ||
	    !grub_number(raw_menu->fallback_text, &number, NULL))
		return GRUB_NONE;
	name = mem_textf("%lu", number);
	if (grub_find_in(menu, GRUB_NONE, name) == GRUB_NONE)
		return GRUB_NONE;
	return resolve(menu, raw_menu, GRUB_NONE, name, &is_lost);
}

static long read_timeout(const char *text)
{
	unsigned long number;

	return text && grub_number(text, &number, NULL) ? (long)(int)number : -1;
}

static void machine_clear(struct grub_machine *machine)
{
	for (size_t i = 0; i < machine->script_count; i++) {
		grub_script_clear(machine->script[i]);
		free(machine->script[i]);
	}
	free(machine->script);
	free(machine->function);
	grubenv_clear(&machine->env);
}

static void finish(struct grub_machine *machine, struct grub_raw_menu *raw_menu,
		   struct outcome *outcome)
{
	struct grub_menu *menu = &outcome->menu;

	keep_outcome(machine, raw_menu);
	menu->timeout = read_timeout(grub_get(machine, "timeout"));
	machine->saves_nothing = true;
	run_bodies(machine, raw_menu, GRUB_NONE, 0, menu);
	if (machine->rc < 0)
		return;
	grub_set_paths(menu);
	menu->default_text = copy_or_null(raw_menu->default_text);
	menu->fallback_text = copy_or_null(raw_menu->fallback_text);
	menu->fallback = resolve_fallback(menu, raw_menu);
	outcome->start =
		resolve(menu, raw_menu, GRUB_NONE, menu->default_text, &outcome->is_lost);
	machine->saves_nothing = false;
	start_entry(machine, raw_menu, menu, outcome->start);
}

static void outcome_clear(struct outcome *outcome)
{
	grub_menu_clear(&outcome->menu);
	grubenv_clear(&outcome->env);
}

/* One start of GRUB. The outcome is to be cleared, whatever is returned. */
static int run_file(const char *file, const char *text, size_t length,
		    const struct grubenv *env, const struct grub_platform *platform,
		    struct outcome *outcome, struct err *err)
{
	const char *slash = strrchr(file, '/');
	_cleanup_free_ char *directory =
		slash ? mem_text_part(file, (size_t)(slash - file)) : mem_text("");
	struct grub_raw_menu *raw_menu = mem_alloc(sizeof(*raw_menu));
	_cleanup_err_ struct err cause = {0};
	_cleanup_(machine_clear) struct grub_machine machine = {
		.platform = platform,
		.directory = directory,
		.menu = raw_menu,
		.work_max = WORK_MIN + length * WORK_BYTE,
		.err = &cause,
	};
	struct grub_context context;

	if (machine.work_max > WORK_MAX)
		machine.work_max = WORK_MAX;
	grubenv_copy(env, &machine.env);
	grub_context_push(&machine, false, &context);
	set_first(&machine);
	(void)!grub_run_text(&machine, file, text, length);
	if (machine.rc == 0)
		finish(&machine, raw_menu, outcome);
	grub_context_pop(&machine);
	raw_menu_free(raw_menu);
	outcome->env = machine.env;
	machine.env = (struct grubenv){0};
	if (machine.rc == -ELOOP)
		return err_say(err, ELOOP, "%s: %s", file, cause.text);
	return machine.rc < 0 ? err_say(err, -machine.rc, "%s", cause.text) : 0;
}

/* The same entry in the menu of another run. */
static size_t same_entry(const struct grub_menu *menu, const struct grub_menu *other,
			 size_t index)
{
	if (index >= other->count)
		return GRUB_NONE;
	for (size_t i = 0; i < menu->count; i++)
		if (strcmp(menu->entry[i].number, other->entry[index].number) == 0 &&
		    strcmp(menu->entry[i].title, other->entry[index].title) == 0)
			return i;
	return GRUB_NONE;
}

int grub_menu_parse(const char *file, const char *text, size_t length,
		    const struct grubenv *env, const struct grub_platform *platform,
		    struct grub_menu *ret_menu, struct err *err)
{
	static const struct grubenv none;
	_cleanup_(outcome_clear) struct outcome now = {0}, then = {0};
	struct grub_menu *menu = &now.menu;
	const char *next = grubenv_get(env ? env : &none, "next_entry");
	int rc = run_file(file, text, length, env ? env : &none, platform, &now, err);

	if (rc == 0)
		rc = run_file(file, text, length, &now.env, platform, &then, err);
	if (rc < 0)
		return rc;
	menu->chosen = now.start;
	menu->is_chosen_lost = now.is_lost;
	menu->standing = same_entry(menu, &then.menu, then.start);
	menu->is_standing_lost = then.is_lost;
	menu->next_text = next && *next ? mem_text(next) : NULL;
	menu->is_once = menu->next_text && str_same(menu->default_text, next) &&
			!str_same(grubenv_get(&now.env, "next_entry"), next);
	free(menu->default_text);
	menu->default_text = TAKE_PTR(then.menu.default_text);
	*ret_menu = *menu;
	*menu = (struct grub_menu){0};
	return 0;
}

/* ---- of a system ---- */

static const char *const directories[] = {"boot/grub", "boot/grub2"};
static const char *const configs[] = {"boot/grub/grub.cfg", "boot/grub2/grub.cfg"};
static const char *const blocks[] = {"boot/grub/grubenv", "boot/grub2/grubenv"};

/* The place in the arrays above: where the menu is, or else where GRUB is. */
static size_t find_directory(const struct fs *fs, const char *const *paths)
{
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		if (fs_exists(fs, paths[i]))
			return i;
	return ARRAY_SIZE(directories);
}

const char *grub_menu_config_path(const struct fs *fs)
{
	size_t place = find_directory(fs, configs);

	return place < ARRAY_SIZE(configs) ? configs[place] : NULL;
}

const char *grub_menu_env_path(const struct fs *fs)
{
	size_t place = find_directory(fs, configs);

	if (place == ARRAY_SIZE(configs))
		place = find_directory(fs, directories);
	return blocks[place < ARRAY_SIZE(blocks) ? place : 0];
}

int grub_menu_read(const struct fs *fs, const char *firmware, struct grub_menu *ret_menu,
		   struct err *err)
{
	_cleanup_grubenv_ struct grubenv env = {0};

	/* GRUB goes on without a block that it cannot read. */
	if (grubenv_read(fs, grub_menu_env_path(fs), &env, NULL) < 0)
		env = (struct grubenv){0};
	return grub_menu_read_with(fs, firmware, &env, ret_menu, err);
}

int grub_menu_read_with(const struct fs *fs, const char *firmware,
			const struct grubenv *env, struct grub_menu *ret_menu,
			struct err *err)
{
	bool is_efi = str_same(firmware, "uefi");
	const struct grub_platform platform = {
		.platform = is_efi ? "efi" : "pc",
		.cpu = is_efi ? "x86_64" : "i386",
		.fs = fs,
	};
	const char *path = grub_menu_config_path(fs);
	_cleanup_str_ struct str text = {0};
	int rc;

	if (!path)
		return err_say(err, ENOENT, "there is no GRUB menu");
	rc = fs_read(fs, path, CONFIG_MAX, &text, err);
	return rc < 0 ? rc
		      : grub_menu_parse(path, str_text(&text), text.length, env,
					&platform, ret_menu, err);
}

static void entry_clear(struct grub_entry *entry)
{
	free(entry->title);
	free(entry->id);
	free(entry->path);
	free(entry->number);
	free(entry->text);
	free(entry->hypervisor);
	free(entry->hypervisor_args);
	free(entry->kernel);
	free(entry->kernel_args);
	str_list_clear(&entry->modules);
}

void grub_menu_clear(struct grub_menu *menu)
{
	if (!menu)
		return;
	for (size_t i = 0; i < menu->count; i++)
		entry_clear(&menu->entry[i]);
	free(menu->entry);
	free(menu->default_text);
	free(menu->next_text);
	free(menu->fallback_text);
	*menu = (struct grub_menu){0};
}
