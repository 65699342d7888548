/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The default of GRUB's menu, looked at after an apply and by check. */
#include <errno.h>
#include <stdio.h>

#include "boot/esp.h"
#include "boot/trial.h"
#include "cmd/boot-default.h"
#include "host/check.h"
#include "host/command.h"
#include "resources/grub.h"

static const struct advice default_wrong = {
	.id = "boot.default-wrong",
	.severity = SEVERITY_ERROR,
	.why = "GRUB starts the first entry where its default names nothing, and does "
	       "not say so",
	.setting = "[boot] default; xenhost boot list shows the menu",
};

enum desc_boot_default boot_default_wanted(const struct desc *desc,
					   const struct facts *facts, const struct fs *fs)
{
	const struct desc_choice *choice = &desc->boot.default_entry;

	if (choice->value != DESC_DEFAULT_XEN)
		return (enum desc_boot_default)choice->value;
	/* Where GRUB's own script makes the entries, Xen is only what somebody asked for. */
	if (!choice->entry && !grub_has_generator(fs))
		return DESC_DEFAULT_KEEP;
	return facts->boot.hypervisor_count ? DESC_DEFAULT_XEN : DESC_DEFAULT_KEEP;
}

static int check_menu(const struct fs *fs, void *data, struct err *err)
{
	const struct boot_default_check *check = data;
	const struct host *host = check->host;
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	int rc;

	/* A root without a menu starts by other means. */
	if (!grub_menu_config_path(fs))
		return 0;
	rc = trial_menu_read(fs, host->facts.boot.firmware, &menu, err);
	if (rc < 0)
		return rc;
	return grub_verify(&menu, boot_default_wanted(&host->desc, &host->facts, fs),
			   &check->before, err);
}

void boot_default_begin(const struct host *host, struct apply_options *options,
			struct boot_default_check *check)
{
	check->host = host;
	grub_default_read(&host->fs, host->facts.boot.firmware, &check->before);
	options->check_menu = check_menu;
	options->check_data = check;
}

void boot_default_warn(const struct host *host)
{
	const char *firmware = host->facts.boot.firmware;
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	const struct grub_entry *entry;

	if (!host->desc.boot.chainload.value || !str_same(firmware, "uefi") ||
	    trial_menu_read(&host->fs, firmware, &menu, NULL) < 0 ||
	    menu.standing == GRUB_NONE)
		return;
	entry = &menu.entry[menu.standing];
	if (entry->kind == GRUB_XEN && !str_starts(entry->hypervisor, ESP_PATH "/"))
		(void)fprintf(stderr,
			      "xenhost: warning: GRUB starts '%s' by multiboot, not by "
			      "xen.efi: '%s' tells why\n",
			      entry->title, command_name(&host->fs, COMMAND_GRUB));
}

/* With nothing before it to compare with, what was lost is all there is to tell. */
static void check_default(struct checker *checker)
{
	enum desc_boot_default wanted =
		boot_default_wanted(checker->desc, checker->facts, checker->fs);
	const struct grub_default unknown = {0};
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	_cleanup_err_ struct err err = {0};

	if (!grub_menu_config_path(checker->fs) ||
	    trial_menu_read(checker->fs, checker->facts->boot.firmware, &menu, NULL) < 0)
		return;
	if (wanted == DESC_DEFAULT_KEEP && menu.is_standing_lost && menu.count)
		check_add(checker, &default_wrong,
			  "GRUB's default '%s' names nothing: it starts '%s'",
			  menu.default_text, menu.entry[menu.standing].title);
	else if (wanted != DESC_DEFAULT_KEEP &&
		 grub_verify(&menu, wanted, &unknown, &err) < 0)
		check_add(checker, &default_wrong, "%s", err.text);
}

const struct resource boot_default_resource = {
	.name = "boot-default",
	.check = check_default,
};
