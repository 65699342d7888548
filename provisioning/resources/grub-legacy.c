/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB Legacy's entries for Xen, before those of the administrator in menu.lst. */
#include <errno.h>
#include <string.h>

#include "host/menulst.h"
#include "resources/grub.h"
#include "resources/resources.h"

#define NAME_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.+~"

/* What all our entries have, and where it comes from: an entry that boots. */
struct model {
	char *root;	 /* "root (hd0,5)" */
	char *directory; /* of kernels, as GRUB sees it: "/boot/" or "/" */
	char *args;	 /* dom0's */
};

static void model_clear(struct model *model)
{
	mem_free_ref(&model->root);
	mem_free_ref(&model->directory);
	mem_free_ref(&model->args);
}

static const char *menu_path(const struct planner *planner)
{
	return planner_has(planner, "boot/grub/menu.lst") ? "boot/grub/menu.lst"
							  : "boot/grub/grub.conf";
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_xen(const struct menulst_stanza *stanza)
{
	return stanza->kernel && str_starts(base_name(stanza->kernel), "xen");
}

/*
 * Of an entry with a kernel that is told its root file system: neither memtest nor a
 * chain loader. -ENOENT if it is none.
 */
static int read_model(const struct menulst_stanza *stanza, struct model *ret_model)
{
	const char *path = stanza->kernel, *args = stanza->kernel_args, *end;
	_cleanup_(model_clear) struct model model = {0};

	if (is_xen(stanza) && stanza->modules.count) {
		path = stanza->modules.item[0];
		args = path + strcspn(path, " \t");
		args += strspn(args, " \t");
	}
	if (!path || !strstr(args, "root="))
		return -ENOENT;
	if (*path == '(') {
		end = strchr(path, ')');
		if (!end || end > path + strcspn(path, " \t"))
			return -ENOENT;
		model.root = mem_textf("root %.*s", (int)(end + 1 - path), path);
		path = end + 1;
	} else if (stanza->root) {
		model.root = mem_text(stanza->root);
	}
	end = path + strcspn(path, " \t");
	while (end > path && end[-1] != '/')
		end--;
	if (!model.root || *path != '/')
		return -ENOENT;
	model.directory = mem_text_part(path, (size_t)(end - path));
	model.args = mem_text(args);
	ret_model->root = TAKE_PTR(model.root);
	ret_model->directory = TAKE_PTR(model.directory);
	ret_model->args = TAKE_PTR(model.args);
	return 0;
}

/* The entry that starts now, of the menu's own; SIZE_MAX: what was started last. */
static size_t own_default(const struct menulst *menu)
{
	uint64_t number;

	if (menu->default_entry && str_starts(menu->default_entry, "saved"))
		return SIZE_MAX;
	if (!menu->default_entry || !str_to_number(menu->default_entry, 9999, &number))
		return 0;
	return (size_t)number;
}

/* The default if it is Linux without Xen, else the first that is. */
static size_t linux_entry(const struct menulst *menu)
{
	size_t own = own_default(menu);
	_cleanup_(model_clear) struct model model = {0};

	if (own < menu->count && !is_xen(&menu->stanza[own]))
		return own;
	for (size_t i = 0; i < menu->count; i++)
		if (!is_xen(&menu->stanza[i]) &&
		    read_model(&menu->stanza[i], &model) == 0)
			return i;
	return 0;
}

static int find_model(const struct menulst *menu, struct model *model)
{
	size_t first = linux_entry(menu);

	if (first < menu->count && read_model(&menu->stanza[first], model) == 0)
		return 0;
	for (size_t i = 0; i < menu->count; i++)
		if (read_model(&menu->stanza[i], model) == 0)
			return 0;
	return -ENOENT;
}

/* ---- files ---- */

/* GRUB Legacy has no quotes. */
static bool is_plain(const char *path)
{
	const char *name = base_name(path);

	return *name && !name[strspn(name, NAME_BYTES)];
}

/* The newest of a kind: README.SUSE calls the debug hypervisor xen-dbg.gz. */
static const struct facts_hypervisor *find_hypervisor(const struct facts *facts,
						      bool is_debug)
{
	for (size_t i = 0; i < facts->boot.hypervisor_count; i++) {
		const struct facts_hypervisor *hypervisor = &facts->boot.hypervisor[i];

		if (strcmp(hypervisor->format, "efi") != 0 &&
		    is_plain(hypervisor->path) &&
		    (strstr(base_name(hypervisor->path), "dbg") != NULL) == is_debug)
			return hypervisor;
	}
	return NULL;
}

static const struct facts_kernel *find_kernel(const struct facts *facts)
{
	for (size_t i = 0; i < facts->boot.kernel_count; i++)
		if (facts->boot.kernel[i].can_dom0 == FACTS_YES &&
		    is_plain(facts->boot.kernel[i].path))
			return &facts->boot.kernel[i];
	return NULL;
}

static char *find_initrd(const struct planner *planner, const struct model *model,
			 const char *version)
{
	static const char *const forms[][2] = {{"initrd.img-", ""},
					       {"initrd-", ""},
					       {"initrd-", ".img"},
					       {"initramfs-", ".img"}};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		_cleanup_free_ char *name =
			mem_textf("%s%s%s", forms[i][0], version, forms[i][1]);
		_cleanup_free_ char *path = mem_textf("boot/%s", name);

		if (planner_has(planner, path))
			return mem_textf("%s%s", model->directory, name);
	}
	return NULL;
}

