#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Volumes of LVM, thick and thin: made, cloned, grown, removed; old bytes; full; guarded.
. "$(dirname "$0")/lib.sh"
disk=/dev/ubda other=/dev/ubdb
t=lvm:vg0 p=thin:vg0/pool
old='OLD DATA OF ANOTHER GUEST'

volumes() {
	lvs --noheadings -o lv_name vg0 | sort | xargs
}

attribute() { # LV FIELD
	lvs --noheadings -o "$2" "$1" | xargs
}

# no_old DEVICE: nothing of what was on the disk before.
no_old() {
	! grep -qaF "$old" "$1"
}

reads_zeros() {
	cmp -n "$(blockdev --getsize64 "$1")" "$1" /dev/zero
}

ok 'a volume group on a disk with old data' vgcreate -y vg0 "$disk"
ok 'a thin pool' lvcreate -y -L 400M -T vg0/pool
grep -qaF "$old" < <(dd if="$disk" bs=1M skip=900 count=1 status=none) || {
	echo 'Bail out! the disk has no old data'
	exit 1
}

ok 'a thick volume' parts create "$t" web disk 64
ok 'is where it should be' [ -b /dev/vg0/web-disk ]
ok 'reads as zeros, whatever was there' reads_zeros /dev/vg0/web-disk
ok 'has a tag for lists' bash -c 'lvs --noheadings -o lv_name @xenhost | grep -q web-disk'
ok 'one that is there is not touched' refused 'File exists' parts create "$t" web disk 32
ok 'it is as it was' is 64.00m attribute vg0/web-disk lv_size
lvchange -an vg0/web-disk
ok 'also if it is not active' refused 'File exists' parts create "$t" web disk 32
ok 'it is still there' is 64.00m attribute vg0/web-disk lv_size
lvchange -ay vg0/web-disk
ok 'a thin volume' parts create "$p" thin disk 128 ext4
ok 'has its size' is 128.00m attribute vg0/thin-disk lv_size
# shellcheck disable=SC2016
ok 'takes little of the pool' bash -c '[ "$(lvs --noheadings -o data_percent vg0/thin-disk | cut -d. -f1)" -lt 20 ]'
ok 'is measured without lvm' bash -c "set -- \$('$PARTS' '$root' measure /dev/vg0/thin-disk); [ \$1 = 131072 ] && [ \$2 -lt 30000 ] && [ \$2 -gt 0 ]"
ok 'nothing old is in it' no_old /dev/vg0/thin-disk

ok 'a guest dirties a thick volume' bash -c "yes 'SECRET OF THE FIRST' | dd of=/dev/vg0/web-disk bs=1M count=64 iflag=fullblock status=none; sync"
ok 'and a thin one' bash -c "yes 'SECRET OF THE FIRST' | dd of=/dev/vg0/thin-disk bs=1M count=100 iflag=fullblock status=none; sync"
ok 'the thick one is removed' parts remove /dev/vg0/web-disk web
ok 'the thin one too' parts remove /dev/vg0/thin-disk thin
ok 'both are gone' is pool volumes
ok 'a new thick one in their place' parts create "$t" next disk 64
ok 'has no secret' reads_zeros /dev/vg0/next-disk
ok 'a new thin one' parts create "$p" next thin 128
ok 'has no secret either' reads_zeros /dev/vg0/next-thin
ok 'a byte of it is written' bash -c 'printf x | dd of=/dev/vg0/next-thin bs=1 seek=12345678 conv=notrunc status=none; sync'
# shellcheck disable=SC2016
ok 'the rest of its block is zeros' bash -c '[ "$(tr -d "\\0" </dev/vg0/next-thin | wc -c)" = 1 ]'

