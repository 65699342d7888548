# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# TAP for tests that are a list of commands. $work is a directory of the test's own.
number=0 failed=0

# ok TEXT COMMAND...: one test; what the command said is shown when it fails.
ok() {
	local text=$1
	shift
	number=$((number + 1))
	if "$@" >"${work:?}/said" 2>&1; then
		echo "ok $number - $text"
	else
		echo "not ok $number - $text"
		tail -n 40 "$work/said" | sed 's/^/# /'
		failed=$((failed + 1))
	fi
}

finish() {
	echo "1..$number"
	[ "$failed" = 0 ]
}
