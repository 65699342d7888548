# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2016 # what looks like the shell's variables is GRUB's
# GRUB itself, alone in an emulator: what it starts is what `xenhost boot list` says it starts.
#
# Each case writes a menu, and maybe an environment block, and has them started by each GRUB.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=../cli/menus.sh
. "$(dirname "$0")/../cli/menus.sh"
: "${GRUBS:=build/grub/bookworm build/grub/trixie}"
here=$(dirname "$0")

cfg() { root_file boot/grub/grub.cfg; }
block() { env_block "$@" | root_file boot/grub/grubenv; }

listed() { "$XENHOST" --root "$scratch/root" boot list --json 2> "$scratch/stderr" | "$here/listed"; }

# Starts a GRUB with the case's files, which it may write to.
started() { # GRUB
  "$here/start" "$1" "$scratch/root/boot/grub" > "$scratch/started" || fail "the emulator failed"
  sed -i 's/ placeholder//' "$scratch/started"
}

# What starts, listed and in fact, the first time and the time after that.
same_in_all() { # TIMES [FIRST-LINE...]
  local grub times=$1 wanted i
  shift
  cp -a "$scratch/root" "$scratch/begin"
  for grub in $GRUBS; do
    rm -rf "$scratch/root" && cp -a "$scratch/begin" "$scratch/root"
    for ((i = 1; i <= times; i++)); do
      listed > "$scratch/listed"
      started "$grub"
      is "$scratch/started" "$(cat "$scratch/listed")"
      wanted=${*:i:1}
      [ -z "$wanted" ] || [ "$(head -n 1 "$scratch/started")" = "$wanted" ] ||
        fail "$grub started '$(head -n 1 "$scratch/started")', not '$wanted'"
    done
  done
}

by_default() { # DEFAULT WANTED
  debian_menu "$1" | cfg
  same_in_all 1 "$2"
}
the_first_entry() { by_default 0 'linux gnulinux-simple-u'; }
an_id() { by_default xen-gnulinux-simple-u 'xen xen-gnulinux-simple-u'; }
a_title() { by_default 'Debian GNU/Linux, with Xen hypervisor' 'xen xen-gnulinux-simple-u'; }
a_path_of_numbers() { by_default '3>0>0' 'xen gnulinux-advanced-u>xen-hypervisor-4.17-u>xen-gnulinux-6.1-advanced-u'; }
a_number_with_words_behind() { by_default '2 is Xen' 'xen xen-gnulinux-simple-u'; }
a_hexadecimal_number() { by_default 0x2 'xen xen-gnulinux-simple-u'; }
a_path_of_ids_that_two_submenus_have() { by_default 'gnulinux-advanced-u>xen-hypervisor-4.17-u' 'linux gnulinux-advanced-u>gnulinux-6.1-advanced-u'; }
a_submenu() { by_default 3 'xen gnulinux-advanced-u>xen-hypervisor-4.17-u>xen-gnulinux-6.1-advanced-u'; }
a_name_of_nothing() { by_default nothing 'linux gnulinux-simple-u'; }
a_name_of_nothing_in_a_submenu() { by_default '3>nothing' 'xen gnulinux-advanced-u>xen-hypervisor-4.17-u>xen-gnulinux-6.1-advanced-u'; }
a_negative_number() { by_default -1 'linux gnulinux-simple-u'; }

a_name_with_the_sign_of_a_path() {
  {
    head_of 's>>1>e>>'
    { linux_entry one e; linux_entry two 'e>'; } | submenu 'S' 's>1'
  } | cfg
  same_in_all 1 'linux s>>1>e>>'
}

no_default_at_all() {
  { linux_entry one a; linux_entry two b; } | cfg
  same_in_all 1 'linux one'
}

a_saved_entry() {
  {
    head_of '${saved_entry}'
    echo 'function savedefault {
  if [ -z "${boot_once}" ]; then
    saved_entry="${chosen}"
    save_env saved_entry
  fi
}'
    linux_entry one a
    printf "menuentry two --id b {\n  savedefault\n  linux /b\n}\n" | submenu sub s
  } | cfg
  block 'saved_entry=s>b'
  same_in_all 2 'linux s>b' 'linux s>b'
}

a_next_entry_is_once() {
  debian_menu xen-gnulinux-simple-u | cfg
  block next_entry='gnulinux-advanced-u' other=1
  same_in_all 2 'linux gnulinux-advanced-u>gnulinux-6.1-advanced-u' 'xen xen-gnulinux-simple-u'
  "$XENHOST" --root "$scratch/root" boot list --json | grep -q '"next": null' || fail "there still is a next entry"
}

an_entry_that_saves_another() {
  {
    head_of '${saved_entry}'
    printf "menuentry one --id a {\n  saved_entry=b\n  save_env saved_entry\n  linux /a\n}\n"
    printf "menuentry two --id b {\n  linux /b\n}\n"
  } | cfg
  block saved_entry=a
  same_in_all 2 'linux a' 'linux b'
}

trial_variables=(xenhost_fallback=xenhost-good xenhost_trial_entry=xen xenhost_trial_seconds=300)

a_trial() {
  trial /xen.gz | cfg
  block next_entry=xen "${trial_variables[@]}"
  same_in_all 2 'xen xen' 'xen xenhost-good'
  grep -q 'xenhost.trial' "$scratch/started" && fail "it is still on trial"
}

the_arguments_of_a_trial() {
  trial /xen.gz | cfg
  block next_entry=xen "${trial_variables[@]}"
  same_in_all 1 'xen xen'
  grep -qx '/vmlinuz ro panic=10 xenhost.trial=300' "$scratch/started" || fail "it has no arguments of a trial"
}

