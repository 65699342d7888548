/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the readers of configurations share: the language, and what its values mean. */
#pragma once

#include "guest/xlcfg.h"

/* A setting that is wanted, and its value: that of the last assignment. */
struct xlcfg_setting {
	const char *name;
	size_t line; /* of the last assignment; 0: there is none */
	bool is_list;
	bool is_sum;	      /* made by "+=", which no number may be */
	bool is_cut;	      /* a list in the list: xl uses no item from there on */
	struct str text;      /* unless it is a list */
	struct str_list item; /* the texts of a list */
};

void xlcfg_setting_clear(struct xlcfg_setting *setting);

/*
 * Reads the language (libxlu_cfg_l.l and libxlu_cfg_y.y in Xen's tools/libs/util): all of
 * the text, of which the wanted settings are kept. It differs from xl's reader in three
 * points. Comments may end with the text. Numeric escapes, which xl drops or refuses, are
 * refused, as are NUL bytes, lists in 100 lists, and lists of more than 4096 texts.
 */
int xlcfg_parse(const char *file, const char *text, size_t length,
		struct xlcfg_setting *setting, size_t count,
		struct err *err) _must_check_;

/*
 * The meaning of a disk specification (xl-disk-configuration(5), libxlu_disk_l.l), and of
 * a network interface's (xl-network-configuration(5)). What does not tell whose bytes are
 * used, and how, may be unknown: formats, new parameters.
 */
int xlcfg_read_disk(const char *text, struct xlcfg_disk *ret_disk,
		    struct err *err) _must_check_;
void xlcfg_read_vif(const char *text, struct xlcfg_vif *ret_vif);

void xlcfg_disk_clear(struct xlcfg_disk *disk);
