#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Templates as they are built for guests: with the machine's own mirror, on ext4 and on xfs.
set -uo pipefail
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
: "${GUESTS:?the directory with the programs for guests}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d) || exit 1
root=$work/root
state=$root/var/lib/xenhost/templates
log=$root/var/log/xen-tools

clean_up() {
	for name in mounted ext4 xfs full; do
		umount "$work/$name" 2>/dev/null
	done
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
# shellcheck source=../tap.sh
. "$here/../tap.sh"

# A file system in a file: NAME SIZE MKFS...
store() {
	mkdir -p "$work/$1" "$root$work/$1" && truncate -s "$2" "$work/$1.disk" &&
		"${@:3}" "$work/$1.disk" >"$work/words" && mount -o loop "$work/$1.disk" "$work/$1"
}
mkdir -p "$root/etc/apt/sources.list.d" "$root/usr/share/keyrings" "$work/mounted" &&
	cp /etc/os-release "$root/etc" &&
	cp /etc/apt/sources.list.d/debian.sources "$root/etc/apt/sources.list.d" &&
	cp /usr/share/keyrings/debian-archive-keyring.gpg "$root/usr/share/keyrings" &&
	store ext4 6G mke2fs -q -t ext4 && store xfs 6G mkfs.xfs -q &&
	store full 1G mke2fs -q -t ext4 && is_ready=yes
[ -n "${is_ready:-}" ] || { echo 'Bail out! no stores'; exit 1; }

templates() { "$GUESTS/xen-templates" --root "$root" "$@"; }
record() { sed -n "s/^  \"$2\": \"\\{0,1\\}\\([^\",]*\\).*/\\1/p" "$state/$1.json"; }
# says TEXT COMMAND...: it fails, and tells that in one line.
says() {
	"${@:2}" 2>"$work/err" >/dev/null
	local status=$?
	cat "$work/err"
	[ $status = 1 ] && [ "$(wc -l <"$work/err")" = 1 ] && grep -q -- "$1" "$work/err"
}
# Nothing is mounted, attached or left in a store: STORE
nothing_is_left() {
	local left
	left=$(find "$work/$1/templates" "$root/var/lib/xenhost/guests/work" -type f 2>/dev/null)
	[ -z "$left" ] || { echo "left: $left"; return 1; }
	! losetup --list --noheadings --output BACK-FILE | grep -F "$work/$1/" &&
		! grep -F "$work/$1/" /proc/self/mountinfo
}
look_inside() { # VOLUME COMMAND...
	mount -o loop,ro,noload "$1" "$work/mounted" || return
	(cd "$work/mounted" && "${@:2}")
	local status=$?
	umount "$work/mounted"
	return $status
}

bootstrap=(build --dist auto --fs ext4 --dir "$work/ext4" --package grub-pc-bin --package grub-efi-amd64-bin)
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

prune_all() { templates prune --days 0 && [ -z "$(ls "$state")" ]; }
ok 'all are removed' prune_all
ok 'with their volumes' nothing_is_left ext4
ok 'on xfs too' nothing_is_left xfs

# What goes wrong.
ok 'a mirror that is not there is told' says 'http://nowhere.invalid/debian.*see /var/log/xen-tools/template-' \
	templates build --dist bookworm --mirror http://nowhere.invalid/debian --dir "$work/ext4"
ok 'a package that is not there is told' says 'Unable to locate package no-such-package' \
	templates build --dist auto --package no-such-package --dir "$work/ext4"
ok 'nothing is left of both' nothing_is_left ext4
head -c 900M /dev/zero >"$work/full/ballast"
ok 'a store without room is told before anything is made' says "$work/full" templates "${bootstrap[@]}" --dir "$work/full"
ok 'and one that becomes full in the middle' says "No space left on device" templates "${archive[@]}" --dir "$work/full"
ok 'nothing is left of that' nothing_is_left full
head -c 100000 "$work/root.tar" >"$root$work/torn.tar" && cp "$root$work/torn.tar" "$work"
ok 'a torn archive is told' says 'tar: ' templates build --dist bookworm --install-method tar --install-source "$work/torn.tar" --dir "$work/ext4"
ok 'nothing is left of it' nothing_is_left ext4

# A build that is stopped in the middle, by each signal.
begin() {
	rm -f "$log"/template-*.log
	templates "${bootstrap[@]}" &
	pid=$!
	for ((i = 0; i < 6000; i++)); do
		grep -qs 'installing essential' "$log"/template-*.log && return
		kill -0 "$pid" 2>/dev/null || return 1
		sleep 0.1
	done
	return 1
}
has_ended() { # no process has anything open in the store
	for ((i = 0; i < 300; i++)); do
		fuser --mount "$work/ext4" >"$work/users" 2>/dev/null || return 0
		sleep 0.1
	done
	fuser --verbose --mount "$work/ext4"
	return 1
}
stopped() { begin && kill -"$1" "$pid" && ! wait "$pid" 2>/dev/null; }
for signal in TERM HUP; do
	ok "SIG$signal in the middle" stopped "$signal"
	ok "SIG$signal: nothing is left" nothing_is_left ext4
done
ok 'SIGKILL in the middle' stopped KILL
ok 'SIGKILL: its programs end' has_ended
ok 'SIGKILL: the next prune takes away what it left' templates prune
ok 'SIGKILL: nothing is left' nothing_is_left ext4
finish
