/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests' configurations for xl, filled into a template. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/xlcfg.h"

enum { TEMPLATE_LIMIT = 1 << 20 };

/* A line whose field is empty is left out. */
static const char built_in[] =
	"# Guest @NAME@, made by xen-create-image(8); see xl.cfg(5).\n"
	"name        = '@NAME@'\n"
	"type        = '@TYPE@'\n"
	"\n"
	"@BOOT@\n"
	"\n"
	"vcpus       = '@VCPUS@'\n"
	"@CPUS@\n"
	"@CPU_WEIGHT@\n"
	"memory      = '@MEMORY@'\n"
	"@MAXMEM@\n"
	"\n"
	"@DISK@\n"
	"\n"
	"@DHCP@\n"
	"@VIF@\n"
	"\n"
	"@DISPLAY@\n"
	"\n"
	"on_poweroff = 'destroy'\n"
	"on_reboot   = 'restart'\n"
	"on_crash    = 'restart'\n";

/* Each fills in what a field stands for: without a newline at its end, empty if nothing. */
typedef void field_write(const struct guest *guest, struct str *text);

static void write_name(const struct guest *guest, struct str *text)
{
	str_add(text, guest->name);
}

static void write_type(const struct guest *guest, struct str *text)
{
	str_add(text, guest_type_name(guest->type));
}

static void write_kernel(const struct guest *guest, struct str *text)
{
	if (guest->kernel)
		str_addf(text, "kernel      = '%s'", guest->kernel);
	if (guest->ramdisk)
		str_addf(text, "\nramdisk     = '%s'", guest->ramdisk);
}

static void write_root(const struct guest *guest, struct str *text)
{
	if (guest->nfs_server)
		str_addf(text,
			 "nfs_server  = '%s'\n"
			 "nfs_root    = '%s'\n"
			 "root        = '/dev/nfs'",
			 guest->nfs_server, guest->nfs_root);
	else
		str_addf(text,
			 "root        = '/dev/%s ro'\n"
			 "extra       = 'console=%s'",
			 guest->volume[0].device, guest->serial_device);
}

/* The kernel's own words: nfsroot.rst of Linux. xl passes "extra" on, and no nfs_root. */
static void write_nfs_extra(const struct guest *guest, struct str *text)
{
	const struct guest_nic *nic = &guest->nic[0];

	str_addf(text,
		 "\nextra       = 'console=%s nfsroot=%s:%s ip=", guest->serial_device,
		 guest->nfs_server, guest->nfs_root);
	if (nic->is_dhcp || !nic->addresses.count) {
		str_add(text, "dhcp'");
		return;
	}
	for (size_t i = 0; i < nic->addresses.count; i++) {
		const char *prefix = nic->addresses.item[i];
		char mask[16];

		if (strchr(prefix, ':'))
			continue;
		guest_netmask(prefix, mask);
		str_addf(text, "%.*s::%s:%s:%s::off'", (int)strcspn(prefix, "/"), prefix,
			 nic->gateway4 ? nic->gateway4 : "", mask, guest->name);
		return;
	}
	str_add(text, "off'");
}

static void write_boot(const struct guest *guest, struct str *text)
{
	switch (guest->boot) {
	case GUEST_PVGRUB:
		write_kernel(guest, text);
		break;
	case GUEST_PYGRUB:
		str_add(text, "bootloader  = 'pygrub'");
		break;
	case GUEST_KERNEL:
		write_kernel(guest, text);
		str_add_char(text, '\n');
		write_root(guest, text);
		if (guest->nfs_server)
			write_nfs_extra(guest, text);
		break;
	case GUEST_FIRMWARE:
		str_add(text, "boot        = 'c'");
		break;
	}
}

static void write_vcpus(const struct guest *guest, struct str *text)
{
	str_addf(text, "%u", guest->vcpus);
}

static void write_cpus(const struct guest *guest, struct str *text)
{
	if (guest->cpus)
		str_addf(text, "cpus        = '%s'", guest->cpus);
}

static void write_cpu_weight(const struct guest *guest, struct str *text)
{
	if (guest->cpu_weight)
		str_addf(text, "cpu_weight  = %u", guest->cpu_weight);
}

static void write_memory(const struct guest *guest, struct str *text)
{
	str_addf(text, "%ju", (uintmax_t)guest->memory);
}

static void write_maxmem(const struct guest *guest, struct str *text)
{
	if (guest->max_memory)
		str_addf(text, "maxmem      = '%ju'", (uintmax_t)guest->max_memory);
}

