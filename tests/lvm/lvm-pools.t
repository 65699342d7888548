#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Thin pools as LVM tells them and extends them: what xenhost set, in LVM's own hands.
. "$(dirname "$0")/lib.sh"
xenhost=$(dirname "$PARTS")/../xenhost
settings=$LVM_SYSTEM_DIR/lvm.conf

# fact NAME: of the first thin pool.
fact() {
	"$xenhost" --json facts | sed -n '/"thin_pools"/,/]/p' | sed -nE "s/^ *\"$1\": \"?([^\",]*)\"?,?\$/\1/p" | head -n 1
}
# The sections in it are of one line each.
applies() {
	mkdir -p "$root/etc/lvm" && cp "$settings" "$root/etc/lvm/lvm.conf" &&
		printf '[storage]\nvg = vg0\nthin-pool = pool\nprotect = no\n' >"$work/host.conf" &&
		"$xenhost" --root "$root" --config "$work/host.conf" apply --no-commands &&
		cp "$root/etc/lvm/lvm.conf" "$settings"
}
size() { lvs --noheadings --nosuffix --units m -o lv_size vg0/pool | cut -d. -f1 | xargs; }
finds() {
	"$xenhost" check >"$work/findings" || [ $? = 3 ] && grep -F " $1 " "$work/findings"
}

# The running system's, as xenhost and LVM without an environment read it.
mount --bind "$LVM_SYSTEM_DIR" /etc/lvm
ok 'a volume group' vgcreate -y vg0 /dev/ubda
ok 'has no pool' [ -z "$(fact name)" ]
ok 'a thin pool' lvcreate -y -L 100M -T vg0/pool
ok 'is a fact' is pool fact name
ok 'in its group' is vg0 fact volume_group
ok 'with its size' is 100 fact size_mib
ok 'and what the group has left' is "$(vgs --noheadings --nosuffix --units m -o vg_free vg0 | cut -d. -f1 | xargs)" fact group_free_mib
ok 'it is empty' is 0 fact data_percent
ok 'its metadata is not' [ "$(fact metadata_percent)" -gt 0 ]
ok 'it is not monitored' is false fact monitored
ok 'which is found' finds storage.pool-not-monitored
ok 'and that it is not extended' finds storage.pool-no-autoextend
ok 'a volume' lvcreate -y -V 200M -T vg0/pool -n data
ok 'that is written to' bash -c 'yes | dd of=/dev/vg0/data bs=1M count=85 iflag=fullblock conv=fsync status=none'
ok 'fills it' is 85 fact data_percent
ok 'which is found too' finds storage.pool-full
ok 'by default LVM does not extend it' bash -c "lvextend --use-policies vg0/pool || true"
ok 'so it stays' is 100 size
ok 'xenhost sets it' applies
ok 'LVM takes that' is 'monitoring=1' lvmconfig activation/monitoring
ok 'it is still not monitored' is false fact monitored
ok 'and nothing was started to find that' bash -c '! pidof dmeventd'
ok 'what lvm2-monitor.service runs' vgchange --monitor y vg0
ok 'has it monitored' is true fact monitored
ok 'now it is extended' lvextend --use-policies vg0/pool
ok 'by a fifth' is 120 size
ok 'it is less full' is 71 fact data_percent
ok 'nothing is found in that' bash -c "! '$xenhost' check | grep -E 'pool-(full|no-autoextend)'"
ok 'which is not found any more' bash -c "! '$xenhost' check | grep -F pool-not-monitored"
kill "$(pidof dmeventd)"
finish
