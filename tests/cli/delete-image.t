# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# xen-delete-image: what is of exactly that guest goes, and nothing else.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

delete() { guests xen-delete-image --root "$scratch/root" "$@"; }

images() { echo "$scratch/vm/domains/$1"; }

# NAME VOLUME...: a guest with images and its configuration.
guest() {
  local name=$1 volume disks=''
  shift
  mkdir -p "$(images "$name")"
  for volume; do
    truncate -s 1M "$(images "$name")/$volume.img"
    disks+="'file:$(images "$name")/$volume.img,xvda,w', "
  done
  root_file "etc/xen/$name.cfg" <<< "name = '$name'
vif = [ 'ip=192.0.2.7,mac=00:16:3e:00:00:01' ]
disk = [ $disks$extra ]"
}
extra=

is_there() { [ -e "$1" ] || fail "'$1' is gone"; }
is_gone() { [ ! -e "$1" ] || fail "'$1' is there"; }

everything_of_a_guest_goes() {
  guest web disk swap
  guest web2 disk
  mkdir "$scratch/root/etc/xen/auto"
  ln -s ../web.cfg "$scratch/root/etc/xen/auto/10-web"
  printf '127.0.0.1 localhost\n192.0.2.7 web # xenhost: web\n192.0.2.8 web2 # xenhost: web2\n' |
    root_file etc/hosts
  printf '192.0.2.7: used\n192.0.2.8: used\n' | root_file etc/xen-tools/ips.txt
  sed -i s/192.0.2.7/192.0.2.8/ "$scratch/root/etc/xen/web2.cfg"
  delete --force web
  status_is 0
  stderr_is ""
  stdout_is "removed '/etc/xen/auto/10-web'
removed '$(images web)/disk.img'
removed '$(images web)/swap.img'
removed its lines of '/etc/hosts'
freed '192.0.2.7'
removed '/etc/xen/web.cfg'"
  is_gone "$(images web)"
  is_gone "$scratch/root/etc/xen/web.cfg"
  [ "$(cat "$scratch/root/etc/hosts")" = '127.0.0.1 localhost
192.0.2.8 web2 # xenhost: web2' ] || fail "hosts are wrong"
  [ "$(cat "$scratch/root/etc/xen-tools/ips.txt")" = '192.0.2.7
192.0.2.8: used' ] || fail "leases are wrong"
  is_there "$(images web2)/disk.img"
  is_there "$scratch/root/etc/xen/web2.cfg"
}

# A volume group that is not active, or whose disk is away, may have it.
what_lvm_cannot_tell_of_is_not_forgotten() {
  extra="'phy:/dev/xenhost-none/web-data,xvdb,w'" guest web disk
  delete --force web
  status_is 1
  grep -q "^xen-delete-image: web: whether it is there: '/dev/xenhost-none/web-data': 'lvs': .*group xenhost-none" \
    "$scratch/stderr" || fail "$(cat "$scratch/stderr")"
  is_there "$(images web)/disk.img"
  is_there "$scratch/root/etc/xen/web.cfg"
}

defect_15_all_volumes_of_a_partition_file_go() {
  guest web root swap var home
  delete --force web
  status_is 0
  is_gone "$(images web)"
}

what_is_not_its_own_stays() {
  extra="'file:$scratch/iso.img,hdc:cdrom,r', 'file:$scratch/vm/domains/db/disk.img,xvdz,r'"
  guest web disk
  extra=
  guest db disk
  touch "$scratch/iso.img"
  delete --force web
  status_is 0
  stderr_is "xen-delete-image: stays: '$scratch/iso.img': it is not called after the guest
xen-delete-image: stays: '$(images db)/disk.img': '/etc/xen/db.cfg' names it too"
  is_there "$scratch/iso.img"
  is_there "$(images db)/disk.img"
  is_gone "$(images web)"
}

what_is_only_read_stays() {
  extra="'file:$(images web)/dvd.img,hdc:cdrom,r'"
  guest web disk
  extra=
  touch "$(images web)/dvd.img"
  delete --force web
  status_is 0
  stderr_is "xen-delete-image: stays: '$(images web)/dvd.img': it is only read"
  is_there "$(images web)/dvd.img"
  is_gone "$(images web)/disk.img"
}

what_another_guest_has_stays() {
  guest web disk data
  extra="'file:$(images web)/data.img,xvdb,r'"
  guest db disk
  extra=
  delete --force web
  status_is 0
  stderr_is "xen-delete-image: stays: '$(images web)/data.img': '/etc/xen/db.cfg' names it too"
  is_there "$(images web)/data.img"
  is_gone "$(images web)/disk.img"
}

# Of a path /dev/VG/web-db-disk both guests web and web-db may be meant.
what_is_called_after_a_longer_name_stays() {
  local name=test$$ device
  device=/dev/shm/$name-db-disk
  touch "$device"
  extra="'file:$device,xvdb,w'"
  guest "$name" disk
  extra=
  guest "$name-db" disk
  delete --force "$name"
  status_is 0
  stderr_is "xen-delete-image: stays: '$device': it may be that of '/etc/xen/$name-db.cfg'"
  is_there "$device"
  is_gone "$(images "$name")"
  rm -f "$device"
}

an_unknown_guest_is_an_error() {
  guest web disk
  delete --force web nothing
  status_is 1
  stderr_is "xen-delete-image: nothing: there is no such guest"
  is_there "$scratch/root/etc/xen/web.cfg"
  is_there "$(images web)/disk.img"
}

nobody_to_ask() {
  guest web disk
  delete web
  status_is 1
  stderr_is "xen-delete-image: there is no terminal to ask on; --force does not ask"
  is_there "$(images web)/disk.img"
}

# A terminal of its own, on which the answer is given.
on_terminal() { # ANSWER
  python3 - "$1" "$GUESTS/xen-delete-image" --root "$scratch/root" web <<'EOT'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
os.write(fd, sys.argv[1].encode() + b"\n")
try:
    while os.read(fd, 4096):
        pass
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
EOT
  status=$?
}

the_answer_no_removes_nothing() {
  guest web disk
  on_terminal n
  status_is 1
  is_there "$(images web)/disk.img"
}

the_answer_yes_removes() {
  guest web disk
  on_terminal y
  status_is 0
  is_gone "$(images web)"
}

# What a creation of web that was killed has noted and made.
killed_creation() {
  guest web disk
  mkdir -p "$scratch/root/var/lib/xenhost/guests/work"
  printf '%s\n' "begin xenhost_0123456789abcdef $(sh -c 'echo $$')" "directory $(images web)" "image $(images web)/disk.img" \
    'file etc/xen/web.cfg' > "$scratch/root/var/lib/xenhost/guests/work/web"
}
left="would remove what a killed command left of 'web'"

what_was_left_is_told_and_asked_about() {
  killed_creation
  delete --dry-run web
  status_is 0
  stdout_has "$left: image $(images web)/disk.img"
  stdout_has "$left: file etc/xen/web.cfg"
  is_there "$(images web)/disk.img"
  delete web
  status_is 1
  stderr_is "xen-delete-image: there is no terminal to ask on; --force does not ask"
  is_there "$(images web)/disk.img"
  is_there "$scratch/root/etc/xen/web.cfg"
  on_terminal n
  status_is 1
  is_there "$(images web)/disk.img"
  on_terminal y
  status_is 0
  is_gone "$(images web)/disk.img"
  is_gone "$scratch/root/etc/xen/web.cfg"
}

# The child of a creation that was killed ends a moment later.
what_still_ends_is_waited_for() {
  local pid record="$scratch/root/var/lib/xenhost/guests/work/web"
  killed_creation
  exec 9<"$record"
  flock 9
  "$GUESTS/xen-delete-image" --root "$scratch/root" --dry-run web >"$scratch/stdout" 9<&- &
  pid=$!
  until find "/proc/$pid/fd" -lname "$record" 2>/dev/null | grep -q .; do
    kill -0 "$pid" 2>/dev/null || break
  done
  exec 9<&-
  wait "$pid" || fail "status $?"
  stdout_has "$left: file etc/xen/web.cfg"
}

what_was_left_is_all_that_is_there() {
  killed_creation
  delete --force web
  status_is 0
  stderr_is ""
  stdout_is "removed what a killed command left of 'web'"
  is_gone "$(images web)/disk.img"
  is_gone "$scratch/root/etc/xen/web.cfg"
  delete --force web
  status_is 1
  stderr_is "xen-delete-image: web: there is no such guest"
}

# xendomains restores it with the memory that it had.
a_saved_guest_stays() {
  guest web disk
  root_file etc/default/xendomains <<< 'XENDOMAINS_SAVE=/srv/saved'
  root_file srv/saved/web <<< memory
  delete --force web
  status_is 1
  stderr_is "xen-delete-image: web: it is saved in '/srv/saved/web', and needs its disks as they are when it is restored: restore it, or remove that file"
  is_there "$(images web)/disk.img"
  root_file etc/default/xendomains <<< 'XENDOMAINS_SAVE='
  root_file var/lib/xen/save/web <<< memory
  delete --force web
  status_is 1
  rm "$scratch/root/var/lib/xen/save/web"
  delete --force web
  status_is 0
}

the_configuration_goes_last_wherever_it_is() {
  guest web disk
  mkdir "$scratch/root/etc/xen/auto"
  mv "$scratch/root/etc/xen/web.cfg" "$scratch/root/etc/xen/auto/"
  delete --force --output /etc/xen/auto web
  status_is 0
  stdout_is "removed '$(images web)/disk.img'
removed '/etc/xen/auto/web.cfg'"
}

a_dry_run_removes_nothing() {
  guest web disk
  delete --dry-run web
  status_is 0
  stdout_is "would remove '$(images web)/disk.img'
would remove '/etc/xen/web.cfg'"
  is_there "$(images web)/disk.img"
}

names_as_options_too() {
  guest a disk
  guest b disk
  guest c disk
  delete --force --hostname a --hostname=b c
  status_is 0
  is_gone "$scratch/vm/domains/a"
  is_gone "$scratch/vm/domains/b"
  is_gone "$scratch/vm/domains/c"
}

# As the test of xen-tools does it: images without a configuration.
the_test_of_xen_tools() {
  mkdir -p "$(images abc)"
  echo Test > "$(images abc)/disk.img"
  echo Test > "$(images abc)/swap.img"
  delete --test --no-xen-ok --verbose --dir="$scratch/vm" abc
  status_is 0
  is_gone "$(images abc)"
  is_there "$scratch/vm/domains"
}

an_interrupted_one_is_done_again() {
  guest web disk swap
  rm "$(images web)/disk.img"
  delete --force web
  status_is 0
  is_gone "$(images web)"
  is_gone "$scratch/root/etc/xen/web.cfg"
}

a_volume_in_use_stops_it() {
  guest web disk swap
  exec 9< "$(images web)/swap.img"
  delete --force web
  exec 9<&-
  status_is 1
  is_there "$(images web)/disk.img"
  is_there "$scratch/root/etc/xen/web.cfg"
}

one_in_use_stops_all() {
  guest a disk
  guest b disk
  exec 9< "$(images b)/disk.img"
  delete --force a b
  status_is 1
  stdout_is ""
  stderr_is "xen-delete-image: b: '$(images b)/disk.img': a process has it open"
  delete --dry-run a b
  exec 9<&-
  status_is 1
  stderr_is "xen-delete-image: b: '$(images b)/disk.img': a process has it open"
  is_there "$(images a)/disk.img"
  is_there "$scratch/root/etc/xen/a.cfg"
}

# What will be refused is refused before anything goes.
an_image_that_is_a_link_stops_it() {
  guest web disk data
  mv "$(images web)/data.img" "$scratch/data.img"
  ln -s "$scratch/data.img" "$(images web)/data.img"
  mkdir "$scratch/root/etc/xen/auto"
  ln -s ../web.cfg "$scratch/root/etc/xen/auto/web.cfg"
  delete --force web
  status_is 1
  stderr_is "xen-delete-image: web: '$(images web)/data.img': a symbolic link"
  is_there "$(images web)/disk.img"
  is_there "$scratch/root/etc/xen/auto/web.cfg"
}

an_unreadable_configuration_stops_it() {
  guest web disk
  root_file etc/xen/other.cfg <<< "disk = ["
  delete --force web
  status_is 1
  stderr_is "xen-delete-image: web: '$(images web)/disk.img': whether 'etc/xen/other.cfg' names it: etc/xen/other.cfg:2: this is no list"
  is_there "$(images web)/disk.img"
}

# Where only the settings tell that guests are, the guard does not look.
an_unreadable_one_elsewhere_stops_it() {
  guest web disk
  mkdir "$scratch/root/srv"
  mv "$scratch/root/etc/xen/web.cfg" "$scratch/root/srv"
  root_file srv/other.cfg <<< "disk = ["
  delete --force --output /srv web
  status_is 1
  stderr_is "xen-delete-image: web: '$(images web)/disk.img': whether '/srv/other.cfg' names it: /srv/other.cfg:2: this is no list"
  is_there "$(images web)/disk.img"
  is_there "$scratch/root/srv/web.cfg"
}

hostile_names_are_refused() {
  mkdir -p "$scratch/vm/domains" "$scratch/vm/x"
  touch "$scratch/vm/x/disk.img"
  delete --force --dir "$scratch/vm" ../x
  status_is 2
  stderr_is "xen-delete-image: '../x' is no name of a guest"
  is_there "$scratch/vm/x/disk.img"
}

no_name_is_usage() {
  delete --force
  status_is 2
  stderr_is "xen-delete-image: no guest is named"
}

defect_14_an_unknown_option_is_usage() {
  guest web disk
  delete --froce web
  status_is 2
  stderr_is "xen-delete-image: unknown option '--froce'; did you mean '--force'?"
  is_there "$(images web)/disk.img"
}

run_tests \
  everything_of_a_guest_goes \
  what_lvm_cannot_tell_of_is_not_forgotten \
  defect_15_all_volumes_of_a_partition_file_go \
  what_is_not_its_own_stays \
  what_is_only_read_stays \
  what_another_guest_has_stays \
  what_is_called_after_a_longer_name_stays \
  an_unknown_guest_is_an_error \
  nobody_to_ask \
  the_answer_no_removes_nothing \
  the_answer_yes_removes \
  a_dry_run_removes_nothing \
  names_as_options_too \
  the_test_of_xen_tools \
  an_interrupted_one_is_done_again \
  a_volume_in_use_stops_it \
  one_in_use_stops_all \
  an_image_that_is_a_link_stops_it \
  an_unreadable_configuration_stops_it \
  an_unreadable_one_elsewhere_stops_it \
  what_was_left_is_told_and_asked_about \
  what_still_ends_is_waited_for \
  what_was_left_is_all_that_is_there \
  a_saved_guest_stays \
  the_configuration_goes_last_wherever_it_is \
  hostile_names_are_refused \
  no_name_is_usage \
  defect_14_an_unknown_option_is_usage
