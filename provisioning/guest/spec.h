/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest shall be, with nothing left to decide: plain data, made once by spec_make(). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/str.h"
#include "guest/setting.h"

enum guest_type { GUEST_PVH, GUEST_PV, GUEST_HVM };

/* What finds the guest's kernel. */
enum guest_boot {
	GUEST_PVGRUB, /* GRUB as the guest's first kernel; dom0 never reads the guest's disk */
	GUEST_PYGRUB,	/* a program in dom0 reads the guest's menu */
	GUEST_KERNEL,	/* a kernel among dom0's files */
	GUEST_FIRMWARE, /* hvm: SeaBIOS or OVMF and a boot loader on the guest's disk */
};

/* What a root file system comes from. */
enum recipe_method {
	RECIPE_MMDEBSTRAP,
	RECIPE_DEBOOTSTRAP,
	RECIPE_ZYPPER, /* zypper --root */
	RECIPE_TAR,    /* an archive of a root */
	RECIPE_COPY,   /* a directory with a root */
	RECIPE_IMAGE,  /* a file or volume with a file system */
};

enum recipe_layout {
	LAYOUT_PLAIN, /* one file system from the volume's first byte on */
	LAYOUT_DISK,  /* GPT: BIOS boot partition, EFI system partition, root */
};

/* Everything that decides what is in a template (guest/template.h), and nothing else. */
struct recipe {
	enum recipe_method method;
	enum recipe_layout layout;
	char *source;	    /* RECIPE_TAR, _COPY, _IMAGE: a path in dom0; else NULL */
	char *distribution; /* "debian", "ubuntu", "opensuse", "other" */
	char *suite;	    /* "bookworm", "leap-15.6"; NULL where the source decides */
	char *arch;	    /* in dpkg's words: "amd64", "i386", "arm64" */
	char *mirror;	    /* a URI, never NULL with a bootstrapping method */
	char *security_mirror; /* NULL: the mirror's sibling (guest/template.h) */
	char *keyring; /* a file of dom0; NULL: the bootstrapping program's own choice */
	char *proxy;   /* for downloads; NULL: none */
	char *fs;      /* of the root: "ext4" */
	uint64_t room; /* bytes of the guest's root: for the build, as the proxy is */
	bool has_security; /* security updates are among the sources of packages */
	struct str_list components; /* "main" ... */
	struct str_list packages;   /* asked for beyond the base, sorted, each once */
};

struct guest_volume {
	char *name;    /* "disk", "swap", or the section of the partition file */
	char *path;    /* in dom0: "/dev/vg0/web-disk", "/srv/domains/web/disk.img" */
	char *device;  /* in the guest: "xvda2"; the whole disk "xvda" with LAYOUT_DISK */
	uint64_t size; /* bytes, whole MiB */
	char *fs;      /* "ext4", "swap" */
	char *mountpoint; /* "/"; NULL: swap */
	char *options;	  /* fstab(5) */
	char uuid[37];	  /* of the file system or swap space, chosen here */
};

struct guest_nic {
	char mac[18]; /* lower case */
	char *bridge; /* NULL: xl's default */
	char *vifname;
	unsigned int vlan; /* 0: none */
	bool is_dhcp;
	struct str_list addresses; /* ADDRESS/LENGTH, IPv4 and IPv6 */
	char *gateway4, *gateway6; /* NULL: none */
	char *broadcast;	   /* IPv4; NULL: what the length says */
	char *p2p; /* the other end of a point-to-point link; NULL: none */
};

/* What starts an installer, until the guest is installed (xlcfg_add_installer()). */
struct guest_installer {
	char *medium;		/* an image of a CD or DVD, or a drive; NULL: none */
	char *kernel, *ramdisk; /* files of dom0; NULL: what the medium boots */
	char *arguments;	/* of the kernel; NULL: none */
	uint64_t memory;	/* MiB; 0: as much as the guest */
};

