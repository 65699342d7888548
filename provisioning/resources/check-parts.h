/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small readers that checks share; what they are given is hostile. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "host/check.h"
#include "host/note.h"
#include "host/pair.h"

/*
 * Whether the installed version in what `apt-cache policy` prints is ours, of
 * "+xenhostN", and the archive has a newer one that is not. Both are the caller's to free
 * then.
 */
bool check_is_archive_newer(const char *policy, char **ret_ours, char **ret_theirs);

/* The value in a line "NAME : VALUE" of `xl info`, or NULL. The caller frees it. */
char *check_xl_value(const char *xl_info, const char *name);

/* The memory of all guests in MiB, in the table that `xl list` prints. */
uint64_t check_guests_mib(const char *xl_list);

/* Whether a text of words separated by blanks has one of them. */
bool check_has_word(const char *words, const char *word);

/*
 * Whether a command line of Xen has a dom0_mem that leaves the maximum open
 * (xen-command-line(7), dom0_mem).
 */
bool check_lacks_max(const char *line, size_t length);

/*
 * Whether a /proc/net/tcp or tcp6 has a socket that listens at a port of an address that
 * others can reach.
 */
bool check_listens(const char *table, uint16_t port);

/*
 * Whether a NetworkManager.conf(5) leaves an interface alone: its unmanaged-devices
 * matches by name.
 */
bool check_is_unmanaged(const char *text, const char *interface);

/* The value in xend's "(NAME VALUE)", without quotes; NULL if it is not set. */
char *check_sxp_value(const char *text, const char *name);

/* GRUB's defaults as grub-mkconfig reads them, one file after the other. */
void check_read_grub(const struct checker *checker, struct str *ret_text);

/* A small file; "" if it is absent or cannot be read. */
void check_read(const struct checker *checker, const char *path, struct str *ret_text);

/*
 * The text that an xl.cfg(5) assigns to a name, without its quotes: `kernel =
 * "/boot/vmlinuz"`. The last one counts. NULL if there is none. The caller frees it.
 */
char *check_guest_value(const char *text, const char *name);

struct check_note {
	char *path; /* without a slash in front */
	struct note note;
};

/* The notes of kernels, each unpacked once. A zeroed struct knows none. */
struct check_notes {
	struct check_note *item;
	size_t count;
};

#define _cleanup_check_notes_ _cleanup_(check_notes_clear)
void check_notes_clear(struct check_notes *notes);

/* A kernel in /boot that by its configuration may be dom0's. */
void check_notes_dom0(struct checker *checker, struct check_notes *notes,
		      const char *path);

/* The kernel of a guest, whose configuration has this text. */
void check_notes_guest(struct checker *checker, struct check_notes *notes,
		       const char *path, const char *config, const char *text);
