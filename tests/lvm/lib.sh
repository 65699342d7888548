# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034  # variables of the tests
# Vocabulary of the tests of storage: TAP, a root of the test's own, refusals, kills.
set -uo pipefail
export LC_ALL=C
: "${PARTS:?the program to test}" "${STEP:?what stops it}"
[ "$(id -u)" = 0 ] || {
	echo 'Bail out! the tests of storage need root'
	exit 1
}
work=$(mktemp -d "${TMPDIR:-/tmp}/xenhost-storage.XXXXXX")
root=$work/root
works=$root/var/lib/xenhost/guests/work
mkdir -p "$root/etc/xen"
uuid=6b1c2d3e-4f50-4a61-8b72-9c83ad94be

# shellcheck source=../tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/../tap.sh"

# parts VERB ARGUMENT...
parts() {
	"$PARTS" "$root" "$@"
}

# refused TEXT COMMAND...: it fails with an error that has TEXT.
refused() {
	local text=$1
	shift
	if "$@" 2>"$work/error"; then
		echo "not refused: $*"
		return 1
	fi
	grep -qF -e "$text" "$work/error" || {
		echo "refused, but not with '$text':"
		cat "$work/error"
		return 1
	}
}

# is WANTED COMMAND...: it prints that.
is() {
	local wanted=$1 got
	shift
	got=$("$@")
	[ "$got" = "$wanted" ] || {
		printf 'wanted: %s\ngot: %s\n' "$wanted" "$got"
		return 1
	}
}

# killed_at STEP VERB ARGUMENT...: SIGKILL when it is there; false if it ended before.
killed_at() {
	local step=$1 fd pid has_stopped=1
	shift
	exec {fd}< <(LD_PRELOAD=$STEP STEP_AT=$step exec "$PARTS" "$root" "$@" 2>"$work/error")
	pid=$!
	if IFS= read -r -n 1 -u "$fd" _; then
		kill -KILL "$pid"
		has_stopped=0
	fi
	# Until the last process that has the other end is gone.
	cat <&"$fd" >"$work/rest"
	exec {fd}<&-
	return $has_stopped
}

# sweep_end STATE PATH VERB ARGUMENT...: likewise at each step of the supervising process. After
# the commit the whole is there, which is one volume that is removed then.
sweep_end() {
	local state=$1 path=$2 before step whole=0
	shift 2
	before=$($state)
	for ((step = 1; step < 200; step++)); do
		STEP_PARENT=1 killed_at "$step" "$@" || break
		parts recover >"$work/recovered" || return
		[ "$before" = "$($state)" ] && continue
		whole=$((whole + 1))
		parts remove "$path" "$(basename "$(dirname "$path")")" || return
		[ "$before" = "$($state)" ] || {
			printf 'step %s leaves something\nbefore: %s\nafter: %s\n' "$step" "$before" "$($state)"
			return 1
		}
	done
	echo "$step steps, after $whole of them it was whole"
	[ "$whole" -gt 0 ] && [ "$step" -gt $((whole + 2)) ]
}

# sweep STATE VERB ARGUMENT...: after a kill at each step the next command leaves nothing: what
# the function STATE prints is as before. The whole goes through at the end.
sweep() {
	local state=$1 before after step
	shift
	before=$($state)
	for ((step = 1; step < 200; step++)); do
		killed_at "$step" "$@" || break
		parts recover >"$work/recovered" || {
			echo "step $step: recover failed"
			return 1
		}
		after=$($state)
		[ "$before" = "$after" ] || {
			printf 'step %s leaves something\nbefore: %s\nafter: %s\n' "$step" "$before" "$after"
			return 1
		}
	done
	echo "$step steps"
	[ "$step" -gt 5 ] && [ "$step" -lt 200 ] && [ ! -s "$work/error" ] && [ "$($state)" != "$before" ]
}
