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
finish
