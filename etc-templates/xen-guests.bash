# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Completion for the programs about guests: options by --help, values by what they are.

_xen_guests_options() { # PROGRAM [COMMAND]
  "$@" --help 2> /dev/null | sed -n 's/^  \(--[^ =[]*\).*/\1/p'
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
  local words='' commands='list build refresh prune verify' command='' i

  if [ "${program##*/}" = xen-templates ]; then
    for ((i = 1; i < COMP_CWORD; i++)); do
      [[ " $commands " != *" ${COMP_WORDS[i]} "* ]] || command=${COMP_WORDS[i]}
    done
  fi
  case $before in
    --type) words='pvh pv hvm' ;;
    --boot-via) words='pvgrub pygrub kernel firmware' ;;
    --arch) words='amd64 i386 arm64 armhf' ;;
    --fs) words='ext2 ext3 ext4 xfs btrfs' ;;
    --image) words='sparse full' ;;
    --install-method) words='mmdebstrap debootstrap zypper tar copy image' ;;
    --hash_method) words='yescrypt sha512 sha256' ;;
    --role | --finalrole) words=$(ls /etc/xen-tools/role.d 2> /dev/null) ;;
    --partitions) words=$(ls /etc/xen-tools/partitions.d 2> /dev/null) ;;
    --dir | --output | --root | --roledir)
      mapfile -t COMPREPLY < <(compgen -d -- "$word")
      return
      ;;
    --install-from | --install-kernel | --install-initrd | --kernel | --initrd | --keyring | --install-source | --ssh-key | --cloud-init | --template | --config | --image-dev | --swap-dev)
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return
      ;;
    *)
      case $word,${program##*/},$command in
        -*) words=$(_xen_guests_options "$program" ${command:+"$command"}) ;;
        *,xen-create-image,* | *,xen-create-nfs,* | *,xen-list-images,*) ;;
        *,xen-templates,) words=$commands ;;
        *,xen-templates,list | *,xen-templates,build) ;;
        *,xen-templates,*) words=$("$program" list 2> /dev/null | sed -n 's/^\([0-9a-f]\{16,\}\) .*/\1/p') ;;
        *) words=$(_xen_guests_names) ;;
      esac
      ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _xen_guests xen-create-image xen-create-nfs xen-delete-image xen-list-images \
  xen-update-image xen-resize-image xen-resize-guest xen-templates
