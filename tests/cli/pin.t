# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# xenhost pin: where it works and where it does not. What it does is in the unit tests.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

another_root_is_refused() {
  run --root "$scratch/root" pin
  status_is 1
  stdout_is ""
  stderr_is "xenhost: pin: '$scratch/root' is not the system that runs"
}

it_takes_no_operand() {
  run pin 0-1
  status_is 2
  stderr_is "xenhost: pin: unexpected '0-1'"
}

run_tests another_root_is_refused it_takes_no_operand
