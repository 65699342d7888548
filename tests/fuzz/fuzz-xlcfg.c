/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as a guest's configuration, and as each of its disks and interfaces. */
#include <string.h>

#include "fuzz.h"
#include "guest/disks.h"
#include "guest/xlcfg-parts.h"

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void read_device(const char *text)
{
	struct xlcfg cfg = {0};

	cfg.disk = mem_alloc(sizeof(*cfg.disk));
	cfg.vif = mem_alloc(sizeof(*cfg.vif));
	if (xlcfg_read_disk(text, cfg.disk, NULL) == 0)
		cfg.disk_count = 1;
	xlcfg_read_vif(text, cfg.vif);
	cfg.vif_count = 1;
	xlcfg_clear(&cfg);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = mem_text_part((const char *)bytes, length);
	_cleanup_str_list_ struct str_list paths = {0};
	_cleanup_xlcfg_ struct xlcfg cfg = {0};
	_cleanup_err_ struct err err = {0};
	int rc = xlcfg_read("f", text, length, &cfg, &err);

	check((rc < 0) == (err.code > 0));
	check(rc < 0 || cfg.type);
	for (size_t i = 0; i < cfg.disk_count; i++)
		check(cfg.disk[i].path && cfg.disk[i].device);
	read_device(text);
	guest_disks(text, &paths);
	for (size_t i = 0; i < paths.count; i++)
		check(paths.item[i][0] == '/');
	return 0;
}
