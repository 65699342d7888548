#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The same command lines for xen-tools and for ours: what is made means the same.
#
# What xen-tools makes of the lines in `lines` is there already, from `theirs`; the differences that
# are wanted are in `differences`. NUMBER... runs those lines alone; then it is not asked whether
# each wanted difference was met.
set -uo pipefail
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
: "${GUESTS:?the directory with the programs for guests}" "${XEN_TOOLS:?the package, unpacked}" "${ROOTS:?of make-root}"
: "${THEIRS:?what xen-tools made, of theirs}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d) || exit 1
# A dom0 that still runs takes its own things away.
clean_up() {
	jobs -p | xargs -r kill
	wait
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
export STORE=$work/store
# shellcheck source=../tap.sh
. "$here/../tap.sh"
loops_before=$(losetup --list --noheadings --output BACK-FILE | grep -c '^/mnt/\|^/srv/')

agree() { # CASE; what they said is shown with what differs
	"$here/dom0" ours "$1" >"$1/ours.facts" 2>"$1/ours.error"
	[ -s "$1/ours.facts" ] && "$here/compare" "$here/differences" "$1" && return
	for side in theirs ours; do
		tail -n 3 "$1/$side.error"
		tail -n 3 "$1/$side.said"
	done
	return 1
}

mkdir "$STORE"
if ! cp -r "$THEIRS/." "$work" || ! cmp "$work/lines" "$here/lines"; then
	echo 'Bail out! what xen-tools made is of other lines: make check-oracle'
	exit 1
fi
chosen=("$@")
[ $# != 0 ] || mapfile -t chosen < <(cd "$work" && printf '%s\n' [0-9]* | sort -n)
for line in "${chosen[@]}"; do
	ok "$(<"$work/$line/text")" agree "$work/$line"
done

nothing_is_left() {
	[ "$(losetup --list --noheadings --output BACK-FILE | grep -c '^/mnt/\|^/srv/')" = "$loops_before" ]
}
ok 'no loop device is left' nothing_is_left
if [ $# = 0 ]; then
	cat "$work"/*/met | sort -u >"$work/all"
	ok 'each wanted difference is met, and has its test' "$here/compare" --check "$here/differences" "$here/../.." "$work/all"
fi
finish
