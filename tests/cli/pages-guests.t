# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Each program that tends guests has a page, and the page and --help have the same options.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

man=$(dirname "$0")/../../provisioning/man

# "  --root DIR   ..." -> "--root DIR".
help_rows() {
  sed -n '/^Options:$/,/^$/p' "$scratch/stdout" | sed -n 's/^  \([^ ].*[^ ]\)   *[^ ].*/\1/p' | sort
}
# "*--root* _DIR_" -> "--root DIR".
page_terms() { # PAGE
  sed -n '/^# OPTIONS$/,/^# /p' "$man/$1.scd" | sed -n '/^\*/{s/[*_]//g;p}' | sort
}

each_page_has_the_options_of_help() {
  for program in xen-delete-image xen-list-images xen-resize-image xen-update-image; do
    [ -s "$PAGES/$program.8" ] || fail "no page $program(8)"
    guests "$program" --help
    [ "$(help_rows | wc -l)" -gt 5 ] || fail "$program: only $(help_rows | wc -l) options were found"
    [ "$(help_rows)" = "$(page_terms "$program.8")" ] || {
      fail "$program: options differ, --help before the page:"
      diff <(help_rows) <(page_terms "$program.8") | sed 's/^/#   /'
    }
  done
}

the_other_name_has_a_page() {
  [ -s "$PAGES/xen-resize-guest.8" ] || fail "no page xen-resize-guest(8)"
  guests xen-resize-guest --help
  grep -qx 'More: xen-resize-guest(8).' "$scratch/stdout" || fail "--help does not name it"
}

run_tests each_page_has_the_options_of_help the_other_name_has_a_page
