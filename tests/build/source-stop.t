#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# hypervisor/source get, stopped at every program that it calls, then run again.
# shellcheck source-path=SCRIPTDIR disable=SC2016,SC2317,SC2329  # functions run through t

# shellcheck source=lib.sh
. "$(dirname -- "$0")/lib.sh"

key_make "$tmp"

# What is there is whole, or is not there. The next run begins with what this one left, and comes further.
whole_or_none() {
	local n=$1
	if [[ $signal != KILL ]]; then
		[[ ! -e $b/source.new ]] || fail "call $n left source.new"
		like "$(tail -n1 "$d/err")" "^xenhost: source: stopped by SIG$signal: nothing was kept$"
	fi
	if [[ -e $b/source/version.mk ]]; then
		whole
		rm -rf "$b"
	fi
}

file() {
	signal=$1
	xen_tarball "$d/x.tar.gz" 20 .0
	export XEN_SOURCE=$d/x.tar.gz
	stopped_everywhere "$signal" whole_or_none "$source_cmd" get --build "$b"
	whole
}
t 'a tarball, Ctrl-C' file INT
t 'a tarball, SIGTERM' file TERM
t 'a tarball, SIGKILL' file KILL

# The one that is there when a second one is being made
whole_or_redone() {
	if [[ -e $b/source/version.mk ]]; then
		whole
		[[ $(value FULLVERSION) != 4.20.1 ]] || return 0
	fi
	XEN_SOURCE=$d/old.tar.xz get
	succeeds
}
replaced() {
	xen_tarball "$d/old.tar.xz" 20 .1
	xen_tarball "$d/new.tar.xz" 20 .2
	XEN_SOURCE=$d/old.tar.xz get
	export XEN_SOURCE=$d/new.tar.xz
	stopped_everywhere "$1" whole_or_redone "$source_cmd" get --build "$b"
	is "$(value FULLVERSION)" 4.20.2
}
t 'an older source is replaced whole, Ctrl-C' replaced INT
t 'an older source is replaced whole, SIGKILL' replaced KILL

debian() {
	signal=$1
	archive_package "$d/debian" bookworm 4.20.3+127-gc42374a105-0+deb13u1
	archive_release "$d/debian" bookworm
	machine "deb [signed-by=$tmp/archive.gpg] file:$d/debian bookworm main"
	stopped_everywhere "$signal" whole_or_none "$source_cmd" get --build "$b"
	whole
}
t "Debian's package, Ctrl-C" debian INT
t "Debian's package, SIGKILL" debian KILL

done_testing