no_trial() {
  trial /xen.gz | cfg
  block next_entry=
  same_in_all 2 'xen xen' 'xen xen'
}

another_next_entry_is_no_trial() {
  trial /xen.gz | cfg
  block next_entry=linux "${trial_variables[@]}"
  same_in_all 1 'xen xenhost-good'
}

a_trial_in_a_submenu() {
  { trial /xen.gz; printf 'menuentry Old --id old {\n  multiboot2 /old.gz\n  module2 /vmlinuz placeholder ${xenhost_trial_args}\n}\n' | submenu More more; } | cfg
  block 'next_entry=more>old' "${trial_variables[@]/entry=xen/entry=more>old}"
  same_in_all 2 'xen more>old' 'xen xenhost-good'
}

a_trial_that_cannot_be_loaded_starts_again_into_the_good_entry() {
  local grub
  for grub in $GRUBS; do
    trial /missing | cfg
    block next_entry=xen "${trial_variables[@]}"
    started "$grub"
    is "$scratch/started" 'xen xen
again'
    started "$grub"
    [ "$(head -n 1 "$scratch/started")" = 'xen xenhost-good' ] || fail "$grub started $(head -n 1 "$scratch/started")"
  done
}

fallback() { # VALUE
  head_of broken
  echo "set fallback='$1'"
  linux_entry one a
  printf 'menuentry Broken --id broken {\n  multiboot2 /missing\n}\n'
}

# What the list marks, with what in fact starts after the first one that cannot be loaded.
a_fallback_by_number() {
  local grub
  fallback '0 1' | cfg
  run --root "$scratch/root" boot list
  stdout_has '0  fallback  linux  one     a'
  for grub in $GRUBS; do
    started "$grub"
    is "$scratch/started" 'xen broken
linux a
/vmlinuz root=UUID=u ro quiet'
  done
}

a_fallback_by_id_is_none() {
  local grub
  fallback a | cfg
  run --root "$scratch/root" boot list
  grep -q fallback "$scratch/stdout" && fail "the list has a fallback"
  for grub in $GRUBS; do
    START_SECONDS=15 started "$grub"
    is "$scratch/started" 'xen broken
nothing'
  done
}

# One word out of everything that the language has; it is the id of the entry.
the_language() {
  cat <<'CFG' | cfg
a='one  two' ; b= ; r=""
r="$r/$a" ; for w in 2$a"$b" ${a}x $b "$b" ; do r="$r,$w"; done
r="$r"\ \$a'$a'"\$a\x\"\\" # no $r
r="$r"7\
7
n="here
# not seen
there"
for w in $n; do r="$r.$w"; done
for i in 1 2 3 4; do if [ $i = 2 ]; then continue; fi; if [ $i = 4 ]; then break; fi; r="$r:$i"; done
i=x; while [ "$i" != xxx ]; do i=x$i; r="$r+"; done; until [ $i = xxxx ]; do r="$r-"; i=x$i; done
function f {
  r="$r($1 $# $2 $*)"
  shift
  for w in "$@"; do r="$r<$w>"; done
  if [ $# = 1 ]; then return; fi
  r="$r{$1}"
}
f a 'b c' d
f d e
if nothing; then r="$r.unknown"; fi
if ! true; then r="$r.a"; elif ! false; then r="$r.b"; else r="$r.c"; fi
function check {
  if [ "$@" ]; then r="${r}Y"; else r="${r}N"; fi
}
check a = a; check a == b; check a != b; check -n ''; check -z ''; check x; check ''
check ! x; check 1 -lt 2 -a 2 -lt 1; check x -o ''; check '' -o x -a ''
check '(' '' -o x ')' -a x; check 010 -eq 8 -a 0x10 -eq 16; check -3 -lt 2
check linux-2 -plt linux-11; check linux-2 -pgt linux-11; check a '<' b; check -f /no
check -d /boot/grub; check -f /boot/grub; check -s $prefix/grub.cfg; check -e /boot/grub/none
check ! -e /no -a -n x; check '!' '' -o '' ; check a -a '' -o '' -o b
eval "r=\"\$r.eval\" ; for x in p q; do r=\"\$r.\$x\"; done"
set "s=$r="; unset i; r="$s[$i$?]"
menuentry_id_option=--id
menuentry $"title $b" $menuentry_id_option "$r" --class x { linux /$2 $1 "$chosen"; }
menuentry other { linux /other; }
CFG
  same_in_all 1
  grep -q 'eval.*q' "$scratch/started" || fail "too little was said: $(cat "$scratch/started")"
}

an_exported_variable_in_a_submenu() {
  cat <<'CFG' | cfg
a=1; b=2; export b
submenu S --id s {
  b=3; default=1
  menuentry "none" --id "[$a$b]" { linux /none; }
  menuentry "one" --id "[$a$b]x" { linux /one $a $b $c; }
}
CFG
  same_in_all 1
}

run_tests \
  the_first_entry \
  an_id \
  a_title \
  a_path_of_numbers \
  a_number_with_words_behind \
  a_hexadecimal_number \
  a_path_of_ids_that_two_submenus_have \
  a_submenu \
  a_name_of_nothing \
  a_name_of_nothing_in_a_submenu \
  a_negative_number \
  a_name_with_the_sign_of_a_path \
  no_default_at_all \
  a_saved_entry \
  a_next_entry_is_once \
  an_entry_that_saves_another \
  a_trial \
  the_arguments_of_a_trial \
  no_trial \
  another_next_entry_is_no_trial \
  a_trial_in_a_submenu \
  a_trial_that_cannot_be_loaded_starts_again_into_the_good_entry \
  a_fallback_by_number \
  a_fallback_by_id_is_none \
  the_language \
  an_exported_variable_in_a_submenu
