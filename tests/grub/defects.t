#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# defects.t: what GRUB's own script for Xen does wrong, shown with it and not with ours.
#
# Each case says what is right in a function. It must be wrong with the script of GRUB
# 2.06 and of 2.12, unless the case says of which, and right with ours. GRUB's script for Linux
# takes most of the time, and is run where it matters which entry starts by itself.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
set +e

# defect TEXT COMMAND...: COMMAND is true of our menu, and not of theirs in $wrong_in.
wrong_in='bookworm trixie'
defect() {
	local text=$1 suite
	shift
	for suite in bookworm trixie; do
		menu "$suite" ours
		ok "$suite: $text" "$@"
		case " $wrong_in " in
		*" $suite "*)
			ok "$suite: grub-mkconfig with GRUB's own script" menu "$suite" stock
			ok "$suite: GRUB's own script does not: $text" fails "$@"
			;;
		esac
	done
	wrong_in='bookworm trixie'
}

fails() { ! "$@"; }

# Whether some entry, or none, loads a thing that matches.
loads() { effects | grep -qE "$1"; }
loads_none() { ! loads "$1"; }
hypervisors() { effects | grep '/xen' | sort -u; }
has_hypervisors() { [ "$(hypervisors | wc -l)" = "$1" ]; }
says() { grep -q "$1" "$root/messages"; }
starts_xen() { [ "$(starts)" = xen ]; }

# Asks for an entry in GRUB_DEFAULT, and whether that is what starts.
starts_by_default() {
	"$XENHOST" --root "$root" boot list --json 2>/dev/null | perl -MJSON::PP -0777 -ne '
		my $m = decode_json($_); exit($m->{"default-is-lost"} ? 1 : 0)' && starts_xen
}

# The effect of the first entry whose title matches.
effect_of() { entries | awk -v title="$1" '/^  [^ ]/ { found = !done && index($0, title) } /^    / && found { print; done = 1 }'; }

machine
without_linux
xen xen-4.20-amd64.gz
pe 8664 >"$root/boot/xen-4.20-amd64.efi"
kernel 6.1.0
defect 'G1: no entry loads a program for UEFI by multiboot' loads_none '\.efi'

machine
without_linux
xen xen-4.20.gz
xen xen-4.20.gz.bak
xen xen-4.19.gz.old
echo console=vga >"$root/boot/xen.cfg"
echo 'ffff82d040200000 T start' >"$root/boot/xen-4.20.map"
kernel 6.1.0
defect 'G2: no entry loads xen.cfg' loads_none 'xen\.cfg'
defect 'G2: no entry loads a symbol map' loads_none '\.map'
defect 'G2: no entry loads a backup' loads_none '\.bak|\.old'

machine
without_linux
xen xen-4.20.3.gz
for name in xen-4.20 xen-4 xen; do ln -s xen-4.20.3.gz "$root/boot/$name.gz"; done
kernel 6.1.0
defect 'G3: one file with four names is one hypervisor' has_hypervisors 1
first_is_versioned() { effects | sed -n 2p | grep -q 'xen-4\.20\.3\.gz'; }
defect 'G3: the first entry loads it by its full version' first_is_versioned

machine
xen xen-4.20.gz
kernel 6.1.0
no_id_twice() { [ -z "$(ids | uniq -d)" ]; }
defect 'G4: no id is there twice' no_id_twice
# The path by ids that the manual has for GRUB_DEFAULT.
advanced_is_reached() {
	local id path
	path=$(sed -n "s/^submenu .*(with Xen hypervisor)' .*option '\([^']*\)' {/\1/p" "$root/boot/grub/grub.cfg")
	id=$(grep -o "menuentry_id_option 'xen-hypervisor-[^']*'" "$root/boot/grub/grub.cfg" | cut -d"'" -f2)
	path="$path>$id>$(grep -oE "menuentry_id_option 'xen-(gnulinux-6.1.0-advanced|4.20-6.1.0-normal)-[^']*'" "$root/boot/grub/grub.cfg" | cut -d"'" -f2)"
	sed -i "s/^   set default=\"[^$].*/   set default=\"${path//\//\\/}\"/" "$root/boot/grub/grub.cfg"
	grep -qF "set default=\"$path\"" "$root/boot/grub/grub.cfg" && starts_by_default
}
defect 'G4: an entry in the submenu is the default by its ids' advanced_is_reached

