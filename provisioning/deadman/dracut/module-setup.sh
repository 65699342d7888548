#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# dracut: xenhost-deadman, and what it talks to Xen with, in the initial RAM file system.
check() { [ -x /usr/lib/xenhost/xenhost-deadman ]; }
depends() { return 0; }
installkernel() { hostonly='' instmods xen-privcmd; }
install() {
	inst /usr/lib/xenhost/xenhost-deadman /sbin/xenhost-deadman
	# shellcheck disable=SC2154
	inst_hook pre-udev 10 "$moddir/arm.sh"
}
