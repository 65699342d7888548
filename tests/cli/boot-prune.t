# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# xenhost boot prune: what it removes, says and leaves to be done.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

host() { run --root "$scratch/root" "$@"; }

make_builds() {
  for version in 4.20.1+5 4.20.2+7 4.20.3+127; do
    root_file "boot/xen-$version.gz" <<< x
    echo "/boot/xen-$version.gz"
  done | root_file var/lib/xen/kept-hypervisors
}

without_a_list_it_is_quiet() {
  root_file etc/os-release <<< 'ID=debian'
  host boot prune
  status_is 0
  stdout_is ""
}

it_says_what_it_removes_and_what_is_to_be_run() {
  make_builds
  host boot prune --no-commands
  status_is 0
  stdout_is 'remove boot/xen-4.20.1+5.gz
pending: grub-mkconfig -o /boot/grub/grub.cfg'
  [ "$(ls "$scratch/root/boot")" = $'xen-4.20.2+7.gz\nxen-4.20.3+127.gz' ] || fail "other builds are left"
  host boot prune
  status_is 0
  stdout_is ""
}

the_description_says_how_many() {
  make_builds
  root_file etc/xen/host.conf <<< $'[boot]\nkeep = 0'
  host boot prune
  status_is 0
  stdout_is 'remove boot/xen-4.20.3+127.gz
remove boot/xen-4.20.2+7.gz
remove boot/xen-4.20.1+5.gz
pending: grub-mkconfig -o /boot/grub/grub.cfg'
}

an_invalid_description_removes_nothing() {
  make_builds
  root_file etc/xen/host.conf <<< $'[boot]\nkeep = -1'
  host boot prune
  status_is 2
  [ -e "$scratch/root/boot/xen-4.20.1+5.gz" ] || fail "it is gone"
}

run_tests \
  without_a_list_it_is_quiet \
  it_says_what_it_removes_and_what_is_to_be_run \
  the_description_says_how_many \
  an_invalid_description_removes_nothing
