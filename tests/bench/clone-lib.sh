# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the benches of clones share: times of commands, their medians.

# now: milliseconds.
now() {
	local time=${EPOCHREALTIME/./}
	echo $((time / 1000))
}

# measure COMMAND...: how long it takes, in milliseconds. One that fails ends the bench: its time is none.
measure() {
	local begun output
	begun=$(now)
	output=$("$@" 2>&1) || {
		echo "failed: $*: $output" >&2
		kill "$$"
	}
	echo $(($(now) - begun))
}

# median NUMBER...
median() {
	printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

# row NAME MILLISECONDS PEER
row() {
	printf '%-52s %7d ms   ratio %d.%02d\n' "$1" "$2" $(($2 / $3)) $(($2 * 100 / $3 % 100))
}
