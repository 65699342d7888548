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

# "SECTION KEY" of what the schema reads, and of what the page of the description has.
schema_keys() {
  sed -nE 's/^static void read_([a-z0-9]+)\(.*/[\1]/p; t
    s/.*conf_(plain|named)\([^"]*"([a-z0-9]+)".*/[\2]\n&/p; t; p' "$man/../host/desc.c" |
    awk -F'"' '/^\[[a-z0-9]+\]$/ { section = $0 } /desc_take_/ { print section, $(/conf_plain/ ? 4 : 2) }' | sort
}
page_keys() {
  sed -nE 's/^## (\[[a-z0-9]+).*/\1]/p; s/^\*([a-z-]+)\* = .*/\1/p' "$man/xenhost.conf.5.scd" |
    awk '/^\[/ { section = $0; next } { print section, $0 }' | sort
}

the_page_of_the_description_has_the_keys_of_the_schema() {
  same keys "$(schema_keys)" "$(page_keys)"
  [ "$(schema_keys | wc -l)" -gt 40 ] || fail "only $(schema_keys | wc -l) keys were found"
}

make_host() {
  cp -a "$man/../../tests/golden/base/debian12/." "$scratch/root"
  printf 'auto eth0\niface eth0 inet dhcp\n' | root_file etc/network/interfaces
}

the_example_of_a_description_is_accepted() {
  make_host
  run --root "$scratch/root" --config "$man/../../etc-templates/host.conf" plan
  status_is 3
}

the_example_of_the_readme_is_accepted() {
  make_host
  sed -n '/^## One description/,/^[^ #]/{/^    /p}' "$man/../../README.md" > "$scratch/host.conf"
  run --root "$scratch/root" --config "$scratch/host.conf" plan
  status_is 3
  stdout_has 'create etc/network/interfaces.d/xenhost (network)'
}

the_statements_of_the_page_are_accepted() {
  make_host
  # shellcheck disable=SC2016  # the backquotes are of the page
  sed -n '/^A statement is a line:/,/^Values/{/^```/,/^```/{/^```/!p}}' "$man/xenhost.conf.5.scd" > "$scratch/host.conf"
  run --root "$scratch/root" --config "$scratch/host.conf" plan
  status_is 3
  stdout_has 'create etc/network/interfaces.d/xenhost (network)'
}

# All but those that are commented out, since they need the devices.
the_example_has_every_section() {
  same sections "$(sed -nE 's/^## (\[[a-z]+).*/\1/p' "$man/xenhost.conf.5.scd" | grep -v netloop | sort -u)" \
    "$(sed -nE 's/^(# )?(\[[a-z]+).*/\2/p' "$man/../../etc-templates/host.conf" | sort -u)"
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
  the_page_of_the_description_has_the_keys_of_the_schema \
  the_example_of_a_description_is_accepted \
  the_example_of_the_readme_is_accepted \
  the_statements_of_the_page_are_accepted \
  the_example_has_every_section \
  each_page_ends_in_see_also
