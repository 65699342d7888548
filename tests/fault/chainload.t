# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The copies for xen.efi, stopped at each of their writes: the menu that is on the disk starts whole files, so does the
# one that comes out, and the next run makes everything as if nothing had happened.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
: "${SHIM:?what is preloaded to fail or kill}"
export XENHOST_CHAINLOAD=yes XENHOST_ESP=/boot/efi GRUB_DEVICE_UUID=1234

elf() {
  printf '\177ELF%060d' 0 | tr 0 '\0'
  printf '\326\120\122\350\0\0\0\0\020\0\0\0\032\257\255\027%064d' 0
}

# kernel VERSION TEXT: with an initial RAM file system of this text, which the versions of the file also have in $scratch/whole.
kernel() {
  elf > "$root/boot/vmlinuz-$1"
  echo CONFIG_XEN_DOM0=y > "$root/boot/config-$1"
  printf '%s' "$2" > "$root/boot/initrd.img-$1"
  cp "$root/boot/vmlinuz-$1" "$root/boot/initrd.img-$1" "$scratch/whole/$2/"
}

menu() { "$XENHOST" --root "$root" boot menu; }

# A machine whose menu starts two kernels; then one of them goes, one comes, and the one that stays has other modules.
make_machine() {
  root=$scratch/root
  mkdir -p "$root"/boot/{grub/x86_64-efi,efi/EFI/BOOT} "$root/usr/lib/xen-4.20/boot" "$scratch"/whole/{one,two}
  echo 'of others' > "$root/boot/efi/EFI/BOOT/BOOTX64.EFI"
  elf > "$root/boot/xen-4.20.gz"
  printf 'MZ one' > "$root/usr/lib/xen-4.20/boot/xen-4.20.efi"
  cp "$root/usr/lib/xen-4.20/boot/xen-4.20.efi" "$scratch/whole/one/"
  kernel 6.0 one
  kernel 6.1 one
  { echo 'menuentry_id_option=--id; export menuentry_id_option'; menu; } > "$root/boot/grub/grub.cfg"
  rm "$root"/boot/*-6.0
  printf 'MZ two' > "$root/usr/lib/xen-4.20/boot/xen-4.20.efi"
  cp "$root/usr/lib/xen-4.20/boot/xen-4.20.efi" "$scratch/whole/two/"
  kernel 6.1 two
  kernel 6.2 two
  cp -a "$root" "$scratch/before"
}

esp_of() { (cd "$1/boot/efi" && find . -type f -exec cksum {} + | sort -k 3); }

# What the entries of a menu start on the EFI system partition, a name each.
started() {
  "$XENHOST" --root "$1" boot list --json | perl -MJSON::PP -0777 -ne '
    for my $e (@{decode_json($_)->{entries}}) {
      print "$_\n" for grep { /xenhost/ || !length } $e->{hypervisor} // (), $e->{kernel} // "", @{$e->{modules}} }' | sort -u
}

# starts_whole_files WHEN COUNT: all that the menu starts is there, as one of its versions.
starts_whole_files() {
  local path names
  names=$(started "$root")
  [ "$(grep -c . <<< "$names")" = "$2" ] || fail "$1: the menu starts: $names"
  for path in $names; do
    cmp -s "$root/boot/efi$path" "$scratch/whole/one/${path##*/}" || cmp -s "$root/boot/efi$path" "$scratch/whole/two/${path##*/}" ||
      fail "$1: $path is not whole"
  done
}

again() {
  rm -rf "$root"
  cp -a "$scratch/before" "$root"
}

# sweep HOW: a fault at each write.
sweep() {
  local at ended
  make_machine
  menu > "$scratch/menu"
  esp_of "$root" > "$scratch/wanted"
  for ((at = 1; at < 400; at++)); do
    again
    ended=yes
    { LD_PRELOAD=$SHIM FAULT_AT=$at FAULT_HOW=$1 FAULT_FD=9 "$XENHOST" --root "$root" boot menu > "$scratch/new" \
      2> "$scratch/stderr" 9> "$scratch/fault" || ended=no; } 2> /dev/null
    [ -s "$scratch/fault" ] || break
    starts_whole_files "$at/$1, the old menu" 5
    if [ "$ended" = yes ]; then
      { echo 'menuentry_id_option=--id; export menuentry_id_option'; cat "$scratch/new"; } > "$scratch/cfg"
      cp "$root/boot/grub/grub.cfg" "$scratch/old.cfg"
      cp "$scratch/cfg" "$root/boot/grub/grub.cfg"
      "$XENHOST" --root "$root" boot list > "$scratch/list" || fail "$at/$1: the new menu: $(cat "$scratch/list")"
      for name in $(started "$root"); do
        cmp -s "$root/boot/efi$name" "$scratch/whole/two/${name##*/}" || fail "$at/$1, the new menu: $name is not as its source"
      done
      cp "$scratch/old.cfg" "$root/boot/grub/grub.cfg"
    fi
    menu > "$scratch/new" || fail "$at/$1: the next run failed"
    cmp -s "$scratch/menu" "$scratch/new" || fail "$at/$1: the next menu is another one"
    esp_of "$root" | diff "$scratch/wanted" - > "$scratch/diff" || fail "$at/$1: after the next run: $(cat "$scratch/diff")"
    [ "$failed" = no ] || return
  done
  [ "$at" -gt 20 ] || fail "it made $at writes only"
}

a_kill_at_each_write() { sweep 0; }
a_full_partition_at_each_write() { sweep 28+; }
an_error_at_each_write() { sweep 5; }

nothing_is_renamed_that_is_not_on_the_disk() {
  make_machine
  LD_PRELOAD=$SHIM FAULT_SYNC=1 "$XENHOST" --root "$root" boot menu > "$scratch/stdout" 2> "$scratch/stderr" ||
    fail "$(cat "$scratch/stderr")"
}

run_tests a_kill_at_each_write a_full_partition_at_each_write an_error_at_each_write \
  nothing_is_renamed_that_is_not_on_the_disk
