# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The command line: what is accepted, and the exact words for what is not.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

the_version_is_the_one_of_the_tree() {
  run --version
  status_is 0
  stdout_is "xenhost $(cat "$(dirname "$0")/../../VERSION")"
}

no_command_is_wrong_usage() {
  run
  status_is 2
  stderr_is "xenhost: no command is given; try 'xenhost --help'"
}

an_unknown_command_names_the_nearest() {
  run fcats
  status_is 2
  stderr_is "xenhost: unknown command 'fcats'; did you mean 'facts'?"
}

a_strange_command_names_none() {
  run frobnicate
  status_is 2
  stderr_is "xenhost: unknown command 'frobnicate'"
}

an_unknown_option_names_the_nearest() {
  run facts --jsn
  status_is 2
  stderr_is "xenhost: facts: unknown option '--jsn'; did you mean '--json'?"
}

a_short_option_is_refused() {
  run -h
  status_is 2
  stderr_is "xenhost: unknown option '-h'; options begin with '--'"
}

an_option_without_its_argument_is_refused() {
  run facts --root
  status_is 2
  stderr_is "xenhost: facts: option '--root' needs an argument: DIR"
}

an_argument_too_many_is_refused() {
  run --json=yes facts
  status_is 2
  stderr_is "xenhost: option '--json' takes no argument"
}

a_word_too_many_is_refused() {
  run facts more
  status_is 2
  stderr_is "xenhost: facts: unexpected 'more'"
}

after_two_dashes_nothing_is_an_option() {
  run facts -- --json
  status_is 2
  stderr_is "xenhost: facts: unexpected '--json'"
}

global_options_stand_before_or_after_the_command() {
  run --root "$scratch/root" facts
  status_is 0
  cp "$scratch/stdout" "$scratch/before"
  run facts "--root=$scratch/root"
  status_is 0
  stdout_is "$(cat "$scratch/before")"
}

help_fits_a_terminal_and_goes_to_stdout() {
  for command in "" facts; do
    # No quotes: an empty word is no command.
    run $command --help
    status_is 0
    stderr_is ""
    [ "$(wc -L < "$scratch/stdout")" -le 80 ] || fail "'$command --help' is wider than 80"
  done
}

a_message_is_one_line_whatever_is_in_it() {
  run "$(printf 'a\nb\033[2J')"
  status_is 2
  stderr_is "xenhost: unknown command 'a\\x0ab\\x1b[2J'"
}

run_tests \
  the_version_is_the_one_of_the_tree \
  no_command_is_wrong_usage \
  an_unknown_command_names_the_nearest \
  a_strange_command_names_none \
  an_unknown_option_names_the_nearest \
  a_short_option_is_refused \
  an_option_without_its_argument_is_refused \
  an_argument_too_many_is_refused \
  a_word_too_many_is_refused \
  after_two_dashes_nothing_is_an_option \
  global_options_stand_before_or_after_the_command \
  help_fits_a_terminal_and_goes_to_stdout \
  a_message_is_one_line_whatever_is_in_it
