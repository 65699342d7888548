# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# GRUB's menu, for the scripts of the packages: they ask for it when they come (%post), and the
# first of them makes it when all are there (%posttrans), once. A failing grub2-mkconfig is
# the script's failure, which rpm and zypper show.
#
# update-bootloader would do the same, and keep what went wrong to its log.

menu_wanted=/run/xenhost-menu-wanted

# menu_if_wanted: for %posttrans
menu_if_wanted() {
	if [ -e "$menu_wanted" ]; then
		menu_make
	fi
}

# menu_make: for %postun, behind which there is no %posttrans
menu_make() {
	rm -f "$menu_wanted"
	if command -v grub2-mkconfig >/dev/null && [ -e /boot/grub2/grub.cfg ]; then
		grub2-mkconfig -o /boot/grub2/grub.cfg
	fi
}
