/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest that its own distribution's installer fills: what starts that, on an empty disk. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/spec-parts.h"

/* What the installer decides, and what needs a system to be there. */
static const char *const others[] = {
	"pygrub",     "kernel",	    "initrd", "swap",	   "swap-dev",	 "fs",
	"partitions", "dist",	    "mirror", "keyring",   "components", "package",
	"apt_proxy",  "autostart",  "hosts",  "copyhosts", "ssh-key",	 "passwd",
	"password",   "genpass",    "role",   "finalrole", "cloud-init", "install-method",
	"role-args",  "genpass_len"};

bool spec_has_installer(const struct settings *settings)
{
	return setting_text(settings, "install-from") ||
	       setting_text(settings, "install-kernel");
}

static int check_others(const struct spec *spec, struct err *err)
{
	static const char *const needing[] = {"install-initrd", "install-args"};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (setting_level(spec->settings, others[i]) == LEVEL_LINE)
			return setting_error(spec->settings, others[i], err,
					     "not with an installer: the system that it "
					     "makes is its own");
	for (size_t i = 0; i < ARRAY_SIZE(needing); i++)
		if (setting_text(spec->settings, needing[i]) &&
		    !setting_text(spec->settings, "install-kernel"))
			return setting_error(spec->settings, needing[i], err,
					     "it needs --install-kernel");
	return 0;
}

/* *ret_path stays NULL if it is not set. */
static int take_file(const struct spec *spec, const char *name, char **ret_path,
		     struct err *err)
{
	const char *path = setting_text(spec->settings, name);

	if (!path)
		return 0;
	if (spec_check_path(spec, name, path, err) < 0)
		return -EINVAL;
	if (!fs_exists(spec->host, path))
		return setting_error(spec->settings, name, err, "there is no file '%s'",
				     path);
	*ret_path = mem_text(path);
	return 0;
}

static int take_arguments(const struct spec *spec, char **ret_text, struct err *err)
{
	const char *text = setting_text(spec->settings, "install-args");

	if (text && text[strcspn(text, "'\"\\")])
		return setting_error(spec->settings, "install-args", err,
				     "xl cannot use quotes or backslashes");
	*ret_text = text ? mem_text(text) : NULL;
	return 0;
}

/* What starts the installed system finds its disk by itself. */
static int check_boot(const struct spec *spec, struct err *err)
{
	const struct guest *guest = spec->guest;

	if (guest->boot != GUEST_PVGRUB && guest->boot != GUEST_FIRMWARE)
		return setting_error(spec->settings, "boot-via", err,
				     "%s is for a system that is there: an installed "
				     "one boots via pvgrub or firmware",
				     guest_boot_name(guest->boot));
	if (guest->type != GUEST_HVM && !guest->installer.kernel)
		return setting_error(spec->settings, "install-from", err,
				     "%s guests cannot boot it: give its kernel by "
				     "--install-kernel, or --type hvm",
				     guest_type_name(guest->type));
	return 0;
}

int spec_install(struct spec *spec, struct err *err)
{
	struct guest_installer *installer = &spec->guest->installer;
	uint64_t bytes = setting_size(spec->settings, "install-memory");

	if (!spec_has_installer(spec->settings))
		return 0;
	spec->guest->has_installer = true;
	spec->guest->recipe.layout = LAYOUT_DISK;
	installer->memory = (bytes + (1 << 20) - 1) >> 20;
	if (check_others(spec, err) < 0 ||
	    take_file(spec, "install-from", &installer->medium, err) < 0 ||
	    take_file(spec, "install-kernel", &installer->kernel, err) < 0 ||
	    take_file(spec, "install-initrd", &installer->ramdisk, err) < 0 ||
	    take_arguments(spec, &installer->arguments, err) < 0)
		return -EINVAL;
	return check_boot(spec, err);
}
