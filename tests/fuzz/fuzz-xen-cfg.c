/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as xen.efi's own file: what is read is written so that it is read again. */
#include <stdlib.h>
#include <string.h>

#include "boot/xen-cfg.h"
#include "fuzz.h"

static void must_be_same(const char *a, const char *b)
{
	if (!str_same(a, b))
		abort();
}

/* What has no name of a file or an end of its own is not written by us. */
static bool is_plain(const struct xen_cfg_section *section)
{
	return section->kernel && *section->kernel &&
	       (!section->kernel_args || section->kernel_args[0] != ' ');
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_xen_cfg_ struct xen_cfg cfg = {0};

	xen_cfg_parse((const char *)bytes, length, &cfg);
	(void)xen_cfg_find(&cfg, NULL);
	for (size_t i = 0; i < cfg.count; i++) {
		_cleanup_xen_cfg_ struct xen_cfg again = {0};
		_cleanup_str_ struct str text = {0};

		if (!is_plain(&cfg.section[i]))
			continue;
		xen_cfg_add(&text, &cfg.section[i]);
		xen_cfg_parse(str_text(&text), text.length, &again);
		if (again.count != 1)
			abort();
		must_be_same(again.section[0].name, cfg.section[i].name);
		must_be_same(again.section[0].kernel, cfg.section[i].kernel);
		must_be_same(again.section[0].options, cfg.section[i].options);
		must_be_same(again.section[0].ramdisk, cfg.section[i].ramdisk);
	}
	return 0;
}
