# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Guests that an installer fills: what starts it is in their configuration, until --finish.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

config=etc/xen/win.cfg

# What xen-create-image would write.
make_guest() {
  root_file srv/dvd.iso < /dev/null
  guests xen-create-image --root "$scratch/root" --hostname win --lvm vg0 --memory 2G --install-memory 1G \
    --install-from /srv/dvd.iso --dry-run
  sed '1,/^file /d' "$scratch/stdout" > "$scratch/config"
  root_file "$config" < "$scratch/config"
}

finish() { guests xen-create-image --root "$scratch/root" --finish "$@"; }

xl_takes_what_starts_the_installer() {
  make_guest
  guests xen-list-images --root "$scratch/root"
  stdout_has 'Memory: 1024 MB'
  stdout_has 'Storage: 0.0 KiB, 0.0 KiB allocated, 2 not there'
}

the_installer_is_taken_away() {
  make_guest
  sed -i "s/^vcpus .*/vcpus = 4 # by hand/" "$scratch/root/$config"
  chmod 600 "$scratch/root/$config"
  sed '/^# Until it is installed/,$d' "$scratch/root/$config" | sed '$d' > "$scratch/expected"
  [ "$(tail -n 1 "$scratch/expected")" = "on_crash    = 'restart'" ] || fail "that is not the end of it"
  finish --hostname win
  status_is 0
  cmp "$scratch/expected" "$scratch/root/$config" > "$scratch/words" || fail "$(cat "$scratch/words")"
  grep -q 'by hand' "$scratch/root/$config" || fail "what was changed is lost"
  [ "$(stat -c %a "$scratch/root/$config")" = 600 ] || fail "its mode is another"
  guests xen-list-images --root "$scratch/root"
  stdout_has 'Memory: 2048 MB'
  finish --hostname win
  status_is 1
  stderr_is "xen-create-image: win: '/$config': it starts no installer"
}

what_was_added_behind_it_stays() {
  make_guest
  echo "pci = [ '03:00.0' ]" >> "$scratch/root/$config"
  finish --hostname win
  status_is 0
  [ "$(tail -n 1 "$scratch/root/$config")" = "pci = [ '03:00.0' ]" ] || fail "what was added is lost"
  ! grep -q 'dvd.iso\|that part' "$scratch/root/$config" || fail "something of the installer stays"
}

a_name_that_is_none_is_refused() {
  root_file etc/xen/odd.cfg <<< "name = 'a/b'"
  finish --hostname a/b
  status_is 2
  stderr_is "xen-create-image: a/b: --hostname: it is no name of a guest"
}

a_type_for_all_does_not_keep_a_medium_from_booting() {
  root_file srv/dvd.iso < /dev/null
  root_file etc/xen-tools/xen-tools.conf <<< 'type = pv'
  guests xen-create-image --root "$scratch/root" --hostname win --lvm vg0 --install-from /srv/dvd.iso --dry-run
  status_is 0
  stdout_has 'guest win: hvm via firmware, 512 MiB, vcpus 1'
}

a_dry_run_takes_nothing_away() {
  make_guest
  finish --hostname win --dry-run
  status_is 0
  is "$scratch/root/$config" "$(cat "$scratch/config")"
}

a_guest_of_a_suse_is_found() {
  make_guest
  mkdir -p "$scratch/root/etc/xen/vm"
  mv "$scratch/root/$config" "$scratch/root/etc/xen/vm/win"
  finish --hostname win
  status_is 0
  ! grep -q dvd.iso "$scratch/root/etc/xen/vm/win" || fail "the medium is there still"
}

what_is_not_there() {
  finish --hostname win
  status_is 1
  stderr_is "xen-create-image: win: there is no such guest"
  finish
  status_is 2
  stderr_is "xen-create-image: --hostname: which guest?"
}

run_tests \
  what_was_added_behind_it_stays \
  a_name_that_is_none_is_refused \
  a_type_for_all_does_not_keep_a_medium_from_booting \
  xl_takes_what_starts_the_installer \
  the_installer_is_taken_away \
  a_dry_run_takes_nothing_away \
  a_guest_of_a_suse_is_found \
  what_is_not_there