enum guest_password {
	PASSWORD_NONE,	   /* root's password is locked */
	PASSWORD_GIVEN,	   /* `password` */
	PASSWORD_GENERATE, /* made, and shown once on a terminal, never logged */
};

struct guest {
	char *name; /* its host name and the domain's name */
	enum guest_type type;
	enum guest_boot boot;
	uint64_t memory, max_memory; /* MiB; max_memory 0: not set */
	unsigned int vcpus;
	char *cpus;		 /* xl.cfg(5); NULL: not set */
	unsigned int cpu_weight; /* 0: not set */
	char *kernel,
		*ramdisk; /* files of dom0: of GUEST_KERNEL; pvgrub itself; else NULL */
	char *serial_device; /* "hvc0" */

	struct guest_volume *volume; /* the root's first, then in the order of devices */
	size_t volume_count;
	struct guest_nic *nic;
	size_t nic_count;
	struct str_list nameservers;
	char *search; /* DNS domain; NULL: none */
	char *pool; /* a file of addresses that one is to be taken from (lease.h); NULL: none */
	size_t pool_address; /* which of the first interface's that is */

	struct recipe recipe;
	bool has_installer; /* the volume is left empty: no recipe, no identity */
	struct guest_installer installer;
	enum guest_password password_kind;
	char *password; /* PASSWORD_GIVEN; wiped when freed */
	unsigned int password_length;
	char *hash_method;	     /* "yescrypt", "sha512", "sha256" */
	struct str_list ssh_keys;    /* lines for root's authorized_keys */
	struct str_list roles;	     /* programs, absolute paths, in their order */
	struct str_list final_roles; /* after the configuration was written */
	char *role_arguments;	     /* NULL: none */
	struct str_list
		environment;   /* NAME=value for roles and hooks, xen-tools' names */
	char *cloud_init;      /* user-data file of dom0; NULL: none */
	bool has_copied_hosts; /* dom0's /etc/hosts is copied into the guest */
	bool is_in_hosts;      /* the guest is added to dom0's /etc/hosts */
	bool is_autostarted;   /* a link in /etc/xen/auto */
	bool is_started;       /* xl create when it is made */
	char *config;	       /* "/etc/xen/web.cfg" */
	char *config_template; /* a file with @NAME@ fields; NULL: the built-in one */
	char *nfs_server, *nfs_root; /* the root, without volumes; NULL: none */
};

#define _cleanup_guest_ _cleanup_(guest_clear)

/* May run twice. */
void guest_clear(struct guest *guest);

struct storage;

/*
 * What the settings mean on this dom0: all that can be decided without making anything is,
 * and refused where it makes no sense. -EEXIST if the guest has a configuration already: it
 * is never touched. Errors begin with the guest's name and what was set. The caller clears
 * both (storage_clear()), whatever the result is.
 */
int spec_make(const struct settings *settings, const struct fs *host,
	      struct guest *ret_guest, struct storage *ret_storage,
	      struct err *err) _must_check_;

/* Likewise for a guest whose root is on an NFS server, without storage or a recipe. */
int spec_make_nfs(const struct settings *settings, const struct fs *host,
		  struct guest *ret_guest, struct err *err) _must_check_;

/* All of it, but for the password. `storage` is NULL where no volume is made. */
json_t *spec_json(const struct guest *guest, const struct storage *storage);

/* The words of the enumerations: "pvh", "pvgrub", "mmdebstrap". */
const char *guest_type_name(enum guest_type type);
const char *guest_boot_name(enum guest_boot boot);
const char *recipe_method_name(enum recipe_method method);

/* The mask of "ADDRESS/LENGTH" (IPv4), "255.255.255.0". */
void guest_netmask(const char *prefix, char ret_mask[16]);

/*
 * Whether a text can name a guest: 1 to 63 of lower- and upper-case letters, digits, "-",
 * ".", not beginning or ending with "-" or ".": a host name (RFC 1123, 2.1) that is one part
 * of a path and of a volume's name (lvm(8), "VALID NAMES").
 */
bool guest_is_name(const char *text);
