#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whole guests on volumes of LVM, by the programs: made, listed, made larger, in use, killed, removed.
. "$(dirname "$0")/lib.sh"
guests=$(dirname "$PARTS")/..
words=(--dist bookworm --install-method tar --install-source "$work/root.tar" --size 256M --swap 8M --dhcp)
guest() { "$guests/xen-$1" --root "$root" "${@:2}"; }
create() { guest create-image --hostname "$1" "${words[@]}" "${@:2}"; }

# What a root has, as far as an identity cares, and a dom0 for it.
tree=$work/tree
mkdir -p "$tree"/{bin,boot,dev,etc/network,etc/ssh,proc,sys,tmp,usr/lib/systemd/network,usr/sbin,var/log} &&
	touch "$tree"/{boot/vmlinuz-6.1.0,boot/initrd.img-6.1.0,usr/lib/systemd/systemd,usr/lib/systemd/network/99-default.link,usr/sbin/ifup} &&
	echo 'root:*:1::::::' >"$tree/etc/shadow" && echo 'root:x:0:0:root:/root:/bin/sh' >"$tree/etc/passwd" &&
	head -c 20M /dev/urandom >"$tree/bin/program" && tar --create --file "$work/root.tar" --directory "$tree" .
mkdir -p "$root$work" "$root"/{usr/lib/grub-xen,etc/xen/auto,var/log} && cp "$work/root.tar" "$root$work" &&
	touch "$root/usr/lib/grub-xen/grub-i386-xen_pvh.bin"

# Where the template of what is thick is.
mount -t tmpfs tmpfs /var/lib && mkdir /var/lib/xenhost