static void write_volume(const struct guest_volume *volume, struct str *text)
{
	const char *kind = str_starts(volume->path, "/dev/") ? "phy:" : "file:";

	str_addf(text, "                  '%s%s,%s,w',\n", kind, volume->path,
		 volume->device);
}

/* libxl gives pygrub the first disk, and no other: that has to be the one with kernels. */
static const struct guest_volume *find_menu(const struct guest *guest)
{
	for (size_t i = 0; guest->boot == GUEST_PYGRUB && i < guest->volume_count; i++)
		if (str_same(guest->volume[i].mountpoint, "/boot"))
			return &guest->volume[i];
	return &guest->volume[0];
}

/* After that the root's, the others from the last one on: as xen-tools has them. */
static void write_disk(const struct guest *guest, struct str *text)
{
	const struct guest_volume *first;

	if (!guest->volume_count)
		return;
	first = find_menu(guest);
	str_add(text, "disk        = [\n");
	write_volume(first, text);
	if (first != &guest->volume[0])
		write_volume(&guest->volume[0], text);
	for (size_t i = guest->volume_count; i > 1; i--)
		if (&guest->volume[i - 1] != first)
			write_volume(&guest->volume[i - 1], text);
	str_add(text, "              ]");
}

static void write_dhcp(const struct guest *guest, struct str *text)
{
	if (guest->nic[0].is_dhcp)
		str_add(text, "dhcp        = 'dhcp'");
}

/* The script for vifs makes rules for each address (xl-network-configuration(5), "ip"). */
static void write_nic(const struct guest_nic *nic, struct str *text)
{
	str_addf(text, "'mac=%s", nic->mac);
	if (nic->bridge && nic->vlan)
		str_addf(text, ",bridge=%s.%u", nic->bridge, nic->vlan);
	else if (nic->bridge)
		str_addf(text, ",bridge=%s", nic->bridge);
	for (size_t i = 0; i < nic->addresses.count && !nic->is_dhcp; i++)
		str_addf(text, "%s%.*s",
			 i ? " " : ",ip=", (int)strcspn(nic->addresses.item[i], "/"),
			 nic->addresses.item[i]);
	if (nic->vifname)
		str_addf(text, ",vifname=%s", nic->vifname);
	str_add_char(text, '\'');
}

static void write_vif(const struct guest *guest, struct str *text)
{
	str_add(text, "vif         = [ ");
	for (size_t i = 0; i < guest->nic_count; i++) {
		str_add(text, i ? ",\n                " : "");
		write_nic(&guest->nic[i], text);
	}
	str_add(text, " ]");
}

/* A mouse that says where it is: VNC's pointer and an emulated PS/2 one drift apart. */
static void write_display(const struct guest *guest, struct str *text)
{
	if (guest->type == GUEST_HVM)
		str_add(text, "serial      = 'pty'\n"
			      "vnc         = 1\n"
			      "usb         = 1\n"
			      "usbdevice   = 'tablet'");
}

/* Sorted. xen-tools.conf(5) lists them, and a test compares. */
static const struct {
	const char *name;
	field_write *write;
} fields[] = {
	{"BOOT", write_boot},
	{"CPUS", write_cpus},
	{"CPU_WEIGHT", write_cpu_weight},
	{"DHCP", write_dhcp},
	{"DISK", write_disk},
	{"DISPLAY", write_display},
	{"MAXMEM", write_maxmem},
	{"MEMORY", write_memory},
	{"NAME", write_name},
	{"TYPE", write_type},
	{"VCPUS", write_vcpus},
	{"VIF", write_vif},
};

/* What users of Perl templates meant. */
static const char *field_of_perl(const char *name, size_t length)
{
	static const char *const names[][2] = {
		{"hostname", "NAME"}, {"memory", "MEMORY"}, {"maxmem", "MAXMEM"},
		{"vcpus", "VCPUS"},   {"mac", "VIF"},	    {"bridge", "VIF"},
		{"vifname", "VIF"},   {"vlan", "VIF"},	    {"ips", "VIF"},
		{"dhcp", "DHCP"},     {"kernel", "BOOT"},   {"initrd", "BOOT"},
		{"pygrub", "BOOT"},   {"type", "TYPE"},	    {"image_vbd", "DISK"},
		{"swap_vbd", "DISK"}, {"device", "DISK"},   {"PARTITIONS", "DISK"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i][0]) == length &&
		    strncmp(names[i][0], name, length) == 0)
			return names[i][1];
	return NULL;
}

