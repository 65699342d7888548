# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# xenhost rollback: which transaction it undoes, and what it refuses.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# A root with two transactions; only the second has a module "one".
make_history() {
  root_file etc/os-release <<< 'ID=debian'
  mkdir -p "$scratch/root/etc/"{modprobe.d,modules-load.d,default/grub.d}
  root_file etc/xen/xl.conf <<< 'autoballoon="off"'
  host apply
  root_file etc/xen/host.conf <<< $'[modules]\nload = one'
  host apply
}

host() { run --root "$scratch/root" "$@"; }
list=etc/modules-load.d/xenhost.conf
has_module() { grep -qx one "$scratch/root/$list" 2>&-; }

the_last_one_is_undone() {
  make_history
  host rollback
  status_is 0
  stderr_is ""
  stdout_is "restore $list"
  [ -e "$scratch/root/$list" ] || fail "the first was undone"
  ! has_module || fail "the second was not undone"
}

one_after_the_other_is_undone() {
  make_history
  host rollback
  host rollback
  status_is 0
  [ ! -e "$scratch/root/$list" ] || fail "the first was not undone"
  host rollback
  status_is 1
  stderr_is 'xenhost: rollback: there is nothing to undo'
}

an_older_one_names_what_is_in_the_way() {
  make_history
  host rollback 1
  status_is 1
  stderr_is "xenhost: rollback: transaction 1: '$list' was changed since by transaction 2; undo that first"
  has_module || fail "something was undone"
}

a_changed_file_is_shown_and_nothing_is_done() {
  make_history
  echo mine >> "$scratch/root/$list"
  host rollback
  status_is 1
  stderr_is "xenhost: rollback: transaction 2: '$list' was changed since; 'xenhost rollback --keep-changed' leaves it as it is
	+ mine"
  has_module || fail "something was undone"
}

a_changed_file_may_be_kept() {
  make_history
  echo mine >> "$scratch/root/$list"
  host rollback --keep-changed
  status_is 0
  stdout_is "keep $list"
  host history
  grep -q '^2 .* undone ' "$scratch/stdout" || fail "transaction 2 is not undone"
}

one_that_was_undone_is_told() {
  make_history
  host rollback 2
  host rollback 2
  status_is 1
  stderr_is 'xenhost: rollback: transaction 2 was undone before'
}

one_that_there_is_not_is_told() {
  make_history
  host rollback 3
  status_is 1
  stderr_is 'xenhost: rollback: there is no transaction 3'
}

an_empty_journal_is_told() {
  host rollback
  status_is 1
  stderr_is 'xenhost: rollback: there is nothing to undo'
  [ -z "$(ls "$scratch/root")" ] || fail "something was made"
}

an_interrupted_one_is_undone_alone() {
  make_history
  echo open > "$scratch/root/var/lib/xenhost/journal/2/state"
  host rollback
  status_is 0
  stdout_is "undo the interrupted transaction 2
restore $list"
  [ -e "$scratch/root/$list" ] || fail "the first was undone too"
}

an_interrupted_one_is_undone_by_its_number() {
  make_history
  echo undoing > "$scratch/root/var/lib/xenhost/journal/2/state"
  host rollback 2
  status_is 0
  stdout_is "undo the interrupted transaction 2
restore $list"
}

damaged_bytes_are_not_restored() {
  make_history
  echo x > "$scratch/root/var/lib/xenhost/journal/2/old-0"
  host rollback
  status_is 1
  stderr_is "xenhost: rollback: transaction 2: 'var/lib/xenhost/journal/2/old-0' is damaged"
  has_module || fail "something was undone"
}

what_is_no_number_is_wrong_usage() {
  make_history
  for word in 0 -1 x 1x 999999999 ''; do
    host rollback -- "$word"
    status_is 2
    stderr_is "xenhost: rollback: '$word' is not the number of a transaction"
  done
  has_module || fail "something was undone"
}

two_numbers_are_wrong_usage() {
  make_history
  host rollback 2 1
  status_is 2
  stderr_is "xenhost: rollback: unexpected '1'"
  has_module || fail "something was undone"
}

run_tests \
  the_last_one_is_undone \
  one_after_the_other_is_undone \
  an_older_one_names_what_is_in_the_way \
  a_changed_file_is_shown_and_nothing_is_done \
  a_changed_file_may_be_kept \
  one_that_was_undone_is_told \
  one_that_there_is_not_is_told \
  an_empty_journal_is_told \
  an_interrupted_one_is_undone_alone \
  an_interrupted_one_is_undone_by_its_number \
  damaged_bytes_are_not_restored \
  what_is_no_number_is_wrong_usage \
  two_numbers_are_wrong_usage
