/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The variables that decide the menu. */
#include "boot/menu.h"

static const struct {
	const char *name;
	size_t offset;
} variables[] = {
#define VARIABLE(member, variable)                            \
	{                                                     \
		(variable), offsetof(struct menu_env, member) \
	}
	VARIABLE(xen, "GRUB_CMDLINE_XEN"),
	VARIABLE(xen_default, "GRUB_CMDLINE_XEN_DEFAULT"),
	VARIABLE(linux_always, "GRUB_CMDLINE_LINUX"),
	VARIABLE(linux_default, "GRUB_CMDLINE_LINUX_DEFAULT"),
	VARIABLE(linux_recovery, "GRUB_CMDLINE_LINUX_RECOVERY"),
	VARIABLE(replace, "GRUB_CMDLINE_LINUX_XEN_REPLACE"),
	VARIABLE(replace_default, "GRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT"),
	VARIABLE(top_xen, "GRUB_TOP_LEVEL_XEN"),
	VARIABLE(top_linux, "GRUB_TOP_LEVEL"),
	VARIABLE(disable_submenu, "GRUB_DISABLE_SUBMENU"),
	VARIABLE(disable_recovery, "GRUB_DISABLE_RECOVERY"),
	VARIABLE(recovery_title, "GRUB_RECOVERY_TITLE"),
	VARIABLE(early_stock, "GRUB_EARLY_INITRD_LINUX_STOCK"),
	VARIABLE(early_custom, "GRUB_EARLY_INITRD_LINUX_CUSTOM"),
	VARIABLE(disable_uuid, "GRUB_DISABLE_UUID"),
	VARIABLE(disable_linux_uuid, "GRUB_DISABLE_LINUX_UUID"),
	VARIABLE(disable_linux_partuuid, "GRUB_DISABLE_LINUX_PARTUUID"),
	VARIABLE(distributor, "GRUB_DISTRIBUTOR"),
	VARIABLE(device, "GRUB_DEVICE"),
	VARIABLE(device_boot, "GRUB_DEVICE_BOOT"),
	VARIABLE(device_uuid, "GRUB_DEVICE_UUID"),
	VARIABLE(device_partuuid, "GRUB_DEVICE_PARTUUID"),
	VARIABLE(fs, "GRUB_FS"),
	VARIABLE(actual_default, "GRUB_ACTUAL_DEFAULT"),
	VARIABLE(save_default, "GRUB_SAVEDEFAULT"),
	VARIABLE(flavour, "XENHOST_FLAVOUR"),
	VARIABLE(chainload, "XENHOST_CHAINLOAD"),
	VARIABLE(esp, "XENHOST_ESP"),
	VARIABLE(esp_prepare, "XENHOST_ESP_PREPARE"),
	VARIABLE(boot_path, "XENHOST_BOOT_PATH"),
	VARIABLE(root_path, "XENHOST_ROOT_PATH"),
	VARIABLE(prepare, "XENHOST_PREPARE"),
	VARIABLE(abstraction, "XENHOST_ABSTRACTION"),
	VARIABLE(pool, "XENHOST_POOL"),
	VARIABLE(simple_title, "XENHOST_TITLE"),
	VARIABLE(machine, "XENHOST_MACHINE"),
#undef VARIABLE
};

/* What GRUB's scripts take where nothing is said. */
static void set_default(const char **value, const char *text)
{
	if (**value == '\0')
		*value = text;
}

void menu_env_fill(struct menu_env *ret_env, const char *(*get)(const char *name))
{
	const char *partuuid;

	for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
		const char *value = get(variables[i].name);

		*(const char **)(void *)((char *)ret_env + variables[i].offset) =
			value ? value : "";
	}
	/* Set but empty, it allows PARTUUID=: "${GRUB_DISABLE_LINUX_PARTUUID-true}". */
	partuuid = get("GRUB_DISABLE_LINUX_PARTUUID");
	ret_env->disable_linux_partuuid = partuuid ? partuuid : "true";
	set_default(&ret_env->linux_recovery, "single");
	set_default(&ret_env->recovery_title, "recovery mode");
	/* Set but empty, it is a file system of its own, as grub-mkrelpath tells. */
	if (!get("XENHOST_BOOT_PATH"))
		ret_env->boot_path = "/boot";
	set_default(&ret_env->simple_title, "%s, with Xen hypervisor");
}
