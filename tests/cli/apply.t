# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# xenhost apply: what it prints and leaves behind. What resists it is in tests/fault.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# A root where little is to be done.
make_host() {
  root_file etc/os-release <<< 'ID=debian'
  root_file etc/debian_version <<< '12.1'
  mkdir -p "$scratch/root/etc/"{modprobe.d,modules-load.d,default/grub.d}
  root_file etc/xen/xl.conf <<< 'autoballoon="off"'
  root_file etc/xen/host.conf <<< '[loop]'
}

apply() { run --root "$scratch/root" apply "$@"; }

each_thing_that_is_done_is_a_line() {
  make_host
  apply
  status_is 0
  stderr_is ""
  stdout_is 'create etc/modules-load.d/xenhost.conf (modules)
create etc/modprobe.d/xenhost.conf (modprobe)
create etc/default/grub.d/xenhost.cfg (grub)
pending: update-grub'
}

the_second_time_nothing_is_done() {
  make_host
  apply
  apply
  status_is 0
  stdout_is ""
  [ "$(ls "$scratch/root/var/lib/xenhost/journal")" = 1 ] || fail "there is another transaction"
}

a_description_with_an_error_leaves_no_trace() {
  make_host
  root_file etc/xen/host.conf <<< '[loops]'
  apply
  status_is 2
  stderr_is "xenhost: apply: etc/xen/host.conf:1:1: unknown section [loops]; did you mean [loop]?
	[loops]
	^"
  [ ! -e "$scratch/root/var" ] || fail "there is a journal"
}

a_setting_that_is_taken_out_is_taken_back() {
  make_host
  root_file etc/xen/host.conf <<< $'[modules]\nload = one'
  apply
  root_file etc/xen/host.conf <<< ''
  apply
  status_is 0
  stdout_is 'change etc/modules-load.d/xenhost.conf (modules)'
  ! grep -q one "$scratch/root/etc/modules-load.d/xenhost.conf" || fail "the module is still there"
}

a_file_of_somebody_else_is_not_overwritten() {
  make_host
  root_file etc/modprobe.d/xenhost.conf <<< 'mine'
  apply
  status_is 1
  stderr_is "xenhost: apply: modprobe: write 'etc/modprobe.d/xenhost.conf': it is there and not xenhost's; move it away"
}

an_interrupted_run_is_undone_first() {
  make_host
  apply
  echo open > "$scratch/root/var/lib/xenhost/journal/1/state"
  apply
  status_is 0
  stdout_is 'undo the interrupted transaction 1
remove etc/default/grub.d/xenhost.cfg
remove etc/modprobe.d/xenhost.conf
remove etc/modules-load.d/xenhost.conf
create etc/modules-load.d/xenhost.conf (modules)
create etc/modprobe.d/xenhost.conf (modprobe)
create etc/default/grub.d/xenhost.cfg (grub)
pending: update-grub'
}

a_damaged_state_stops_it() {
  make_host
  apply
  : > "$scratch/root/var/lib/xenhost/journal/1/state"
  apply
  status_is 1
  stderr_is "xenhost: apply: transaction 1: 'var/lib/xenhost/journal/1/state' is damaged"
}

damage_of_what_is_done_does_not_stop_it() {
  make_host
  apply
  : > "$scratch/root/var/lib/xenhost/journal/1/plan.json"
  root_file etc/xen/host.conf <<< $'[modules]\nload = one'
  apply
  status_is 0
  stdout_is 'change etc/modules-load.d/xenhost.conf (modules)'
}

an_operand_is_refused() {
  apply now
  status_is 2
  stderr_is "xenhost: apply: unexpected 'now'"
}

run_tests \
  each_thing_that_is_done_is_a_line \
  the_second_time_nothing_is_done \
  a_description_with_an_error_leaves_no_trace \
  a_setting_that_is_taken_out_is_taken_back \
  a_file_of_somebody_else_is_not_overwritten \
  an_interrupted_run_is_undone_first \
  a_damaged_state_stops_it \
  damage_of_what_is_done_does_not_stop_it \
  an_operand_is_refused
