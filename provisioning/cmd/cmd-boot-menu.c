/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost boot menu: GRUB's entries for Xen, for grub-mkconfig. */
#include <errno.h>

#include "cmd/boot.h"

static int run(const struct call *call, struct err *err)
{
	(void)call;
	return err_set(err, ENOSYS, "make the menu");
}

const struct boot_command boot_command_menu = {.name = "menu", .run = run};
