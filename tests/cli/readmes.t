# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2016  # the backquotes are of the texts
# What the READMEs of the families tell an administrator to type or write is understood.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

top=$(cd "$(dirname "$0")/../.." && pwd)
readmes=("$top/README.Debian" "$top/README.SUSE")

# Lines that are shown apart, and what is between backquotes; comments are cut off, and a line that ends in a
# backslash goes on.
shown() { # README
  { sed -n 's/^    //p' "$1" | sed -e ':a' -e '/\\$/{N;s/\\\n//;ta' -e '}'; tr '\n' ' ' < "$1" | grep -o '`[^`]*`' | tr -d '`'; } |
    sed 's/ #.*//'
}

# "PROGRAM --OPTION" for each option behind one of our programs; xenhost's and xen-templates' first word is a command.
named_options() {
  shown "$1" | awk '/^(xenhost|xen-(create|delete|list|update|resize)-[a-z]*|xen-templates)( |$)/ {
    program = $1
    if (program == "xenhost" || program == "xen-templates") { program = program " " $2; print program, "--help" }
    for (i = 2; i <= NF; i++) if ($i ~ /^--/) { sub(/=.*/, "", $i); print program, $i }
  }' | sort -u
}

has_option() { # PROGRAM... OPTION
  local words=("$@") option=${*: -1}
  unset 'words[-1]'
  case ${words[0]} in
    xenhost) run "${words[@]:1}" --help ;;
    *) guests "${words[@]}" --help ;;
  esac
  status_is 0
  grep -qE -- "^  $option( |=|\[|\$)" "$scratch/stdout" || case ${words[0]} in
    xenhost) run --help; grep -q -- "^  $option " "$scratch/stdout" ;;
    xen-templates) guests "${words[0]}" --help; grep -q -- "^  $option " "$scratch/stdout" ;;
    *) false ;;
  esac
}

commands_and_options_are_there() {
  for readme in "${readmes[@]}"; do
    named_options "$readme" > "$scratch/named"
    [ "$(wc -l < "$scratch/named")" -gt 3 ] || fail "${readme##*/}: no commands were found"
    while read -ra words; do
      has_option "${words[@]}" || fail "${readme##*/}: there is no '${words[*]}'"
    done < "$scratch/named"
  done
  [ "$(named_options "$top/README.SUSE" | grep -c '^xen-create-image ')" -gt 10 ] || fail "README.SUSE: few options of xen-create-image"
}

# Options in the text, without a program before them.
options_in_the_text_are_xen_create_image_s() {
  guests xen-create-image --help
  sed '/^    /d' "$top/README.SUSE" | tr '\n' ' ' | sed 's/`[^`]*`//g' | grep -oE -- '--[a-z][a-z-]+' | sort -u > "$scratch/named"
  [ "$(wc -l < "$scratch/named")" -gt 5 ] || fail "no options were found"
  while read -r option; do
    grep -q -- "^  $option " "$scratch/stdout" || fail "there is no $option"
  done < "$scratch/named"
}

# Each block that begins with "[SECTION]" is a description that a SUSE takes.
descriptions_are_understood() {
  cp -a "$top/tests/golden/base/suse15/." "$scratch/root"
  for case in suse-default-xen suse-bridge-dhcp; do cp -a "$top/tests/golden/cases/$case/root/." "$scratch/root"; done
  mkdir "$scratch/blocks"
  for readme in "${readmes[@]}"; do
    awk -v prefix="$scratch/blocks/${readme##*/}." '
      /^    / { if (!file && $1 ~ /^\[[a-z]/) file = prefix (++count); if (file) print substr($0, 5) > file; next }
      /^$/ { if (file) print "" > file; next }
      { file = "" }' "$readme"
  done
  [ "$(find "$scratch/blocks" -type f | wc -l)" -ge 10 ] || fail "few descriptions were found"
  for block in "$scratch"/blocks/*; do
    run --root "$scratch/root" --config "$block" --facts "$top/tests/golden/cases/suse-pci-module/facts.json" plan
    [ "$status" = 0 ] || [ "$status" = 3 ] || fail "${block##*/}: $(cat "$block" "$scratch/stderr")"
  done
}

examples_are_there() {
  sed -n '/^By hand/,/^Managing/p' "$top/README.SUSE" | grep -oE '[a-z]+\.(cfg|tmpl)' | sort -u > "$scratch/named"
  is "$scratch/named" "$(cd "$top/etc-templates/examples" && printf '%s\n' * | sort)"
}

# What the README of SUSE's own packages told about (tests/golden/README.md).
readme_suse_covers_what_the_old_one_did() {
  for title in Packages Terminology Kernels Booting 'Parameters of Xen' 'Services and starting guests' 'Creating guests' 'By hand' Managing \
    'Mouse and screen of HVM guests' 'Console of QEMU' Networking Firewall 'Thread-local storage' Security Limitations \
    'Trouble with the network' Trouble; do
    grep -qxF "$title" "$top/README.SUSE" || fail "nothing about: $title"
  done
  [ "$(wc -L < "$top/README.SUSE")" -le 100 ] || fail "it is wider than 100"
}

run_tests \
  commands_and_options_are_there \
  options_in_the_text_are_xen_create_image_s \
  descriptions_are_understood \
  examples_are_there \
  readme_suse_covers_what_the_old_one_did
