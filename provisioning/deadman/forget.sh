# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What xenhost leaves to GRUB goes with its package: functions for the scripts of the packages,
# of which this text becomes a part.

# What a trial that nobody ends any more would ask GRUB for.
forget_trial() {
	for grub in grub grub2; do
		[ -e "/boot/$grub/grubenv" ] || continue
		command -v "$grub-editenv" >/dev/null || continue
		for name in xenhost_trial_entry xenhost_trial_seconds xenhost_fallback; do
			if "$grub-editenv" "/boot/$grub/grubenv" list | grep -q "^$name="; then
				"$grub-editenv" "/boot/$grub/grubenv" unset "$name"
			fi
		done
	done
}

# What was copied for xen.efi ([boot] chainload), when no menu starts it any more.
forget_copies() {
	for directory in /boot/efi/EFI/xenhost /efi/EFI/xenhost /boot/EFI/xenhost; do
		[ -f "$directory/files" ] || continue
		while read -r name; do
			case $name in
			'' | '#'* | */* | . | ..) ;;
			*) rm -f "$directory/$name" "$directory/.$name.xenhost-new" ;;
			esac
		done <"$directory/files"
		rm -f "$directory/files" "$directory/.files.xenhost-new"
		rmdir --ignore-fail-on-non-empty "$directory"
	done
}
