#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the packages hold and say, without installing them.
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. build/source/version.mk

field() { dpkg-deb -f "$packages/$1"_*.deb "$2"; }
files() { dpkg-deb -c "$packages/$1"_*.deb | awk '{ print $6 }' | sed 's,^\.,,'; }
version=$(field xen-system-amd64 Version)

sorts_above_debian() {
	[ -z "$XEN_DEBIAN" ] && return
	dpkg --compare-versions "$version" gt "$XEN_DEBIAN" &&
		dpkg --compare-versions "$version" gt "$XEN_DEBIAN+b1" &&
		dpkg --compare-versions "$version" lt "${XEN_DEBIAN%u*}u$((${XEN_DEBIAN##*u} + 1))" &&
		dpkg --compare-versions "$version" lt "$XEN_UPSTREAM-1"
}
only_packages() {
	! find "$packages" -mindepth 1 ! -name '*.deb' ! -name '*.changes' ! -name '*.buildinfo' | grep .
}
hypervisor_files() {
	diff - <(files xen-hypervisor-4.20-amd64 | grep -E '^/(boot|usr/lib)/.*[^/]$') <<-END
	/boot/flask/xenpolicy-$XEN_FULLVERSION
	/boot/xen-$XEN_FULLVERSION.config
	/boot/xen-$XEN_FULLVERSION.gz
	/usr/lib/xen-4.20/boot/xen-$XEN_FULLVERSION.efi
	END
}
xenhost_files() {
	diff - <(files xenhost | grep -E '^/etc/.*[^/]$') <<-END
	/etc/grub.d/20_xenhost
	/etc/initramfs/post-update.d/xenhost
	/etc/kernel/postinst.d/zzz-xenhost
	END
}
guests_files() {
	diff - <(files xenhost-guests | grep -E '^/(etc|usr/sbin)/.*[^/]$' | sort) <<-END
	/etc/xen-tools/xen-tools.conf
	/usr/sbin/xen-create-image
	/usr/sbin/xen-create-nfs
	/usr/sbin/xen-delete-image
	/usr/sbin/xen-list-images
	/usr/sbin/xen-resize-guest
	/usr/sbin/xen-resize-image
	/usr/sbin/xen-templates
	/usr/sbin/xen-update-image
	END
}
# As GRUB's own script chooses: every /boot/xen* but these.
grub_sees_one() {
	[ "$(files xen-hypervisor-4.20-amd64 | grep -E '^/boot/xen' | grep -vcE '\.config$')" = 1 ]
}
efi_is_stripped() {
	dpkg-deb --fsys-tarfile "$packages"/xen-hypervisor-4.20-amd64_*.deb |
		tar -xO "./usr/lib/xen-4.20/boot/xen-$XEN_FULLVERSION.efi" >"$work/xen.efi"
	[ "$(stat -c %s "$work/xen.efi")" -lt 6000000 ] && [ "$(head -c 2 "$work/xen.efi")" = MZ ]
}
config_has() { dpkg-deb --fsys-tarfile "$packages/$1"_*.deb | tar -xO --wildcards './boot/*.config' | grep -x "$2"; }
library_packages() {
	local package
	for package in libxencall1 libxendevicemodel1 libxenevtchn1 libxenforeignmemory1 libxengnttab1 libxenhypfs1 \
		libxenmisc4.20 libxenstore4 libxentoolcore1 libxentoollog1; do
		dpkg-deb --ctrl-tarfile "$packages/$package"_*.deb | tar -xO ./symbols | grep " $package " || return
	done
}
toolstack_is_complete() {
	local program
	for program in xl xenstored oxenstored xenconsoled pygrub xenpm xentop xen-init-dom0 xenwatchdogd; do
		files xen-utils-4.20 | grep -x "/usr/lib/xen-4.20/bin/$program" || return
	done
	files xen-utils-4.20 | grep -x /usr/lib/xen-4.20/boot/hvmloader && files xen-utils-4.20 | grep -x /usr/lib/xen-4.20/boot/xen-shim &&
		files xen-utils-common | grep -x /usr/share/bash-completion/completions/xl &&
		files xen-utils-common | grep -x /usr/share/man/man1/xl.1.gz
}
common_is_not_bound() {
	! field xen-utils-common Depends | grep libxenmisc
}
# Two tags are about Debian's archive, not about the packages: most of the length of the file
# names is Debian's own version, and a stable release is where ours are meant for. lintian
# leaves files of its own behind.
lintian_is_silent() {
	TMPDIR=$work lintian --allow-root --fail-on error,warning \
		--suppress-tags package-has-long-file-name,bad-distribution-in-changes-file "$packages"/*.changes
}

ok "only packages, .changes and .buildinfo" only_packages
ok "sorts just above Debian's build of the same source" sorts_above_debian
ok "the hypervisor's files carry the full version" hypervisor_files
ok "xenhost's scripts for GRUB and for kernels" xenhost_files
ok "xenhost-guests has the commands of xen-tools" guests_files
ok "GRUB's script finds one hypervisor" grub_sees_one
ok "the image for UEFI is stripped" efi_is_stripped
ok "the release hypervisor has no developer checks" config_has xen-hypervisor-4.20-amd64 '# CONFIG_DEBUG is not set'
ok "the debug hypervisor has them" config_has xen-hypervisor-4.20-amd64-dbg CONFIG_DEBUG=y
ok "each library has a symbols file" library_packages
ok "the toolstack is complete" toolstack_is_complete
ok "what all branches share is not tied to one" common_is_not_bound
ok "lintian finds no error and no warning" lintian_is_silent
finish