/* ---- entries ---- */

static void add_words(struct str *text, const struct wishes *wishes)
{
	for (size_t i = 0; i < wishes->count; i++)
		str_addf(text, "%s%s", text->length ? " " : "", wishes->item[i].text);
}

/* What all entries are made of. */
struct parts {
	const struct model *model;
	const struct facts_kernel *kernel;
	const char *initrd; /* or NULL */
};

static void add_entry(struct planner *planner, const struct parts *parts,
		      const struct facts_hypervisor *hypervisor, bool is_recovery,
		      struct str *block)
{
	bool is_debug = strstr(base_name(hypervisor->path), "dbg") != NULL;
	_cleanup_free_ char *title = mem_textf(
		"Xen %s, Linux %s%s", *hypervisor->version ? hypervisor->version : "4",
		parts->kernel->version, is_recovery ? " (recovery)" : "");
	_cleanup_free_ char *xen =
		mem_textf("%s%s", parts->model->directory, base_name(hypervisor->path));
	_cleanup_free_ char *kernel = mem_textf("%s%s", parts->model->directory,
						base_name(parts->kernel->path));
	_cleanup_str_ struct str xen_args = {0}, args = {0};

	add_words(&xen_args, &planner->line[LINE_XEN]);
	if (!is_recovery)
		add_words(&xen_args, &planner->line[LINE_XEN_DEFAULT]);
	/* README.SUSE: "To something like this: kernel (hd0,5)/xen-dbg.gz noreboot" */
	if (is_debug && !planner->desc->xen.noreboot.entry)
		str_addf(&xen_args, "%snoreboot", xen_args.length ? " " : "");
	str_add(&args, parts->model->args);
	add_words(&args, &planner->line[LINE_DOM0]);
	if (is_recovery)
		str_add(&args, " single");
	str_add_char(block, '\n');
	menulst_write(&(struct menulst_entry){.title = title,
					      .root = parts->model->root,
					      .hypervisor = xen,
					      .hypervisor_args = str_text(&xen_args),
					      .kernel = kernel,
					      .kernel_args = str_text(&args),
					      .initrd = parts->initrd},
		      block);
}

/* The entries in order, and how many they are. */
static size_t add_entries(struct planner *planner, const struct parts *parts,
			  struct str *block)
{
	const struct facts *facts = planner->facts;
	const struct facts_hypervisor *release = find_hypervisor(facts, false),
				      *debug = find_hypervisor(facts, true);
	bool is_debug_first = planner->desc->xen.flavour.value == DESC_DEBUG;
	size_t count = 0;

	if (is_debug_first && !debug)
		planner_warn(planner, "there is no debug hypervisor in /boot: install it "
				      "and apply again");
	if (debug && is_debug_first) {
		add_entry(planner, parts, debug, false, block);
		count++;
	}
	if (release) {
		add_entry(planner, parts, release, false, block);
		add_entry(planner, parts, release, true, block);
		count += 2;
	}
	if (debug && !is_debug_first) {
		add_entry(planner, parts, debug, false, block);
		count++;
	}
	str_add_char(block, '\n');
	return count;
}

/* ---- what is before the entries ---- */

/* The menu's own fallback, whose numbers our entries move. */
static void add_moved(struct str *block, const char *numbers, size_t by)
{
	str_add(block, "fallback");
	while (*numbers) {
		size_t length = strcspn(numbers, " \t");
		_cleanup_free_ char *word = mem_text_part(numbers, length);
		uint64_t number;

		if (str_to_number(word, 9999, &number))
			str_addf(block, " %zu", (size_t)number + by);
		numbers += length;
		numbers += strspn(numbers, " \t");
	}
	str_add_char(block, '\n');
}

