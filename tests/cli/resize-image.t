# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# xen-resize-image: volumes and file systems grow, and never shrink.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

resize() { guests xen-resize-image --root "$scratch/root" "$@"; }

# NAME VOLUME SIZE: an image and its guest's configuration.
guest() {
  image=$scratch/vm/domains/$1/$2.img
  mkdir -p "${image%/*}"
  truncate -s "$3" "$image"
  root_file "etc/xen/$1.cfg" <<< "name = '$1'
disk = [ 'file:$image,xvda2,w' ]"
}

# The size of the image, and of the ext file system on it, in KiB.
sizes() {
  echo "$(($(stat -c %s "$image") / 1024)) $(dumpe2fs -h "$image" 2>/dev/null |
    awk -F: '/^Block count/ { n = $2 } /^Block size/ { s = $2 } END { print n * s / 1024 }')"
}

sizes_are() { [ "$(sizes)" = "$1 $1" ] || fail "sizes are $(sizes), not $1"; }

# It looks whole, and what is left of its creation would be undone.
a_guest_that_is_half_made_stays_as_it_is() {
  guest web disk 64M
  mke2fs -q -t ext4 "$image"
  root_file var/lib/xenhost/guests/work/web <<< "begin xenhost-work-1 1
image $image
file /etc/xen/web.cfg"
  resize --add=1 web
  status_is 1
  stderr_is "xen-resize-image: web: 'var/lib/xenhost/guests/work/web': a command that made it was killed; xen-delete-image(8) takes away what it left"
  sizes_are 65536
  [ -e "$scratch/root/etc/xen/web.cfg" ] || fail "its configuration is gone"
}

defect_8_a_bare_number_is_of_mib_and_ext4_grows() {
  guest web disk 64M
  mke2fs -q -t ext4 "$image"
  resize --add=1 web
  status_is 0
  stderr_is ""
  stdout_is "resized '$image' to 65 MiB"
  sizes_are 66560
}

ext2_and_ext3_grow_to_a_size() {
  for fs in ext2 ext3; do
    guest "$fs" disk 16M
    mke2fs -q -t "$fs" "$image"
    resize --size 32M --hostname "$fs"
    status_is 0
    sizes_are 32768
  done
}

what_is_on_it_stays() {
  guest web disk 16M
  mkdir "$scratch/tree"
  echo data > "$scratch/tree/file"
  mke2fs -q -t ext4 -d "$scratch/tree" "$image"
  resize --add 16M web
  status_is 0
  [ "$(debugfs -R 'cat /file' "$image" 2>/dev/null)" = data ] || fail "the file is gone"
  e2fsck -fn "$image" > /dev/null 2>&1 || fail "the file system is damaged"
}

the_same_size_completes_what_was_interrupted() {
  guest web disk 16M
  mke2fs -q -t ext4 "$image"
  truncate -s 32M "$image"
  resize --size=32M web
  status_is 0
  sizes_are 32768
}

it_never_shrinks() {
  guest web disk 16M
  mke2fs -q -t ext4 "$image"
  resize --size=8M web
  status_is 1
  stderr_is "xen-resize-image: web: '$image' has 16 MiB; to make it smaller would cut data off"
  sizes_are 16384
}

swap_space_grows() {
  guest web swap 8M
  mkswap "$image" > /dev/null 2>&1
  before=$(blkid -p -o value -s UUID "$image")
  resize --partition=swap --add 8 web
  status_is 0
  [ "$(blkid -p -o value -s UUID "$image")" = "$before" ] || fail "another UUID"
}

another_volume_by_its_name_device_or_path() {
  for name in home xvda2 "$scratch/vm/domains/web/home.img"; do
    guest web home 8M
    mke2fs -q -F -t ext4 "$image"
    resize --partition "$name" --size 12M web
    status_is 0
    sizes_are 12288
    rm "$image"
  done
}

a_volume_that_is_not_there() {
  guest web root 8M
  resize --add 1 web
  status_is 1
  stderr_is "xen-resize-image: web: none of its disks is 'disk': $image"
}

unknown_contents_are_refused() {
  guest web disk 8M
  resize --add 1 web
  status_is 1
  stderr_is "xen-resize-image: web: '$image' has no file system that is known"
  [ "$(stat -c %s "$image")" = $((8 << 20)) ] || fail "it has another size"
}

a_volume_in_use_is_refused() {
  guest web disk 8M
  mke2fs -q -t ext4 "$image"
  exec 9< "$image"
  resize --add 1 web
  exec 9<&-
  status_is 1
  sizes_are 8192
}

a_guest_that_is_not_there() {
  resize --add 1 web
  status_is 1
  stderr_is "xen-resize-image: web: there is no such guest"
}

sizes_that_are_none() {
  for size in 1Q -1 1,5G '' 0; do
    resize --add="$size" web
    status_is 2
    stderr_is "xen-resize-image: --add: '$size' is no size; 512M and 10G are"
  done
  resize web
  status_is 2
  stderr_is "xen-resize-image: give either --add or --size"
  resize --add 1 --size 1 web
  status_is 2
}

the_name_of_xen_tools() {
  guest web disk 8M
  mke2fs -q -t ext4 "$image"
  guests xen-resize-guest --root "$scratch/root" --force --hostname=web --add=1Mb
  status_is 0
  sizes_are 9216
}

run_tests \
  a_guest_that_is_half_made_stays_as_it_is \
  defect_8_a_bare_number_is_of_mib_and_ext4_grows \
  ext2_and_ext3_grow_to_a_size \
  what_is_on_it_stays \
  the_same_size_completes_what_was_interrupted \
  it_never_shrinks \
  swap_space_grows \
  another_volume_by_its_name_device_or_path \
  a_volume_that_is_not_there \
  unknown_contents_are_refused \
  a_volume_in_use_is_refused \
  a_guest_that_is_not_there \
  sizes_that_are_none \
  the_name_of_xen_tools
