# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# xen-update-image: a guest's package manager runs in dom0, where the guest's own programs can do
# no harm, and leaves nothing behind. Needs root, for mounts and namespaces.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

update() { guests xen-update-image --root "$scratch/root" "$@"; }

# A guest whose apt-get is a script: its steps are on standard input.
guest() { # NAME [FSTAB]
  tree=$scratch/tree image=$scratch/$1.img
  rm -rf "$tree"
  mkdir -p "$tree"/{bin,etc,usr/bin,usr/sbin,var}
  cp "$(command -v busybox)" "$tree/bin/busybox"
  for name in sh ls cat id mount mknod grep chmod touch mkdir chroot sleep hostname ps; do
    ln -s busybox "$tree/bin/$name"
  done
  printf '%s' "${2:-}" > "$tree/etc/fstab"
  printf '#!/bin/sh\nexit 0\n' > "$tree/usr/bin/dpkg"
  { printf '#!/bin/sh\necho "$*" >> /calls\ncase "$*" in *update*) exit 0;; esac\n'; cat; } > "$tree/usr/bin/apt-get"
  chmod 755 "$tree"/usr/bin/*
  make_image
  root_file "etc/xen/$1.cfg" <<< "name = '$1'
disk = [ 'file:$image,xvda2,w' ]"
}
make_image() {
  rm -f "$image"
  truncate -s 32M "$image"
  mke2fs -q -t ext4 -d "$tree" "$image"
}

inside() { debugfs -R "cat $1" "$image" 2>/dev/null; }
inside_is() { [ "$(inside "$1")" = "$2" ] || fail "$1 is '$(inside "$1")', not '$2'"; }
nothing_is_left() {
  ! grep -q "$scratch\|/run/xenhost" /proc/self/mountinfo || fail "something is mounted"
  [ -z "$(losetup -j "$image")" ] || fail "a loop device is left"
  [ -z "$(inside /usr/sbin/policy-rc.d)" ] || fail "services stay denied"
  e2fsck -fn "$image" > "$scratch/fsck" 2>&1 || fail "the file system is damaged"
}

the_package_manager_runs() {
  guest web <<'EOT'
cat /usr/sbin/policy-rc.d > /policy
hostname > /name
echo "$HOME" > /home
EOT
  update web
  status_is 0
  stderr_is ""
  stdout_is "updated 'web'"
  inside_is /calls '-q -y update
-q -y -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold upgrade'
  inside /policy | grep -qx 'exit 101' || fail "services were not denied"
  inside_is /name web
  inside_is /home /root
  nothing_is_left
}

# Debian's hooks for kernels do not run update-grub then, which finds no disks.
the_place_is_a_container() {
  guest web <<< 'cat /run/systemd/container > /container'
  update web
  status_is 0
  inside_is /container xenhost
}

packages_may_come_and_go_on_request() {
  guest web <<< 'exit 0'
  update --dist-upgrade web
  status_is 0
  inside /calls | grep -q 'dist-upgrade$' || fail "no dist-upgrade"
}

dom0_names_servers_and_the_guest_keeps_its_own() {
  guest web <<< 'cat /etc/resolv.conf > /seen'
  echo 'nameserver 192.0.2.99' > "$tree/etc/resolv.conf"
  make_image
  update web
  status_is 0
  inside_is /seen "$(cat /etc/resolv.conf)"
  inside_is /etc/resolv.conf 'nameserver 192.0.2.99'
}

what_would_harm_dom0_fails() {
  guest web <<'EOT'
try() { if "$@" > /dev/null 2>&1; then echo "$*" >> /harm; fi; }
write() { echo "$1" > "$2"; }
core=$(cat /proc/sys/kernel/core_pattern)
try write "$core" /proc/sys/kernel/core_pattern
try write h /proc/sysrq-trigger
try write 0 /proc/sys/vm/swappiness
try mount -t tmpfs none /var
try mount -o remount,rw /proc
try mknod /disk b 8 0
try mknod /dev/mem c 1 1
try chroot / /bin/sh -c exit
try hostname dom0
try ls /sys/class
try cat /proc/kcore
try ls /dev/sda /dev/mem /dev/loop0 /dev/xen
ls /dev > /devices
[ "$(ls -d /proc/[0-9]* | grep -c .)" -lt 12 ] || echo processes >> /harm
exit 0
EOT
  update web
  status_is 0
  inside_is /harm ''
  inside_is /devices 'fd
full
null
ptmx
pts
random
shm
stderr
stdin
stdout
urandom
zero'
}

# The superblock says what an error does, unless the mount does.
an_error_in_its_file_system_is_no_panic_of_dom0() {
  guest web <<< 'cat /proc/self/mountinfo > /mounts'
  tune2fs -e panic "$image" > /dev/null
  update web
  status_is 0
  inside /mounts | grep -q ' / / .*errors=remount-ro' || fail "it is mounted with '$(inside /mounts | grep ' / / ')'"
}

its_failure_is_told() {
  guest web <<< 'echo "E: no such mirror" >&2; exit 100'
  update web
  status_is 1
  [[ "$(cat "$scratch/stderr")" == "xen-update-image: web: "*"E: no such mirror"* ]] ||
    fail "stderr is '$(cat "$scratch/stderr")'"
  nothing_is_left
}

processes_that_it_leaves_end() {
  guest web <<< 'sleep 4321 > /dev/null 2>&1 & exit 0'
  update web
  status_is 0
  ! pgrep -fx '.*sleep 4321' > /dev/null || fail "a process is left"
  nothing_is_left
}

an_interrupted_one_leaves_nothing() {
  guest web <<< 'touch /begun; sleep 4322'
  "$GUESTS/xen-update-image" --root "$scratch/root" web 2> "$scratch/stderr" & pid=$!
  until pgrep -fx '.*sleep 4322' > /dev/null; do kill -0 "$pid" || break; done
  kill -TERM "$pid"
  wait "$pid"
  status=$?
  status_is 1
  ! pgrep -fx '.*sleep 4322' > /dev/null || fail "a process is left"
  nothing_is_left
}

volumes_are_mounted_as_fstab_says() {
  guest web '/dev/xvda2 / ext4 defaults 0 1
/dev/xvda3 /var ext4 defaults 0 2
tmpfs /tmp tmpfs defaults 0 0
' <<< 'touch /var/written'
  truncate -s 16M "$scratch/var.img"
  mke2fs -q -t ext4 "$scratch/var.img"
  root_file etc/xen/web.cfg <<< "name = 'web'
disk = [ 'file:$image,xvda2,w', 'file:$scratch/var.img,xvda3,w' ]"
  update web
  status_is 0
  debugfs -R 'stat /written' "$scratch/var.img" 2>&1 | grep -q 'Type: regular' ||
    fail "the other volume was not written"
}

a_volume_that_is_missing_stops_it() {
  guest web 'UUID=0000 /usr ext4 defaults 0 2
' <<< 'exit 0'
  update web
  status_is 1
  stderr_is "xen-update-image: web: its '/usr' is on 'UUID=0000', which is none of the volumes of its configuration"
  inside_is /calls ''
  nothing_is_left
}

links_of_the_guest_do_not_lead_out() {
  guest web 'x /var ext4 defaults 0 2
' <<< 'exit 0'
  rm -rf "${tree:?}/var" "$tree/etc/fstab"
  ln -s "$scratch/outside" "$tree/etc/resolv.conf"
  ln -s "$scratch" "$tree/run"
  ln -s / "$tree/dev"
  make_image
  update web
  [ ! -e "$scratch/outside" ] || fail "a file outside was made"
  nothing_is_left
}

a_volume_in_use_stops_it() {
  guest web <<< 'exit 0'
  exec 9< "$image"
  update web
  exec 9<&-
  status_is 1
  inside_is /calls ''
}

the_others_are_updated_all_the_same() {
  guest web <<< 'exit 0'
  update nothing web
  status_is 1
  stderr_is "xen-update-image: nothing: there is no such guest"
  stdout_is "updated 'web'"
}

no_name_is_usage() {
  update
  status_is 2
  stderr_is "xen-update-image: no guest is named"
}

run_tests \
  the_package_manager_runs \
  packages_may_come_and_go_on_request \
  the_place_is_a_container \
  dom0_names_servers_and_the_guest_keeps_its_own \
  what_would_harm_dom0_fails \
  an_error_in_its_file_system_is_no_panic_of_dom0 \
  its_failure_is_told \
  processes_that_it_leaves_end \
  an_interrupted_one_leaves_nothing \
  volumes_are_mounted_as_fstab_says \
  a_volume_that_is_missing_stops_it \
  links_of_the_guest_do_not_lead_out \
  a_volume_in_use_stops_it \
  the_others_are_updated_all_the_same \
  no_name_is_usage