/* "{$hostname}", or "{" and a program until "}". */
static int check_perl(const char *text, size_t line, struct err *err)
{
	const char *at = strchr(text, '{'), *name, *field;
	size_t length;

	if (!at)
		return 0;
	name = at + 1 + strspn(at + 1, " \t");
	if (*name != '$')
		return err_say(err, EINVAL,
			       "line %zu: Perl is not run; use fields like @DISK@ and "
			       "@VIF@ (xen-tools.conf(5))",
			       line);
	name += 1;
	length = strcspn(name, "} \t");
	field = field_of_perl(name, length);
	if (field)
		return err_say(err, EINVAL, "line %zu: Perl is not run; write @%s@", line,
			       field);
	return err_say(err, EINVAL, "line %zu: Perl is not run, and no field is '%.*s'",
		       line, (int)length, name);
}

static int unknown_field(const char *name, size_t length, size_t line, struct err *err)
{
	_cleanup_free_ char *word = mem_text_part(name, length);
	_cleanup_str_list_ struct str_list names = {0};
	const char *nearest;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		str_list_add(&names, fields[i].name);
	nearest = str_nearest(word, &names);
	if (nearest)
		return err_say(err, EINVAL,
			       "line %zu: unknown field @%s@; did you mean @%s@?", line,
			       word, nearest);
	return err_say(err, EINVAL, "line %zu: unknown field @%s@", line, word);
}

/* The length of "@NAME@" without its signs; 0 for an "@" that is no field. */
static size_t field_length(const char *at)
{
	size_t length = strspn(at + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	return at[1 + length] == '@' ? length : 0;
}

static int write_field(const struct guest *guest, const char *name, size_t length,
		       size_t line, struct str *out, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (strlen(fields[i].name) == length &&
		    strncmp(fields[i].name, name, length) == 0) {
			fields[i].write(guest, out);
			return 0;
		}
	return unknown_field(name, length, line, err);
}

/* A line with nothing but a field that is empty vanishes, and does not leave two empty ones. */
static int write_line(const struct guest *guest, const char *text, size_t line,
		      struct str *ret_text, struct err *err)
{
	_cleanup_str_ struct str out = {0};
	bool is_empty = !*text;

	while (*text) {
		size_t length = *text == '@' ? field_length(text) : 0;

		if (!length) {
			str_add_char(&out, *text++);
			continue;
		}
		if (write_field(guest, text + 1, length, line, &out, err) < 0)
			return -EINVAL;
		text += length + 2;
	}
	if (!out.length && !is_empty)
		return 0;
	if (is_empty && (!ret_text->length || str_ends(str_text(ret_text), "\n\n")))
		return 0;
	str_addf(ret_text, "%s\n", str_text(&out));
	return 0;
}

int xlcfg_make(const struct guest *guest, const char *template_text, struct str *ret_text,
	       struct err *err)
{
	const char *cursor = template_text ? template_text : built_in, *start;
	_cleanup_str_ struct str text = {0};
	size_t length, line = 0;

	while (str_next_line(&cursor, &start, &length)) {
		_cleanup_free_ char *copy = mem_text_part(start, length);
		int rc;

		line++;
		rc = copy[0] == '#' ? 0 : check_perl(copy, line, err);
		if (rc == 0)
			rc = write_line(guest, copy, line, &text, err);
		if (rc < 0)
			return rc;
	}
	str_clear(ret_text);
	str_add(ret_text, str_text(&text));
	return 0;
}

static int make_of_file(const struct fs *host, const struct guest *guest,
			struct str *ret_text, struct err *err)
{
	_cleanup_str_ struct str template = {0};
	int rc;

	if (!guest->config_template)
		return xlcfg_make(guest, NULL, ret_text, err);
	rc = fs_read(host, guest->config_template, TEMPLATE_LIMIT, &template, err);
	if (rc == 0)
		rc = xlcfg_make(guest, str_text(&template), ret_text, err);
	if (rc < 0 && err)
		return err_wrap(err, "%s: %s", guest->name, guest->config_template);
	return rc;
}

int xlcfg_make_for(const struct fs *host, const struct guest *guest, struct str *ret_text,
		   struct err *err)
{
	int rc = make_of_file(host, guest, ret_text, err);

	if (rc == 0 && guest->has_installer)
		xlcfg_add_installer(guest, ret_text);
	return rc;
}
