#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Volumes of LVM when things stop: kills at each step, two at once, a group that is lost.
. "$(dirname "$0")/lib.sh"
t=lvm:vg0 p=thin:vg0/pool

# state: all that a command could leave.
state() {
	lvs --noheadings -o lv_name,lv_attr,lv_tags vg0 | sort
	ls "$works"
	grep -c . /proc/self/mountinfo
	dmsetup info -c --noheadings -o name,suspended,open | sort
}

vgcreate -y vg0 /dev/ubda >/dev/null
lvcreate -y -L 400M -T vg0/pool >/dev/null
mkdir -p "$works"
# Small: each step writes and reads them all.
ok 'a template' parts template "$p" aaaa 24 ext4
ok 'SIGKILL at each step of a thin clone: nothing is left' sweep state clone "$p" aaaa "$p" k1 disk 40 ext4
ok 'SIGKILL at each step of two thick volumes, one of them a clone: nothing is left' sweep state guest "$p" aaaa "$t" k2 24 8
export STEP_DURING=1
ok 'SIGKILL while the programs of a clone run: nothing is left' sweep state clone "$p" aaaa "$p" k4 disk 40 ext4
ok 'SIGKILL while lvm makes all volumes of a guest: nothing is left' sweep state guest "$p" aaaa "$p" k3 40 8
unset STEP_DURING

# SIGKILL at each step of growing: what the volume has by then reads as zeros, and it is all or nothing of it.
grown() {
	local step size partly=0 is_over
	for ((step = 1; step < 100; step++)); do
		# Behind the group's own first MiB and the volume.
		yes 'OLD DATA' | dd of=/dev/ubdb bs=1M seek=9 count=24 iflag=fullblock oflag=direct status=none
		is_over=no
		killed_at "$step" grow /dev/vg2/grow-disk grow 20 || is_over=yes
		size=$(blockdev --getsize64 /dev/vg2/grow-disk)
		cmp -n "$size" /dev/vg2/grow-disk /dev/zero || { echo "step $step: it has old data"; return 1; }
		[ "$is_over" = no ] || break
		[ ! -e "$works/grow" ] || ! grep -q '^spare' "$works/grow" || partly=$((partly + 1))
		parts recover >"$work/recovered" || return
		[ "$(echo /dev/vg2/*)" = /dev/vg2/grow-disk ] || { echo "step $step: $(echo /dev/vg2/*)"; return 1; }
		case $((size >> 20)) in
		8) ;;
		20) lvreduce -f -y -L 8M vg2/grow-disk >"$work/said" 2>&1 ;;
		*) echo "step $step: $size bytes"; return 1 ;;
		esac
	done
	echo "$step steps, $partly of them with a spare volume"
	[ "$partly" -gt 2 ] && [ "$(blockdev --getsize64 /dev/vg2/grow-disk)" = $((20 << 20)) ] && grep -qa 'OLD DATA' /dev/ubdb
}
vgcreate -y vg2 /dev/ubdb >/dev/null
ok 'a thick volume' parts create lvm:vg2 grow disk 8
ok 'SIGKILL at each step of growing it: never with what others wrote' grown
vgchange -an vg2 >/dev/null

# Two at once: one stands in the middle, the other comes.
twice() {
	local fd pid
	exec {fd}< <(LD_PRELOAD=$STEP STEP_AT=9 exec "$PARTS" "$root" clone "$p" aaaa "$p" two disk 64 ext4 2>"$work/error1")
	pid=$!
	IFS= read -r -n 1 -u "$fd" _ || return 1
	refused 'another command works on it' parts clone "$p" aaaa "$p" two disk 64 ext4 || return
	parts clone "$p" aaaa "$p" three disk 64 ext4 || return
	kill -TERM "$pid"
	cat <&"$fd" >"$work/rest"
	exec {fd}<&-
	parts clone "$p" aaaa "$p" two disk 64 ext4
}
ok 'two at once with one name: the second is refused; another name is none of it' twice

# Somebody else's volume of that name, made between the note and lvcreate.
foreign() {
	local fd pid step
	for ((step = 1; step < 40; step++)); do
		exec {fd}< <(LD_PRELOAD=$STEP STEP_AT=$step exec "$PARTS" "$root" create "$t" own disk 16 2>"$work/error1")
		pid=$!
		IFS= read -r -n 1 -u "$fd" _ || return 1
		if grep -q 'volume vg0/own-disk' "$works/own" 2>/dev/null && [ ! -e /dev/vg0/own-disk ]; then
			lvcreate -y -n own-disk -L 8M vg0 >/dev/null
		fi
		kill -KILL "$pid"
		cat <&"$fd" >"$work/rest"
		exec {fd}<&-
		parts recover >"$work/recovered" || return
		[ -e /dev/vg0/own-disk ] && break
	done
	[ -e /dev/vg0/own-disk ] && lvremove -y vg0/own-disk
}
ok 'a volume that somebody else made by that name stays' foreign

lost() {
	killed_at 9 clone "$p" aaaa "$p" lost disk 64 ext4 || return
	[ -s "$works/lost" ] || return
	vgrename vg0 vg1 >/dev/null || return
	refused 'Cannot process volume group vg0' parts recover || return
	[ -s "$works/lost" ] || return
	vgrename vg1 vg0 >/dev/null || return
	is lost parts recover && [ -z "$(ls "$works")" ]
}
ok 'what cannot be undone, in a group that is lost, stays noted until it can' lost
vgchange -an vg0 >/dev/null
finish
