# SPDX-License-Identifier: GPL-2.0-or-later
# The menu tests: grub-mkconfig runs our generator, and GRUB's own script for comparison.

.PHONY: check-grub
check-grub: WERROR := 1
check-grub: $(B)/xenhost ## make menus with GRUB's own scripts and with ours, compare, and start them (root, four minutes)
	@tests/grub/fetch
	@XENHOST=$(abspath $(B)/xenhost) $(PROVE) --timer --exec bash tests/grub/*.t
