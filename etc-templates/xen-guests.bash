# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Completion for the programs about guests: options by --help, values by what they are.

_xen_guests_options() {
  "$1" --help 2> /dev/null | sed -n 's/^  \(--[^ =[]*\).*/\1/p'
}

# Guests that have a configuration.
_xen_guests_names() {
  local file
  for file in /etc/xen/*.cfg /etc/xen/vm/*; do
    [ -f "$file" ] && file=${file##*/} && echo "${file%.cfg}"
  done
}

_xen_guests() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} program=$1
  local words=

  case $before in
    --type) words='pvh pv hvm' ;;
    --boot-via) words='pvgrub pygrub kernel firmware' ;;
    --fs) words='ext2 ext3 ext4 xfs btrfs' ;;
    --image) words='sparse full' ;;
    --install-method) words='mmdebstrap debootstrap zypper tar copy image' ;;
    --hash_method) words='yescrypt sha512 sha256' ;;
    --role | --finalrole) words=$(cd /etc/xen-tools/role.d 2> /dev/null && echo *) ;;
    --partitions) words=$(cd /etc/xen-tools/partitions.d 2> /dev/null && echo *) ;;
    --dir | --output | --root | --roledir)
      mapfile -t COMPREPLY < <(compgen -d -- "$word")
      return
      ;;
    --install-from | --install-kernel | --install-initrd | --kernel | --initrd | --keyring | --install-source | --ssh-key | --cloud-init | --template | --config | --image-dev | --swap-dev)
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return
      ;;
    *)
      case $word in
        -*) words=$(_xen_guests_options "$program") ;;
        *) [ "${program##*/}" = xen-create-image ] || words=$(_xen_guests_names) ;;
      esac
      ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _xen_guests xen-create-image xen-create-nfs xen-delete-image xen-list-images \
  xen-update-image xen-resize-image xen-resize-guest xen-templates