machine
without_linux
xen xen-4.17.gz
xen xen-4.20.gz
printf 'policy' >"$root/boot/xenpolicy-4.20"
kernel 6.1.0
own_ids() { [ -z "$(ids | grep xen | uniq -d)" ]; }
defect 'G5: hypervisors and policies have ids of their own' own_ids
own_titles() { [ -z "$(entries | grep '^  [^ ]' | sort | uniq -d)" ]; }
defect 'G5: hypervisors and policies have titles of their own' own_titles

machine
without_linux
xen xen-4.20.gz
kernel 6.1.0-cloud no-dom0
defect 'G6: no kernel for dom0: that is said' says 'vmlinuz-6.1.0-cloud.*CONFIG_XEN_DOM0'

machine
without_linux
defaults 'GRUB_CMDLINE_XEN_DEFAULT=loglvl=all dom0_mem=1G,max:1G dom0_max_vcpus=2'
xen xen-4.20.gz
kernel 6.1.0
is_sized() { effect_of '(recovery mode)' | grep -q 'dom0_mem=1G,max:1G dom0_max_vcpus=2$'; }
defect 'G7: a recovery entry keeps the size of dom0' is_sized

machine
xen xen-4.20.gz
kernel 6.1.0
defaults GRUB_DISABLE_SUBMENU=y
# As Debian's xen.cfg, for GRUB's script; ours has an id for it.
asks_for_xen() {
	local name=xen
	grep -q "option 'xen'" "$root/boot/grub/grub.cfg" || name='Debian GNU/Linux, with Xen hypervisor'
	sed -i "s|^   set default=\"[^\$].*|   set default=\"$name\"|" "$root/boot/grub/grub.cfg"
	starts_by_default
}
sed -i /DISABLE_SUBMENU/d "$root/etc/default/grub"
menu bookworm stock
ok "bookworm: GRUB's own script does so with submenus" asks_for_xen
defaults GRUB_DISABLE_SUBMENU=y
defect 'G8: without submenus Xen is still the default' asks_for_xen

machine
defaults GRUB_DISTRIBUTOR=
xen xen-4.20.gz
kernel 6.1.0
# What Debian's xen.cfg makes of an empty distributor.
asks_without_name() {
	local name=xen
	grep -q "option 'xen'" "$root/boot/grub/grub.cfg" || name=' GNU/Linux, with Xen hypervisor'
	sed -i "s|^   set default=\"[^\$].*|   set default=\"$name\"|" "$root/boot/grub/grub.cfg"
	starts_by_default
}
defect 'G9: without a distributor Xen is still the default' asks_without_name

machine
without_linux
defaults GRUB_TOP_LEVEL_XEN=xen-4.17.gz
xen xen-4.17.gz
xen xen-4.20.gz
kernel 6.1.0
defect 'G10: a GRUB_TOP_LEVEL_XEN that names nothing is told' says 'GRUB_TOP_LEVEL_XEN'

machine
without_linux
xen xen-4.20.gz
printf 'microcode' >"$root/boot/intel-ucode.img"
kernel 6.1.0
initrd_is_first() { effect_of 'with Xen hypervisor' | sed -n 3p | grep -qx ' *[^ ]*/initrd.img-6.1.0'; }
wrong_in=bookworm
defect "G11: dom0's initial ramdisk is the first module, alone" initrd_is_first

machine
without_linux
xen xen-4.20.gz
xen xen-dbg-4.17.gz
kernel 6.1.0
first_is_release() { effects | sed -n 2p | grep -q '/xen-4\.20\.gz'; }
defect 'G12: a debug build is not the first entry' first_is_release

machine
without_linux
xen xen-4.14-amd64.gz
kernel 6.1.0 xz
kernel 6.12.0 zstd
defect 'G15: no entry for a kernel that this Xen cannot unpack' loads_none 'vmlinuz-6\.12\.0'
defect 'G15: and that is said' says 'vmlinuz-6.12.0.*zstd.*Xen 4.14'

finish
