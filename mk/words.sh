# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The words of the scripts that make something: messages, failing, and being stopped.
#
#   prog=repo; . "$here/../mk/words.sh"
#   cleanup() { rm -rf -- "$work"; }    # runs once, however the script ends
#   clean_up_at_end

# shellcheck disable=SC2154  # prog is the caller's

say() {
	printf '%s: %s\n' "$prog" "$*"
}

# note OBJECT: CAUSE, for what does not end the run
note() {
	printf 'xenhost: %s: %s\n' "$prog" "$*" >&2
}

die() {
	note "$@"
	exit 1
}

die_usage() {
	note "$@"
	exit 2
}

# Dies of the signal itself, so that make and shells see an interruption.
stopped() {
	trap '' INT TERM HUP
	note "stopped by SIG$1: nothing was kept"
	cleanup
	trap - EXIT "$1"
	kill -s "$1" $$
}

clean_up_at_end() {
	trap cleanup EXIT
	trap 'stopped INT' INT
	trap 'stopped TERM' TERM
	trap 'stopped HUP' HUP
}

# cause TEXT DEFAULT: one line that says what went wrong
cause() {
	local line
	line=$(grep -m1 -o 'No space left on device' <<<"$1")
	[[ -n $line ]] || line=$(grep -v '^[[:space:]]*$' <<<"$1" | tail -n1)
	line=${line//$'\t'/ }
	printf '%s' "${line:-$2}"
}

# try OBJECT COMMAND...: runs it quietly; its last line of output is the cause of a failure.
# The output stays in memory: a full disk must still be named.
try() {
	local object=$1 out
	shift
	out=$("$@" 2>&1 </dev/null) || die "$object: $(cause "$out" "$1 failed")"
}
