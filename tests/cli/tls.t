# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The script that moves a 32-bit system's /lib/tls away at a boot of Xen, and back at others.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# A machine in $scratch/machine, and the script as planned for such a one, which works there.
make_machine() {
  local machine=$scratch/machine
  # The head of an ELF file for the i386 is enough to tell.
  cp -a "$(dirname "$0")/../golden/cases/debian-tls-rename/root/." "$scratch/root"
  run --root "$scratch/root" apply --no-commands
  status_is 0
  mkdir -p "$machine/lib/tls" "$machine/sys/hypervisor"
  echo plain > "$machine/lib/libc.so.6"
  echo 1 > "$machine/lib/tls/libc.so.6"
  sed "s,/lib/,$machine&,g; s,/proc/,$machine&,; s,/sys/,$machine&,; s,ldconfig,echo & >> $machine/log," \
    "$scratch/root/etc/xen/scripts/xenhost-tls" > "$scratch/script"
}

boot_xen() { mkdir -p "$scratch/machine/proc/xen"; boot; }
boot_linux() { rm -rf "$scratch/machine/proc"; boot; }
boot() { sh -eu "$scratch/script" start > "$scratch/output" 2>&1 || fail "the script fails"; is "$scratch/output" ""; }

# The names below /lib, and which library is in each directory.
lib_is() { is <(cd "$scratch/machine/lib" && grep -r . | sort) "$1"; }

xen_has_it_away() {
  make_machine
  boot_xen
  lib_is "libc.so.6:plain
tls.disabled/libc.so.6:1"
  boot_xen
  lib_is "libc.so.6:plain
tls.disabled/libc.so.6:1"
  is "$scratch/machine/log" ldconfig
}

a_kernel_without_xenfs_tells_by_its_type() {
  make_machine
  echo xen > "$scratch/machine/sys/hypervisor/type"
  boot
  lib_is "libc.so.6:plain
tls.disabled/libc.so.6:1"
}

linux_has_it_back() {
  make_machine
  boot_xen
  boot_linux
  lib_is "libc.so.6:plain
tls/libc.so.6:1"
  [ ! -e "$scratch/machine/lib/tls.disabled" ] || fail "there are two"
}

an_upgrade_counts_under_xen() {
  make_machine
  boot_xen
  mkdir "$scratch/machine/lib/tls" && echo 2 > "$scratch/machine/lib/tls/libc.so.6"
  boot_xen
  lib_is "libc.so.6:plain
tls.disabled/libc.so.6:2"
}

an_upgrade_counts_back_in_linux() {
  make_machine
  boot_xen
  mkdir "$scratch/machine/lib/tls" && echo 2 > "$scratch/machine/lib/tls/libc.so.6"
  boot_linux
  lib_is "libc.so.6:plain
tls/libc.so.6:2"
}

the_only_library_stays() {
  make_machine
  rm "$scratch/machine/lib/libc.so.6"
  boot_xen
  lib_is "tls/libc.so.6:1"
}

a_stop_does_nothing() {
  make_machine
  mkdir -p "$scratch/machine/proc/xen"
  sh -eu "$scratch/script" stop
  lib_is "libc.so.6:plain
tls/libc.so.6:1"
}

run_tests \
  xen_has_it_away \
  a_kernel_without_xenfs_tells_by_its_type \
  linux_has_it_back \
  an_upgrade_counts_under_xen \
  an_upgrade_counts_back_in_linux \
  the_only_library_stays \
  a_stop_does_nothing
