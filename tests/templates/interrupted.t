#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds of templates that are stopped in the middle: nothing stays.
set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# A build that is stopped in the middle, by each signal.
begin() {
	rm -f "$log"/template-*.log
	# What a shell starts in the background ignores SIGINT.
	env --default-signal=INT,HUP "$GUESTS/xen-templates" --root "$root" "${bootstrap[@]}" &
	pid=$!
	for ((i = 0; i < 6000; i++)); do
		grep -qs 'installing essential' "$log"/template-*.log && return
		kill -0 "$pid" 2>/dev/null || return 1
		sleep 0.1
	done
	return 1
}
# What has a file of the store mounted holds its loop device.
has_ended() {
	for ((i = 0; i < 600; i++)); do
		losetup --list --noheadings --output BACK-FILE | grep -qF "$work/ext4/" || return 0
		sleep 0.1
	done
	return 1
}
stopped() { begin && kill -"$1" "$pid" && ! wait "$pid" 2>/dev/null; }
for signal in INT TERM HUP; do
	ok "SIG$signal in the middle" stopped "$signal"
	ok "SIG$signal: nothing is left" nothing_is_left ext4
done
ok 'SIGKILL in the middle' stopped KILL
ok 'SIGKILL: its programs end' has_ended
ok 'SIGKILL: the next prune takes away what it left' templates prune
ok 'SIGKILL: nothing is left' nothing_is_left ext4

# What a creation waits for before it has made anything: here the sum of a large root.
waits_for_a_sum() {
	mkdir -p "$root/etc/xen-tools" "$root/etc/xen" && echo 192.0.2.7 >"$root/etc/xen-tools/ips.txt" &&
		mkdir -p "$root/srv" "$root/var/log" && truncate -s 1T "$root/srv/root.tar" || return
	env --default-signal=INT "$GUESTS/xen-create-image" --root "$root" --hostname web --ip auto --gateway 192.0.2.1 --netmask 255.255.255.0 \
		--dir "$work/ext4" --size 100M --install-method tar --install-source /srv/root.tar --dist bookworm --boot-via pygrub &
	pid=$!
	until find /proc/"$pid"/fd -lname "$root/srv/root.tar" 2>/dev/null | grep -q .; do
		kill -0 "$pid" 2>/dev/null || return 1
	done
	kill -INT "$pid"
	! wait "$pid"
}
address_is_free() { [ "$(cat "$root/etc/xen-tools/ips.txt")" = 192.0.2.7 ]; }
ok 'SIGINT before a guest has a template' waits_for_a_sum
ok 'SIGINT: its address is free' address_is_free
finish
