# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2016 # what looks like the shell's variables is GRUB's
# Menus of GRUB's for tests, in the shapes that are found on machines.

# The head of a grub.cfg, in the shape of Debian's GRUB 2.06.
head_of() { # DEFAULT
  cat <<CFG
if [ -s \$prefix/grubenv ]; then
  set have_grubenv=true
  load_env
fi
if [ "\${next_entry}" ] ; then
   set default="\${next_entry}"
   set next_entry=
   save_env next_entry
   set boot_once=true
else
   set default="$1"
fi
if [ x"\${feature_menuentry_id}" = xy ]; then
  menuentry_id_option="--id"
else
  menuentry_id_option=""
fi
export menuentry_id_option
set timeout=5
CFG
}

linux_entry() { # TITLE ID
  printf "menuentry '%s' --class os \$menuentry_id_option '%s' {\n" "$1" "$2"
  printf "\tinsmod gzio\n\tlinux\t/vmlinuz root=UUID=u ro  quiet\n\tinitrd\t/initrd.img\n}\n"
}
xen_entry() { # TITLE ID
  printf "menuentry '%s' --class xen \$menuentry_id_option '%s' {\n" "$1" "$2"
  printf "\tmultiboot2\t/xen.gz placeholder dom0_mem=1G\n\tmodule2\t/vmlinuz placeholder root=UUID=u ro\n"
  printf "\tmodule2\t--nounzip   /initrd.img\n}\n"
}
submenu() { # TITLE ID, its entries on standard input
  printf "submenu '%s' \$menuentry_id_option '%s' {\n" "$1" "$2"
  cat
  echo '}'
}

# The menu that Debian's own scripts make, whose two submenus have one id.
debian_menu() { # DEFAULT [OS]
  local os=${2-Debian GNU/Linux}
  head_of "$1"
  linux_entry "$os" gnulinux-simple-u
  linux_entry "$os, with Linux 6.1" gnulinux-6.1-advanced-u | submenu "Advanced options for $os" gnulinux-advanced-u
  xen_entry "$os, with Xen hypervisor" xen-gnulinux-simple-u
  xen_entry "$os, with Xen 4.17 and Linux 6.1" xen-gnulinux-6.1-advanced-u |
    submenu "Xen hypervisor, version 4.17" xen-hypervisor-4.17-u |
    submenu "Advanced options for $os (with Xen hypervisor)" gnulinux-advanced-u
}

# "# GRUB Environment Block" with these lines, 1024 bytes.
env_block() { { printf '# GRUB Environment Block\n'; printf '%s\n' "$@"; printf '%01024d' 0 | tr 0 '#'; } | head -c 1024; }

# What xenhost's script writes: first what makes a trial, last the good entry.
trial() { # HYPERVISOR
  head_of xen
  cat <<'CFG'
if [ -n "${xenhost_fallback}" ]; then
  if [ "${boot_once}" = true -a "${default}" = "${xenhost_trial_entry}" ]; then
    set xenhost_trial_args="panic=10 xenhost.trial=${xenhost_trial_seconds}"
    export xenhost_trial_args
  else
    set default="${xenhost_fallback}"
  fi
fi
CFG
  linux_entry Linux linux
  cat <<CFG
menuentry Xen --id xen {
	if multiboot2 $1 placeholder; then
		true
	elif [ -n "\${xenhost_trial_args}" ]; then
		reboot
	fi
	module2 /vmlinuz placeholder ro \${xenhost_trial_args}
}
CFG
  xen_entry 'Xen (last good boot)' xenhost-good
}
