#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Templates as they are built for guests: with the machine's own mirror, on ext4 and on xfs.
set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

build_first() {
	templates "${bootstrap[@]}" --json >"$work/first.json" || return
	key=$(sed -n 's/^  "key": "\(.*\)",/\1/p' "$work/first.json")
	volume=$(sed -n 's/^  "volume": "\(.*\)",/\1/p' "$work/first.json")
	[ "$volume" = "$work/ext4/templates/$key.img" ] && [ "$(stat -c %a "$volume")" = 400 ]
}
has_no_identity() {
	[ -e etc/machine-id ] && [ ! -s etc/machine-id ] && [ ! -e etc/hostname ] &&
		[ ! -e usr/sbin/policy-rc.d ] && [ ! -e etc/resolv.conf ] &&
		[ -z "$(find etc/ssh -name 'ssh_host_*')" ] && [ -z "$(find var/lib/apt/lists var/cache/apt var/log -type f -size +0)" ]
}
ping_is_capable() { getcap usr/bin/ping | grep -q cap_net_raw; }
has_kernel() { ls boot/vmlinuz-*-cloud-* boot/initrd.img-*-cloud-* && [ ! -e boot/grub/grub.cfg ]; }
drives_xen() { chroot . lsinitramfs "/$(echo boot/initrd.img-*)" >"$work/initrd" && grep -q xen-blkfront "$work/initrd" && grep -q xen-netfront "$work/initrd"; }
has_security() {
	grep -qx 'URIs: .*/debian-security' etc/apt/sources.list.d/debian.sources &&
		grep -qx 'Suites: [a-z]*-security' etc/apt/sources.list.d/debian.sources &&
		[ "$(ls etc/apt/sources.list.d)" = debian.sources ] && [ ! -e etc/apt/sources.list ] &&
		! grep -rq mmdebstrap etc/apt etc/dpkg
}
is_not_built_again() {
	local before
	before=$(stat -c %Y "$log/template-$key.log")
	[ "$(templates "${bootstrap[@]}" | head -n 1 | cut -d' ' -f1)" = "$key" ] &&
		[ "$before" = "$(stat -c %Y "$log/template-$key.log")" ]
}
verifies() { [ "$(templates verify "$1")" = "$1 whole" ]; }

ok 'a template is built from the machine'"'"'s own mirror' build_first
[ -s "${volume:-}" ] || { echo 'Bail out! there is no template'; exit 1; }
ok 'no loop device stays' bash -c "! losetup --list --noheadings --output BACK-FILE | grep -F $work/ext4/"
ok 'it fits into a guest of 1 GiB' [ "$(stat -c %s "$volume")" -lt $((1 << 30)) ]
ok 'it has nothing that two guests must not share' look_inside "$volume" has_no_identity
ok 'ping keeps its capability' look_inside "$volume" ping_is_capable
ok 'it has a kernel and no menu' look_inside "$volume" has_kernel
ok 'its initial RAM file system drives Xen'"'"'s devices' look_inside "$volume" drives_xen
ok 'its sources have security updates, and nothing of the bootstrap' look_inside "$volume" has_security
ok 'it is whole' verifies "$key"
ok 'the second time nothing is built' is_not_built_again

# Refresh: by itself nothing has moved; then as if it had.
is_unchanged() { [ "$(templates refresh "$key")" = "$key unchanged" ]; }
moves() {
	sed -i 's/"state": "[^"]*"/"state": "0"/' "$state/$key.json" &&
		[ "$(templates refresh "$key")" = "$key upgraded" ] && [ "$(record "$key" volume)" = "$1" ] &&
		[ "$(ls "$work/ext4/templates")" = "$1.img" ]
}
ok 'a repository that has not moved changes nothing' is_unchanged
ok 'one that has moved gives an upgraded copy in its place' moves "$key.1"
volume=$work/ext4/templates/$key.1.img
ok 'which has no identity either' look_inside "$volume" has_no_identity
ok 'and is whole' verifies "$key"
ok 'and does not move again' is_unchanged

# The same root as an archive, for what needs no mirror.
pack() { tar --create --xattrs --xattrs-include='*' --acls --file "$work/root.tar" . ; }
ok 'an archive of it' look_inside "$volume" pack
mkdir -p "$root$work" && ln "$work/root.tar" "$root$work/root.tar"
archive=(build --dist bookworm --install-method tar --install-source "$work/root.tar")
key_of() { templates "$@" | head -n 1 | cut -d' ' -f1; }

