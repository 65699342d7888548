# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# xenhost boot menu: its messages. What GRUB makes of the menu is tested in tests/grub.
. "$(dirname "$0")/lib.sh"

# A hypervisor with a header of multiboot2; a kernel that is an ELF file.
hypervisor() {
  mkdir -p "$scratch/root/boot"
  perl -e 'print "\x7fELF", "\0" x 60, pack("V4", 0xe85250d6, 0, 16, -(0xe85250d6 + 16) & 0xffffffff), "\0" x 64' \
    | gzip -9n > "$scratch/root/boot/$1"
}
kernel() {
  printf '\177ELF' | root_file "boot/vmlinuz-$1"
  printf '%s\n' "${2:-CONFIG_XEN_DOM0=y}" | root_file "boot/config-$1"
  printf 'initrd' | root_file "boot/initrd.img-$1"
}
menu() { GRUB_DEVICE=/dev/sda1 GRUB_DEVICE_UUID=12-34 run --root "$scratch/root" boot menu; }

a_menu_is_printed() {
  hypervisor xen-4.20.gz
  kernel 6.1.0
  menu
  status_is 0
  stderr_is ''
  stdout_has "menuentry 'GNU/Linux, with Xen hypervisor' --class gnu-linux --class gnu --class os --class xen \$menuentry_id_option 'xen' {"
}

no_hypervisor_is_told_and_no_failure() {
  kernel 6.1.0
  menu
  status_is 0
  stdout_is ''
  stderr_is "xenhost: boot: menu: '/boot': no hypervisor is there: no entry for Xen"
}

no_kernel_for_dom0_is_told() {
  hypervisor xen-4.20.gz
  kernel 6.1.0 CONFIG_XEN=y
  menu
  status_is 0
  stdout_is ''
  stderr_is "xenhost: boot: menu: '/boot/vmlinuz-6.1.0': its configuration has no CONFIG_XEN_DOM0=y: it cannot be dom0's
xenhost: boot: menu: '/boot': no kernel there can be dom0's: no entry for Xen"
}

each_file_that_is_left_out_has_its_reason() {
  hypervisor xen-4.20.gz
  hypervisor xen-4.20.gz.bak
  kernel 6.1.0
  printf 'MZ and more' | root_file boot/xen-4.20.efi
  printf 'console=vga' | root_file boot/xen.cfg
  printf 'text' | gzip -n | root_file boot/xen-text.gz
  rm "$scratch/root/boot/config-6.1.0"
  kernel 6.2.0
  menu
  status_is 0
  stderr_is "xenhost: boot: menu: '/boot/xen-text.gz': the gzip of something that is no ELF file
xenhost: boot: menu: '/boot/xen-4.20.efi': a program for UEFI, which multiboot cannot load
xenhost: boot: menu: '/boot/xen-4.20.gz.bak': a backup, by its name
xenhost: boot: menu: '/boot/xen.cfg': neither an ELF file nor the gzip of one
xenhost: boot: menu: '/boot/vmlinuz-6.1.0': no configuration is there to tell whether it can be dom0's"
}

a_wrong_top_level_is_told() {
  hypervisor xen-4.20.gz
  kernel 6.1.0
  GRUB_TOP_LEVEL_XEN=xen-4.20.gz GRUB_TOP_LEVEL=/boot/vmlinuz-6.2.0 menu
  status_is 0
  stderr_is "xenhost: boot: menu: 'xen-4.20.gz': GRUB_TOP_LEVEL_XEN is ignored: no absolute path
xenhost: boot: menu: '/boot/vmlinuz-6.2.0': GRUB_TOP_LEVEL is ignored: it is not there"
}

control_characters_in_names_are_shown() {
  hypervisor xen-4.20.gz
  kernel 6.1.0
  hypervisor $'xen-4.19\e[31m.gz'
  menu
  stderr_is "xenhost: boot: menu: '/boot/xen-4.19\\x1b[31m.gz': a control character in its name"
}

a_root_that_is_not_there_fails() {
  run --root "$scratch/gone" boot menu
  status_is 1
  stderr_is "xenhost: boot: menu: root '$scratch/gone': No such file or directory"
}

the_script_is_silent_without_the_program() {
  # What is left when the package was removed but its configuration was not.
  sed "s|^xenhost=.*|xenhost=$scratch/gone|" "$(dirname "$0")/../../grub.d/20_xenhost" > "$scratch/20_xenhost"
  sh "$scratch/20_xenhost" > "$scratch/stdout" 2> "$scratch/stderr"
  status=$?
  status_is 0
  stdout_is ''
  stderr_is ''
}

run_tests a_menu_is_printed no_hypervisor_is_told_and_no_failure no_kernel_for_dom0_is_told \
  each_file_that_is_left_out_has_its_reason a_wrong_top_level_is_told \
  control_characters_in_names_are_shown a_root_that_is_not_there_fails \
  the_script_is_silent_without_the_program
