# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# xenhost wait-disks: it returns when the disks of the guests in the directory are there.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

guest() { echo "disk = [ 'phy:$2,xvda,w' ]" | root_file "$1"; }

nothing_to_wait_for() {
  run --root "$scratch/root" wait-disks
  status_is 0
  stderr_is ""
}

disks_that_are_there() {
  guest etc/xen/auto/web.cfg /srv/web.img
  root_file srv/web.img < /dev/null
  run --root "$scratch/root" wait-disks --timeout 0
  status_is 0
  stderr_is ""
}

a_disk_that_does_not_come_is_named() {
  guest etc/xen/auto/web.cfg /dev/vg0/web
  run --root "$scratch/root" wait-disks --timeout 0
  status_is 1
  stderr_is "xenhost: wait-disks: '/dev/vg0/web' is not there after 0 s"
}

a_disk_that_comes_ends_the_wait() {
  guest etc/xen/auto/web.cfg /srv/web.img
  mkdir "$scratch/root/srv"
  "$XENHOST" --root "$scratch/root" wait-disks --timeout 60 & pid=$!
  kill -0 "$pid" || fail "it did not wait"
  touch "$scratch/root/srv/web.img"
  wait "$pid" || fail "exit status is $?, not 0"
}

xendomains_names_the_directory() {
  root_file etc/sysconfig/xendomains <<<'XENDOMAINS_AUTO="/srv/auto"'
  guest srv/auto/web.cfg /dev/vg0/web
  run --root "$scratch/root" wait-disks --timeout 0
  status_is 1
}

a_wrong_time_is_usage() {
  run wait-disks --timeout soon
  status_is 2
  stderr_is "xenhost: wait-disks: 'soon' is not a number of seconds"
}

run_tests \
  nothing_to_wait_for \
  disks_that_are_there \
  a_disk_that_does_not_come_is_named \
  a_disk_that_comes_ends_the_wait \
  xendomains_names_the_directory \
  a_wrong_time_is_usage
