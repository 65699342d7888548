# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The examples of configurations are what xen-create-image writes, and its template is the built-in one.
#
# The first line of NAME.cfg is the command line that it is of. UPDATE=1 writes the files.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

examples=$(cd "$(dirname "$0")/../../etc-templates/examples" && pwd)

make_host() {
  root_file etc/os-release <<< $'ID=opensuse-leap\nVERSION_ID=15.6'
  root_file usr/share/grub2/i386-xen_pvh/grub.xen < /dev/null
  root_file usr/share/grub2/x86_64-xen/grub.xen < /dev/null
  root_file boot/vmlinuz < /dev/null
  root_file boot/initrd < /dev/null
  root_file srv/dvd.iso < /dev/null
  mkdir -p "$scratch/root/var/lib/xen/images"
}

# What a line of an example makes, without its comments.
made_by() {
  eval "set -- $1"
  guests "$1" --root "$scratch/root" --dry-run "${@:2}"
  sed -n '/^file /,$p' "$scratch/stdout" | sed 1d
}

each_example_is_what_its_command_makes() {
  make_host
  for file in "$examples"/*.cfg; do
    line=$(sed -n '1s/^# //p' "$file")
    case $line in
      'xen-create-image '*) ;;
      *) fail "${file##*/} does not begin with its command" && continue ;;
    esac
    made_by "$line" > "$scratch/made"
    status_is 0
    [ "$(wc -l < "$scratch/made")" -gt 10 ] || fail "${file##*/}: nothing was made: $(cat "$scratch/stderr")"
    [ -z "${UPDATE:-}" ] || { echo "# $line"; cat "$scratch/made"; } > "$file"
    sed 1d "$file" | diff - "$scratch/made" > "$scratch/diff" || fail "${file##*/}: $(cat "$scratch/diff")"
  done
}

there_is_one_of_each_type() {
  for type in pv pvh hvm; do
    grep -qx "type        = '$type'" "$examples"/*.cfg || fail "none is of a $type guest"
  done
  for word in bootloader kernel 'disk       +='; do
    grep -q "^$word" "$examples"/*.cfg || fail "none has '$word'"
  done
}

the_template_is_the_built_in_one() {
  make_host
  for options in '--type hvm --maxmem 2G' '--cpus 0-1 --cpu-weight 512' '--boot-via pygrub --type pv'; do
    made_by "xen-create-image --hostname web --dhcp $options" | grep -v '^#' > "$scratch/built-in"
    made_by "xen-create-image --hostname web --dhcp --template /guest.tmpl $options" > /dev/null
    status_is 2
    root_file guest.tmpl < "$examples/guest.tmpl"
    made_by "xen-create-image --hostname web --dhcp --template /guest.tmpl $options" | grep -v '^#' > "$scratch/own"
    cmp "$scratch/built-in" "$scratch/own" > "$scratch/words" || fail "$options: $(cat "$scratch/words")"
    rm "$scratch/root/guest.tmpl"
  done
}

run_tests \
  each_example_is_what_its_command_makes \
  there_is_one_of_each_type \
  the_template_is_the_built_in_one
