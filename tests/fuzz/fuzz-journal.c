/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as the plan of a transaction: what is accepted is a plan in full. */
#include <stdlib.h>

#include "fuzz.h"
#include "host/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_journal_entry_ struct journal_entry entry = {0};
	_cleanup_free_ uint64_t *digests = NULL;

	if (!journal_parse((const char *)bytes, length, &entry, &digests))
		return 0;
	for (size_t i = 0; i < entry.plan.count; i++) {
		const struct change *change = &entry.plan.change[i];

		if (!change->resource || !change->path[0] ||
		    change->new.access.mode > 07777 || change->old.kind > NODE_DIRECTORY)
			abort();
	}
	if (entry.plan.has_command[COMMAND_NONE])
		abort();
	return 0;
}
