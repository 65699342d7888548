#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What packages do when they come and go, with packages made of their scripts and a few files:
# builds of many versions, and a GRUB that only says which scripts it ran.
. "$(dirname "$0")/lib.sh"

# package NAME VERSION, with its files below $work/files; CONFFILES names its configuration.
package() {
	local dir=$work/$1 script
	rm -rf "$dir"
	mkdir -p "$dir/DEBIAN"
	cp -a "$work/files/." "$dir/"
	printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: x <x@example.org>\nDescription: x\n' \
		"$1" "$2" >"$dir/DEBIAN/control"
	for script in preinst postinst prerm postrm; do
		[ -f "debian/$1.$script" ] || continue
		sed -e '/^#KEPT#$/ { r hypervisor/kept.sh' -e 'd' -e '}' \
			-e '/^#FORGET#$/ { r provisioning/deadman/forget.sh' -e 'd' -e '}' "debian/$1.$script" >"$dir/DEBIAN/$script"
		chmod 755 "$dir/DEBIAN/$script"
	done
	[ -z "${CONFFILES:-}" ] || tr ' ' '\n' <<<"$CONFFILES" >"$dir/DEBIAN/conffiles"
	dpkg-deb --root-owner-group -b "$dir" "$root/srv/$1_$2.deb" >"$work/log" || { cat "$work/log"; return 1; }
	rm -rf "$work/files"
	mkdir "$work/files"
}
file() { # PATH MODE, contents on standard input
	mkdir -p "$work/files/$(dirname "$1")"
	cat >"$work/files/$1"
	chmod "$2" "$work/files/$1"
}
mkdir "$work/files"

# grub-mkconfig's loop, with what it leaves out (grub_file_is_not_garbage).
make_grub() { # VERSION
	file etc/grub.d/20_linux_xen 755 <<<$'#!/bin/sh\necho "# stock '"$1"'"'
	file etc/grub.d/10_linux 755 <<<$'#!/bin/sh\necho "# linux"'
	file usr/sbin/update-grub 755 <<'END'
#!/bin/sh
for i in /etc/grub.d/*; do
	case $i in
	*~ | */\#*\# | *.dpkg-* | *.rpmsave | *.rpmnew | README* | */README* | *.sig) ;;
	*) [ ! -f "$i" ] || [ ! -x "$i" ] || "$i" ;;
	esac
done >/boot/grub/grub.cfg
for i in /boot/xen*.gz; do [ ! -f "$i" ] || echo "# file $i"; done >>/boot/grub/grub.cfg
END
	file usr/share/grub/grub-mkconfig_lib 644 <<'END'
grub_probe=true
make_system_path_relative_to_its_root() { echo "$1"; }
prepare_grub_to_access_device() { :; }
END
	CONFFILES='/etc/grub.d/20_linux_xen /etc/grub.d/10_linux' package grub-common "$1"
}
make_xenhost() { # VERSION
	file usr/sbin/xenhost 755 <<'END'
#!/bin/sh
echo "$*" >>/var/log/xenhost-calls
[ "$*" != "boot menu" ] || echo "# ours"
END
	file etc/grub.d/20_xenhost 755 <grub.d/20_xenhost
	file etc/kernel/postinst.d/zzz-xenhost 755 <debian/zzz-xenhost
	file etc/initramfs/post-update.d/xenhost 755 <debian/initramfs-xenhost
	CONFFILES='/etc/grub.d/20_xenhost /etc/initramfs/post-update.d/xenhost /etc/kernel/postinst.d/zzz-xenhost' package xenhost "$1"
}
make_hypervisor() { # FULLVERSION REVISION [CONTENTS]
	file "boot/xen-$1.gz" 644 <<<"${3:-$1 $2}"
	file "boot/xen-$1.config" 644 <<<"config $1 $2"
	file "boot/flask/xenpolicy-$1" 644 <<<"policy $1 $2"
	package xen-hypervisor-4.20-amd64 "$1-gabc-$2"
}

