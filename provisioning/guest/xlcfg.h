/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests' configurations for xl, xl.cfg(5): written, and read as xl reads them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"
#include "guest/spec.h"

/*
 * The configuration of a guest. `template_text` has @NAME@ fields (xen-tools.conf(5) lists them) and may be NULL: the built-in
 * one. A Perl template, "{$name}", is refused with the field to use instead.
 */
int xlcfg_make(const struct guest *guest, const char *template_text, struct str *ret_text,
	       struct err *err) _must_check_;

/*
 * Likewise with the template that the guest names, which is read below `host`, and with
 * its installer.
 */
int xlcfg_make_for(const struct fs *host, const struct guest *guest, struct str *ret_text,
		   struct err *err) _must_check_;

/*
 * Adds, at the end of a configuration, what starts the guest's installer: of settings that
 * are there twice xl takes the last one. A guest that ends or restarts is destroyed then.
 */
void xlcfg_add_installer(const struct guest *guest, struct str *text);

/* Takes that away. False: it is not there. */
bool xlcfg_cut_installer(struct str *text);

struct xlcfg_disk {
	char *path;    /* "" for an empty drive; absolute where it is a path */
	char *device;  /* "xvda2"; "" if it is not told */
	char *backend; /* the domain that has the path; NULL: dom0 */
	bool is_writable, is_shared; /* "w", and xend's "w!", which xl refuses */
};

struct xlcfg_vif {
	char *mac, *bridge, *ip,
		*vifname; /* NULL: not set; ip may be several with blanks */
};

/* What we need of a configuration, whoever wrote it. */
struct xlcfg {
	char *name;		     /* NULL: not set, xl refuses that */
	char *type;		     /* "pv", "pvh", "hvm" */
	uint64_t memory, max_memory; /* MiB, 0: not set, or no number */
	unsigned int vcpus;	     /* 0: not set */
	struct xlcfg_disk *disk;
	size_t disk_count;
	struct xlcfg_vif *vif;
	size_t vif_count;
	bool is_dhcp; /* dhcp = "dhcp", xen-tools' word */
};

#define _cleanup_xlcfg_ _cleanup_(xlcfg_clear)
void xlcfg_clear(struct xlcfg *cfg);

/*
 * Reads a text. Errors are "FILE:LINE: cause"; what is not known is passed over, what is no
 * such language is an error, so that nobody takes a damaged file for one without disks.
 * What xl refuses for other reasons than its language may be accepted.
 */
int xlcfg_read(const char *file, const char *text, size_t length, struct xlcfg *ret_cfg,
	       struct err *err) _must_check_;

/* Adds the addresses that the interfaces have by the configuration. */
void xlcfg_addresses(const struct xlcfg *cfg, struct str_list *ret_addresses);
