# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Each command has a page, and the page and --help have the same commands and options.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

man=$(dirname "$0")/../../provisioning/man

# The words that begin the rows of a section of --help: "  --root DIR   ..." -> "--root DIR".
help_rows() { # SECTION
  sed -n "/^$1:\$/,/^\$/p" "$scratch/stdout" | sed -n 's/^  \([^ ].*[^ ]\)   *[^ ].*/\1/p' | sort
}

# The terms of a section of a page: "*--root* _DIR_" -> "--root DIR".
page_terms() { # PAGE SECTION
  sed -n "/^# $2\$/,/^# /p" "$man/$1.scd" | sed -n '/^\*/{s/[*_]//g;p}' | sort
}

same() { # WHAT HELP PAGE
  [ "$2" = "$3" ] || {
    fail "$1 differ, --help before the page:"
    diff <(echo "$2") <(echo "$3") | sed 's/^/#   /'
  }
}

the_page_has_the_commands_of_help() {
  run --help
  same commands "$(help_rows Commands)" "$(page_terms xenhost.8 COMMANDS)"
  [ -n "$(help_rows Commands)" ] || fail "no commands were found"
}

the_page_has_the_options_of_help() {
  run --help
  same options "$(help_rows Options)" "$(page_terms xenhost.8 OPTIONS)"
  [ -n "$(help_rows Options)" ] || fail "no options were found"
}

each_command_has_a_page_with_its_options() {
  run --help
  for command in $(help_rows Commands | cut -d' ' -f1); do
    [ -s "$PAGES/xenhost-$command.8" ] || fail "no page xenhost-$command(8)"
    run "$command" --help
    same "options of $command" "$(help_rows Options)" "$(page_terms "xenhost-$command.8" OPTIONS)"
  done
}

each_page_ends_in_see_also() {
  for page in "$man"/*.scd; do
    [ "$(grep '^# ' "$page" | tail -n 1)" = "# SEE ALSO" ] || fail "${page##*/} does not"
  done
}

run_tests \
  the_page_has_the_commands_of_help \
  the_page_has_the_options_of_help \
  each_command_has_a_page_with_its_options \
  each_page_ends_in_see_also