static int add_default(struct planner *planner, const struct menulst *menu, size_t count,
		       struct str *block, struct err *err)
{
	const struct desc_choice *choice = &planner->desc->boot.default_entry;

	switch ((enum desc_boot_default)choice->value) {
	case DESC_DEFAULT_XEN:
		/* What is started if Xen cannot be loaded. */
		str_addf(block, "default 0\nfallback %zu\n", count + linux_entry(menu));
		return 0;
	case DESC_DEFAULT_LINUX:
		str_addf(block, "default %zu\n", count + linux_entry(menu));
		break;
	case DESC_DEFAULT_KEEP:
		if (own_default(menu) == SIZE_MAX)
			return desc_refuse(planner->desc, choice->entry, 0, err,
					   "'default saved' of GRUB Legacy keeps a "
					   "number, which the entries for Xen move");
		str_addf(block, "default %zu\n", count + own_default(menu));
		break;
	}
	if (menu->fallback)
		add_moved(block, menu->fallback, count);
	return 0;
}

/* GRUB 2's words for it are nearly these. */
static void add_consoles(const struct planner *planner, struct str *block)
{
	for (size_t i = 0; i < planner->grub.count; i++) {
		const char *wish = planner->grub.item[i].text;
		const char *value = strchr(wish, '=') + 1;

		if (str_starts(wish, "GRUB_TIMEOUT="))
			str_addf(block, "timeout %s\n", value);
		else if (str_starts(wish, "GRUB_SERIAL_COMMAND="))
			str_addf(block, "%s\n", value);
		else if (str_starts(wish, "GRUB_TERMINAL="))
			str_addf(block, "terminal %s%s\n",
				 strchr(value, ' ') ? "--timeout=5 " : "", value);
	}
}

/* ---- all of it ---- */

static void warn_of_linux(struct planner *planner)
{
	_cleanup_str_ struct str words = {0};

	add_words(&words, &planner->line[LINE_LINUX]);
	if (words.length)
		planner_warn(planner,
			     "'%s' has the administrator's own entries without Xen: add "
			     "'%s' to their kernel lines",
			     menu_path(planner), words.text);
}

/* The block, or nothing where there is nothing to boot. */
static int make_block(struct planner *planner, const struct menulst *menu,
		      struct str *block, struct err *err)
{
	_cleanup_(model_clear) struct model model = {0};
	_cleanup_str_ struct str entries = {0};
	_cleanup_free_ char *initrd = NULL;
	struct parts parts = {.model = &model, .kernel = find_kernel(planner->facts)};
	size_t count;
	int rc;

	if (!find_hypervisor(planner->facts, false) &&
	    !find_hypervisor(planner->facts, true)) {
		planner_warn(planner, "there is no hypervisor in /boot: install one and "
				      "apply again");
		return 0;
	}
	if (!parts.kernel) {
		planner_warn(planner, "there is no kernel in /boot that can be dom0's");
		return 0;
	}
	if (find_model(menu, &model) < 0)
		return err_say(err, ENOENT,
			       "'%s' has no entry of Linux to take GRUB's name of the "
			       "disk from",
			       menu_path(planner));
	initrd = find_initrd(planner, &model, parts.kernel->version);
	parts.initrd = initrd;
	count = add_entries(planner, &parts, &entries);
	rc = add_default(planner, menu, count, block, err);
	if (rc < 0)
		return rc;
	add_consoles(planner, block);
	str_add(block, entries.text);
	warn_of_linux(planner);
	return 0;
}

int grub_legacy_plan(struct planner *planner, struct err *err)
{
	_cleanup_str_ struct str text = {0}, own = {0}, block = {0}, whole = {0};
	const char *path = menu_path(planner);
	_cleanup_menulst_ struct menulst menu = {0};
	int rc = planner_read(planner, path, &text, err);

	if (rc < 0)
		return rc;
	rc = menulst_remove_block(str_text(&text), &own, err);
	if (rc < 0)
		return err_wrap(err, "'%s'", path);
	menulst_parse(str_text(&own), &menu);
	rc = make_block(planner, &menu, &block, err);
	if (rc < 0)
		return rc;
	if (!block.length)
		return planner_write(planner, &resource_grub, path, str_text(&own),
				     COMMAND_NONE, err);
	rc = menulst_add_block(str_text(&own), block.text, &whole, err);
	if (rc < 0)
		return err_wrap(err, "'%s'", path);
	return planner_write(planner, &resource_grub, path, whole.text, COMMAND_NONE,
			     err);
}
