/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which entry of GRUB's menu starts by itself, and whether Xen's are the first. */
#include <string.h>

#include "base/edit.h"
#include "base/shell.h"
#include "host/facts-parts.h"
#include "resources/grub.h"
#include "resources/resources.h"

#define FIRST_LINK GRUB_SCRIPTS "/08_xenhost"
#define FIRST_STOCK GRUB_SCRIPTS "/08_linux_xen"
#define STOCK GRUB_SCRIPTS "/20_linux_xen"
#define SYSCONFIG_LOADER "etc/sysconfig/bootloader" /* SUSE's */

/*
 * The first entry that GRUB's own script makes for Xen has this id, unless there are no
 * submenus; its title depends on language and distributor. grub-mkconfig has worked out
 * the root's UUID when it reads this.
 */
#define STOCK_DEFAULT \
	"GRUB_DEFAULT=\"xen-gnulinux-simple-${GRUB_DEVICE_UUID:-$GRUB_DEVICE}\""

/* A removed package leaves its script, which is configuration: it does nothing then. */
bool grub_has_generator(const struct fs *fs)
{
	return fs_is_program(fs, GRUB_GENERATOR) &&
	       (fs_is_program(fs, "usr/sbin/xenhost") ||
		fs_is_program(fs, "sbin/xenhost"));
}

/* What needs the generator, asked for in so many words. */
static int refuse_without(const struct planner *planner, const struct conf_entry *entry,
			  const char *what, struct err *err)
{
	return desc_refuse(planner->desc, entry, 0, err,
			   "'%s' needs xenhost's entries in GRUB's menu: there is no "
			   "/" GRUB_GENERATOR " with /usr/sbin/xenhost",
			   what);
}

static void note_override(struct planner *planner)
{
	_cleanup_free_ char *value = NULL;
	_cleanup_str_ struct str text = {0}, own = {0};

	if (planner_read(planner, GRUB_MAIN, &text, NULL) < 0)
		return;
	edit_revert(str_text(&text), &own);
	value = shell_value(str_text(&own), "GRUB_DEFAULT");
	if (value && *value && strcmp(value, "0") != 0 && strcmp(value, "xen") != 0)
		planner_note(planner,
			     "Xen is the default of the boot menu instead of "
			     "GRUB_DEFAULT=%s; [boot] default = keep leaves that",
			     value);
}

/* The first entry is Linux's, as long as nobody has put Xen's before it. */
static int plan_linux(struct planner *planner, struct err *err)
{
	const struct conf_entry *entry = planner->desc->boot.default_entry.entry;
	const char *first = planner_has(planner, FIRST_STOCK)  ? FIRST_STOCK
			    : planner_has(planner, FIRST_LINK) ? FIRST_LINK
							       : NULL;

	if (first)
		return desc_refuse(planner->desc, entry, 0, err,
				   "'/%s' makes the entries for Xen the first ones: "
				   "move it away",
				   first);
	planner_wish(&planner->grub, entry, 0, "GRUB_DEFAULT=0");
	return 0;
}

/* GRUB's own script makes the entries. */
static int plan_stock_xen(struct planner *planner, struct err *err)
{
	const struct conf_entry *entry = planner->desc->boot.default_entry.entry;
	_cleanup_free_ char *value = NULL;
	_cleanup_str_ struct str text = {0};

	/* A guess is no default: which entry is first there depends on its strays. */
	if (!entry)
		return 0;
	if (planner_read(planner, GRUB_MAIN, &text, NULL) == 0)
		value = shell_value(str_text(&text), "GRUB_DISABLE_SUBMENU");
	if (str_same(value, "y") || str_same(value, "yes") || str_same(value, "true"))
		return desc_refuse(planner->desc, entry, 0, err,
				   "with GRUB_DISABLE_SUBMENU, GRUB's own script makes "
				   "no entry for Xen that keeps its name");
	planner_wish(&planner->grub_shell, entry, 0, "%s", STOCK_DEFAULT);
	return 0;
}

static int plan_default(struct planner *planner, bool has_generator, struct err *err)
{
	const struct desc_boot *boot = &planner->desc->boot;
	const struct conf_entry *entry = boot->default_entry.entry;

	if (boot->default_entry.value == DESC_DEFAULT_KEEP)
		return 0;
	if (boot->default_entry.value == DESC_DEFAULT_LINUX)
		return plan_linux(planner, err);
	if (!has_generator)
		return plan_stock_xen(planner, err);
	if (!planner->facts->boot.hypervisor_count) {
		planner_warn(planner, "there is no hypervisor in /boot: install one and "
				      "apply again, then it is the default");
		return 0;
	}
	if (!entry)
		note_override(planner);
	planner_wish(&planner->grub, entry, 0, "GRUB_DEFAULT=%s",
		     boot->priority.value == DESC_PRIORITY_DIVERT ? "0" : "xen");
	return 0;
}