new_root() {
	fresh_root || return
	mkdir -p "$root/boot/grub"
	: >"$root/boot/grub/grub.cfg"
}
dpkg_i() { inside dpkg -i "${@/#/\/srv/}"; }
menu() { grep '^#' "$root/boot/grub/grub.cfg"; }
menu_is() { diff <(printf '%s\n' "$@") <(menu | grep -v ' file '); }
builds_are() { diff <(printf '%s\n' "$@") <(find "$root/boot" -name '*xen*gz' -printf '%P\n' | sort); }
kept_are() {
	diff <([ $# = 0 ] || printf '/boot/%s\n' "$@") <(sort -rV "$root/var/lib/xen/kept-hypervisors" 2>/dev/null)
}
has() { [ "$(cat "$root/boot/$1")" = "$2" ]; }
nothing_but() { ! (cd "$root" && find boot var/lib/xen var/lib/xenhost etc/grub.d 2>/dev/null) | grep -vxE "$1"; }
cannot() { ! "$@"; }

new_root
make_grub 2.06-1
make_grub 2.06-2
make_xenhost 0.3.0
make_xenhost 0.3.1
ok "menu: GRUB comes" dpkg_i grub-common_2.06-1.deb
ok "menu: made by GRUB's own script" sh -c "chroot '$root' update-grub"
ok "menu: GRUB's own script runs" menu_is '# linux' '# stock 2.06-1'
ok "menu: xenhost comes" dpkg_i xenhost_0.3.0.deb
ok "menu: only xenhost's script runs" menu_is '# linux' '# ours'
ok "menu: GRUB's is kept under a name that is ignored" test -x "$root/etc/grub.d/20_linux_xen.dpkg-divert"
ok "menu: xenhost is upgraded" dpkg_i xenhost_0.3.1.deb
ok "menu: GRUB is upgraded" dpkg_i grub-common_2.06-2.deb
ok "menu: made again" inside update-grub
ok "menu: still only xenhost's" menu_is '# linux' '# ours'
ok "menu: the program is gone, the script stays quiet" sh -c "mv '$root/usr/sbin/xenhost' '$root/x' && chroot '$root' update-grub"
ok "menu: without entries then" menu_is '# linux'
ok "menu: the kernel's hook is quiet too" inside /etc/kernel/postinst.d/zzz-xenhost 6.1 /boot/vmlinuz-6.1
mv "$root/x" "$root/usr/sbin/xenhost"
ok "menu: the kernel's hook asks for a trial" inside /etc/kernel/postinst.d/zzz-xenhost 6.1 /boot/vmlinuz-6.1
ok "menu: it did" sh -c "grep -qx 'boot try --if-changed' '$root/var/log/xenhost-calls'"
ln -s 20_xenhost "$root/etc/grub.d/08_xenhost"
ok "menu: with Xen first" inside update-grub
ok "menu: it is that, and once" menu_is '# ours' '# linux'
# /etc/default/grub.d/xen.cfg, after an /etc/default/grub with these lines.
default_is() { # DEFAULT LINE...
	local wanted=$1
	shift
	cp etc-templates/grub-xen.cfg "$root/srv/xen.cfg"
	printf '%s\n' "$@" >"$root/srv/grub"
	# shellcheck disable=SC2016  # the shell inside expands it
	[ "$(inside sh -c 'GRUB_DEVICE=/dev/sda1 && . /srv/grub && . /srv/xen.cfg && echo "$GRUB_DEFAULT"' 2>"$work/log")" = "$wanted" ]
}
ok "default: without a hypervisor it is the administrator's" default_is 0 GRUB_DEFAULT=0
: >"$root/boot/xen-4.20.3+127.gz"
echo CONFIG_XEN_DOM0=y >"$root/boot/config-6.1"
ok "default: with xenhost it is Xen's by its name" default_is xen GRUB_DEFAULT=0
ok "default: without submenus too" default_is xen GRUB_DEFAULT=0 GRUB_DISABLE_SUBMENU=y
ok "default: what was set to something else stays" default_is saved GRUB_DEFAULT=saved
ok "default: or is said to stay" default_is 0 GRUB_DEFAULT=0 XEN_OVERRIDE_GRUB_DEFAULT=0
mkdir -p "$root/var/lib/xenhost/boot"
: >"$root/var/lib/xenhost/boot/armed"
calls() { grep -c "^$1\$" "$root/var/log/xenhost-calls"; }
# What was copied for xen.efi, and what others have there.
esp=$root/boot/efi/EFI
before=$(calls 'boot menu')
ok "copies: without any, a new initial RAM file system makes no menu" inside /etc/initramfs/post-update.d/xenhost 6.1 /boot/initrd.img-6.1
ok "copies: it does not" [ "$(calls 'boot menu')" = "$before" ]
mkdir -p "$esp/xenhost" "$esp/debian"
: >"$esp/debian/grubx64.efi"
: >"$esp/outside"
printf '%s\n' '# head' xen-4.20.efi ../outside .. '' 'vmlinuz 6.1' >"$esp/xenhost/files"
touch "$esp/xenhost/"{xen-4.20.efi,'vmlinuz 6.1',.xen-4.20.efi.xenhost-new,mine}
ok "copies: a new initial RAM file system has them made anew" inside /etc/initramfs/post-update.d/xenhost 6.1 /boot/initrd.img-6.1
ok "copies: they are" [ "$(calls 'boot menu')" = $((before + 1)) ]
ok "menu: removed, with Xen first and a boot on trial" inside dpkg -r xenhost
ok "menu: the trial is taken back" sh -c "tail -n 1 '$root/var/log/xenhost-calls' | grep -qx 'boot try --cancel'"
ok "copies: they go with the package, and what others have stays" [ "$(cd "$esp" && find . -type f | sort | paste -sd ' ')" = './debian/grubx64.efi ./outside ./xenhost/mine' ]
rm -rf "$root/boot/efi"
ok "menu: GRUB's own script runs, the new one" menu_is '# linux' '# stock 2.06-2'
ok "default: without xenhost it is the first of GRUB's own script" default_is xen-gnulinux-simple-/dev/sda1 GRUB_DEFAULT=0
ok "default: which there is not without submenus" default_is 0 GRUB_DEFAULT=0 GRUB_DISABLE_SUBMENU=y
ok "default: that is said" grep -q 'the entry with a fixed id is missing' "$work/log"
rm "$root/boot/xen-4.20.3+127.gz" "$root/boot/config-6.1"
ok "menu: purged" inside dpkg -P xenhost
ok "menu: as before" menu_is '# linux' '# stock 2.06-2'
ok "menu: nothing of ours is left" nothing_but 'boot(/grub(/grub.cfg)?)?|etc/grub.d(/(10_linux|20_linux_xen))?'
ok "menu: no diversion is left" sh -c "[ -z \"\$(chroot '$root' dpkg-divert --list '/etc/grub.d/*')\" ]"

ok "diverted by hand: as in Debian's wiki" inside dpkg-divert --divert /etc/grub.d/08_linux_xen --rename /etc/grub.d/20_linux_xen
ok "diverted by hand: xenhost comes all the same" dpkg_i xenhost_0.3.1.deb
ok "diverted by hand: it says so" sh -c "chroot '$root' dpkg-divert --listpackage /etc/grub.d/20_linux_xen | grep -qx LOCAL"
ok "diverted by hand: taken back" inside dpkg-divert --rename --remove /etc/grub.d/20_linux_xen
ok "diverted by hand: reconfigured" inside dpkg-reconfigure xenhost
ok "diverted by hand: only xenhost's script runs" menu_is '# linux' '# ours'
ok "diverted by hand: removed" inside dpkg -r xenhost
ok "diverted by hand: GRUB's own script runs" menu_is '# linux' '# stock 2.06-2'

new_root
make_grub 2.06-1
make_grub 2.06-2
make_xenhost 0.3.0
ok "together: GRUB and xenhost come at once" dpkg_i grub-common_2.06-1.deb xenhost_0.3.0.deb
ok "together: GRUB's script is kept" grep -q 2.06-1 "$root/etc/grub.d/20_linux_xen.dpkg-divert"
ok "together: GRUB is upgraded and xenhost goes at once" sh -c "
	chroot '$root' dpkg --unpack /srv/grub-common_2.06-2.deb && chroot '$root' dpkg -P xenhost && chroot '$root' dpkg --configure -a"
ok "together: GRUB's own script is there, the new one" grep -q 2.06-2 "$root/etc/grub.d/20_linux_xen"
ok "together: nothing of ours is left" nothing_but 'boot(/grub(/grub.cfg)?)?|etc/grub.d(/(10_linux|20_linux_xen))?'

new_root
make_grub 2.06-1
make_xenhost 0.3.0
dpkg_i grub-common_2.06-1.deb >"$work/log" 2>&1
file usr/sbin/xenhost 755 <<<'' # another's, which dpkg does not overwrite
package other 1
dpkg_i other_1.deb >"$work/log" 2>&1
ok "failed: xenhost cannot be unpacked" cannot dpkg_i xenhost_0.3.0.deb
ok "failed: GRUB's script is back" sh -c "[ -x '$root/etc/grub.d/20_linux_xen' ] && [ -z \"\$(chroot '$root' dpkg-divert --list '/etc/grub.d/*')\" ]"

new_root
make_grub 2.06-1
dpkg_i grub-common_2.06-1.deb >"$work/log" 2>&1
make_hypervisor 4.20.1+5 0+deb13u1
make_hypervisor 4.20.2+7 0+deb13u1
make_hypervisor 4.20.2+7 0+deb13u2~x
make_hypervisor 4.20.2+7 0+deb13u3 '4.20.2+7 0+deb13u2~x'
make_hypervisor 4.20.3+127 0+deb13u1
make_hypervisor 4.20.10+1 0+deb13u1
package=xen-hypervisor-4.20-amd64
ok "builds: the first" dpkg_i ${package}_4.20.1+5-gabc-0+deb13u1.deb
ok "builds: the same again keeps nothing" dpkg_i ${package}_4.20.1+5-gabc-0+deb13u1.deb
ok "builds: one is there" builds_are xen-4.20.1+5.gz
ok "builds: a new version" dpkg_i ${package}_4.20.2+7-gabc-0+deb13u1.deb
ok "builds: the previous one is kept" builds_are xen-4.20.1+5.gz xen-4.20.2+7.gz
ok "builds: the list has it" kept_are xen-4.20.1+5.gz
ok "builds: no package has it" cannot inside dpkg-query -S /boot/xen-4.20.1+5.gz
ok "builds: with its configuration" has xen-4.20.1+5.config 'config 4.20.1+5 0+deb13u1'
ok "builds: with its policy" has flask/xenpolicy-4.20.1+5 'policy 4.20.1+5 0+deb13u1'
ok "builds: the menu has it" grep -qx '# file /boot/xen-4.20.1+5.gz' "$root/boot/grub/grub.cfg"
ok "builds: the same version anew" dpkg_i "${package}_4.20.2+7-gabc-0+deb13u2~x.deb"
ok "builds: the package's revision tells them apart" builds_are xen-4.20.1+5.gz xen-4.20.2+7-0+deb13u1.gz xen-4.20.2+7.gz
ok "builds: each has its bytes" has xen-4.20.2+7-0+deb13u1.gz '4.20.2+7 0+deb13u1'
ok "builds: the new one too" has xen-4.20.2+7.gz '4.20.2+7 0+deb13u2~x'
ok "builds: the same bytes under a new revision" dpkg_i "${package}_4.20.2+7-gabc-0+deb13u3.deb"
ok "builds: are not kept twice" builds_are xen-4.20.1+5.gz xen-4.20.2+7-0+deb13u1.gz xen-4.20.2+7.gz
ok "builds: a third version" dpkg_i ${package}_4.20.3+127-gabc-0+deb13u1.deb
ok "builds: the oldest goes" kept_are xen-4.20.2+7-0+deb13u1.gz xen-4.20.2+7.gz
ok "builds: with all it had" nothing_but 'boot(/grub(/grub.cfg)?|/flask(/xenpolicy-4.20.[23].*)?|/xen-4.20.[23].*)?|var/lib/xen(/kept-hypervisors)?|etc/grub.d(/.*)?'
ok "builds: back to one that was kept" dpkg_i "${package}_4.20.2+7-gabc-0+deb13u3.deb"
ok "builds: it is the package's, and what it replaced is kept" kept_are xen-4.20.3+127.gz xen-4.20.2+7-0+deb13u1.gz
ok "builds: 10 is newer than 3" dpkg_i ${package}_4.20.10+1-gabc-0+deb13u1.deb
ok "builds: and the order is by version" kept_are xen-4.20.3+127.gz xen-4.20.2+7.gz
ok "builds: the older of two of a version goes" cannot test -e "$root/boot/xen-4.20.2+7-0+deb13u1.gz"

ok "removed: the package goes" inside dpkg -r $package
ok "removed: and all builds with it" nothing_but 'boot(/grub(/grub.cfg)?)?|etc/grub.d(/.*)?'
ok "removed: the menu has none" sh -c "! grep -q ' file ' '$root/boot/grub/grub.cfg'"
ok "removed: purges" inside dpkg -P $package
ok "removed: dpkg is happy" sh -c "[ -z \"\$(chroot '$root' dpkg --audit)\" ]"

# With room for the new build, but not for three.
full_boot() {
	# shellcheck disable=SC2016  # the shell inside expands it
	inside sh -euc 'mount -t tmpfs -o size=44k tmpfs /boot
		dpkg -i "/srv/$1"
		dpkg -i "/srv/$2" 2>&1
		ls -A /boot' sh "$@" >"$work/log" || { cat "$work/log"; return 1; }
}
new_root
make_hypervisor 4.20.1+5 1 "$(head -c 9000 /dev/zero | tr '\0' x)"
make_hypervisor 4.20.2+7 1 "$(head -c 9000 /dev/zero | tr '\0' y)"
ok "full: an upgrade that cannot keep the previous build" full_boot ${package}_4.20.1+5-gabc-1.deb ${package}_4.20.2+7-gabc-1.deb
ok "full: it says so" grep -qx "$package: /boot is too full to keep /boot/xen-4.20.1+5.gz" "$work/log"
ok "full: only the new build is there" sh -c "[ \"\$(grep -c '^\.*xen-4.*gz\$' '$work/log')\" = 1 ]"

new_root
make_grub 2.06-1
make_xenhost 0.3.0
make_hypervisor 4.20.1+5 1
make_hypervisor 4.20.2+7 1
ok "with xenhost: the previous build" dpkg_i grub-common_2.06-1.deb xenhost_0.3.0.deb ${package}_4.20.1+5-gabc-1.deb
ok "with xenhost: an upgrade" dpkg_i ${package}_4.20.2+7-gabc-1.deb
ok "with xenhost: it chooses what stays, then tries the new boot" sh -c \
	"[ \"\$(grep -vx 'boot menu' '$root/var/log/xenhost-calls' | tail -n 2 | tr '\n' ,)\" = 'boot prune --no-commands,boot try --if-changed,' ]"

# A second unpack before the first is configured, and one that fails.
new_root
make_hypervisor 4.20.1+5 1
make_hypervisor 4.20.2+7 1
make_hypervisor 4.20.3+127 1
dpkg_i ${package}_4.20.1+5-gabc-1.deb >"$work/log" 2>&1
ok "interrupted: unpacked" inside dpkg --unpack /srv/${package}_4.20.2+7-gabc-1.deb
ok "interrupted: what was replaced is nobody's hypervisor yet" builds_are .xen-4.20.1+5=1.gz xen-4.20.2+7.gz
ok "interrupted: unpacked again" inside dpkg --unpack /srv/${package}_4.20.3+127-gabc-1.deb
ok "interrupted: configured" inside dpkg --configure -a
ok "interrupted: both are kept" kept_are xen-4.20.2+7.gz xen-4.20.1+5.gz
file boot/xen-4.20.9+1.gz 644 <<<''
package other 1
dpkg_i other_1.deb >"$work/log" 2>&1
make_hypervisor 4.20.9+1 1
ok "failed: an upgrade that cannot be unpacked" cannot dpkg_i ${package}_4.20.9+1-gabc-1.deb
ok "failed: nothing is staged" builds_are xen-4.20.1+5.gz xen-4.20.2+7.gz xen-4.20.3+127.gz xen-4.20.9+1.gz

# A power cut after the staging, before and after the replacing: the same upgrade again.
new_root
make_hypervisor 4.20.1+5 1
dpkg_i ${package}_4.20.1+5-gabc-1.deb >"$work/log" 2>&1
cp hypervisor/kept.sh "$root/srv/"
cp "$root/boot/xen-4.20.1+5.gz" "$work/first"
stage_it() { inside sh -c 'package=x; . /srv/kept.sh; kept_stage /boot/xen-4.20.1+5.gz 1'; }
replace_it() { echo new >"$root/boot/new" && mv "$root/boot/new" "$root/boot/xen-4.20.1+5.gz"; }
ok "power cut: staged" stage_it
ok "power cut: and again" stage_it
ok "power cut: nothing is lost" builds_are .xen-4.20.1+5=1.gz xen-4.20.1+5.gz
ok "power cut: replaced by a build of its name" replace_it
ok "power cut: staged once more" stage_it
ok "power cut: it is the one before still" cmp "$work/first" "$root/boot/.xen-4.20.1+5=1.gz"
ok "power cut: and settles" inside sh -c '. /srv/kept.sh; kept_settle'
ok "power cut: both are there" builds_are xen-4.20.1+5-1.gz xen-4.20.1+5.gz
finish
