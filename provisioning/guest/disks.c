/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disks that a guest's configuration names. */
#include <string.h>

#include "guest/disks.h"
#include "guest/xlcfg.h"

void guest_disks(const char *text, struct str_list *ret_paths)
{
	_cleanup_xlcfg_ struct xlcfg cfg = {0};

	if (xlcfg_read("", text, strlen(text), &cfg, NULL) < 0)
		return;
	for (size_t i = 0; i < cfg.disk_count; i++) {
		const struct xlcfg_disk *disk = &cfg.disk[i];

		if (disk->path[0] == '/' && !disk->backend &&
		    !str_list_has(ret_paths, disk->path))
			str_list_add(ret_paths, disk->path);
	}
}
