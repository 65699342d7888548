#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A template in a thin pool: built there, made small, asleep, checked, removed.
. "$(dirname "$0")/lib.sh"
guests=$(dirname "$PARTS")/..
templates() { "$guests/xen-templates" --root "$root" "$@"; }
build=(build --dist bookworm --install-method tar --install-source "$work/root.tar" --lvm vg0 --lvm_thin pool)

# What a root has, as far as templates care.
mkdir -p "$work/tree"/{bin,boot,dev,etc/ssh,proc,sys,usr,var/log} && echo 0123456789abcdef0123456789abcdef >"$work/tree/etc/machine-id" &&
	echo key >"$work/tree/etc/ssh/ssh_host_rsa_key" && head -c 20M /dev/urandom >"$work/tree/bin/program" &&
	tar --create --file "$work/root.tar" --directory "$work/tree" . && mkdir -p "$root$work" && cp "$work/root.tar" "$root$work"
rm -rf "$work/tree"

volume() { lvs --noheadings -o lv_name vg0 | tr -d ' ' | grep '^xenhost_template-'; }
attribute() { lvs --noheadings -o "$1" "vg0/$(volume)" | xargs; }
builds() {
	templates "${build[@]}" && key=$(volume) && key=${key#xenhost_template-} && [ -n "$key" ]
}
is_small() { [ "$(lvs --noheadings --nosuffix --units m -o lv_size "vg0/$(volume)" | cut -d. -f1)" -lt 400 ]; }
is_asleep() { [ "$(attribute lv_attr | cut -c 1,2,5)" = 'Vr-' ]; }

ok 'a volume group' vgcreate -y vg0 /dev/ubda
ok 'a thin pool' lvcreate -y -L 800M -T vg0/pool
ok 'a template is built in it' builds
ok 'it is small' is_small
ok 'it cannot be written, and is not active' is_asleep
ok 'it is whole' is "$key whole" templates verify
ok 'it is not active afterwards' is_asleep
ok 'the second time nothing is built' templates "${build[@]}"
ok 'one without a repository does not move' is "$key unchanged" templates refresh
ok 'it is removed' is "$key removed" templates prune "$key"
ok 'with its volume' is '[pool_tmeta]' bash -c "lvs -a --noheadings -o lv_name vg0 | xargs -n 1 | grep -v 'pool\$\|pool_tdata\|lvol0' | xargs"
finish
