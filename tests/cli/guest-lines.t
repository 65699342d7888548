# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Command lines of xen-create-image and xen-create-nfs: the plan and the configuration of each.
#
# A case is a file in tests/guests/create: "conf LINE" and "config LINE" are lines of
# xen-tools.conf and of the file other.conf, "host suse" makes the dom0 a SUSE, "run WORD..."
# is the command line as a shell splits it, then "=> STATUS" and what is said on both outputs. UPDATE=1 writes the latter
# two; NAME... runs those cases alone.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

cases=$(cd "$(dirname "$0")/../guests/create" && pwd)

# A dom0 on which all of the cases can be decided.
make_root() {
  rm -rf "${scratch:?}/root"
  mkdir -p "$scratch/root"/{etc/xen,srv/xen}
  root_file etc/xen/prod.cfg <<< "name = 'prod'"
  root_file etc/xen-tools/ips.txt <<< $'10.0.0.7: used\n10.0.0.8/24\n10.0.0.9/24'
  root_file etc/xen-tools/partitions.d/server < "$cases/../server.partitions"
  root_file etc/xen-tools/partitions.d/small < "$cases/../../oracle/small.partitions"
  root_file etc/xen-tools/small.tmpl <<< $'name = "@NAME@"\n@DISK@\n@VIF@'
  root_file etc/xen-tools/perl.tmpl <<< "memory = '{\$memory}'"
  root_file etc/xen-tools/role.d/builder <<< '#!/bin/sh'
  root_file etc/xen-tools/role.d/second <<< '#!/bin/sh'
  chmod 755 "$scratch/root"/etc/xen-tools/role.d/*
  root_file etc/xen-tools/role.d/notes < /dev/null
  root_file etc/resolv.conf <<< $'nameserver 127.0.0.53\nnameserver 10.0.0.2\nsearch example.org'
  root_file etc/apt/sources.list.d/debian.sources <<< $'Types: deb\nURIs: http://ftp.example.org/debian\nSuites: bookworm bookworm-updates\nComponents: main'
  root_file root/id.pub <<< 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIexample admin@example.org'
  root_file root/user-data <<< '#cloud-config'
  root_file root/root.tar < /dev/null
  root_file srv/dvd.iso < /dev/null
  root_file dev/sr0 < /dev/null
  truncate -s 3G "$scratch/root/dev/sdb1" && truncate -s 1G "$scratch/root/dev/sdb2"
  mkdir -p "$scratch/root/dev/disk/by-label" && ln -s ../../sdb1 "$scratch/root/dev/disk/by-label/data"
  for name in usr/lib/grub-xen/grub-{i386-xen_pvh,x86_64-xen,i386-xen}.bin boot/vmlinuz-6.1 \
    boot/initrd.img-6.1 usr/bin/mmdebstrap usr/share/keyrings/own.gpg; do
    root_file "$name" < /dev/null
  done
}

# The same dom0 of the other family.
make_suse() {
  root_file etc/os-release <<< $'ID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"'
  for name in i386-xen_pvh x86_64-xen; do
    root_file "usr/share/grub2/$name/grub.xen" < /dev/null
  done
  rm -r "$scratch"/root/{etc/apt,usr/lib/grub-xen,usr/bin}
  mkdir -p "$scratch/root/var/lib/xen/images"
}

# What a case gives, from "=>" on.
result() { # FILE
  make_root
  ! grep -q '^host suse$' "$1" || make_suse
  sed -n 's/^conf //p' "$1" > "$scratch/conf"
  [ ! -s "$scratch/conf" ] || root_file etc/xen-tools/xen-tools.conf < "$scratch/conf"
  sed -n 's/^config //p' "$1" | root_file etc/xen-tools/other.conf
  eval "set -- $(sed -n 's/^run //p' "$1")"
  "$GUESTS/$1" --root "$scratch/root" "${@:2}" > "$scratch/out" 2>&1 < /dev/null
  echo "=> $?"
  cat "$scratch/out"
}

[ $# -gt 0 ] || set -- "$cases"/*
echo "1..$#"
for file in "$@"; do
  file=$cases/${file##*/} count=$((count + 1))
  scratch=$(mktemp -d)
  result "$file" > "$scratch/result"
  if [ -n "${UPDATE:-}" ]; then
    { sed '/^=>/,$d' "$file"; cat "$scratch/result"; } > "$scratch/new" && cp "$scratch/new" "$file"
  fi
  if diff <(sed -n '/^=>/,$p' "$file") "$scratch/result" > "$scratch/diff"; then
    echo "ok $count - ${file##*/}"
  else
    sed 's/^/#   /' "$scratch/diff"
    echo "not ok $count - ${file##*/}"
  fi
  cleanup
done
