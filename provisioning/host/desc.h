/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host shall be: /etc/xen/host.conf, read strictly into plain data. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/fs.h"

/*
 * xenhost.conf(5) is the contract. A setting holds its value and the entry that it came
 * from, so that a later refusal can point there; `entry` is NULL where the description is
 * silent, and the value is the default then.
 */
struct desc_number {
	const struct conf_entry *entry;
	uint64_t value;
};

struct desc_flag {
	const struct conf_entry *entry;
	bool value;
};

/* One of a few words: an enum of the setting's own. */
struct desc_choice {
	const struct conf_entry *entry;
	unsigned int value;
};

/* One word, or NULL. */
struct desc_word {
	const struct conf_entry *entry;
	const char *text;
};

/* Words: entry->word[0 .. entry->count - 1]; none if `entry` is NULL. */
struct desc_list {
	const struct conf_entry *entry;
};

/* CPU numbers, ascending, each once. */
struct desc_cpus {
	unsigned int *cpu;
	size_t count;
};

enum desc_pin { DESC_PIN_NO, DESC_PIN_YES, DESC_PIN_AUTO, DESC_PIN_LIST };

struct desc_dom0 {
	struct desc_number memory;     /* MiB, 0: auto */
	struct desc_number max_memory; /* MiB, 0: as `memory` */
	struct desc_number vcpus;      /* 0: all, unless vcpus_auto */
	bool vcpus_auto;
	struct desc_choice pin;	   /* enum desc_pin */
	struct desc_cpus pin_cpus; /* for DESC_PIN_LIST */
	struct desc_number weight; /* 0: the scheduler's own */
	struct desc_list kernel_args;
};

enum desc_flavour { DESC_RELEASE, DESC_DEBUG };

struct desc_xen {
	struct desc_list args, args_default;
	struct desc_list reboot;
	struct desc_flag noreboot;
	struct desc_choice flavour; /* enum desc_flavour */
};

/* What GRUB boots by itself; KEEP: as the administrator has set it. */
enum desc_boot_default { DESC_DEFAULT_XEN, DESC_DEFAULT_LINUX, DESC_DEFAULT_KEEP };
enum desc_priority { DESC_PRIORITY_ID, DESC_PRIORITY_DIVERT };

struct desc_boot {
	struct desc_number timeout;	  /* seconds; only used if `entry` is set */
	struct desc_choice default_entry; /* enum desc_boot_default */
	struct desc_choice priority;	  /* enum desc_priority */
	struct desc_flag trial;
	struct desc_flag chainload; /* xen.efi, where GRUB was started by UEFI */
	struct desc_number keep;    /* earlier builds of the hypervisor */
};

/* A UART: com1 and com2 are known by their number, any other by port and interrupt. */
struct desc_serial {
	struct desc_word port;	  /* as written */
	unsigned int unit;	  /* of GRUB and Linux: com1 is 0 */
	unsigned int io_base;	  /* 0: the unit's usual one */
	unsigned int irq;	  /* 0: the unit's usual one */
	struct desc_number speed; /* baud */
	struct desc_flag vga;
};

enum desc_address { DESC_INHERIT, DESC_DHCP, DESC_NONE, DESC_STATIC };

struct desc_bridge {
	const char *name;
	struct conf_place place;
	struct desc_list ports;	  /* none: an internal bridge */
	struct desc_list address; /* DESC_STATIC: ADDRESS/LENGTH words, v4 or v6 */
	enum desc_address address_kind;
	struct desc_list gateway, dns;
	struct desc_flag stp;
	struct desc_number forward_delay, wait_port; /* seconds */
	struct desc_number
		vlan; /* 0: untagged; else the port is a VLAN of the one named */
	struct desc_number mtu; /* 0: as the port */
	struct desc_word mac;	/* NULL: as the port */
};

struct desc_dummy {
	const char *name;
	struct conf_place place;
	struct desc_list address; /* ADDRESS/LENGTH words */
};

enum desc_stack {
	DESC_STACK_AUTO,
	DESC_IFUPDOWN,
	DESC_NETWORKD,
	DESC_NETWORKMANAGER,
	DESC_WICKED,
	DESC_NETPLAN,
};

struct desc_network {
	struct desc_choice stack;	 /* enum desc_stack */
	struct desc_number vif_queue;	 /* packets */
	struct desc_word default_bridge; /* NULL: the first bridge */
};

enum desc_shutdown { DESC_SHUTDOWN, DESC_SAVE };

struct desc_guests {
	struct desc_choice on_shutdown; /* enum desc_shutdown */
	struct desc_flag restore;	/* unset: as `on_shutdown` saves */
	struct desc_flag wait_disks;
	struct desc_word auto_dir;
};

enum desc_kind { DESC_XL, DESC_XEND };
enum desc_autoballoon {
	DESC_AUTOBALLOON_OFF,
	DESC_AUTOBALLOON_ON,
	DESC_AUTOBALLOON_AUTO
};

struct desc {
	struct conf conf;
	struct desc_dom0 dom0;
	struct desc_xen xen;
	struct desc_boot boot;
	struct desc_serial serial; /* in use if port.text is set */
	struct desc_bridge *bridge;
	size_t bridge_count;
	struct desc_dummy *dummy;
	size_t dummy_count;
	struct desc_network network;
	struct desc_number loop_max, netloop_max; /* netloop: only used if set */
	struct desc_list modules;
	struct desc_list pci_hide, pci_override;
	struct desc_guests guests;
	struct desc_list storage_vg;
	struct desc_word storage_thin_pool; /* in one of them */
	struct desc_flag storage_protect;
	struct desc_choice toolstack_kind; /* enum desc_kind */
	struct desc_choice autoballoon;	   /* enum desc_autoballoon */
	struct desc_list forward;	   /* bridges */
};

#define _cleanup_desc_ _cleanup_(desc_clear)

#define DESC_PATH "etc/xen/host.conf"

/*
 * Reads a description. -EBADMSG if it is invalid ("FILE:LINE:COLUMN: cause" with the
 * source line and a caret), whatever else fs_read() says if it cannot be read.
 */
int desc_read(const struct fs *fs, const char *path, struct desc *ret_desc,
	      struct err *err) _must_check_;
int desc_parse(const char *file, const char *text, size_t length, struct desc *ret_desc,
	       struct err *err) _must_check_;

/* What holds without a description: an empty one. */
void desc_defaults(struct desc *ret_desc);

/* May run twice. */
void desc_clear(struct desc *desc);

/*
 * Sets "FILE:LINE:COLUMN: TEXT" for word number `word` of an entry, with the source line
 * and a caret; a NULL entry (a default is refused) gives the text alone. Returns
 * -EBADMSG: the description does not fit this machine.
 */
int desc_refuse(const struct desc *desc, const struct conf_entry *entry, size_t word,
		struct err *err, const char *format, ...) _printf_(5, 6);

/* Likewise for a place, such as a section's. */
int desc_refuse_place(const struct desc *desc, struct conf_place place, struct err *err,
		      const char *format, ...) _printf_(4, 5);

#define desc_refuse_place(...) err_negative((desc_refuse_place)(__VA_ARGS__))
#define desc_refuse(...) err_negative((desc_refuse)(__VA_ARGS__))
