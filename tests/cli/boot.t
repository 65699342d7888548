# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2016
# xenhost boot: the menu that GRUB makes of grub.cfg and grubenv.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=menus.sh
. "$(dirname "$0")/menus.sh"

list() { run --root "$scratch/root" boot list "$@"; }
cfg() { root_file boot/grub/grub.cfg; }

# What is marked as the default.
default_is() {
  local line
  line=$(grep -E '^[0-9>]+  +(default|default,)' "$scratch/stdout" | sed -E 's/.*  //')
  [ "$line" = "$1" ] || fail "the default is '$line', not '$1'"
}

no_menu_is_a_failure() {
  list
  status_is 1
  stderr_is 'xenhost: boot: list: there is no GRUB menu'
}

a_menu_of_debian() {
  debian_menu xen-gnulinux-simple-u | cfg
  list
  status_is 0
  stderr_is ''
  stdout_is \
'0               linux    Debian GNU/Linux                                             gnulinux-simple-u
1               submenu  Advanced options for Debian GNU/Linux                        gnulinux-advanced-u
1>0             linux      Debian GNU/Linux, with Linux 6.1                           gnulinux-6.1-advanced-u
2      default  xen      Debian GNU/Linux, with Xen hypervisor                        xen-gnulinux-simple-u
3               submenu  Advanced options for Debian GNU/Linux (with Xen hypervisor)  gnulinux-advanced-u
3>0             submenu    Xen hypervisor, version 4.17                               xen-hypervisor-4.17-u
3>0>0           xen          Debian GNU/Linux, with Xen 4.17 and Linux 6.1            xen-gnulinux-6.1-advanced-u'
}

a_menu_of_suse() {
  {
    echo 'set btrfs_relative_path="yes"'
    echo 'export btrfs_relative_path'
    echo 'if [ -f ${config_directory}/grubenv ]; then'
    echo '  load_env -f ${config_directory}/grubenv'
    echo 'elif [ -s $prefix/grubenv ]; then'
    echo '  load_env'
    echo 'fi'
    echo 'if [ "${env_block}" ]; then'
    echo '  set env_block="(${root})${env_block}"; export env_block; load_env -f "${env_block}"'
    echo 'fi'
    echo 'if [ "${next_entry}" ] ; then'
    echo '   set default="${next_entry}"; set next_entry='
    echo '   if [ "${env_block}" ] ; then save_env -f "${env_block}" next_entry; else save_env next_entry; fi'
    echo '   set boot_once=true'
    echo 'else'
    echo '   set default="${saved_entry}"'
    echo 'fi'
    echo 'menuentry_id_option="--id"; export menuentry_id_option'
    linux_entry 'openSUSE Leap 15.6' gnulinux-simple-u
    printf "menuentry 'openSUSE, with Xen hypervisor' --id xen-gnulinux-simple-u {\n"
    printf "\tset root='hd0,gpt1'\n\tchainloader /EFI/opensuse/xen-4.20.efi xen-4.20.cfg config.1\n}\n"
    linux_entry snapshot s | submenu 'Start bootloader from a read-only snapshot' snapshots
  } | root_file boot/grub2/grub.cfg
  env_block saved_entry=xen-gnulinux-simple-u | root_file boot/grub2/grubenv
  list
  status_is 0
  stdout_is \
'0             linux    openSUSE Leap 15.6                          gnulinux-simple-u
1    default  xen      openSUSE, with Xen hypervisor               xen-gnulinux-simple-u
2             submenu  Start bootloader from a read-only snapshot  snapshots
2>0           linux      snapshot                                  s'
}

a_path_of_ids_that_two_submenus_have_starts_linux() { # G4
  debian_menu 'gnulinux-advanced-u>xen-hypervisor-4.17-u>xen-gnulinux-6.1-advanced-u' | cfg
  list
  status_is 3
  default_is gnulinux-6.1-advanced-u
  stderr_is "xenhost: boot: list: the default 'gnulinux-advanced-u>xen-hypervisor-4.17-u>xen-gnulinux-6.1-advanced-u' names nothing: GRUB starts 'Debian GNU/Linux, with Linux 6.1'"
}

a_menu_without_submenus_has_no_first_entry_for_xen() { # G8
  {
    head_of 'Debian GNU/Linux, with Xen hypervisor'
    linux_entry 'Debian GNU/Linux, with Linux 6.1' gnulinux-6.1-advanced-u
    xen_entry 'Debian GNU/Linux, with Xen 4.17 and Linux 6.1' xen-gnulinux-6.1-advanced-u
  } | cfg
  list
  status_is 3
  default_is gnulinux-6.1-advanced-u
  stderr_is "xenhost: boot: list: the default 'Debian GNU/Linux, with Xen hypervisor' names nothing: GRUB starts 'Debian GNU/Linux, with Linux 6.1'"
}

