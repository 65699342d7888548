/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as each of those that checks read. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "resources/check-parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = mem_text_part((const char *)bytes, length);
	_cleanup_free_ char *value = check_xl_value(text, "virt_caps");
	_cleanup_free_ char *allowed = check_sxp_value(text, "hosts-allow");
	_cleanup_free_ char *kernel = check_guest_value(text, "kernel");
	_cleanup_free_ char *ours = NULL, *theirs = NULL;
	struct xen_branch branch = {0};

	if (value && strchr(value, '\n'))
		abort();
	if (allowed && strpbrk(allowed, "'\"\n"))
		abort();
	if (kernel && strchr(kernel, '\n'))
		abort();
	if (pair_branch(text, &branch) && pair_is_older(branch, branch))
		abort();
	if (check_lacks_max(text, strlen(text)) && !strstr(text, "dom0_mem="))
		abort();
	if (check_is_unmanaged(text, "eth0") && !strstr(text, "unmanaged-devices"))
		abort();
	if (check_is_archive_newer(text, &ours, &theirs) &&
	    (!strstr(ours, "+xenhost") || !*theirs || strpbrk(theirs, " \n")))
		abort();
	(void)facts_is_version_of(text, "4.20.3+127");
	(void)facts_is_version_of("4.20", text);
	(void)check_guests_mib(text);
	(void)check_has_word(text, "hvm");
	(void)check_listens(text, 8002);
	return 0;
}
