/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The serial console: one setting for GRUB, Xen, dom0, Linux and the login prompts. */
#include <inttypes.h>
#include <string.h>

#include "base/edit.h"
#include "resources/resources.h"

#define INITTAB "etc/inittab"

/* The port's name in Linux without Xen; a raw one is whatever Linux finds there. */
static char *tty_name(const struct desc_serial *serial)
{
	static const unsigned int usual[] = {0x3f8, 0x2f8, 0x3e8, 0x2e8};

	for (unsigned int i = 0; serial->io_base && i < ARRAY_SIZE(usual); i++)
		if (usual[i] == serial->io_base)
			return mem_textf("ttyS%u", i);
	return mem_textf("ttyS%u", serial->unit);
}

/*
 * debian-wiki, "Enable Serial Console": com1=9600,8n1 console=com1,vga, and for a port
 * that is none of the usual com1=115200,8n1,0x3e8,5.
 */
static void plan_lines(struct planner *planner, const struct desc_serial *serial,
		       const char *tty)
{
	const struct conf_entry *entry = serial->port.entry;
	struct wishes *xen = &planner->line[LINE_XEN];
	struct wishes *dom0 = &planner->line[LINE_DOM0];
	struct wishes *linux_line = &planner->line[LINE_LINUX];
	unsigned int com = serial->unit + 1;

	if (serial->io_base)
		planner_wish(xen, entry, 0, "com%u=%" PRIu64 ",8n1,0x%x,%u", com,
			     serial->speed.value, serial->io_base, serial->irq);
	else
		planner_wish(xen, entry, 0, "com%u=%" PRIu64 ",8n1", com,
			     serial->speed.value);
	planner_wish(xen, entry, 0, "console=com%u%s", com,
		     serial->vga.value ? ",vga" : "");
	if (serial->vga.value) {
		planner_wish(dom0, entry, 0, "console=tty0");
		planner_wish(linux_line, entry, 0, "console=tty0");
	}
	/* The last one is where dom0's own programs write: the port that Xen owns. */
	planner_wish(dom0, entry, 0, "console=hvc0");
	planner_wish(linux_line, entry, 0, "console=%s,%" PRIu64 "n8", tty,
		     serial->speed.value);
}

static void plan_grub(struct planner *planner, const struct desc_serial *serial)
{
	const struct conf_entry *entry = serial->port.entry;

	if (serial->io_base)
		planner_wish(&planner->grub, entry, 0,
			     "GRUB_SERIAL_COMMAND=serial --port=0x%x --speed=%" PRIu64
			     " --word=8 --parity=no --stop=1",
			     serial->io_base, serial->speed.value);
	else
		planner_wish(&planner->grub, entry, 0,
			     "GRUB_SERIAL_COMMAND=serial --unit=%u --speed=%" PRIu64
			     " --word=8 --parity=no --stop=1",
			     serial->unit, serial->speed.value);
	planner_wish(&planner->grub, entry, 0, "GRUB_TERMINAL=%s",
		     serial->vga.value ? "console serial" : "serial");
}

/* inittab(5): a line that keeps a getty on the terminal. */
static bool is_getty_on(const char *line, const void *data)
{
	const char *tty = data, *found = line;

	if (line[0] == '#' || !strstr(line, ":respawn:") || !strstr(line, "getty"))
		return false;
	while ((found = strstr(found, tty))) {
		char after = found[strlen(tty)];

		if (found > line && strchr(" \t/", found[-1]) &&
		    (after == ' ' || after == '\t' || after == '\0'))
			return true;
		found++;
	}
	return false;
}

static bool is_same_process(const char *line, const char *name)
{
	return line[0] != '#' && is_getty_on(line, name);
}

/*
 * debian-wiki: "1:2345:respawn:/sbin/getty 38400 hvc0", "2:23:respawn:/sbin/getty 38400
 * tty1", "NO getty on ttyS0!"
 */
static int plan_inittab(struct planner *planner, const struct desc_serial *serial,
			const char *tty, struct err *err)
{
	const struct edit_syntax syntax = {.is_setting = is_same_process};
	struct str *text;
	int rc = planner_edit(planner, &resource_serial, INITTAB, COMMAND_NONE, &text,
			      err);

	if (rc < 0)
		return rc;
	edit_disable(text, is_getty_on, tty);
	if (!edit_has(str_text(text), &syntax, "hvc0"))
		edit_add(text, "h0:2345:respawn:/sbin/getty 38400 hvc0");
	if (serial->vga.value && !edit_has(str_text(text), &syntax, "tty1"))
		edit_add(text, "v1:23:respawn:/sbin/getty 38400 tty1");
	return 0;
}

/*
 * systemd starts a getty on each console= that there is, so on hvc0 under Xen and on the
 * port without Xen (systemd-getty-generator(8)). One that somebody enabled on the port
 * would wait for it in vain under Xen, which hides it.
 */
static int plan_units(struct planner *planner, const char *tty, bool is_wanted,
		      struct err *err)
{
	_cleanup_free_ char *path = mem_textf(
		"etc/systemd/system/serial-getty@%s.service.d/xenhost.conf", tty);

	return planner_own(
		planner, &resource_serial, path,
		is_wanted ? "[Unit]\nConditionPathExists=!/sys/hypervisor/type\n" : NULL,
		COMMAND_SYSTEMD, err);
}

/* The drop-ins of ports that the description named earlier. */
static int drop_other_units(struct planner *planner, const char *tty, struct err *err)
{
	int rc = 0;

	for (unsigned int i = 0; rc == 0 && i < 4; i++) {
		_cleanup_free_ char *other = mem_textf("ttyS%u", i);

		if (!tty || strcmp(tty, other) != 0)
			rc = plan_units(planner, other, false, err);
	}
	return rc;
}

static int plan(struct planner *planner, struct err *err)
{
	const struct desc_serial *serial = &planner->desc->serial;
	const struct desc_number *timeout = &planner->desc->boot.timeout;
	const char *init = planner->facts->boot.init;
	_cleanup_free_ char *tty = NULL;
	struct str *inittab;
	int rc;

	if (timeout->entry)
		planner_wish(&planner->grub, timeout->entry, 0, "GRUB_TIMEOUT=%" PRIu64,
			     timeout->value);
	if (serial->port.text) {
		tty = tty_name(serial);
		plan_lines(planner, serial, tty);
		plan_grub(planner, serial);
	}
	rc = drop_other_units(planner, tty, err);
	if (rc < 0)
		return rc;
	if (init && strcmp(init, "sysvinit") == 0 && planner_has(planner, INITTAB)) {
		if (tty)
			return plan_inittab(planner, serial, tty, err);
		return planner_edit(planner, &resource_serial, INITTAB, COMMAND_NONE,
				    &inittab, err);
	}
	return tty ? plan_units(planner, tty, true, err) : 0;
}

const struct resource resource_serial = {.name = "serial", .plan = plan};