two_at_once() {
	templates "${archive[@]}" --dir "$work/xfs" >"$work/one" &
	local other=$!
	templates "${archive[@]}" --dir "$work/xfs" >"$work/two" && wait "$other" &&
		[ "$(head -n 1 "$work/one")" = "$(head -n 1 "$work/two")" ] &&
		[ "$(find "$work/xfs/templates" -type f | wc -l)" = 1 ]
}
ok 'of two that want the same template one builds it' two_at_once
key_xfs=$(key_of "${archive[@]}" --dir "$work/xfs")
ok 'on xfs it is whole' verifies "$key_xfs"
ok 'from an archive ping keeps its capability' look_inside "$work/xfs/templates/$key_xfs.img" ping_is_capable
changes_bytes() {
	chmod u+w "$1" && debugfs -w -R "rm /etc/issue" "$1" && chmod u-w "$1" &&
		says 'its files are not those that were built' templates verify "$key_xfs"
}
ok 'a template whose files were changed is not whole' changes_bytes "$work/xfs/templates/$key_xfs.img"
damages() {
	chmod u+w "$1" && dd if=/dev/urandom of="$1" bs=4096 seek=1 count=8 conv=notrunc status=none && chmod u-w "$1" &&
		says 'its file system is damaged' templates verify "$key_xfs"
}
ok 'nor one whose file system is damaged' damages "$work/xfs/templates/$key_xfs.img"

for fs in xfs btrfs; do
	ok "$fs as the guest's file system" templates "${archive[@]}" --fs "$fs" --dir "$work/ext4"
	ok "$fs: whole" verifies "$(key_of "${archive[@]}" --fs "$fs" --dir "$work/ext4")"
done

# Whole disks.
is_a_disk() {
	sfdisk --verify "$1" && [ "$(sfdisk --dump "$1" | grep -c '^/')" = 3 ] &&
		mcopy -i "$1@@2M" ::/EFI/BOOT/BOOTX64.EFI "$work/grub.efi" && [ -s "$work/grub.efi" ] &&
		[ "$(dd if="$1" bs=1 skip=92 count=2 status=none | od -An -tx1)" = ' 00 08' ]
}
ok 'a whole disk for hvm' templates "${archive[@]}" --type hvm --dir "$work/ext4"
key_hvm=$(key_of "${archive[@]}" --type hvm --dir "$work/ext4")
ok 'with a partition table, and GRUB for BIOS and UEFI' is_a_disk "$work/ext4/templates/$key_hvm.img"
ok 'and whole' verifies "$key_hvm"

# Guests of them, which cost no template more.
mkdir -p "$root/etc/xen" "$root/usr/lib/grub-xen" && : >"$root/usr/lib/grub-xen/grub-i386-xen_pvh.bin"
guest() { "$GUESTS/xen-$1" --root "$root" "${@:2}"; }
create() { guest create-image --hostname "$1" "${archive[@]:1}" --dir "$work/ext4" --size 2G --swap 64M --dhcp --nohosts "${@:2}"; }
disk_of() { echo "$work/ext4/domains/$1/disk.img"; }
# fills_its_disk BYTES: the partition of the root ends with the disk, and its file system with that.
fills_its_disk() {
	local image start size
	image=$(disk_of whole)
	[ "$(stat -c %s "$image")" = "$1" ] && is_a_disk "$image" || return
	read -r start size < <(sfdisk --dump "$image" | sed -n 's/.*start= *\([0-9]*\), size= *\([0-9]*\), .*/\1 \2/p' | sort -n | tail -n 1)
	echo "root: $start and $size sectors of $(($1 / 512))"
	[ $((start + size)) -gt $(($1 / 512 - 2048 * 4)) ] && e2fsck -fn "$image?offset=$((start * 512))" || return
	dumpe2fs -h "$image?offset=$((start * 512))" | awk -F ': *' -v bytes=$((size * 512)) '
		/^Block count/ { blocks = $2 } /^Block size/ { size = $2 }
		END { print blocks * size, bytes; exit blocks * size > bytes || blocks * size <= bytes - 65536 }'
}
ok 'a guest with a whole disk' create whole --type hvm
ok 'it is filled to its end' fills_its_disk $((2 << 30))
ok 'it is made larger' guest resize-image --add 512M whole
ok 'to its new end, and boots as before' fills_its_disk $(((2 << 30) + (512 << 20)))
version_of() { sed -n "/^Package: $1\$/,/^\$/s/^Version: //p" var/lib/dpkg/status; }
is_behind() {
	mount -o loop "$(disk_of behind)" "$work/mounted" &&
		sed -i '/^Package: netbase$/,/^$/s/^Version: .*/Version: 1.0/' "$work/mounted/var/lib/dpkg/status"
	umount "$work/mounted"
	[ "$(look_inside "$(disk_of behind)" version_of netbase)" = 1.0 ]
}
is_upgraded() {
	guest update-image behind && look_inside "$(disk_of behind)" version_of netbase >"$work/version" &&
		cat "$work/version" && [ "$(cat "$work/version")" != 1.0 ] && e2fsck -fn "$(disk_of behind)"
}
ok 'a guest' create behind
ok 'with an old package' is_behind
ok 'which xen-update-image upgrades, from the mirror and by its own apt' is_upgraded
ok 'as without a resolver or a policy of ours' look_inside "$(disk_of behind)" bash -c '[ ! -e usr/sbin/policy-rc.d ]'
ok 'both are deleted' guest delete-image --force whole behind

