# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The pages about guests say what the programs and the tables of settings and fields have.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

top=$(cd "$(dirname "$0")/../.." && pwd)
man=$top/provisioning/man
guest=$top/provisioning/guest

# The left sides of --help; underscores are marks in pages, so they do not count.
help_rows() { sed -n 's/^  \(--[^ ].*[^ ]\)   *[^ ].*/\1/p' "$scratch/stdout" | tr -d _ | sort; }

# A line with commas is text: a term is one option.
page_terms() { sed -n "/^# OPTIONS\$/,/^# /p" "$1" | sed -n '/^\*--[a-z0-9\\_-]*\*\( _.*\|\[.*\)\?$/{s/[*_\\]//g;p}' | sort; }

same() { # WHAT HERE THERE
  [ "$2" = "$3" ] || {
    fail "$1 differ, the program before the page:"
    diff <(echo "$2") <(echo "$3") | sed 's/^/#   /'
  }
}

each_page_has_the_options_of_help() {
  for page in "$man"/xen-*.8.scd; do
    name=$(basename "$page" .8.scd)
    guests "$name" --help
    status_is 0
    stderr_is ""
    [ "$name" != xen-resize-guest ] || continue # its page is xen-resize-image(8)
    same "options of $name" "$(help_rows)" "$(page_terms "$page")"
    [ "$(help_rows | wc -l)" -ge 3 ] || fail "$name: no options were found"
  done
}

help_fits_a_terminal() {
  for page in "$man"/xen-*.8.scd; do
    guests "$(basename "$page" .8.scd)" --help
    [ "$(wc -L < "$scratch/stdout")" -le 80 ] || fail "$(basename "$page") is wider than 80"
  done
}

# "NAME KIND PLACES" of each row of the table.
settings() {
  tr -d '\n\t' < "$guest/setting-table.c" | sed 's/},{/\n/g; s/= {{/\n/' |
    sed -nE 's/^"([a-zA-Z0-9_-]+)", *("[^"]*"|NULL), *SETTING_([A-Z]+), *([A-Z_| ]+),.*/\1 \3 \4/p'
}

file_settings() { settings | grep -E 'SETTING_(FILE|BOTH|ALL)' | grep -v '^install '; }

the_page_of_the_file_has_every_key() {
  same keys "$(file_settings | grep -Ev ' (IGNORED|REFUSED) ' | cut -d' ' -f1 | sort)" \
    "$(sed -nE 's/^\*([a-zA-Z0-9\\_-]+)\* = .*/\1/p' "$man/xen-tools.conf.5.scd" | tr -d '\134' | sort)"
  [ "$(file_settings | wc -l)" -gt 90 ] || fail "only $(file_settings | wc -l) keys were found"
}

the_page_of_the_file_has_every_key_that_is_gone() {
  same "keys that are gone" "$(file_settings | grep -E ' (IGNORED|REFUSED) ' | cut -d' ' -f1 | sort)" \
    "$(sed -n '/^# KEYS OF XEN-TOOLS/,/^# PARTITION/s/^\*\([a-z0-9\\_-]*\)\*$/\1/p' "$man/xen-tools.conf.5.scd" | tr -d '\134' | sort)"
}

the_page_of_the_file_has_every_field() {
  same fields "$(grep -oE '\{"[A-Z_]+", write_' "$guest/xlcfg-write.c" | cut -d'"' -f2 | sort)" \
    "$(sed -n 's/^\*@\([A-Z_]*\)@\*$/\1/p' "$man/xen-tools.conf.5.scd" | sort)"
}

# A root with what a guest needs, and a configuration.
make_host() {
  mkdir -p "$scratch/root/etc/xen"
  root_file usr/lib/grub-xen/grub-i386-xen_pvh.bin < /dev/null
  root_file etc/os-release <<< 'VERSION_CODENAME=bookworm'
}

the_statements_of_the_page_are_accepted() {
  make_host
  # shellcheck disable=SC2016  # the backquotes are of the page
  sed -n '/^read strictly/,/^A "#"/{/^```/,/^```/{/^```/!p}}' "$man/xen-tools.conf.5.scd" |
    sed 's/\\\\/\\/' | root_file etc/xen-tools/xen-tools.conf
  [ "$(wc -l < "$scratch/root/etc/xen-tools/xen-tools.conf")" -gt 4 ] || fail "no statements were found"
  guests xen-create-image --root "$scratch/root" --hostname web --ip 192.0.2.5/24 --dry-run
  status_is 0
}

the_partition_file_of_the_page_is_accepted() {
  make_host
  # shellcheck disable=SC2016  # the backquotes are of the page
  sed -n '/^# PARTITION FILES/,/^# THE/{/^```/,/^```/{/^```/!p}}' "$man/xen-tools.conf.5.scd" |
    root_file etc/xen-tools/partitions.d/page
  guests xen-create-image --root "$scratch/root" --hostname web --lvm vg0 --dhcp --partitions page --dry-run
  status_is 0
  stdout_has 'volume /dev/vg0/web-root: 4096 MiB, ext4 at /, xvda2'
}

the_installed_file_is_accepted() {
  make_host
  root_file etc/xen-tools/xen-tools.conf < "$top/etc-templates/xen-tools.conf"
  guests xen-create-image --root "$scratch/root" --hostname web --lvm vg0 --dhcp --dry-run
  status_is 0
  stderr_is ""
}

each_key_of_the_installed_file_is_known() {
  make_host
  sed -nE 's/^# ([a-z0-9_-]+ = .*)/\1/p' "$top/etc-templates/xen-tools.conf" |
    grep -v '^dir\b\|^kernel\b\|^initrd\b\|^keyring\b\|^dhcp\b' | root_file etc/xen-tools/xen-tools.conf
  guests xen-create-image --root "$scratch/root" --hostname web --ip 192.0.2.5/24 --dry-run
  status_is 0
  stderr_is ""
}

each_page_ends_in_see_also() {
  for page in "$man"/xen-*.scd; do
    [ "$(grep '^# ' "$page" | tail -n 1)" = "# SEE ALSO" ] || fail "${page##*/} does not"
  done
}

run_tests \
  each_page_has_the_options_of_help \
  help_fits_a_terminal \
  the_page_of_the_file_has_every_key \
  the_page_of_the_file_has_every_key_that_is_gone \
  the_page_of_the_file_has_every_field \
  the_statements_of_the_page_are_accepted \
  the_partition_file_of_the_page_is_accepted \
  the_installed_file_is_accepted \
  each_key_of_the_installed_file_is_known \
  each_page_ends_in_see_also