/*
 * debian-wiki, "Prioritise Booting Xen Over Native", with a link for dpkg-divert: what
 * that writes into dpkg's database could not be taken back byte for byte.
 */
static int plan_priority(struct planner *planner, bool has_generator, struct err *err)
{
	const struct desc_choice *priority = &planner->desc->boot.priority;
	bool is_wanted = priority->value == DESC_PRIORITY_DIVERT;

	if (is_wanted && !has_generator)
		return refuse_without(planner, priority->entry, "divert", err);
	return planner_link(planner, &resource_boot, FIRST_LINK,
			    is_wanted ? "20_xenhost" : NULL, "20_xenhost", COMMAND_GRUB,
			    err);
}

/*
 * Where there is no dpkg-divert, with which Debian's package moves it away. GRUB's manual,
 * "Simple configuration handling" (docs/grub.texi): scripts that are not executable do not
 * count; SUSE ships 25_bli so. A package that brings the mode back is found by `check`.
 */
static int plan_stock_away(struct planner *planner, bool has_generator, struct err *err)
{
	if (!has_generator || !str_same(planner->facts->os.family, "suse"))
		return 0;
	return planner_mode(planner, &resource_boot, STOCK, 0111, COMMAND_GRUB, err);
}

/* They read files of their own for each kernel, and none has a hypervisor. */
static void warn_other_loader(struct planner *planner)
{
	_cleanup_free_ char *type = NULL;
	_cleanup_str_ struct str text = {0};

	if (planner_read(planner, SYSCONFIG_LOADER, &text, NULL) < 0)
		return;
	type = shell_value(str_text(&text), "LOADER_TYPE");
	if (str_same(type, "grub2-bls") || str_same(type, "systemd-boot"))
		planner_warn(planner,
			     "/" SYSCONFIG_LOADER " has LOADER_TYPE=%s, which has no "
			     "entries for Xen; grub2-efi has",
			     type);
}

/* The menu tells what it could not copy; what it cannot be used for is told here. */
static void plan_chainload(struct planner *planner, const struct conf_entry *entry)
{
	if (str_same(planner->facts->boot.firmware, "bios"))
		planner_warn(planner,
			     "this machine starts by its BIOS: its entries are by "
			     "multiboot, whatever [boot] chainload says");
	planner_wish(&planner->grub, entry, 0, "XENHOST_CHAINLOAD=yes");
}

/* For the generator, which grub-mkconfig hands on only what is exported. */
static int plan_variables(struct planner *planner, bool has_generator, struct err *err)
{
	const struct desc_choice *flavour = &planner->desc->xen.flavour;
	const struct desc_flag *chainload = &planner->desc->boot.chainload;

	if (!has_generator && flavour->value == DESC_DEBUG)
		return refuse_without(planner, flavour->entry, "debug", err);
	if (!has_generator && chainload->value)
		return refuse_without(planner, chainload->entry, "chainload", err);
	if (!has_generator)
		return 0;
	if (chainload->value)
		plan_chainload(planner, chainload->entry);
	if (flavour->entry)
		planner_wish(&planner->grub, flavour->entry, 0, "XENHOST_FLAVOUR=%s",
			     flavour->value == DESC_DEBUG ? "debug" : "release");
	return 0;
}

static int plan(struct planner *planner, struct err *err)
{
	bool has_generator = grub_has_generator(planner->fs);
	int rc;

	warn_other_loader(planner);
	/* GRUB Legacy's default is planned with its entries. */
	if (planner->facts->boot.loader &&
	    strcmp(planner->facts->boot.loader, "grub2") != 0)
		return 0;
	/* A machine whose link has gone has Linux first again. */
	rc = plan_priority(planner, has_generator, err);
	if (rc == 0)
		rc = plan_stock_away(planner, has_generator, err);
	if (rc == 0)
		rc = plan_default(planner, has_generator, err);
	if (rc == 0)
		rc = plan_variables(planner, has_generator, err);
	return rc;
}

const struct resource resource_boot = {.name = "boot", .plan = plan};
