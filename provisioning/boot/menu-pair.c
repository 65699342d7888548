/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries: which hypervisor starts which kernel how, and the id of each. */
#include <stdlib.h>
#include <string.h>

#include "boot/menu-parts.h"
#include "host/pair.h"

bool menu_is_recovery(enum menu_variant variant)
{
	return variant == MENU_RECOVERY || variant == MENU_XSM_RECOVERY;
}

bool menu_is_xsm(enum menu_variant variant)
{
	return variant == MENU_XSM || variant == MENU_XSM_RECOVERY;
}

/* Why they do not go together; NULL if they do, or nobody knows. */
static char *pair_reason(const struct image_hypervisor *xen,
			 const struct image_kernel *kernel)
{
	/* "dbg-4.20": flavours may stand in front. */
	const char *version = xen->version + strcspn(xen->version, "0123456789");
	struct xen_branch branch;

	if (!kernel->compression)
		return kernel->is_packed ? mem_text("compressed in a way that Xen does "
						    "not know")
					 : NULL;
	if (!pair_branch(version, &branch) || pair_unpacks(branch, kernel->compression))
		return NULL;
	return mem_textf("compressed with %s, which Xen %u.%u cannot unpack",
			 kernel->compression, branch.major, branch.minor);
}

static void add_entry(struct menu *menu, const struct menu_xen *xen,
		      const struct menu_linux *kernel, enum menu_variant variant)
{
	static const char *const names[] = {"normal", "xsm", "recovery", "xsm-recovery"};

	menu->entry = mem_grow(menu->entry, menu->entry_count, sizeof(*menu->entry));
	menu->entry[menu->entry_count++] = (struct menu_entry){
		.xen = xen,
		.kernel = kernel,
		.variant = variant,
		.id = mem_textf("xen-%s-%s-%s-%s", xen->name, kernel->image->version,
				names[variant], menu->uuid),
	};
}

static void add_pair(struct menu *menu, const struct menu_xen *xen,
		     const struct menu_linux *kernel)
{
	bool has_recovery = strcmp(menu->env->disable_recovery, "true") != 0;
	_cleanup_free_ char *reason = pair_reason(xen->image, kernel->image);

	if (reason) {
		menu_note(menu, kernel->image->path, "%s", reason);
		return;
	}
	add_entry(menu, xen, kernel, MENU_NORMAL);
	if (xen->policy)
		add_entry(menu, xen, kernel, MENU_XSM);
	if (has_recovery)
		add_entry(menu, xen, kernel, MENU_RECOVERY);
	if (has_recovery && xen->policy)
		add_entry(menu, xen, kernel, MENU_XSM_RECOVERY);
}

/* ---- ids ---- */

/* What GRUB takes for something else in GRUB_DEFAULT, above all '>', becomes '_'. */
static void clean_id(char *id)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789._+~:@%/,=-";

	for (; *id; id++)
		if (!strchr(safe, *id))
			*id = '_';
}

/* An id and its place, which decides who of several keeps it. */
struct place {
	char **id;
	size_t at;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *left = a, *right = b;
	int order = strcmp(*left->id, *right->id);

	return order ? order : (left->at > right->at) - (left->at < right->at);
}

/* Two files can have one version. True if something was changed. */
static bool number_repeated(struct place *places, size_t count)
{
	bool is_changed = false;
	size_t same = 1;

	qsort(places, count, sizeof(*places), compare_places);
	for (size_t i = 1, first = 0; i < count; i++) {
		char *id;

		if (strcmp(*places[i].id, *places[first].id) != 0) {
			first = i;
			same = 1;
			continue;
		}
		id = mem_textf("%s-%zu", *places[i].id, ++same);
		free(*places[i].id);
		*places[i].id = id;
		is_changed = true;
	}
	return is_changed;
}

static void make_unique(struct menu *menu)
{
	size_t count = menu->entry_count + menu->xen_count;
	_cleanup_free_ struct place *places = mem_alloc((count + 1) * sizeof(*places));

	for (size_t i = 0; i < menu->entry_count; i++)
		places[i] = (struct place){&menu->entry[i].id, i};
	for (size_t i = 0; i < menu->xen_count; i++)
		places[menu->entry_count + i] =
			(struct place){&menu->xen[i].id, menu->entry_count + i};
	for (size_t i = 0; i < count; i++)
		clean_id(*places[i].id);
	while (count && number_repeated(places, count))
		continue;
}

void menu_pair(struct menu *menu)
{
	for (size_t i = 0; i < menu->xen_count; i++) {
		menu->xen[i].id =
			mem_textf("xen-hypervisor-%s-%s", menu->xen[i].name, menu->uuid);
		for (size_t k = 0; k < menu->kernel_count; k++)
			add_pair(menu, &menu->xen[i], &menu->kernel[k]);
	}
	make_unique(menu);
}