ok 'a template in the pool' parts template "$p" aaaa 96 ext4
ok 'is read-only and not activated' is Vri---tz-k attribute vg0/xenhost_template-aaaa lv_attr
ok 'a clone of it' parts clone "$p" aaaa "$p" c1 disk 160 ext4
ok 'is writable and active' is Vwi-a-tz-- attribute vg0/c1-disk lv_attr
ok 'has its own name' is c1 debugfs -R 'cat /hostname' /dev/vg0/c1-disk
ok 'its own UUID' is "${uuid}02" blkid -p -o value -s UUID /dev/vg0/c1-disk
ok 'the size it was asked for' is 160.00m attribute vg0/c1-disk lv_size
ok 'its file system fills it' is 167772160 bash -c "dumpe2fs -h /dev/vg0/c1-disk 2>/dev/null | awk -F ': *' '/^Block count/ {c = \$2} /^Block size/ {s = \$2} END {printf \"%d\", c * s}'"
ok 'and is whole' e2fsck -f -n /dev/vg0/c1-disk
ok 'a second clone of the same' parts clone "$p" aaaa "$p" c2 disk 96 ext4
ok 'a clone smaller than its template is refused' refused 'more than the 64 wanted' parts clone "$p" aaaa "$p" c3 disk 64 ext4
ok 'and leaves nothing' [ ! -e /dev/vg0/c3-disk ]
ok 'a thick clone of a thin template' parts clone "$p" aaaa "$t" c4 disk 120 ext4
ok 'is whole' e2fsck -f -n /dev/vg0/c4-disk
ok 'has nothing old between and behind' bash -c "! grep -qaE 'SECRET OF THE FIRST|$old' /dev/vg0/c4-disk"
ok 'its template sleeps again' is Vri---tz-k attribute vg0/xenhost_template-aaaa lv_attr
ok 'both volumes of a guest at once' parts guest "$p" aaaa "$p" both 160 32
ok 'the clone is as large as asked' is 160.00m attribute vg0/both-disk lv_size
ok 'and active, though its template is not' is Vwi-a-tz-- attribute vg0/both-disk lv_attr
ok 'the other too' is 32.00m attribute vg0/both-swap lv_size
ok 'it reads as zeros' reads_zeros /dev/vg0/both-swap
ok 'both at once on thick volumes' parts guest "$p" aaaa "$t" thick 120 32
ok 'the first is the template' bash -c "cmp -n 8192 /dev/vg0/thick-disk /dev/vg0/both-disk"
ok 'the second reads as zeros' reads_zeros /dev/vg0/thick-swap
ok 'they are removed' parts remove /dev/vg0/thick-disk thick
parts remove /dev/vg0/thick-swap thick
lvcreate -y -an -kn -Zn -n half-swap -L 8M vg0 >"$work/said" 2>&1
ok 'where the second is there already' refused "make '/dev/vg0/half-swap': File exists" parts guest "$p" aaaa "$p" half 160 32
ok 'the first is not' is 'half-swap' bash -c "lvs --noheadings -o lv_name vg0 | xargs -n 1 | grep half"
lvremove -y vg0/half-swap >"$work/said"
ok 'in a group that is not there neither is' refused "volume group 'vg9': there is none of that name" parts guest "$p" aaaa lvm:vg9 half 160 32
ok 'and nothing of that is left to undo' is '' ls "$works"
long=$(printf 'p%.0s' {1..70}) name=$(printf 'g%.0s' {1..100})
lvcreate -y -L 32M -T "vg0/$long" >"$work/said" 2>&1
ok 'a template in a pool whose name is long' parts template "thin:vg0/$long" dddd 16 ext4
ok 'names that are too long for a script of lvm' parts guest "thin:vg0/$long" dddd "thin:vg0/$long" "$name" 20 8
ok 'make the same' is '20.00m 8.00m' bash -c "lvs --noheadings -o lv_size 'vg0/$name-disk' 'vg0/$name-swap' | xargs"
lvremove -y "vg0/$long" >"$work/said" 2>&1
mkdir /mnt/images
ok 'a template in a file' parts template dir:/mnt/images bbbb 64 ext4
ok 'is cloned to a thick volume' parts clone dir:/mnt/images bbbb "$t" c5 disk 64 ext4
ok 'with nothing old' bash -c "! grep -qaE 'SECRET OF THE FIRST|$old' /dev/vg0/c5-disk"
ok 'and to a thin one' parts clone dir:/mnt/images bbbb "$p" c6 disk 64 ext4
ok 'that is whole' e2fsck -f -n /dev/vg0/c6-disk
ok 'a template on a thick volume' parts template "$t" cccc 48 ext4
ok 'is cloned to another' parts clone "$t" cccc "$t" c7 disk 48 ext4
ok 'has its name' is c7 debugfs -R 'cat /hostname' /dev/vg0/c7-disk

ok 'a thick volume grows' parts grow /dev/vg0/next-disk next 96
ok 'what it gains reads as zeros' reads_zeros /dev/vg0/next-disk
ok 'its spare is gone' bash -c "! lvs --noheadings -o lv_name vg0 | grep xenhost-work"
for gap in 1 2 3 4; do lvcreate -y -Wn -Zn -n "gap$gap" -L 8M vg0 >"$work/said" 2>&1; done
lvcreate -y -Wn -Zn -n rest -l 100%FREE vg0 >"$work/said" 2>&1
for gap in 1 3; do yes "$old" | dd of="/dev/vg0/gap$gap" bs=1M count=8 iflag=fullblock oflag=direct status=none; done
lvremove -y vg0/gap1 vg0/gap3 >"$work/said" 2>&1
ok 'it grows over all that is free, in two places' parts grow /dev/vg0/next-disk next 112
ok 'of both it reads zeros' reads_zeros /dev/vg0/next-disk
ok 'where nothing is free it does not' refused 'insufficient free space' parts grow /dev/vg0/next-disk next 120
ok 'and is as it was' is 112.00m attribute vg0/next-disk lv_size
lvreduce -f -y -L -100M vg0/rest >"$work/said" 2>&1
ok 'where one of two volumes has room neither is made' refused 'insufficient free space' parts guest "$p" aaaa "$t" midway 96 32
ok 'and nothing of them is left' bash -c "! lvs --noheadings -o lv_name vg0 | grep midway && [ -z \"\$(ls '$works')\" ]"
lvremove -y vg0/gap2 vg0/gap4 vg0/rest >"$work/said" 2>&1
vgextend vg0 "$other" >"$work/said" 2>&1
lvcreate -y -Wn -Zn -i 2 -n striped -L 16M vg0 >"$work/said" 2>&1
ok 'a striped one grows by stripes' parts grow /dev/vg0/striped striped 32
ok 'it has no other part' is striped bash -c 'lvs --noheadings --segments -o segtype vg0/striped | sort -u | xargs'
lvremove -y vg0/striped >"$work/said" 2>&1
vgreduce vg0 "$other" >"$work/said" 2>&1
pvremove -y "$other" >"$work/said" 2>&1
ok 'a thin one grows' parts grow /dev/vg0/c2-disk c2 200
ok 'its file system too' parts grow-fs /dev/vg0/c2-disk ext4 job
ok 'none shrinks' refused 'has 200 MiB already' parts grow /dev/vg0/c2-disk c2 100

