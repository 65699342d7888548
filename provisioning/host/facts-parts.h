/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of facts_read(), and the small readers of formats that they share. */
#pragma once

#include "host/facts.h"

/* Each fills its part of zeroed facts. */
void facts_read_os(const struct fs *fs, struct facts *facts);
void facts_read_boot(const struct fs *fs, struct facts *facts);
void facts_read_stacks(const struct fs *fs, struct facts *facts);

/* These are for a root whose /proc and /sys are of its own machine. */
void facts_read_firmware(const struct fs *fs, struct facts *facts);
void facts_read_cpu(const struct fs *fs, struct facts *facts);
void facts_read_nics(const struct fs *fs, struct facts *facts);
void facts_read_pci(const struct fs *fs, struct facts *facts);
void facts_read_routes(const struct fs *fs, struct facts *facts); /* after the nics */
void facts_read_mounts(const struct fs *fs, struct facts *facts);
void facts_read_consoles(const struct fs *fs, struct facts *facts);

/* `has_hardware`: whether the root's /sys tells which are active. */
void facts_read_volume_groups(const struct fs *fs, bool has_hardware,
			      struct facts *facts);

/* Of the running system: nothing is known of another root's. */
void facts_read_thin_pools(const struct fs *fs, struct facts *facts);

/*
 * Adds the pools of a report of lvs(8): bytes without units, as facts_read_thin_pools()
 * asks for it. False, and nothing is added, if it is malformed.
 */
bool facts_parse_thin_pools(const char *json, size_t length, struct facts *facts);

/* Whether dmeventd(8) runs. */
bool facts_has_dmeventd(const struct fs *fs);

/* The text of a small file without the blanks at its end; NULL if it cannot be read. */
char *facts_attribute(const struct fs *fs, const char *format, ...) _printf_(2, 3);

/* The last part of where a symbolic link points; NULL if there is none. */
char *facts_link_name(const struct fs *fs, const char *format, ...) _printf_(2, 3);

/* The names in a directory, sorted; none if it cannot be read. */
struct str_list facts_names(const struct fs *fs, const char *path);

/*
 * The value of CONFIG_NAME in a kernel's configuration: 'y', 'm', 'n' or 0 if it is not
 * mentioned.
 */
char facts_config_value(const char *text, const char *name);

/* How a processor calls virtualisation in a /proc/cpuinfo: "vmx", "svm" or NULL. */
const char *facts_virtualisation(const char *cpuinfo);

/* MemTotal of a /proc/meminfo in bytes, 0 if it is not there. */
uint64_t facts_memory_bytes(const char *meminfo);

/* Adds the PCI addresses among the parts of a path of sysfs, each once. */
void facts_pci_path(const char *path, struct str_list *ret_addresses);

/* The last one of them, or NULL. The caller frees it. */
char *facts_pci_of(const char *path);

/*
 * A line of /proc/PID/mountinfo, proc(5): its MAJOR:MINOR and the mount without PCI
 * addresses, all the caller's to free. False if it is malformed.
 */
bool facts_mount_line(const char *line, size_t length, char **ret_number,
		      struct facts_mount *ret_mount);

/* Whether a text can be a volume group's name, lvm(8). */
bool facts_is_volume_group(const char *name);

/* The group in a device mapper's name, "vg0" in "vg0-root", or NULL. The caller frees it.
 */
char *facts_volume_group(const char *mapped);

/*
 * Adds the names of interfaces with a default route in a /proc/net/route, or in a
 * /proc/net/ipv6_route, each once.
 */
void facts_default_routes(const char *text, bool is_ipv6, struct str_list *ret_names);

/* Adds the keyboards in a /proc/bus/input/devices. */
void facts_parse_keyboards(const char *text, struct facts *facts);
