#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The packages come, replace Debian's, and go without a trace: real apt, real dpkg, real archive.
. "$(dirname "$0")/lib.sh"

diversions() { inside dpkg-divert --list '/etc/grub.d/*'; }
diverted() {
	[ -x "$root/etc/grub.d/20_linux_xen.dpkg-divert" ] && [ ! -e "$root/etc/grub.d/20_linux_xen" ] &&
		[ -x "$root/etc/grub.d/20_xenhost" ]
}
not_diverted() {
	[ -x "$root/etc/grub.d/20_linux_xen" ] && [ ! -e "$root/etc/grub.d/20_linux_xen.dpkg-divert" ] &&
		[ -z "$(diversions)" ]
}

fresh_root
ok "from nothing: the repository is accepted" add_repo
ok "from nothing: apt takes the newest build, whosever it is" candidate_is_newest
ok "from nothing: the pin of README.Debian is written" pin
ok "from nothing: installs xen-system-amd64 and the rest" inside apt-get -q -y install \
	xen-system-amd64 xenhost xenhost-guests xen-hypervisor-4.20-amd64-dbg libxen-dev xen-doc
ok "from nothing: dpkg is happy" dpkg_is_happy
ok "from nothing: the packages are ours" sh -c "! chroot '$root' dpkg-query -W -f '\${source:Package} \${Package}\n' | grep '^xen '"
ok "from nothing: GRUB comes after it" inside apt-get -q -y install grub-common
ok "from nothing: GRUB's own script is diverted, and xenhost's is there" diverted
ok "from nothing: xenhost goes" inside apt-get -q -y remove xenhost
ok "from nothing: GRUB's own script is back" not_diverted
ok "from nothing: xenhost comes again" inside apt-get -q -y install xenhost
ok "from nothing: GRUB's own script is diverted again" diverted
ok "from nothing: xenhost runs" inside xenhost --version
ok "from nothing: the commands for guests run" inside xen-list-images
ok "from nothing: xl names its reason outside Xen" sh -c "chroot '$root' xl list 2>&1 | grep -q '^xl: run the toolstack: this machine is not running under Xen'"
ok "from nothing: removes" inside apt-get -q -y remove 'xen*' 'libxen*'
ok "from nothing: dpkg is happy after the removal" dpkg_is_happy
ok "from nothing: GRUB's own script is back for good" not_diverted
ok "from nothing: purges" inside apt-get -q -y purge 'xen*' 'libxen*'
ok "from nothing: purges what came along" purge_all
ok "from nothing: nothing is left" nothing_is_left

fresh_root
ok "upgrade: the archive answers" inside apt-get -q update
ok "upgrade: Debian's own xen-system-amd64, QEMU and libvirt's driver install" inside apt-get -q -y install \
	xen-system-amd64 qemu-system-xen libvirt-daemon-driver-xen
find "$root/boot" -name "xen-*.gz" >"$work/hypervisors"
ok "upgrade: the repository is accepted" add_repo
ok "upgrade: the pin of README.Debian is written" pin
ok "upgrade: to ours" inside apt-get -q -y --with-new-pkgs --allow-downgrades upgrade
ok "upgrade: xen-system-amd64 is ours" sh -c "chroot '$root' dpkg-query -W -f '\${source:Package}' xen-system-amd64 | grep -qx xenhost"
ok "upgrade: dpkg is happy" dpkg_is_happy
ok "upgrade: QEMU finds its libraries" sh -c "chroot '$root' ldd /usr/libexec/xen-qemu-system-i386 >'$work/ldd' && ! grep 'not found' '$work/ldd'"
ok "upgrade: Debian's hypervisor is kept" sh -c "grep -qx /boot/xen-4.20-amd64.gz '$root/var/lib/xen/kept-hypervisors' || ! grep -q 4.20 '$work/hypervisors'"
ok "upgrade: the init scripts are gone" sh -c "! ls '$root'/etc/init.d/xen* '$root'/etc/rc?.d/*xen* 2>/dev/null | grep ."
ok "upgrade: removes" inside apt-get -q -y remove 'xen*' 'libxen*'
ok "upgrade: dpkg is happy after the removal" dpkg_is_happy
ok "upgrade: purges what came along" purge_all
ok "upgrade: nothing is left" nothing_is_left
finish
