/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The distribution's archive: whether it has a newer Xen than the one built here. */
#include "resources/check-parts.h"
#include "resources/resources.h"

static const struct advice newer = {
	.id = "xen.archive-newer",
	.severity = SEVERITY_INFO,
	.why = "what the distribution mended since is not in this build; its security "
	       "updates come this way",
	.setting = "build the packages anew and upgrade",
};

static void check(struct checker *checker)
{
	const char *policy = checker_ask(checker, CHECKER_APT_POLICY);
	_cleanup_free_ char *ours = NULL, *theirs = NULL;

	if (check_is_archive_newer(policy, &ours, &theirs))
		check_add(checker, &newer, "the archive has Xen %s, installed is %s",
			  theirs, ours);
}

const struct resource resource_archive = {.name = "archive", .check = check};
