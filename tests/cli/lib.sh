# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The words of the command-line tests. Each test is a function; what it makes goes away with it.
#
#   . "$(dirname "$0")/lib.sh"
#   a_behaviour() { run facts --wrong; status_is 2; stderr_is "xenhost: ..."; }
#   run_tests a_behaviour ...

set -u
export LC_ALL=C
: "${XENHOST:?the program to test}"
count=0
scratch=

cleanup() { [ -z "$scratch" ] || rm -rf "$scratch"; scratch=; }
trap cleanup EXIT
trap 'exit 130' INT TERM

# Runs xenhost: its output is in $scratch/stdout and stderr, its exit status in $status.
run() { "$XENHOST" "$@" > "$scratch/stdout" 2> "$scratch/stderr" < /dev/null; status=$?; }

# Likewise a program for guests: guests xen-list-images --json.
guests() {
  "${GUESTS:?the directory with the programs for guests}/$1" "${@:2}" \
    > "$scratch/stdout" 2> "$scratch/stderr" < /dev/null
  status=$?
}

fail() { echo "# $*"; failed=yes; }

status_is() { [ "$status" = "$1" ] || fail "exit status is $status, not $1"; }

# The whole of a stream, word for word.
stdout_is() { is "$scratch/stdout" "$1"; }
stderr_is() { is "$scratch/stderr" "$1"; }
is() {
  [ "$(< "$1")" = "$2" ] || {
    fail "${1##*/} differs:"
    diff <(printf '%s\n' "$2") "$1" | sed 's/^/#   /'
  }
}

# A line that is exactly this.
stdout_has() { grep -qxF -- "$1" "$scratch/stdout" || fail "stdout has no line '$1'"; }

# A file below the test's root, $scratch/root.
root_file() {
  local path=$scratch/root/$1
  [ -d "${path%/*}" ] || mkdir -p "${path%/*}"
  cat > "$path"
}

run_tests() {
  echo "1..$#"
  for t in "$@"; do
    count=$((count + 1)) failed=no
    scratch=$(mktemp -d) && mkdir "$scratch/root" || exit 1
    "$t"
    if [ "$failed" = no ]; then echo "ok $count - $t"; else echo "not ok $count - $t"; fi
    cleanup
  done
}
