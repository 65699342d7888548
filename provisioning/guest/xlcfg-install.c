/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a configuration that starts an installer, until the guest is installed. */
#include <errno.h>
#include <string.h>

#include "guest/xlcfg.h"

/* The first line of that part, as far as it is looked for, and the last. */
#define BEGIN "# Until it is installed; xen-create-image --finish takes this "
#define END "# The end of that part.\n"

static void add_text(const char *name, const char *value, struct str *text)
{
	if (value)
		str_addf(text, "%-11s = '%s'\n", name, value);
}

/* An hvm guest's drive; for others a disk that is read only: Xen has no drives for them. */
static void add_medium(const struct guest *guest, struct str *text)
{
	const char *medium = guest->installer.medium;
	const char *disk = guest->volume[0].device;
	const char *kind = str_starts(medium, "/dev/") ? "phy" : "file";

	if (guest->type == GUEST_HVM)
		str_addf(text, "disk       += [ '%s:%s,hdc:cdrom,r' ]\n", kind, medium);
	else
		str_addf(text, "disk       += [ '%s:%s,%.*sb,r' ]\n", kind, medium,
			 (int)strlen(disk) - 1, disk);
}

/* Without a screen, the installer is on the console. */
static void add_arguments(const struct guest *guest, struct str *text)
{
	const char *given = guest->installer.arguments ? guest->installer.arguments : "";
	bool has_console = guest->type == GUEST_HVM || strstr(given, "console=");
	_cleanup_free_ char *all = mem_textf("console=%s%s%s", guest->serial_device,
					     *given ? " " : "", given);

	if (guest->installer.kernel && (*given || !has_console))
		add_text("extra", has_console ? given : all, text);
}

void xlcfg_add_installer(const struct guest *guest, struct str *text)
{
	const struct guest_installer *installer = &guest->installer;

	str_addf(text, "\n" BEGIN "part away.\n");
	add_text("kernel", installer->kernel, text);
	add_text("ramdisk", installer->ramdisk, text);
	add_arguments(guest, text);
	if (installer->memory)
		str_addf(text, "memory      = '%ju'\nmaxmem      = '%ju'\n",
			 (uintmax_t)installer->memory, (uintmax_t)installer->memory);
	if (installer->medium)
		add_medium(guest, text);
	if (guest->type == GUEST_HVM && !installer->kernel)
		add_text("boot", "dc", text);
	add_text("on_poweroff", "destroy", text);
	add_text("on_reboot", "destroy", text);
	add_text("on_crash", "destroy", text);
	str_add(text, END);
}

bool xlcfg_cut_installer(struct str *text)
{
	const char *all = str_text(text), *begin = strstr(all, "\n" BEGIN);
	const char *end = begin ? strstr(begin, "\n" END) : NULL;
	_cleanup_free_ char *rest = end ? mem_text(end + strlen("\n" END)) : NULL;
	size_t length;

	if (!end)
		return false;
	length = (size_t)(begin - all) + 1;
	/* With the empty line before it. */
	if (length > 1 && all[length - 2] == '\n')
		length--;
	str_cut(text, length);
	str_add(text, rest);
	return true;
}
