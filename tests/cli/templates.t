# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# xen-templates: its words, its page, and what needs neither root nor a network.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

page=$(dirname "$0")/../../provisioning/man/xen-templates.8.scd
templates() { guests xen-templates --root "$scratch/root" "$@"; }

record() { # KEY
  root_file "var/lib/xenhost/templates/$1.json" <<END
{"volume": "$1", "vg": null, "pool": null, "directory": "$scratch/store", "fs": "ext4",
 "recipe": "format 1\nmethod mmdebstrap\nsuite bookworm\narch amd64\n", "proxy": null,
 "state": "", "content": "c", "source": "", "source-digest": "", "releases": [],
 "size": 1073741824, "root-offset": 0, "built": 1700000000}
END
}

none_is_an_empty_list() {
  templates list
  status_is 0
  stdout_is ""
  templates list --json
  status_is 0
  stdout_is "[]"
}

the_list_names_each_with_its_suite_and_volume() {
  record 0123456789abcdef
  touch -d '2024-01-02 03:04:05' "$scratch/root/var/lib/xenhost/templates/0123456789abcdef.json"
  TZ=UTC templates list
  status_is 0
  stdout_is "0123456789abcdef  bookworm amd64 ext4, mmdebstrap, 1024 MiB
  built 2023-11-14 22:13, used 2024-01-02 03:04
  $scratch/store/templates/0123456789abcdef.img"
}

a_damaged_record_is_told() {
  root_file var/lib/xenhost/templates/0123456789abcdef.json <<<'{}'
  templates list
  status_is 1
  stderr_is "xen-templates: list: '/var/lib/xenhost/templates/0123456789abcdef.json' is not the record of a template"
}

an_unknown_key_is_told_before_anything_is_done() {
  record 0123456789abcdef
  templates prune 0123456789abcdef 1
  status_is 1
  stderr_is "xen-templates: prune: there is no template '1'"
  [ -e "$scratch/root/var/lib/xenhost/templates/0123456789abcdef.json" ] || fail "it was removed"
}

prune_takes_what_was_not_used_for_long() {
  record 0123456789abcdef
  record 1123456789abcdef
  touch -d '100 days ago' "$scratch/root/var/lib/xenhost/templates/0123456789abcdef.json"
  templates prune
  status_is 0
  stdout_is "0123456789abcdef removed"
  [ "$(ls "$scratch/root/var/lib/xenhost/templates")" = 1123456789abcdef.json ] || fail "wrong ones are left"
  templates prune --days 0
  stdout_is "1123456789abcdef removed"
  [ -z "$(ls "$scratch/root/var/lib/xenhost/templates")" ] || fail "something is left"
}

a_template_in_use_is_not_pruned() {
  record 0123456789abcdef
  exec 9>"$scratch/root/var/lib/xenhost/templates/0123456789abcdef.lock"
  flock -s 9
  templates prune 0123456789abcdef
  exec 9>&-
  status_is 1
  stderr_is "xen-templates: prune: template 0123456789abcdef: another process makes a guest of it or changes it"
}

one_without_a_repository_never_moves() {
  record 0123456789abcdef
  templates refresh
  status_is 0
  stdout_is "0123456789abcdef unchanged"
}

wrong_days_are_usage() {
  templates prune --days soon
  status_is 2
  stderr_is "xen-templates: prune: 'soon' is not a number of days"
}

a_build_without_storage_is_usage() {
  templates build --dist bookworm
  status_is 2
}

the_page_has_the_commands_of_help() {
  guests xen-templates --help
  diff <(sed -n '/^Commands:$/,/^$/s/^  \([^ ]*\( \[KEY\]...\)\{0,1\}\)   *.*/\1/p' "$scratch/stdout" | sort) \
    <(sed -n '/^# COMMANDS$/,/^# /{/^\*/{s/[*_]//g;p}}' "$page" | sort) > "$scratch/diff" ||
    fail "$(cat "$scratch/diff")"
}

the_page_has_the_options_of_help() {
  guests xen-templates --help
  diff <(sed -n '/^Options:$/,/^$/s/^  \(--[a-z]*\( [A-Z]\{1,\}\)\{0,1\}\)  *.*/\1/p' "$scratch/stdout" | sort) \
    <(sed -n '/^# OPTIONS$/,/^# /{/^\*--.*[*_]$/{s/[*_]//g;p}}' "$page" | sort) > "$scratch/diff" ||
    fail "$(cat "$scratch/diff")"
  for command in list build refresh prune verify; do
    guests xen-templates "$command" --help
    while read -r option; do
      grep -qF -- "*$option*" "$page" || fail "the page has no $option of $command"
    done < <(sed -n 's/^  \(--[a-z_-]*\) .*/\1/p' "$scratch/stdout")
  done
}

run_tests \
  none_is_an_empty_list \
  the_list_names_each_with_its_suite_and_volume \
  a_damaged_record_is_told \
  an_unknown_key_is_told_before_anything_is_done \
  prune_takes_what_was_not_used_for_long \
  a_template_in_use_is_not_pruned \
  one_without_a_repository_never_moves \
  wrong_days_are_usage \
  a_build_without_storage_is_usage \
  the_page_has_the_commands_of_help \
  the_page_has_the_options_of_help
