# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The words of the tests of templates: stores on loop-mounted file systems, a root with the machine's own mirror.
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
: "${GUESTS:?the directory with the programs for guests}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d) || exit 1
root=$work/root
state=$root/var/lib/xenhost/templates
# shellcheck disable=SC2034 # for those who read this
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

# shellcheck disable=SC2034 # for those who read this
bootstrap=(build --dist auto --fs ext4 --dir "$work/ext4" --package grub-pc-bin --package grub-efi-amd64-bin)
