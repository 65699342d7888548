/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a kernel's ELF file. */
#include <stdlib.h>

#include "fuzz.h"
#include "host/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct note note = note_judge(bytes, length);
	bool is_known = note.dom0 != FACTS_UNKNOWN;

	/* All is known, or nothing. */
	if ((note.pv != FACTS_UNKNOWN) != is_known ||
	    (note.pvh != FACTS_UNKNOWN) != is_known)
		abort();
	return 0;
}
