# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Output that is not written is a failure, and no file of ours is written instead.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

on_full() {
  "$XENHOST" "$@" > /dev/full 2> "$scratch/stderr" < /dev/null
  status=$?
  status_is 1
  stderr_is "xenhost: write standard output: No space left on device"
}

a_full_disk_is_noticed_by_help() { on_full --help; }
a_full_disk_is_noticed_by_version() { on_full --version; }
a_full_disk_is_noticed_by_facts() { on_full facts --root "$scratch/root"; }
a_full_disk_is_noticed_by_json() { on_full facts --root "$scratch/root" --json; }

a_closed_stdout_is_noticed() {
  "$XENHOST" --version >&- 2> "$scratch/stderr"
  status=$?
  status_is 1
  stderr_is "xenhost: write standard output: Bad file descriptor"
}

run_tests \
  a_full_disk_is_noticed_by_help \
  a_full_disk_is_noticed_by_version \
  a_full_disk_is_noticed_by_facts \
  a_full_disk_is_noticed_by_json \
  a_closed_stdout_is_noticed
