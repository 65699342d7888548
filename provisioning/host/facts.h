/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a machine is, read below a root: plain data. Nothing is changed for it, and only lvs(8)
 * is run: on the running system, if it has a thin pool.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/str.h"

/*
 * In all of these a NULL text and a zero count mean "unknown here". A root that is not
 * the running system has no hardware: what /proc and /sys would tell is unknown then,
 * even if the root has the kernel's file systems mounted, because they describe another
 * machine.
 */

/* os-release(5). */
struct facts_os {
	char *family; /* "debian", "suse", or NULL for others */
	char *id;     /* ID */
	char *version;
	char *name; /* PRETTY_NAME */
};

/*
 * A thread that is online, as Linux numbers it, its core in its die, and that in its
 * socket. dom0 is not told where its virtual CPUs run: under Xen this is no topology to
 * pin by.
 */
struct facts_thread {
	uint32_t number, socket, die, core;
	uint32_t node; /* NUMA, or FACTS_NO_NUMBER */
};

#define FACTS_NO_NUMBER UINT32_MAX

struct facts_cpu {
	size_t sockets, cores, threads,
		numa_nodes;	     /* online; as dom0 sees them under Xen */
	char *virtualisation;	     /* "vmx", "svm" or "none"; NULL under Xen */
	struct facts_thread *online; /* by number */
	size_t online_count;
};

/* The hypervisor that runs now, from /sys/hypervisor. */
struct facts_xen {
	char *version; /* NULL: not under Xen */
	bool is_dom0;
};

enum facts_answer { FACTS_UNKNOWN, FACTS_NO, FACTS_YES };

struct facts_kernel {
	char *path;    /* "boot/vmlinuz-VERSION" */
	char *version; /* may be empty: "boot/vmlinuz" */
	char *config;  /* the path of its configuration, or NULL */
	enum facts_answer can_dom0;
	char *loop; /* the loop driver: "builtin", "module" or "absent"; NULL: unknown */
	char *pci_back; /* likewise Xen's PCI back end, which hides devices from dom0 */
	char *compression; /* "gzip", "bzip2", "lzma", "xz", "lzo", "lz4", "zstd", "none" */
};

struct facts_hypervisor {
	char *path;
	char *version; /* from the file's name, may be empty */
	char *format;  /* "gzip", "elf" or "efi" */
};

struct facts_boot {
	char *loader;		/* "grub2", "grub-legacy", "lilo", "systemd-boot" */
	char *firmware;		/* "uefi" or "bios" */
	char *init;		/* "systemd", "sysvinit", "openrc", "runit", "busybox" */
	bool has_grub_drop_ins; /* grub-mkconfig reads /etc/default/grub.d; without one,
				   the family's does */
	struct facts_kernel *kernel; /* newest first */
	size_t kernel_count;
	struct facts_hypervisor *hypervisor; /* newest first */
	size_t hypervisor_count;
};

/* A network stack that is installed. */
struct facts_stack {
	char *name; /* "ifupdown", "networkd", "networkmanager", "wicked" */
	bool is_enabled;
};

/* A network interface of a device; bridges and the like are not. */
struct facts_nic {
	char *name;
	char *mac;
	char *driver;
	char *pci; /* the address, or NULL if it is on another bus */
	bool is_wireless;
	bool has_default_route; /* also as a port of a bridge or bond that has it */
};

struct facts_pci {
	char *address; /* "0000:03:00.0" */
	uint32_t vendor, device;
	uint32_t class; /* class, subclass, interface: 0x020000 is an Ethernet controller
			 */
	char *driver;
	char *module; /* that has the driver; NULL if it has no name or none is bound */
	char *bridge; /* the address of the one above, NULL on a root bus */
	uint32_t iommu_group; /* FACTS_NO_NUMBER: none or unknown, as always under Xen */
	bool is_boot_vga;     /* the firmware's, and so the console's, graphics */
};

