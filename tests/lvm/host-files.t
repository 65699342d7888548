#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Volumes that are files: with holes, full, reflinks; each file system; kills; the guard.
. "$(dirname "$0")/lib.sh"
mounts=()
cleanup() {
	local at
	for at in "${mounts[@]}"; do umount "$at"; done
	[ -z "${loop:-}" ] || losetup -d "$loop"
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# disk FS: a file system of that kind mounted at $work/FS, where volumes can be.
disk() {
	truncate -s 700M "$work/$1.disk"
	"mkfs.$1" -q "$work/$1.disk" >/dev/null && mkdir "$work/$1" && mount -o loop "$work/$1.disk" "$work/$1" && mounts+=("$work/$1")
}

# state: all that a command could leave: files, works, mounts, loop devices over our files.
state() {
	find "$work/xfs" "$work/ext4" -mindepth 1 | sort
	ls "$works"
	grep -cF -e /run/xenhost -e "$work" /proc/self/mountinfo
	losetup -l -n -O BACK-FILE | grep -cF "$work/xfs/" || true
	find /run/xenhost -mindepth 1 2>/dev/null
}

has_name() {
	is "$2" debugfs -R 'cat /hostname' "$1"
}

filesystem_size() {
	dumpe2fs -h "$1" 2>/dev/null | awk -F ': *' '/^Block count/ {count = $2} /^Block size/ {size = $2} END {printf "%d\n", count * size}'
}

is_allocated() { # FILE MIB: no more than that
	local kib
	kib=$(du -k "$1" | cut -f 1)
	[ "$kib" -le $(($2 * 1024)) ] || {
		echo "$kib KiB"
		return 1
	}
}

for fs in ext4 xfs btrfs; do
	ok "a disk with $fs" disk $fs
done
x=dir:$work/xfs e=dir:$work/ext4 b=dir:$work/btrfs
mkdir -p "$works"

ok 'a file with holes: its size, and no blocks' parts create "$x" web disk 64
ok 'its directory is the guest'"'"'s own' is disk.img ls "$work/xfs/domains/web"
ok 'nobody else may read it' is 600 stat -c %a "$work/xfs/domains/web/disk.img"
ok 'it takes no space' is_allocated "$work/xfs/domains/web/disk.img" 0
ok 'one that is there is not touched' refused 'File exists' parts create "$x" web disk 32
ok 'it is as large as before' is 67108864 stat -c %s "$work/xfs/domains/web/disk.img"
ok 'a full file' parts create "full:$work/ext4" full disk 16
ok 'has its blocks' is '16384 16384' parts measure "$work/ext4/domains/full/disk.img"
ok 'and grows with its blocks' parts grow "$work/ext4/domains/full/disk.img" full 24
ok 'so it has more of them' is '24576 24576' parts measure "$work/ext4/domains/full/disk.img"
ok 'a full file that does not fit leaves nothing' refused 'No space left' parts create "full:$work/ext4" large disk 2000
ok 'and no directory' [ ! -e "$work/ext4/domains/large" ]
ok 'a directory that is not there is no place' refused 'No such file' parts create "dir:$work/none" web disk 16

for fs in ext2 ext3 ext4 xfs btrfs swap; do
	ok "make $fs" parts create "$x" "$fs" disk 320 "$fs"
	ok "$fs is found" is "$fs" parts probe "$work/xfs/domains/$fs/disk.img"
	ok "$fs has its UUID" is "${uuid}01" blkid -p -o value -s UUID "$work/xfs/domains/$fs/disk.img"
	ok "$fs gets another UUID" parts rename-fs "$work/xfs/domains/$fs/disk.img" "$fs" job
	ok "$fs has that" is "${uuid}03" blkid -p -o value -s UUID "$work/xfs/domains/$fs/disk.img"
	ok "the file of $fs grows" parts grow "$work/xfs/domains/$fs/disk.img" "$fs" 400
	ok "$fs grows" parts grow-fs "$work/xfs/domains/$fs/disk.img" "$fs" job
	ok "$fs is removed" parts remove "$work/xfs/domains/$fs/disk.img" "$fs"
done
ok 'their directories are gone with them' is web ls "$work/xfs/domains"

ok 'a template' parts template "$x" 0123456789abcdef 128 ext4
template=$work/xfs/templates/0123456789abcdef.img
ok 'a template is final' is 400 stat -c %a "$template"
ok 'a clone on a file system with reflinks' parts clone "$x" 0123456789abcdef "$x" c1 disk 256 ext4
ok 'shares its blocks' bash -c "filefrag -v '$work/xfs/domains/c1/disk.img' | grep -q shared"
ok 'has its own name' has_name "$work/xfs/domains/c1/disk.img" c1
ok 'and the template keeps its' has_name "$template" xenhost_template
ok 'its own UUID' is "${uuid}02" blkid -p -o value -s UUID "$work/xfs/domains/c1/disk.img"
ok 'its file system fills it' is 268435456 filesystem_size "$work/xfs/domains/c1/disk.img"
ok 'and is whole' e2fsck -f -n "$work/xfs/domains/c1/disk.img"
ok 'a clone on another file system is copied' parts clone "$x" 0123456789abcdef "$e" c2 disk 256 ext4
ok 'has its own name too' has_name "$work/ext4/domains/c2/disk.img" c2
ok 'and is whole too' e2fsck -f -n "$work/ext4/domains/c2/disk.img"
ok 'holes stay holes' is_allocated "$work/ext4/domains/c2/disk.img" 24
ok 'a clone on btrfs' parts clone "$x" 0123456789abcdef "$b" c3 disk 256 ext4
ok 'a clone that is smaller than its template is refused' refused 'more than the 64 wanted' parts clone "$x" 0123456789abcdef "$x" c4 disk 64 ext4
ok 'and leaves nothing' [ ! -e "$work/xfs/domains/c4" ]
ok 'one without a template is refused' refused 'No such file' parts clone "$x" none "$x" c4 disk 64 ext4

image=$work/xfs/domains/c1/disk.img
ok 'a free image is free' parts guard "$image"
exec {held}<"$image"
ok 'one that a process has open is not' refused 'a process has it open' parts guard "$image"
exec {held}<&-
loop=$(losetup -f --show "$image")
ok 'one that a loop device has is not' refused "it is attached to $loop" parts remove "$image" c1
losetup -d "$loop" && loop=
printf 'name = "db"\ndisk = [ "file:%s,xvda2,w" ]\n' "$image" >"$root/etc/xen/db.cfg"
ok 'one that another guest names is not' refused "'etc/xen/db.cfg' names it" parts remove "$image" c1
ln "$image" "$work/xfs/alias"
ok 'nor by another name of the file' refused "'etc/xen/db.cfg' names it" parts guard "$work/xfs/alias"
rm "$work/xfs/alias"
ok 'for that guest itself it is free' parts guard "$image" db
rm "$root/etc/xen/db.cfg"
ln -s "$image" "$work/xfs/link"
ok 'what a symbolic link names is not removed' refused 'a symbolic link' parts remove "$work/xfs/link" c1
rm "$work/xfs/link"
ok 'nothing smaller' refused 'has 256 MiB already' parts grow "$image" c1 100
ok 'an image is removed' parts remove "$image" c1
ok 'with its directory' [ ! -e "$work/xfs/domains/c1" ]

# A disk whose first partition is another system's.
partitioned() {
	truncate -s 64M "$work/parted" && echo 'start=2048, type=83' | sfdisk -q "$work/parted" &&
		loop=$(losetup -f --show "$work/parted") && partx -u "$loop"
}
ok 'a disk with a partition' partitioned
ok 'is free while that says nothing' parts guard "$loop"
mkswap "${loop}p1" >"$work/said"
ok 'and is not when that is swap space' refused "its partition '${loop#/dev/}p1' is in use as 'swap'" parts guard "$loop"
wipefs -q -a "${loop}p1"
LVM_SUPPRESS_FD_WARNINGS=1 pvcreate -q --config 'devices {use_devicesfile=0 filter=["a|.*|"]}' "${loop}p1" >"$work/said"
ok 'nor when it is a physical volume' refused "its partition '${loop#/dev/}p1' is in use as 'LVM2_member'" parts guard "$loop"
partx -d "$loop" && losetup -d "$loop" && loop=

rm -rf "$work/xfs/domains" "$work/ext4/domains"
ok 'SIGKILL at each step of create: nothing is left' sweep state create "$x" k1 disk 64 ext4
ok 'SIGKILL at each step of a clone: nothing is left' sweep state clone "$x" 0123456789abcdef "$x" k2 disk 192 ext4
rm -rf "$work/xfs/domains"
mkdir "$work/xfs/domains"
ok 'SIGKILL at each step of the end: nothing, or the whole' sweep_end state "$work/xfs/domains/k8/disk.img" create "$x" k8 disk 64 ext4
export STEP_DURING=1
ok 'SIGKILL while its programs run: nothing is left' sweep state create "$x" k3 disk 64 ext4
unset STEP_DURING
ok 'a crash leaves nothing' refused 'its process died by signal' parts crash "$x" k4
ok 'of its work either' is '' ls "$works"

# with_interrupt: SIGINT while it stands at a step, as from a terminal.
interrupted() {
	local fd pid
	# Whoever runs the tests may have it ignored.
	exec {fd}< <(exec env "--default-signal=$1" LD_PRELOAD="$STEP" STEP_AT=12 "$PARTS" "$root" create "$x" k5 disk 64 ext4 2>"$work/error")
	pid=$!
	IFS= read -r -n 1 -u "$fd" _ || return 1
	kill "-$1" "$pid"
	cat <&"$fd" >"$work/rest"
	exec {fd}<&-
	grep -q "interrupted ($2)" "$work/error" || cat "$work/error"
	grep -q "interrupted ($2)" "$work/error" && [ ! -e "$work/xfs/domains/k5" ] && [ -z "$(ls "$works")" ]
}
ok 'SIGTERM undoes' interrupted TERM Terminated
ok 'SIGHUP undoes' interrupted HUP Hangup

# Two at once: one stands at a step, the other comes.
twice() {
	local fd pid
	exec {fd}< <(LD_PRELOAD=$STEP STEP_AT=12 exec "$PARTS" "$root" create "$x" k6 disk 64 ext4 2>"$work/error1")
	pid=$!
	IFS= read -r -n 1 -u "$fd" _ || return 1
	refused 'another command works on it' parts create "$x" k6 disk 64 ext4 || return
	parts create "$x" k7 disk 64 ext4 || return
	is '' parts recover || return
	[ -e "$work/xfs/domains/k6/disk.img" ] || return
	kill -TERM "$pid"
	cat <&"$fd" >"$work/rest"
	exec {fd}<&-
	parts create "$x" k6 disk 64 ext4
}
ok 'two at once with one name: the second is refused, the first is not harmed' twice
finish
