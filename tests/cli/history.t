# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# xenhost history: the transactions in both forms, and one that cannot be read.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

make_history() {
  root_file etc/os-release <<< 'ID=debian'
  mkdir -p "$scratch/root/etc/"{modprobe.d,modules-load.d,default/grub.d}
  root_file etc/xen/xl.conf <<< 'autoballoon="off"'
  host apply
  root_file etc/xen/host.conf <<< $'[modules]\nload = one'
  host apply
  host rollback
  # 2001-09-09, so that the time is known.
  sed -i 's/"time": [0-9]*/"time": 1000000000/' "$scratch/root/var/lib/xenhost/journal/"*/plan.json
}

host() { run --root "$scratch/root" "$@"; }

there_may_be_none() {
  host history
  status_is 0
  stdout_is ""
  host history --json
  stdout_is "[]"
}

each_has_its_paths() {
  make_history
  host history
  status_is 0
  stdout_is '1  2001-09-09T01:46:40Z  done     3 changes
    etc/modules-load.d/xenhost.conf (modules)
    etc/modprobe.d/xenhost.conf (modprobe)
    etc/default/grub.d/xenhost.cfg (grub)
2  2001-09-09T01:46:40Z  undone   1 changes
    etc/modules-load.d/xenhost.conf (modules)'
}

json_has_the_same() {
  make_history
  host history --json
  status_is 0
  stdout_is '[
  {
    "id": 1,
    "time": "2001-09-09T01:46:40Z",
    "state": "done",
    "paths": [
      "etc/modules-load.d/xenhost.conf",
      "etc/modprobe.d/xenhost.conf",
      "etc/default/grub.d/xenhost.cfg"
    ]
  },
  {
    "id": 2,
    "time": "2001-09-09T01:46:40Z",
    "state": "undone",
    "paths": [
      "etc/modules-load.d/xenhost.conf"
    ]
  }
]'
}

a_damaged_one_does_not_hide_the_others() {
  make_history
  echo '{' > "$scratch/root/var/lib/xenhost/journal/1/plan.json"
  host history
  status_is 1
  stderr_is "xenhost: history: transaction 1: 'var/lib/xenhost/journal/1/plan.json' is damaged"
  stdout_is '1  damaged
2  2001-09-09T01:46:40Z  undone   1 changes
    etc/modules-load.d/xenhost.conf (modules)'
  host history --json
  status_is 1
  stdout_has '    "state": "damaged"'
}

run_tests \
  there_may_be_none \
  each_has_its_paths \
  json_has_the_same \
  a_damaged_one_does_not_hide_the_others