ok 'a volume group' vgcreate -y vg0 /dev/ubda
ok 'a thin pool' lvcreate -y -L 300M -T vg0/pool
ok 'a guest in the pool' create thin1 --lvm vg0 --lvm_thin pool
ok 'its sibling' create thin2 --lvm vg0 --lvm_thin pool
ok 'one on thick volumes' create thick --lvm vg0
name_in() { debugfs -R 'cat /etc/hostname' "/dev/vg0/$1-disk" 2>/dev/null; }
ok 'each knows its name' is 'thin1 thin2 thick' bash -c "$(declare -f name_in); echo \$(name_in thin1) \$(name_in thin2) \$(name_in thick)"
uuids() { blkid -p -o value -s UUID /dev/vg0/thin1-disk /dev/vg0/thin2-disk /dev/vg0/thick-disk /dev/vg0/thin1-swap /dev/vg0/thin2-swap | sort -u | wc -l; }
ok 'no two have a UUID in common' is 5 uuids
for name in thin1 thin2 thick; do ok "$name is whole" e2fsck -f -n "/dev/vg0/$name-disk"; done
ok 'a swap space is one' is swap blkid -p -o value -s TYPE /dev/vg0/thick-swap
ok 'all are listed' is 'thick thin1 thin2' bash -c "'$guests/xen-list-images' --root '$root' | sed -n 's/^Name: *//p' | xargs"
state() { lvs --noheadings -o lv_name,lv_size,lv_attr vg0 | sort; ls "$root/etc/xen"; cat "$root/etc/xen"/*.cfg; }
before=$(state)
ok 'a name that is there is refused' refused "thin1" create thin1 --lvm vg0 --lvm_thin pool
ok 'and nothing is another' is "$before" state

ok 'a thin guest grows' guest resize-image --size 320M thin1
ok 'by its file system too' is $((320 << 20)) bash -c "dumpe2fs -h /dev/vg0/thin1-disk 2>/dev/null | awk -F ': *' '/^Block count/ { b = \$2 } /^Block size/ { print b * \$2 }'"
ok 'and is whole' e2fsck -f -n /dev/vg0/thin1-disk
ok 'a thick guest grows' guest resize-image --add 64M thick
ok 'and is whole too' e2fsck -f -n /dev/vg0/thick-disk
ok 'none shrinks' refused 'would cut data off' guest resize-image --size 100M thick
before=$(state)

# In use: opened by something that is no mount, as a block backend does.
exec {open}<>/dev/vg0/thin2-disk
ok 'a volume that is open is not made larger' refused 'open' guest resize-image --add 16M thin2
ok 'nor is its guest removed' refused 'open' guest delete-image --force thin2
exec {open}>&-
mkdir -p /mnt/at && mount /dev/vg0/thick-disk /mnt/at
ok 'nor one whose volume is mounted' refused "mounted at '/mnt/at'" guest delete-image --force thick
umount /mnt/at
ok 'nothing is another' is "$before" state
printf 'name = "db"\ndisk = [ "phy:/dev/vg0/thin2-swap,xvdb,w" ]\n' >"$root/etc/xen/db.cfg"
ok 'a guest is removed whose volume another has' guest delete-image --force thin2
ok 'and that volume stays' [ -e /dev/vg0/thin2-swap ]
rm "$root/etc/xen/db.cfg"
lvremove -y vg0/thin2-swap >/dev/null
before=$(state)

# A group that is not there.
vgchange -an vg0 >/dev/null && vgrename vg0 lost >/dev/null
ok 'guests of a lost group are still listed' bash -c "'$guests/xen-list-images' --root '$root' | grep -q '^Name: *thick'"
ok 'none is made in it' refused 'vg0' create late --lvm vg0
ok 'none is removed' refused 'vg0' guest delete-image --force thick
vgrename lost vg0 >/dev/null
vgchange -ay vg0 >/dev/null
ok 'and when it is back they are as they were' is "$before" state

# Two at once, of different names, from one template and one pool of addresses.
mkdir -p "$root/etc/xen-tools" && printf '10.0.0.7\n10.0.0.8\n10.0.0.9\n' >"$root/etc/xen-tools/ips.txt"
pooled=(--lvm vg0 --lvm_thin pool --nodhcp --ip auto --netmask 255.255.255.0 --gateway 10.0.0.1)
both() {
	create one "${pooled[@]}" >"$work/one" 2>&1 &
	local first=$! status=0
	create two "${pooled[@]}" || status=$?
	wait "$first" || { cat "$work/one"; return 1; }
	[ "$status" = 0 ] && [ -e /dev/vg0/one-disk ] && [ -e /dev/vg0/two-disk ]
}
ok 'two at once' both
# shellcheck disable=SC2016
ok 'each has an address of its own' is '10.0.0.7: used by x 10.0.0.8: used by x 10.0.0.9' bash -c 'sed "s/one\|two/x/" "$1" | xargs' - "$root/etc/xen-tools/ips.txt"
ok 'both are removed' guest delete-image --force one two

# SIGKILL to the whole command, wherever it is: the next one takes away what is left.
killed() {
	local moment pid
	for moment in 0.1 0.25 0.5 0.8; do
		(exec "$guests/xen-create-image" --root "$root" --hostname gone "${words[@]}" --lvm vg0 --lvm_thin pool) >/dev/null 2>&1 &
		pid=$!
		read -r -t "$moment" _ <>"$work/never" || true
		kill -KILL "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
		create gone --lvm vg0 --lvm_thin pool || { guest delete-image --force gone && create gone --lvm vg0 --lvm_thin pool; } || return
		guest delete-image --force gone || return
		is "$before" state || return
	done
}
mkfifo "$work/never"
ok 'SIGKILL at several moments: the same guest can be made and removed' killed

ok 'all are removed' guest delete-image --force thin1 thick
ok 'with their volumes' bash -c '! lvs --noheadings -o lv_name vg0 | grep -E "thin|thick"'
ok 'and their configurations' bash -c "[ -z \"\$(ls '$root'/etc/xen/*.cfg 2>/dev/null)\" ]"
vgchange -an vg0 >/dev/null
finish