prune_all() { templates prune --days 0 && [ -z "$(ls "$state")" ]; }
ok 'all are removed' prune_all
ok 'with their volumes' nothing_is_left ext4
ok 'on xfs too' nothing_is_left xfs

# What goes wrong.
ok 'a mirror that is not there is told' says 'http://nowhere.invalid/debian.*see /var/log/xen-tools/template-' \
	templates build --dist bookworm --mirror http://nowhere.invalid/debian --dir "$work/ext4"
ok 'a package that is not there is told' says 'Unable to locate package no-such-package' \
	templates build --dist auto --package no-such-package --dir "$work/ext4"
ok 'a proxy that is not there is told' says 'Could not connect to 127.0.0.1:9' \
	templates build --dist bookworm --apt_proxy http://user:s3cret@127.0.0.1:9/ --dir "$work/ext4"
ok 'and its password is in no log' bash -c "grep -r '127.0.0.1:9' '$log' && ! grep -r s3cret '$log'"
ok 'nothing is left of these' nothing_is_left ext4
head -c 900M /dev/zero >"$work/full/ballast"
ok 'a store without room is told before anything is made' says "$work/full" templates "${bootstrap[@]}" --dir "$work/full"
truncate -s 650M "$work/full/ballast"
ok 'and one that becomes full in the middle' says "directory '$work/full': its file system is more than 90 % full" templates "${archive[@]}" --dir "$work/full"
ok 'nothing is left of that' nothing_is_left full
# Zeros pack well: what is no more than some megabytes has more than 2 GiB in it.
mkdir -p "$work/zeros/etc" "$work/zeros/usr" && truncate -s 2200M "$work/zeros/usr/large" &&
	tar -C "$work/zeros" -czf "$work/zeros.tar.gz" . && cp "$work/zeros.tar.gz" "$root$work"
ok 'a root that no template has room for is told with the room' says 'the template is full: its xfs has 2048 MiB' \
	templates build --dist bookworm --install-method tar --install-source "$work/zeros.tar.gz" --fs xfs --dir "$work/xfs"
# In the middle of a file: between two, tar takes the end of the archive for its end.
head -c 1M /dev/urandom >"$work/large" && tar -C "$work" -cf "$work/torn.tar" large && truncate -s 100000 "$work/torn.tar" &&
	cp "$work/torn.tar" "$root$work"
tar -C "$work" -cf "$work/other.tar" words && cp "$work/other.tar" "$root$work"
ok 'an archive of something else is told' says 'this is no root of a system: it has no /etc' \
	templates build --dist bookworm --install-method tar --install-source "$work/other.tar" --dir "$work/ext4"
ok 'a torn archive is told' says 'tar: ' templates build --dist bookworm --install-method tar --install-source "$work/torn.tar" --dir "$work/ext4"
ok 'nothing is left of it' nothing_is_left ext4
finish