without_a_distributor_the_title_is_another() { # G9
  debian_menu 'Debian GNU/Linux, with Xen hypervisor' GNU/Linux | cfg
  list
  status_is 3
  default_is gnulinux-simple-u
}

a_next_entry_is_marked() {
  debian_menu 0 | cfg
  env_block next_entry=xen-gnulinux-simple-u | root_file boot/grub/grubenv
  list
  status_is 0
  default_is gnulinux-simple-u
  grep -q '^2  *next  *xen ' "$scratch/stdout" || fail "no entry is the next one"
  env_block next_entry=gone | root_file boot/grub/grubenv
  list
  status_is 3
  stderr_is "xenhost: boot: list: next_entry 'gone' names nothing: GRUB starts 'Debian GNU/Linux'"
}

a_fallback_is_marked() {
  { debian_menu 2; echo 'set fallback="0 1"'; } | cfg
  list
  status_is 0
  grep -q '^0  *fallback  *linux ' "$scratch/stdout" || fail "no entry is the fallback"
}

a_trial_and_what_comes_after_it() {
  local variables=(xenhost_fallback=xenhost-good xenhost_trial_entry=xen xenhost_trial_seconds=300)
  trial /xen.gz | cfg
  list
  default_is xen
  env_block next_entry=xen "${variables[@]}" | root_file boot/grub/grubenv
  list
  status_is 0
  default_is xenhost-good
  grep -q '^1  *next  *xen ' "$scratch/stdout" || fail "the trial is not the next one"
  list --json
  stdout_has '      "kernel-args": "ro panic=10 xenhost.trial=300",'
  env_block "${variables[@]}" | root_file boot/grub/grubenv
  list
  default_is xenhost-good
  list --json
  stdout_has '      "kernel-args": "ro",'
}

json_has_everything() {
  xen_entry 'Xen "q"' xen | submenu Sub sub | cat <(head_of sub) - | cfg
  list --json
  status_is 0
  is <(sed -E 's/^( *"text": ).*/\1.../' "$scratch/stdout") '{
  "file": "boot/grub/grub.cfg",
  "default": "sub>xen",
  "default-text": "sub",
  "default-is-lost": false,
  "next": null,
  "next-text": null,
  "next-is-lost": false,
  "starts": "sub>xen",
  "fallback": null,
  "fallback-text": null,
  "timeout": 5,
  "entries": [
    {
      "number": "0",
      "path": "sub",
      "id": "sub",
      "title": "Sub",
      "kind": "submenu",
      "submenu": null,
      "hypervisor": null,
      "hypervisor-args": null,
      "kernel": null,
      "kernel-args": null,
      "modules": [],
      "text": ...
    },
    {
      "number": "0>0",
      "path": "sub>xen",
      "id": "xen",
      "title": "Xen \"q\"",
      "kind": "xen",
      "submenu": "0",
      "hypervisor": "/xen.gz",
      "hypervisor-args": "dom0_mem=1G",
      "kernel": "/vmlinuz",
      "kernel-args": "root=UUID=u ro",
      "modules": [
        "/initrd.img"
      ],
      "text": ...
    }
  ]
}'
}

a_title_cannot_write_to_the_terminal() {
  printf "menuentry 'a\033[2Jb' { true; }\n" | cfg
  list
  stdout_is '0  default  other  a?[2Jb  -'
}

a_file_that_grub_would_not_parse_is_told() {
  { head_of 0; echo 'menuentry Empty {'; echo '}'; } | cfg
  list
  status_is 1
  stderr_is 'xenhost: boot: list: boot/grub/grub.cfg:21: a command is missing'
}

an_empty_menu_is_a_finding() {
  head_of 0 | cfg
  list
  status_is 3
  stderr_is 'xenhost: boot: list: the menu has no entries'
}

run_tests \
  no_menu_is_a_failure \
  a_menu_of_debian \
  a_menu_of_suse \
  a_path_of_ids_that_two_submenus_have_starts_linux \
  a_menu_without_submenus_has_no_first_entry_for_xen \
  without_a_distributor_the_title_is_another \
  a_next_entry_is_marked \
  a_fallback_is_marked \
  a_trial_and_what_comes_after_it \
  json_has_everything \
  a_title_cannot_write_to_the_terminal \
  a_file_that_grub_would_not_parse_is_told \
  an_empty_menu_is_a_finding