/* A file system that the machine cannot start without. */
struct facts_mount {
	char *path;   /* "/", "/usr", "/boot", "/boot/efi" */
	char *source; /* "/dev/mapper/vg0-root" */
	char *type;
	struct str_list pci; /* every address on the way to its disks, bridges too */
};

struct facts_volume_group {
	char *name;
	enum facts_answer is_active; /* whether one of its volumes is */
};

/* One of LVM's that is active: others cannot run full. */
struct facts_thin_pool {
	char *group;
	char *name;
	char *profile;		   /* of its metadata, lvm.conf(5), "PROFILES"; or NULL */
	uint32_t size_mib;	   /* of its data */
	uint32_t data_percent;	   /* in use, rounded up */
	uint32_t metadata_percent; /* likewise */
	uint32_t group_free_mib;   /* what is left in the group to extend it */
	enum facts_answer is_monitored; /* by dmeventd(8) */
};

struct facts_keyboard {
	char *name;
	char *pci; /* of its controller, or NULL */
};

/* A serial port that is there. */
struct facts_uart {
	char *name;	  /* "ttyS0" */
	uint32_t io_base; /* 0: in memory */
	size_t irq;	  /* 0: none */
	char *pci;
};

struct facts {
	struct facts_os os;
	char *architecture;    /* of the programs in the root, as uname -m names it */
	uint64_t memory_bytes; /* that Linux sees: less than the machine's under Xen */
	struct facts_cpu cpu;
	struct facts_xen xen;
	enum facts_answer
		has_iommu; /* in use by Linux; unknown under Xen, which hides it */
	struct facts_boot boot;
	struct facts_stack *stack;
	size_t stack_count;
	struct facts_nic *nic;
	size_t nic_count;
	struct facts_pci *pci; /* by address */
	size_t pci_count;
	struct facts_mount *mount;
	size_t mount_count;
	struct facts_volume_group *volume_group; /* by name */
	size_t volume_group_count;
	struct facts_thin_pool *thin_pool; /* by group and name */
	size_t thin_pool_count;
	struct facts_keyboard *keyboard;
	size_t keyboard_count;
	struct facts_uart *uart;
	size_t uart_count;
};

#define _cleanup_facts_ _cleanup_(facts_clear)

/* What is absent is unknown; only a root that cannot be read at all is an error. */
int facts_read(const struct fs *fs, struct facts *ret_facts,
	       struct err *err) _must_check_;

/*
 * Whether /proc, /sys, /dev and /run tell about the machine that the root is of. They do
 * for the running system, and in a tree of plain files, which a test or a copy of a
 * machine is.
 */
bool facts_has_hardware(const struct fs *fs);

/* May run twice. */
void facts_clear(struct facts *facts);

/*
 * Whether the version in a hypervisor's file name is, or is the beginning of, the one that
 * runs: "4.20-amd64" and "4.20.3+127-dbg" are of 4.20.3+127, "4.2" is not.
 */
bool facts_is_version_of(const char *name_version, const char *running);

/* Whether a text is a PCI address: "0000:03:00.0". */
bool facts_is_pci_address(const char *text);

/* The form that `xenhost facts --json` prints, described in xenhost-facts(8). */
json_t *facts_to_json(const struct facts *facts);

/*
 * Reads what facts_to_json() made, on this machine or another. Strict: -EBADMSG for an
 * unknown or missing key and for a value of another type, each with its path
 * ("boot.kernels[0].loop: missing").
 */
int facts_from_json(json_t *json, struct facts *ret_facts, struct err *err) _must_check_;

/*
 * Likewise of a text. -EBADMSG if it is no JSON. `file` is only used in messages.
 */
int facts_parse(const char *file, const char *text, size_t length,
		struct facts *ret_facts, struct err *err) _must_check_;

/* Likewise of a file, or whatever else fs_read() says if it cannot be read. */
int facts_load(const struct fs *fs, const char *path, struct facts *ret_facts,
	       struct err *err) _must_check_;

#define FACTS_FILE_MAX (16 << 20)
