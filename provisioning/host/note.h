/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the notes in a kernel's ELF file tell: as what Xen can start it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/fs.h"
#include "host/facts.h"

/*
 * Judged as Xen 4.20 does: xen/common/libelf/libelf-dominfo.c, initdom_check_parms() and
 * tools/libs/guest/xg_dom_elfloader.c in its source; the notes are those of
 * xen/include/public/elfnote.h. Unknown: it is no ELF file for x86, is damaged, or is older
 * than notes.
 */
struct note {
	enum facts_answer dom0, pv, pvh;
};

/* Of an ELF file. */
struct note note_judge(const uint8_t *bytes, size_t length);

/* Of a kernel's file; unknown if what is in it is compressed. Reads a few KiB. */
struct note note_read(const struct fs *fs, const char *path);

/*
 * Likewise, but what is compressed is unpacked by the program for it of the running
 * system, which takes up to seconds and 128 MiB; unknown if it is absent or fails.
 */
struct note note_unpack(const struct fs *fs, const char *path);
