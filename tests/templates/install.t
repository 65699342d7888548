#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Guests that an installer fills: an empty disk, no template, and the way back.
set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

mkdir -p "$root/etc/xen" "$root/var/log" "$work/media" "$root$work/media" && truncate -s 1M "$work/media/dvd.iso" "$root$work/media/dvd.iso"
disk=$work/ext4/domains/win/disk.img
config=$root/etc/xen/win.cfg
create_in() { "$GUESTS/xen-create-image" --root "$root" --hostname win --install-from "$work/media/dvd.iso" --dir "$work/$1" --size "${@:2}"; }
create() { create_in ext4 100M; }
create_whole() { create && [ "$(stat -c %s "$disk")" = $((100 << 20)) ] && cmp -n $((100 << 20)) "$disk" /dev/zero && grep -q dvd.iso "$config"; }
no_template() { [ ! -e "$work/ext4/templates" ] && [ ! -e "$state" ]; }
is_refused() { says 'is there already' create; }
finished() { "$GUESTS/xen-create-image" --root "$root" --hostname win --finish && ! grep -q dvd.iso "$config"; }
deleted() { "$GUESTS/xen-delete-image" --root "$root" --force win && [ ! -e "$disk" ] && [ ! -e "$config" ] && [ -e "$work/media/dvd.iso" ]; }
# The store has no room for a disk that is written in full.
too_large() { says '2048 MiB wanted' create_in full 2G --image full && [ ! -e "$config" ] && [ ! -e "$work/full/domains/win" ]; }

ok 'a guest is made for an installer' create_whole
ok 'no template is' no_template
ok 'a second time it is refused' is_refused
ok 'and nothing of it is touched' test -e "$disk"
ok 'it is installed' finished
ok 'it is deleted, its medium stays' deleted
ok 'and can be made again' create_whole
ok 'and deleted as it is' deleted
ok 'what has no room leaves nothing' too_large

finish