mkdir /mnt/at
mount /dev/vg0/c1-disk /mnt/at
ok 'a mounted volume is not removed' refused "it is mounted at '/mnt/at'" parts remove /dev/vg0/c1-disk c1
ok 'nor under another of its names' refused "it is mounted at '/mnt/at'" parts remove /dev/mapper/vg0-c1--disk c1
umount /mnt/at
exec {held}</dev/vg0/c1-disk
ok 'an open one is not' refused 'it is open' parts remove /dev/vg0/c1-disk c1
ok 'nor is it grown' refused 'it is open' parts grow /dev/vg0/c1-disk c1 300
exec {held}<&-
printf 'name = "db"\ndisk = [ "phy:/dev/mapper/vg0-c1--disk,xvda2,w" ]\n' >"$root/etc/xen/db.cfg"
ok 'one that another guest names is not' refused "'etc/xen/db.cfg' names it" parts remove /dev/vg0/c1-disk c1
rm "$root/etc/xen/db.cfg"
ok 'a pool is not removed' refused 'a pool, an origin of snapshots' parts remove /dev/vg0/pool c1
ok 'the disk below is no volume' refused 'it is a part of' parts remove "$disk" c1
lvcreate -y -s -n backup -L 16M vg0/c7-disk >"$work/said"
ok 'nor is an origin of snapshots' refused 'lv_attr owi' parts remove /dev/vg0/c7-disk c7
lvremove -y vg0/backup >"$work/said"
lvchange -an vg0/c7-disk
ok 'a volume that is not active is removed' parts remove /dev/vg0/c7-disk c7
ok 'one that is not there is said' refused "has no volume 'c7-disk'" parts remove /dev/vg0/c7-disk c7
ok 'a given disk is never removed' refused 'not a volume of LVM' parts remove "$other" c1

yes "$old" | dd of="$other" bs=1M count=64 iflag=fullblock status=none
ok 'a given disk is written' parts create "device:disk=$other" given disk 64 ext4
ok 'and has nothing old where it is the guest'"'"'s' no_old "$other"
ok 'but not by a size that it has not' refused '2000 MiB wanted, it has 128' parts create "device:disk=$other" given disk 2000
ok 'nor without being named' refused "no device was given for volume 'swap'" parts create "device:disk=$other" given swap 64
ok 'nor while it is a physical volume' refused 'it is a part of' parts create "device:disk=$disk" given disk 64

ok 'room is checked' refused 'MiB wanted' parts check "$t" 5000
ok 'a group that is not there' refused "volume group 'vg9': there is none of that name" parts check lvm:vg9 1
ok 'nothing is made in it' refused "volume group 'vg9': there is none of that name" parts create lvm:vg9 web disk 16
ok 'no work stays' is '' ls "$works"
ok 'a pool that is not there' refused "has no volume 'none'" parts create thin:vg0/none web disk 16
ok 'a volume is no pool' refused 'it is not a thin pool' parts create thin:vg0/next-disk web disk 16
ok 'names that lvm would take for options are none' refused 'not a name that LVM takes' parts create lvm:-vg web disk 16
lvchange -y -an vg0/c1-disk vg0/c2-disk vg0/c6-disk vg0/next-thin vg0/pool 2>"$work/said"
ok 'a pool that does not zero' lvchange -Z n vg0/pool
ok 'is refused' refused 'it does not zero new blocks' parts create "$p" web disk 16
lvchange -ay vg0/pool vg0/next-thin
ok 'also when it is active' refused 'it does not zero new blocks' parts clone "$p" aaaa "$p" web disk 160 ext4
lvchange -Z y vg0/pool >"$work/said"
ok 'and taken again when it does' parts clone "$p" aaaa "$p" web disk 160 ext4
ok 'a pool is filled' bash -c "yes x | dd of=/dev/vg0/next-thin bs=1M count=128 iflag=fullblock status=none; '$PARTS' '$root' create '$p' fill disk 400 && yes x | dd of=/dev/vg0/fill-disk bs=1M count=240 iflag=fullblock status=none; sync"
ok 'and takes no more' refused '% of its data space is used' parts clone "$p" aaaa "$p" late disk 160 ext4
ok 'no volume is left' [ ! -e /dev/vg0/late-disk ]
ok 'no work either' is '' ls "$works"
vgchange -an vg0 >"$work/said"
finish
